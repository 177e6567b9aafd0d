package image

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func TestTheSameFilesMakeTheSameImageAndArchive(t *testing.T) {
	g := gomega.NewWithT(t)
	files := []File{{Path: "/bin/a", Data: []byte("a"), Mode: 0o755}, {Path: "/etc/b", Data: []byte("b")}}
	spec := func(files ...File) Spec {
		return Spec{
			Layers: []Layer{layerOf(t, files...)}, Entrypoint: []string{"/bin/a"}, Env: []string{"A=1", "B=2"},
			Labels: map[string]string{"one": "1", "two": "2", "three": "3"},
		}
	}
	one, other := imageOf(t, spec(files[0], files[1])), imageOf(t, spec(files[1], files[0]))

	oneID, err := one.ID()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(oneID).To(gomega.MatchRegexp(`^sha256:[0-9a-f]{64}$`))
	g.Expect(other.ID()).To(gomega.Equal(oneID))

	var archives []string
	for i, built := range []Image{one, other, one} {
		archive := filepath.Join(t.TempDir(), fmt.Sprint(i, ".tar"))
		g.Expect(WriteArchive(archive, map[string]Image{example: built, "localhost/seatrial/alias:v1": built})).To(gomega.Succeed())
		archives = append(archives, contentOf(t, archive))
	}
	g.Expect(archives[1]).To(gomega.Equal(archives[0]))
	g.Expect(archives[2]).To(gomega.Equal(archives[0]))
}

func TestEveryPartOfASpecShowsInTheID(t *testing.T) {
	g := gomega.NewWithT(t)
	layer, more := layerOf(t, File{Path: "/a"}), layerOf(t, File{Path: "/b"})
	seen := map[string]string{}
	for _, test := range []struct {
		name string
		spec Spec
	}{
		{"plain", Spec{Layers: []Layer{layer}}},
		{"no layer", Spec{}},
		{"two layers", Spec{Layers: []Layer{layer, more}}},
		{"two layers, turned round", Spec{Layers: []Layer{more, layer}}},
		{"entrypoint", Spec{Layers: []Layer{layer}, Entrypoint: []string{"/a"}}},
		{"command", Spec{Layers: []Layer{layer}, Cmd: []string{"/a"}}},
		{"environment", Spec{Layers: []Layer{layer}, Env: []string{"A=1"}}},
		{"user", Spec{Layers: []Layer{layer}, User: "1"}},
		{"working folder", Spec{Layers: []Layer{layer}, WorkDir: "/a"}},
		{"stop signal", Spec{Layers: []Layer{layer}, StopSignal: "SIGRTMIN+3"}},
		{"label", Spec{Layers: []Layer{layer}, Labels: map[string]string{"a": "1"}}},
	} {
		id, err := imageOf(t, test.spec).ID()
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(seen).ToNot(gomega.HaveKey(id), "%q is the same image as %q", test.name, seen[id])
		seen[id] = test.name
	}
}

func TestAnArchiveHasAllNamesAndASharedLayerOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	shared := layerOf(t, File{Path: "/shared", Data: []byte("shared")})
	images := map[string]Image{
		"registry.k8s.io/server:v1": imageOf(t, Spec{Layers: []Layer{shared}, User: "1"}),
		"localhost/client:v1":       imageOf(t, Spec{Layers: []Layer{shared, layerOf(t, File{Path: "/own"})}}),
		"localhost/another:v1":      imageOf(t, Spec{Layers: []Layer{shared}, User: "2"}),
	}
	archive := filepath.Join(t.TempDir(), "images.tar")

	g.Expect(WriteArchive(archive, images)).To(gomega.Succeed())

	g.Expect(Names(archive)).To(gomega.Equal([]string{"localhost/another:v1", "localhost/client:v1", "registry.k8s.io/server:v1"}))
	times := map[string]int{}
	layers := 0
	for _, found := range entriesOf(t, archive) {
		times[found.name]++
		if filepath.Ext(found.name) == ".tar" {
			layers++
		}
	}
	g.Expect(layers).To(gomega.Equal(2), "the shared layer and one image's own: %v", times)
	g.Expect(times).To(gomega.HaveEach(1))
}

func TestOnlyFullNamesAreTaken(t *testing.T) {
	built := imageOf(t, Spec{Layers: []Layer{layerOf(t, File{Path: "/a"})}})
	for _, wrong := range []string{"", "redis", "redis:7", "localhost/redis", "localhost/Redis:7", "localhost/redis:", "localhost/redis@sha256:00", "localhost/re dis:7"} {
		t.Run(wrong, func(t *testing.T) {
			g := gomega.NewWithT(t)
			archive := filepath.Join(t.TempDir(), "images.tar")
			err := WriteArchive(archive, map[string]Image{wrong: built})
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(fmt.Sprintf("naming an image %q: ", wrong))))
			g.Expect(archive).ToNot(gomega.BeAnExistingFile())
		})
	}
}

func TestAnArchiveThatCannotBeReadOrWrittenSaysWhich(t *testing.T) {
	g := gomega.NewWithT(t)
	missing := filepath.Join(t.TempDir(), "missing", "images.tar")

	_, err := Names(missing)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("reading the image archive %q", missing)))
	err = WriteArchive(missing, map[string]Image{example: imageOf(t, Spec{})})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("writing an image archive: open " + missing)))
}
