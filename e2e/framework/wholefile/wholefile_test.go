package wholefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/wholefile"
)

func TestAFileIsReplacedWithItsPermissionsAndNothingIsLeftBesideIt(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "page.html")
	g.Expect(os.WriteFile(path, []byte("old"), 0o600)).To(gomega.Succeed())
	g.Expect(wholefile.Replace(path, []byte("new"), 0o640)).To(gomega.Succeed())
	content, err := os.ReadFile(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.Equal("new"))
	about, err := os.Stat(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(about.Mode().Perm()).To(gomega.Equal(fs.FileMode(0o640)))
	g.Expect(os.ReadDir(filepath.Dir(path))).To(gomega.HaveLen(1))
}

func TestWhatCannotTakeTheFilesPlaceIsRemoved(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "folder")
	g.Expect(os.Mkdir(path, 0o700)).To(gomega.Succeed())
	g.Expect(wholefile.Replace(path, []byte("new"), 0o600)).ToNot(gomega.Succeed())
	g.Expect(os.ReadDir(filepath.Dir(path))).To(gomega.HaveLen(1))
}
