// Package compile builds Go programs of a module into a folder and tells how far it
// is. The compiler's own cache makes an interrupted build go on where it stopped.
package compile

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Program is one program to build.
type Program struct {
	Package string // import path, or ./folder of the module
	Name    string // file name of the binary
}

// Build is one run of the compiler. CGO is off and paths are trimmed: the binaries are
// static and the same on every machine.
type Build struct {
	Module   string // folder with the go.mod
	Programs []Program
	LDFlags  string
	Tags     []string
	// Progress hears how many of how many packages are compiled. Packages that the
	// cache holds are not compiled again and never counted, so done may end below total.
	Progress func(done, total int)
}

// settle is how long the compiler gets to stop its children after an interrupt.
const settle = 10 * time.Second

// Into writes the binaries into dir.
func (b Build) Into(ctx context.Context, dir string) error {
	total, err := b.count(ctx)
	if err != nil {
		return err
	}
	args := []string{
		"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", b.LDFlags,
		"-tags", strings.Join(b.Tags, ","), "-o", dir + string(filepath.Separator),
	}
	cmd := b.command(ctx, append(args, b.packages()...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("reading the compiler's output: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the compiler: %w", err)
	}
	said := b.follow(stderr, total)
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("compiling %s: interrupted: %w", b.names(), ctx.Err())
		}
		return fmt.Errorf("compiling %s: %w\n%s", b.names(), err, said)
	}
	return b.rename(dir)
}

func (b Build) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.Module
	// GOFLAGS and GOWORK of the user must not change what is built.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = settle
	return cmd
}

func (b Build) packages() []string {
	var all []string
	for _, program := range b.Programs {
		all = append(all, program.Package)
	}
	return all
}

func (b Build) names() string {
	var all []string
	for _, program := range b.Programs {
		all = append(all, program.Name)
	}
	return strings.Join(all, ", ")
}

func (b Build) count(ctx context.Context) (int, error) {
	args := append([]string{"list", "-deps", "-tags", strings.Join(b.Tags, ",")}, b.packages()...)
	cmd := b.command(ctx, args...)
	var said strings.Builder
	cmd.Stderr = &said
	listed, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("listing the packages of %s: %w\n%s", b.names(), err, said.String())
	}
	return strings.Count(string(listed), "\n"), nil
}

// follow counts the package names that the compiler prints and keeps all else, which
// is what it complains about.
func (b Build) follow(stderr io.Reader, total int) string {
	var said strings.Builder
	done := 0
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
		case strings.ContainsAny(line, " \t:"):
			said.WriteString(line + "\n")
		default:
			done++
			if b.Progress != nil {
				b.Progress(done, total)
			}
		}
	}
	return said.String()
}

// rename gives the binaries their names: the compiler names them after their folder,
// which for a program at the root of a module is the module's name or its version.
func (b Build) rename(dir string) error {
	for _, program := range b.Programs {
		built := filepath.Join(dir, binary(program.Package))
		if err := os.Rename(built, filepath.Join(dir, program.Name)); err != nil {
			return fmt.Errorf("naming the binary of %q: %w", program.Package, err)
		}
	}
	return nil
}

// binary is the file name "go build" chooses: the last element of the import path, or
// the one before it where the last is a major version.
func binary(importPath string) string {
	elements := strings.Split(importPath, "/")
	last := elements[len(elements)-1]
	if len(elements) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return elements[len(elements)-2]
	}
	return last
}
