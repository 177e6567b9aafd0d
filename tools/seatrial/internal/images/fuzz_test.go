package images

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func FuzzParseCarried(f *testing.F) {
	head := fmt.Sprintf(`{"version":%q,"os":%q,"arch":%q,"sources":"0a",`, ArchiveVersion, runtime.GOOS, runtime.GOARCH)
	for _, files := range []string{
		`[{"name":"bin/helm","bytes":1,"digest":"sha256:0","mode":493}]`, `[{"name":"../seatrial"}]`, `[{"name":"bin/../../x"}]`, `[{"name":"images//x"}]`,
		`[{"name":"bin/x","mode":4294967295}]`, `[{"name":"bin/"}]`, `null`,
	} {
		f.Add([]byte(head + `"files":` + files + `}`))
	}
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := parseCarried(content)
		if err != nil {
			return
		}
		// Whatever an archive says, its files stay in the folder that they are unpacked in, and are plain files.
		const dir = "/cache/unpacked"
		for _, one := range c.Files {
			if at := filepath.Join(dir, filepath.FromSlash(one.Name)); !strings.HasPrefix(at, dir+"/") {
				t.Errorf("%q would be %q", one.Name, at)
			}
			if mode := one.permissions(); mode != mode.Perm() {
				t.Errorf("%q would have the mode %s", one.Name, mode)
			}
		}
		for _, image := range c.assets(dir, "podman").Images {
			if !strings.HasPrefix(image, dir+"/") {
				t.Errorf("an image would be %q", image)
			}
		}
	})
}
