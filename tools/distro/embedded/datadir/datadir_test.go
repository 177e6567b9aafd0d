package datadir

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const version = "v1.37.2"

func mustOpen(t *testing.T, path string) *Folder {
	t.Helper()
	folder, err := Open(path, version)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestANamedFolderStaysAndATemporaryOneGoes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	named := mustOpen(t, filepath.Join(t.TempDir(), "made", "on", "the", "way"))
	temporary := mustOpen(t, "")
	for _, folder := range []*Folder{named, temporary} {
		if info, err := os.Stat(folder.Path); err != nil || info.Mode().Perm() != private {
			t.Errorf("%q: %v, want a folder for its owner alone", folder.Path, err)
		}
		if err := folder.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(named.Path); err != nil {
		t.Errorf("the named folder is gone: %v", err)
	}
	if _, err := os.Stat(temporary.Path); !os.IsNotExist(err) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
}

func TestAFolderBelongsToOneProcessAtATime(t *testing.T) {
	path := t.TempDir()
	first := mustOpen(t, path)

	_, err := Open(path, version)
	want := "data folder " + strconv.Quote(path) + " is in use by process " + strconv.Itoa(os.Getpid())
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}

	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := mustOpen(t, path).Close(); err != nil {
		t.Error(err)
	}
}

func TestAFolderOfAnotherVersionIsRefusedAndLeftAlone(t *testing.T) {
	path := t.TempDir()
	if err := mustOpen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, "v1.38.0")
	if err == nil || !strings.HasSuffix(err.Error(), "was made by Kubernetes v1.37.2, and this is v1.38.0: name another folder, or remove that one") {
		t.Errorf("got %v", err)
	}
	if err := mustOpen(t, path).Close(); err != nil {
		t.Errorf("the version that made it: %v", err)
	}
}

func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, privateFile); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, version); err == nil || !strings.HasPrefix(err.Error(), "making data folder "+strconv.Quote(file)) {
		t.Errorf("got %v", err)
	}
}

func TestAFolderRemembersThatItWasReady(t *testing.T) {
	path := t.TempDir()
	folder := mustOpen(t, path)
	if folder.Booted() {
		t.Error("a new folder says it was ready before")
	}
	if err := folder.MarkBooted(); err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	folder = mustOpen(t, path)
	if !folder.Booted() {
		t.Error("it has forgotten")
	}
	if err := folder.Close(); err != nil {
		t.Error(err)
	}
}

func TestSocketsFitIntoAnyFolder(t *testing.T) {
	for _, name := range []string{"short", strings.Repeat("long/", 40)} {
		folder := mustOpen(t, filepath.Join(t.TempDir(), name))
		sockets, err := folder.Sockets()
		if err != nil {
			t.Fatal(err)
		}
		socket := filepath.Join(sockets, "12345678.sock")
		if len(socket) > longestSocket {
			t.Errorf("%q is too long for a socket", socket)
		}
		if err := os.WriteFile(socket, nil, privateFile); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(folder.Join("12345678.sock")); err != nil {
			t.Errorf("it is not in the data folder: %v", err)
		}
		if err := folder.Close(); err != nil {
			t.Error(err)
		}
	}
}
