package workshop

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/tools/nodeimage/internal/rootfs"
)

// RedisHere unpacks Redis below dir for this machine, where tests run it: no package is
// installed and no service starts. The two programs are then in dir.
func RedisHere(system, dir string) error {
	tree, err := rootfs.Open(system)
	if err != nil {
		return err
	}
	defer func() { _ = tree.Close() }()
	found, err := closure(tree)
	if err != nil {
		return err
	}
	if err := unpackRedis(found, dir); err != nil {
		return fmt.Errorf("unpacking Redis: %w", err)
	}
	return nil
}

func unpackRedis(found map[string][]byte, dir string) error {
	for name, content := range found {
		if err := unpack(filepath.Join(dir, "redis", name), content); err != nil {
			return err
		}
	}
	names := slices.Sorted(maps.Keys(found))
	for _, program := range redisPrograms() {
		script, err := launcher(names, program)
		if err != nil {
			return err
		}
		if err := unpack(filepath.Join(dir, path.Base(program)), []byte(script)); err != nil {
			return err
		}
	}
	return nil
}

// launcher is a script that runs a program with its own loader and libraries: Debian's
// Redis then works on any Linux, whatever its C library.
func launcher(files []string, program string) (string, error) {
	loader := slices.IndexFunc(files, func(name string) bool { return strings.HasPrefix(path.Base(name), "ld-linux") })
	if loader < 0 {
		return "", errors.New("the package needs no loader that is known here (ld-linux*)")
	}
	var search []string
	for _, name := range files {
		folder := `"$root` + path.Dir(name) + `"`
		if strings.Contains(path.Base(name), ".so") && !slices.Contains(search, folder) {
			search = append(search, folder)
		}
	}
	return "#!/bin/sh\n" +
		"root=$(cd \"$(dirname \"$(readlink -f \"$0\")\")\" && pwd)/redis\n" +
		"exec \"$root" + files[loader] + "\" --argv0 \"$0\" --library-path " + strings.Join(search, ":") +
		" \"$root" + program + "\" \"$@\"\n", nil
}

func unpack(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o755) //nolint:gosec // Programs and libraries are there to be run.
}
