package images

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"seatrial/e2e/framework/assets"
)

// ArchiveVersion names the shape of what Save writes. It changes when Load of an earlier version would misread it.
const ArchiveVersion = "seatrial.dev/carried-images/v1"

// The names in an archive. The list comes first. The command itself is in it, too: with tar alone, another machine gets
// what loads the rest.
const (
	listName    = "seatrial-images.json"
	commandName = "seatrial"
	nodeName    = "node-image.tar"
	binFolder   = "bin"
	imageFolder = "images"
)

// carried is the list of an archive.
type carried struct {
	Version string `json:"version"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	// Sources is the hash of the source tree that all of it was made from.
	Sources string `json:"sources"`
	// Kubernetes and NodeImage are what the user had chosen for nodes, if anything.
	WantKubernetes string `json:"wantKubernetes,omitempty"`
	WantNodeImage  string `json:"wantNodeImage,omitempty"`

	Kubernetes         string `json:"kubernetes,omitempty"`
	EmbeddedKubernetes string `json:"embeddedKubernetes"`
	NodeImage          string `json:"nodeImage,omitempty"`
	// Without says why there is no node image.
	Without string `json:"without,omitempty"`

	Files []entry `json:"files"`
}

// entry is one file of an archive.
type entry struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
	Mode   uint32 `json:"mode"`

	from string // where it is on the machine that saves
}

// parseCarried reads a list, and refuses one that does not fit here.
func parseCarried(content []byte) (carried, error) {
	var c carried
	if err := json.Unmarshal(content, &c); err != nil {
		return c, fmt.Errorf("reading %s: %w", listName, err)
	}
	switch {
	case c.Version != ArchiveVersion:
		return c, fmt.Errorf("it is of version %q, and %s is what this seatrial reads: save it with the same seatrial, which is in the archive, too", c.Version, ArchiveVersion)
	case c.OS != runtime.GOOS || c.Arch != runtime.GOARCH:
		return c, fmt.Errorf("it is for %s/%s, and this is %s/%s: save it on a machine of the same kind", c.OS, c.Arch, runtime.GOOS, runtime.GOARCH)
	case !isHash(c.Sources):
		return c, fmt.Errorf("%s has no hash of sources: it is damaged", listName)
	}
	for _, one := range c.Files {
		if err := one.check(); err != nil {
			return c, err
		}
	}
	return c, nil
}

func isHash(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdef") == ""
}

// check refuses names that lead out of the folder they are unpacked in, and those that nothing here knows.
func (e entry) check() error {
	known := slices.Contains([]string{commandName, nodeName}, e.Name) ||
		strings.HasPrefix(e.Name, binFolder+"/") || strings.HasPrefix(e.Name, imageFolder+"/")
	if !known || !filepath.IsLocal(filepath.FromSlash(e.Name)) || path.Clean(e.Name) != e.Name || e.Bytes < 0 {
		return fmt.Errorf("%s names a file %q, which is none of ours: it is damaged", listName, e.Name)
	}
	return nil
}

// named finds a file of the list.
func (c carried) named(name string) (entry, error) {
	at := slices.IndexFunc(c.Files, func(e entry) bool { return e.Name == name })
	if at < 0 {
		return entry{}, fmt.Errorf("it has a file %q that its list does not name: it is damaged", name)
	}
	return c.Files[at], nil
}

// assets are what was carried as runs here find it, in a folder.
func (c carried) assets(dir, engine string) assets.Assets {
	a := assets.Assets{EmbeddedKubernetes: c.EmbeddedKubernetes, Bin: filepath.Join(dir, binFolder), WithoutNodes: c.Without}
	if engine == "" {
		return a
	}
	a.Kubernetes, a.NodeImage, a.Engine, a.WithoutNodes = c.Kubernetes, c.NodeImage, engine, ""
	for _, one := range c.Files {
		if strings.HasPrefix(one.Name, imageFolder+"/") {
			a.Images = append(a.Images, filepath.Join(dir, filepath.FromSlash(one.Name)))
		}
	}
	return a
}

// permissions are those of a file, without anything else that a mode can say.
func (e entry) permissions() fs.FileMode { return fs.FileMode(e.Mode).Perm() }

var errCutOff = errors.New("it ends in the middle: it was not copied whole")
