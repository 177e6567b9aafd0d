package kind

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

// archived packs files into an archive, layers first as some tools do.
func archived(tb testing.TB, manifest string) []byte {
	tb.Helper()
	g := gomega.NewWithT(tb)
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, file := range []struct{ name, text string }{{"layer.tar", "a layer"}, {"manifest.json", manifest}} {
		if file.text == "" {
			continue
		}
		g.Expect(w.WriteHeader(&tar.Header{Name: file.name, Mode: 0o600, Size: int64(len(file.text))})).To(gomega.Succeed())
		_, err := w.Write([]byte(file.text))
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}
	g.Expect(w.Close()).To(gomega.Succeed())
	return buffer.Bytes()
}

func TestTheImagesInAnArchiveAreListed(t *testing.T) {
	g := gomega.NewWithT(t)

	images, err := parseArchive(bytes.NewReader(archived(t, `[
	  {"Config": "1234.json", "RepoTags": ["redis:7", "localhost/redis:7"]},
	  {"Config": "blobs/sha256/5678", "RepoTags": ["gcr.io/guestbook/frontend:v6"]},
	  {"Config": "sha256:9abc", "RepoTags": null}
	]`)))

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(images).To(gomega.Equal([]savedImage{
		{id: "sha256:1234", names: []string{"docker.io/library/redis:7", "localhost/redis:7"}},
		{id: "sha256:5678", names: []string{"gcr.io/guestbook/frontend:v6"}},
		{id: "sha256:9abc"},
	}))
}

func TestAnArchiveThatIsNoneIsNamed(t *testing.T) {
	for name, content := range map[string][]byte{
		"no manifest": archived(t, ""), "bad manifest": archived(t, "{"), "no archive": []byte("hello"), "empty": nil,
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			file := filepath.Join(t.TempDir(), "image.tar")
			g.Expect(os.WriteFile(file, content, 0o600)).To(gomega.Succeed())
			_, err := readArchive(file)
			g.Expect(err).To(gomega.MatchError(gomega.And(
				gomega.ContainSubstring(file), gomega.ContainSubstring("docker save"))))
		})
	}
}

func FuzzParseArchive(f *testing.F) {
	f.Add(archived(f, `[{"Config": "1234.json", "RepoTags": ["redis:7"]}]`))
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, content []byte) {
		images, err := parseArchive(bytes.NewReader(content))
		if err != nil && images != nil {
			t.Errorf("images %v beside error %v", images, err)
		}
	})
}

func TestANodeHoldsAnImageIfEveryNameStandsForIt(t *testing.T) {
	table := imageTable(`REF                          TYPE                                                 DIGEST        SIZE     PLATFORMS   LABELS
docker.io/library/redis:7    application/vnd.docker.distribution.manifest.v2+json sha256:aaaa   1.0 MiB  linux/amd64 io.cri-containerd.image=managed
docker.io/library/old:1      application/vnd.docker.distribution.manifest.v2+json sha256:bbbb   1.0 MiB  linux/amd64 -
sha256:1234                  application/vnd.docker.distribution.manifest.v2+json sha256:aaaa   1.0 MiB  linux/amd64 io.cri-containerd.image=managed
`)
	for name, test := range map[string]struct {
		image savedImage
		want  bool
	}{
		"there":             {savedImage{id: "sha256:1234", names: []string{"docker.io/library/redis:7"}}, true},
		"without a name":    {savedImage{id: "sha256:1234"}, true},
		"name of another":   {savedImage{id: "sha256:1234", names: []string{"docker.io/library/old:1"}}, false},
		"new name":          {savedImage{id: "sha256:1234", names: []string{"docker.io/library/redis:7", "docker.io/library/redis:8"}}, false},
		"new content":       {savedImage{id: "sha256:5678", names: []string{"docker.io/library/redis:7"}}, false},
		"kubelet unaware":   {savedImage{id: "sha256:9999", names: []string{"docker.io/library/old:1"}}, false},
		"nothing is always": {savedImage{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			gomega.NewWithT(t).Expect(holds(table, test.image)).To(gomega.Equal(test.want))
		})
	}
}
