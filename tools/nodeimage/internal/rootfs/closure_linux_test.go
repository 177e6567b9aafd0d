package rootfs

import (
	"archive/tar"
	"debug/elf"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

// machine are programs of this machine and what they load, as ldd tells.
type machine struct {
	programs  map[string]string // content by name
	libraries map[string]string // content by the name they are loaded by
	loader    string            // path of the interpreter
	folder    string            // where Debian has the libraries of this processor
}

func thisMachine(t *testing.T, programs ...string) machine {
	t.Helper()
	g := gomega.NewWithT(t)
	m := machine{programs: map[string]string{}, libraries: map[string]string{}}
	for _, program := range programs {
		at, err := exec.LookPath(program)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		m.programs[program] = content(t, at)
		said, err := exec.CommandContext(t.Context(), "ldd", at).Output()
		g.Expect(err).ToNot(gomega.HaveOccurred(), "the test needs %q to be linked dynamically, and ldd", at)
		for _, match := range regexp.MustCompile(`(?m)^\s*(?:(\S+) => )?(/\S+) \(`).FindAllStringSubmatch(string(said), -1) {
			if strings.HasPrefix(path.Base(match[2]), "ld-linux") {
				m.loader = match[2]
				continue
			}
			m.libraries[match[1]] = content(t, match[2])
		}
		file, err := elf.Open(at)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		m.folder = libraries(file.Machine)[3]
		g.Expect(file.Close()).To(gomega.Succeed())
	}
	g.Expect(m.loader).ToNot(gomega.BeEmpty())
	return m
}

func content(t *testing.T, name string) string {
	t.Helper()
	read, err := os.ReadFile(name)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return string(read)
}

// debian is a Debian system with the machine's programs, less what without names.
func (m machine) debian(t *testing.T, without ...string) *Tree {
	t.Helper()
	headers := []tar.Header{
		link("./bin", "usr/bin"), link("./lib", "usr/lib"), link("./lib64", "usr/lib64"), file("./usr/bin/script", "#!/bin/sh\n"),
		file("."+path.Join(m.folder, path.Base(m.loader)), content(t, m.loader)),
		link("./usr"+m.loader, path.Join(m.folder, path.Base(m.loader))),
		file("."+m.folder+"/libunneeded.so.1", "needed by nobody"),
	}
	for name, program := range m.programs {
		headers = append(headers, file("./usr/bin/"+name, program))
	}
	for name, library := range m.libraries {
		if slices.Contains(without, name) {
			continue
		}
		headers = append(headers, file("."+m.folder+"/"+name+".0.1", library), link("."+m.folder+"/"+name, name+".0.1"))
	}
	return plant(t, headers...)
}

func TestTheClosureHasWhatProgramsLoadAndNoMore(t *testing.T) {
	g := gomega.NewWithT(t)
	m := thisMachine(t, "sh", "ls")

	found, err := m.debian(t).Closure("/bin/sh", "/usr/bin/ls", "/usr/bin/script", "/bin/sh")

	g.Expect(err).ToNot(gomega.HaveOccurred())
	loaded := strings.TrimPrefix(m.folder, "/usr")
	want := []string{"/bin/sh", "/usr/bin/ls", "/usr/bin/script", m.loader, path.Join(loaded, path.Base(m.loader))}
	for name := range m.libraries {
		want = append(want, path.Join(loaded, name))
	}
	g.Expect(slices.Collect(maps.Keys(found))).To(gomega.ConsistOf(want))

	// The proof: with nothing but these files, the shell runs and calls ls.
	dir := t.TempDir()
	for name, content := range found {
		at := filepath.Join(dir, name)
		g.Expect(os.MkdirAll(filepath.Dir(at), 0o700)).To(gomega.Succeed())
		g.Expect(os.WriteFile(at, content, 0o700)).To(gomega.Succeed()) //nolint:gosec // It is there to be run.
	}
	lib := filepath.Join(dir, loaded)
	loader := filepath.Join(dir, m.loader) + " --inhibit-cache --library-path " + lib + " "
	script := loader + dir + "/usr/bin/ls " + dir + "/usr/bin"
	args := []string{"--inhibit-cache", "--library-path", lib, dir + "/bin/sh", "-c", script}
	said, err := exec.CommandContext(t.Context(), filepath.Join(dir, m.loader), args...).CombinedOutput()
	g.Expect(err).ToNot(gomega.HaveOccurred(), string(said))
	g.Expect(strings.Fields(string(said))).To(gomega.Equal([]string{"ls", "script"}))
}

func TestALibraryThatIsNotThereIsNamedWithWhoNeedsIt(t *testing.T) {
	g := gomega.NewWithT(t)
	m := thisMachine(t, "sh")
	_, err := m.debian(t, "libc.so.6").Closure("/bin/sh")
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring(`finding a library of "/bin/sh"`), gomega.ContainSubstring("libc.so.6"))))

	_, err = m.debian(t).Closure("/bin/sh", "/bin/zsh")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`looking up "/bin/zsh": file does not exist`)))
}
