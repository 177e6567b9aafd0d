package rootfs

import (
	"bytes"
	"debug/elf"
	"fmt"
	"path"
	"slices"
)

// libraries lists the folders that the dynamic linker of Debian searches.
func libraries(machine elf.Machine) []string {
	triplet := map[elf.Machine]string{
		elf.EM_X86_64:  "x86_64-linux-gnu",
		elf.EM_AARCH64: "aarch64-linux-gnu",
	}[machine]
	var dirs []string
	for _, root := range []string{"/lib", "/usr/lib"} {
		dirs = append(dirs, path.Join(root, triplet), path.Join(root, triplet, "systemd"), root)
	}
	return dirs
}

// Closure gives the programs and everything the dynamic linker loads with them, as
// content by the path each is looked for at. Links are followed, so no link is in it.
func (t *Tree) Closure(programs ...string) (map[string][]byte, error) {
	found := map[string][]byte{}
	for queue := slices.Clone(programs); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if _, done := found[name]; done {
			continue
		}
		content, err := t.Read(name)
		if err != nil {
			return nil, err
		}
		found[name] = content
		needed, err := t.needs(name, content)
		if err != nil {
			return nil, err
		}
		queue = append(queue, needed...)
	}
	return found, nil
}

// needs lists the interpreter and the libraries that an ELF file names, by path. What
// is no ELF file, such as a script, needs nothing here.
func (t *Tree) needs(name string, content []byte) ([]string, error) {
	file, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return nil, nil
	}
	defer func() { _ = file.Close() }()
	var needed []string
	for _, program := range file.Progs {
		if program.Type != elf.PT_INTERP {
			continue
		}
		interpreter := make([]byte, program.Filesz)
		if _, err := program.ReadAt(interpreter, 0); err != nil {
			return nil, fmt.Errorf("reading the interpreter of %q: %w", name, err)
		}
		needed = append(needed, string(bytes.TrimRight(interpreter, "\x00")))
	}
	imported, err := file.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("reading the libraries of %q: %w", name, err)
	}
	for _, library := range imported {
		at, err := t.find(library, file.Machine)
		if err != nil {
			return nil, fmt.Errorf("finding a library of %q: %w", name, err)
		}
		needed = append(needed, at)
	}
	return needed, nil
}

func (t *Tree) find(library string, machine elf.Machine) (string, error) {
	var err error
	for _, dir := range libraries(machine) {
		at := path.Join(dir, library)
		if _, err = t.Resolve(at); err == nil {
			return at, nil
		}
	}
	return "", err
}
