// Package upstream knows which parts of Kubernetes the embedded control plane has its own
// version of. Its test fails when a new version of Kubernetes has changed one of them: then
// someone has to look whether ours must change too.
package upstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// digestLength is enough to tell one version of a function from another.
const digestLength = 12

// Digest is a short hash of a declaration in a folder of Go files, without its comments:
// of a function, of a method as "Type.Method", or of a variable.
func Digest(folder, name string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(folder, entry.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		if declared := find(file, name); declared != nil {
			return digest(files, declared)
		}
	}
	return "", fmt.Errorf("%s is not declared in %q any more", name, folder)
}

func digest(files *token.FileSet, declared ast.Node) (string, error) {
	var text bytes.Buffer
	if err := printer.Fprint(&text, files, declared); err != nil {
		return "", err
	}
	// Where lines end is not worth a look.
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text.String()), " ")))
	return hex.EncodeToString(sum[:])[:digestLength], nil
}

func find(file *ast.File, name string) ast.Node {
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if receiver(d)+d.Name.Name == name {
				return d
			}
		case *ast.GenDecl:
			if spec := variable(d, name); spec != nil {
				return spec
			}
		}
	}
	return nil
}

// receiver is "Type." of a method, and empty for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	on := d.Recv.List[0].Type
	if pointer, is := on.(*ast.StarExpr); is {
		on = pointer.X
	}
	if named, is := on.(*ast.Ident); is {
		return named.Name + "."
	}
	return ""
}

func variable(d *ast.GenDecl, name string) ast.Node {
	for _, spec := range d.Specs {
		value, is := spec.(*ast.ValueSpec)
		if is && value.Names[0].Name == name {
			return value
		}
	}
	return nil
}
