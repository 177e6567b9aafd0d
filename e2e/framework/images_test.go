package framework

import (
	"archive/tar"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/engine"
)

// store is the image store of an engine.
type store struct {
	images []string
	busy   string
}

func (s *store) Run(_ context.Context, args ...string) (string, error) {
	if args[0] == "images" {
		return strings.Join(s.images, "\n") + "\n", nil
	}
	if args[1] == s.busy {
		return "", errors.New("image is in use by a container")
	}
	return "", nil
}

func TestOnlyOurImagesAreRemovedAndOneThatIsInUseDoesNotKeepTheOthers(t *testing.T) {
	g := gomega.NewWithT(t)
	on := &store{
		images: []string{"localhost/seatrial/node:v1", "localhost/seatrial/probe:1", "docker.io/library/redis:7", "localhost/seatrialx/y:1", "<none>:<none>"},
		busy:   "localhost/seatrial/node:v1",
	}
	removed, err := removeImages(t.Context(), on, ownImages)
	g.Expect(removed).To(gomega.Equal([]string{"localhost/seatrial/probe:1"}))
	g.Expect(err).To(gomega.MatchError(`removing image "localhost/seatrial/node:v1": image is in use by a container`))
}

// Under other names than ours: this machine's own images are not a test's to remove.
func TestARealEngineIsRidOfImagesAndTheSecondTimeFindsNone(t *testing.T) {
	g := gomega.NewWithT(t)
	found, err := engine.Find(t.Context(), engine.Options{Dir: t.TempDir()})
	if errors.As(err, new(*engine.NotUsableError)) {
		t.Skipf("needs a container engine: %v", err)
	}
	g.Expect(err).ToNot(gomega.HaveOccurred())
	const names = "localhost/seatrial-test-of-clean/"
	archive := rootFilesystem(t)
	for _, name := range []string{"one:v1", "two:v1"} {
		_, err := found.Run(t.Context(), "import", archive, names+name)
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}

	g.Expect(removeImages(t.Context(), found, names)).To(gomega.ConsistOf(names+"one:v1", names+"two:v1"))
	g.Expect(removeImages(t.Context(), found, names)).To(gomega.BeEmpty())
}

// rootFilesystem is an archive of one file.
func rootFilesystem(t *testing.T) string {
	t.Helper()
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "root.tar")
	file, err := os.Create(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	archive := tar.NewWriter(file)
	g.Expect(archive.WriteHeader(&tar.Header{Name: "content", Mode: 0o644, Size: 1})).To(gomega.Succeed())
	_, err = archive.Write([]byte("x"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(errors.Join(archive.Close(), file.Close())).To(gomega.Succeed())
	return path
}
