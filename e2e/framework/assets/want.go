package assets

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// Want is what a user can choose about the node image and where it runs.
type Want struct {
	Kubernetes string // SEATRIAL_KUBERNETES: a version; empty for the one of tools/distro
	NodeImage  string // SEATRIAL_NODE_IMAGE: an image to use instead of building one
	Engine     string // SEATRIAL_ENGINE: auto, podman, docker or nerdctl
}

// FromEnvironment reads the choices from SEATRIAL_KUBERNETES, SEATRIAL_NODE_IMAGE and
// SEATRIAL_ENGINE.
func FromEnvironment() Want {
	return Want{
		Kubernetes: os.Getenv("SEATRIAL_KUBERNETES"),
		NodeImage:  os.Getenv("SEATRIAL_NODE_IMAGE"),
		Engine:     cmp.Or(os.Getenv("SEATRIAL_ENGINE"), "auto"),
	}
}

// hashLength is enough hexadecimal digits to tell one machine's builds apart.
const hashLength = 12

// record is the file that says what was prepared for these choices and this source.
func (w Want) record(root string) (string, error) {
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	sources, err := Hash(root, Sources()...)
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "prepared", Join(sources, w.Kubernetes, w.NodeImage, cmp.Or(w.Engine, "auto"))+".json"), nil
}

// Sources are the parts of the source tree that prepared things are made from.
func Sources() []string {
	return []string{"tools/distro", "tools/nodeimage", "tools/guestbook", "e2e/framework/image", "go.mod", "go.sum"}
}

// Join makes one hash of several texts.
func Join(texts ...string) string {
	digest := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(digest, "%d:%s\n", len(text), text)
	}
	return hex.EncodeToString(digest.Sum(nil))[:hashLength]
}

// Hash is one hash of the files and folders below root, by name and content, of the Go
// version and of the processor. Tests and documentation are left out: nothing is built
// from them.
func Hash(root string, names ...string) (string, error) {
	digest := sha256.New()
	fmt.Fprintln(digest, runtime.Version(), runtime.GOARCH)
	for _, name := range names {
		err := filepath.WalkDir(filepath.Join(root, name), func(at string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && ignoredFolder(entry.Name()):
				return fs.SkipDir
			case entry.IsDir() || ignoredFile(entry.Name()):
				return nil
			}
			return add(digest, root, at)
		})
		if err != nil {
			return "", fmt.Errorf("reading the sources in %q: %w", name, err)
		}
	}
	return hex.EncodeToString(digest.Sum(nil))[:hashLength], nil
}

// ignoredFolder tells whether the compiler, too, looks away.
func ignoredFolder(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".")
}

func ignoredFile(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".md") || strings.HasPrefix(name, ".")
}

func add(digest io.Writer, root, file string) error {
	relative, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	_, err = fmt.Fprintf(digest, "%s %x\n", filepath.ToSlash(relative), sum)
	return err
}

// DistroVersion is the version of a module in tools/distro/go.mod, which is where the
// versions of Kubernetes and its companions are pinned.
func DistroVersion(root, module string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "tools", "distro", "go.mod"))
	if err != nil {
		return "", fmt.Errorf("reading the pinned versions: %w", err)
	}
	match := regexp.MustCompile(`(?m)^\s*(?:require\s+)?` + regexp.QuoteMeta(module) + `\s+(v\S+)`).FindSubmatch(content)
	if match == nil {
		return "", fmt.Errorf("tools/distro/go.mod does not require %q", module)
	}
	return string(match[1]), nil
}
