package chartsource

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"charts/web", "web-1.tgz", "git:v1", "a@b@c", "https://e.org#web@~1", "oci://e.org/web@>1", "oci://", "http://#", "git:-x", "@", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// Whatever is a source is written as it is read.
		s, err := Parse(text, "charts/web")
		if err != nil || s.Kind == Git || s.Kind == Folder || s.Kind == Package {
			return
		}
		if again, err := Parse(s.String(), "charts/web"); err != nil || again != s {
			t.Errorf("%q is read as %+v, and that as %+v, %v", text, s, again, err)
		}
	})
}

// archived is a tar archive with such entries.
func archived(f *testing.F, headers ...tar.Header) []byte {
	f.Helper()
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	for i := range headers {
		if err := writer.WriteHeader(&headers[i]); err != nil {
			f.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		f.Fatal(err)
	}
	return out.Bytes()
}

func FuzzUnpack(f *testing.F) {
	f.Add(archived(f, tar.Header{Name: "web/", Typeflag: tar.TypeDir}, tar.Header{Name: "web/Chart.yaml", Typeflag: tar.TypeReg}))
	f.Add(archived(f, tar.Header{Name: "../out", Typeflag: tar.TypeReg}))
	f.Add(archived(f, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../.."}, tar.Header{Name: "a/b", Typeflag: tar.TypeReg}))
	f.Add(archived(f, tar.Header{Name: "/abs", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}))
	f.Add(archived(f, tar.Header{Name: "fifo", Typeflag: tar.TypeFifo}))
	f.Fuzz(func(t *testing.T, archive []byte) {
		top := t.TempDir()
		dir := filepath.Join(top, "in", "here")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		// Whatever is in an archive, nothing is written elsewhere, and no link leads out.
		tree := &tree{dir: dir}
		err := tree.unpack(bytes.NewReader(archive))
		if err == nil {
			err = tree.verify()
		}
		for _, outside := range []string{top, filepath.Dir(dir)} {
			if entries, readErr := os.ReadDir(outside); readErr != nil || len(entries) != 1 {
				t.Errorf("%q has %v (%v)", outside, entries, readErr)
			}
		}
		if err != nil {
			return
		}
		_ = filepath.WalkDir(dir, func(at string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type()&^(fs.ModeDir|fs.ModeSymlink) != 0 {
				t.Errorf("%q is a %s", at, entry.Type())
			}
			return nil
		})
	})
}
