package engine

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func TestPodmanGetsSettingsForALimitedMachine(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	f := finderOn(t, limitedHost())
	e, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.Env).To(gomega.Equal([]string{"CONTAINERS_CONF=" + f.settingsPath()}))
	golden(t, "containers-limited.conf", read(t, f.settingsPath()))
}

func TestPodmanKeepsItsSettingsOnAFreeMachine(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	f := finderOn(t, freeHost())
	f.parts.cniNetworks = false
	e, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.Env).To(gomega.BeEmpty())
	g.Expect(f.settingsPath()).NotTo(gomega.BeAnExistingFile())
}

func TestUsersOwnSettingsAreUsedAndNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	own := filepath.Join(t.TempDir(), "mine.conf")
	t.Setenv(settingsVariable, own)
	f := finderOn(t, limitedHost())
	var said bytes.Buffer
	f.log = slog.New(slog.NewTextHandler(&said, nil))
	e, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.Env).To(gomega.Equal([]string{"CONTAINERS_CONF=" + own}))
	g.Expect(f.settingsPath()).NotTo(gomega.BeAnExistingFile())
	g.Expect(said.String()).To(gomega.And(gomega.ContainSubstring("using your own podman settings"), gomega.ContainSubstring(own)))
}

func TestInheritedSettingsAreNotTheUsersOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	f := finderOn(t, limitedHost())
	t.Setenv(settingsVariable, f.settingsPath())
	e, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.Env).To(gomega.Equal([]string{"CONTAINERS_CONF=" + f.settingsPath()}))
	golden(t, "containers-limited.conf", read(t, f.settingsPath()))
}

// read returns the text of a file.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return string(text)
}
