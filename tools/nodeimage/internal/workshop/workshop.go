// Package workshop makes the images that the guestbook chart runs: the web application
// from our own source, and Redis from Debian's package.
package workshop

import (
	"fmt"
	"path/filepath"

	"seatrial/e2e/framework/image"
	"seatrial/tools/nodeimage/internal/node"
	"seatrial/tools/nodeimage/internal/rootfs"
)

// The names that the chart's default values have.
const (
	GuestbookImage = "localhost/seatrial/guestbook:v1"
	RedisImage     = "localhost/seatrial/redis:7"
)

// nobody is the user that images run as: any number but root's, for the chart insists on it.
const nobody = "65532"

// Packages are Debian's packages that Redis and its shell are taken from.
func Packages() []string { return []string{"redis-server", "busybox"} }

// Guestbook writes the archive of the web application's image. The binary is static, so
// nothing else is in it: no shell, no package, nothing to keep up to date.
func Guestbook(binary, work, to string) error {
	layer, err := image.Files(filepath.Join(work, "guestbook-layer.tar"),
		image.File{Path: "/guestbook", Source: binary, Mode: 0o755})
	if err != nil {
		return err
	}
	return write(to, GuestbookImage, image.Spec{
		Layers: []image.Layer{layer}, Entrypoint: []string{"/guestbook"}, User: nobody,
	})
}

// Redis writes the archive of Debian's Redis, with its command line client and a shell
// for probes, out of the unpacked packages.
func Redis(system, work, to string) error {
	files, err := redisFiles(system)
	if err != nil {
		return err
	}
	layer, err := image.Files(filepath.Join(work, "redis-layer.tar"), files...)
	if err != nil {
		return err
	}
	return write(to, RedisImage, image.Spec{
		Layers: []image.Layer{layer}, Cmd: []string{"redis-server"}, User: nobody, WorkDir: "/data",
		Env: []string{"PATH=/usr/bin:/bin"},
	})
}

func write(to, name string, spec image.Spec) error {
	built, err := image.Build(spec)
	if err != nil {
		return fmt.Errorf("building %q: %w", name, err)
	}
	return image.WriteArchive(to, map[string]image.Image{name: built})
}

func redisFiles(system string) ([]image.File, error) {
	tree, err := rootfs.Open(system)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tree.Close() }()
	found, err := closure(tree)
	if err != nil {
		return nil, err
	}
	files, err := node.BusyBox(tree)
	if err != nil {
		return nil, err
	}
	files = append(files, image.File{Path: "/data", Dir: true, Mode: 0o777})
	for name, content := range found {
		files = append(files, image.File{Path: name, Data: content, Mode: 0o755})
	}
	return files, nil
}

func redisPrograms() []string { return []string{"/usr/bin/redis-server", "/usr/bin/redis-cli"} }

func closure(tree *rootfs.Tree) (map[string][]byte, error) {
	found, err := tree.Closure(redisPrograms()...)
	if err != nil {
		return nil, fmt.Errorf("collecting Redis and its libraries: %w", err)
	}
	return found, nil
}
