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
	"slices"
	"strings"
)

// Want is what a user can choose about what is prepared and where it runs.
type Want struct {
	Provider   string // SEATRIAL_PROVIDER: where clusters come from, one of Providers; empty is auto
	Kubernetes string // SEATRIAL_KUBERNETES: a version; empty for the one of tools/distro
	NodeImage  string // SEATRIAL_NODE_IMAGE: an image to use instead of building one
	Engine     string // SEATRIAL_ENGINE: auto, podman, docker or nerdctl
}

// Words for Want.Provider. Auto is kind where that works, and else embedded.
const (
	Auto     = "auto"
	Kind     = "kind"
	Embedded = "embedded"
	Existing = "existing"
)

// Providers are the words for Want.Provider.
func Providers() []string { return []string{Auto, Kind, Embedded, Existing} }

// FromEnvironment reads the choices from SEATRIAL_PROVIDER, SEATRIAL_KUBERNETES,
// SEATRIAL_NODE_IMAGE and SEATRIAL_ENGINE.
func FromEnvironment() Want {
	return Want{
		Provider:   cmp.Or(os.Getenv("SEATRIAL_PROVIDER"), Auto),
		Kubernetes: os.Getenv("SEATRIAL_KUBERNETES"),
		NodeImage:  os.Getenv("SEATRIAL_NODE_IMAGE"),
		Engine:     cmp.Or(os.Getenv("SEATRIAL_ENGINE"), "auto"),
	}
}

// Validate refuses a provider that there is none of.
func (w Want) Validate() error {
	if w.Provider == "" || slices.Contains(Providers(), w.Provider) {
		return nil
	}
	return fmt.Errorf("SEATRIAL_PROVIDER=%q: there is no such provider: choose one of %s", w.Provider, strings.Join(Providers(), ", "))
}

// NoNodes tells whether the provider has no use for an engine and a node image.
func (w Want) NoNodes() bool { return w.Provider == Embedded || w.Provider == Existing }

// hashLength is enough hexadecimal digits to tell one machine's builds apart.
const hashLength = 12

// records are the files that may say what was prepared for these choices and this source:
// the first is the one to write. What was prepared for nodes is enough without them, too.
func (w Want) records(root string) ([]string, error) {
	sources, err := Hash(root, Sources()...)
	if err != nil {
		return nil, err
	}
	return w.recordsOf(sources)
}

// recordsOf are those of the sources of a hash.
func (w Want) recordsOf(sources string) ([]string, error) {
	cache, err := Cache()
	if err != nil {
		return nil, err
	}
	names := []string{Join(sources, w.Kubernetes, w.NodeImage, cmp.Or(w.Engine, Auto))}
	if w.NoNodes() {
		names = slices.Insert(names, 0, Join(sources, "without nodes"))
	}
	for i, name := range names {
		names[i] = filepath.Join(cache, "prepared", name+".json")
	}
	return names, nil
}

// SourcesHash is the hash of what things are prepared from in the source tree that the working directory is in, or
// [ErrNoSourceTree].
func SourcesHash() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	return Hash(root, Sources()...)
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
