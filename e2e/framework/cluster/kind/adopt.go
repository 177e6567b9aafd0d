package kind

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"
	kindlog "sigs.k8s.io/kind/pkg/log"

	"seatrial/e2e/framework/engine"
)

// networkName is the network of all our clusters. Kind's own is called kind and
// stays for ever; this one goes with the last cluster on it.
const networkName = "seatrial"

// network is the container network that nodes are attached to.
type network struct {
	name string
	// ours says that we may remove it.
	ours bool
}

// adopt makes kind use exactly this engine, and tells which network it will use.
//
// Kind calls the engine by its name and gives it the environment of this
// process: its library has no other way to pass a path, settings or a network.
// So this one function sets them for the whole process. Setting the same twice
// changes nothing, and there is one engine in a process.
func adopt(e *engine.Engine) (network, error) {
	for _, entry := range e.Env {
		key, value, _ := strings.Cut(entry, "=")
		if err := os.Setenv(key, value); err != nil {
			return network{}, fmt.Errorf("setting %q: %w", key, err)
		}
	}
	if err := putFirstOnPath(e); err != nil {
		return network{}, err
	}

	variable := map[string]string{
		"podman": "KIND_EXPERIMENTAL_PODMAN_NETWORK",
		"docker": "KIND_EXPERIMENTAL_DOCKER_NETWORK",
	}[e.Name]
	if variable == "" {
		return network{name: "kind"}, nil // Kind has no choice to offer for this engine.
	}
	if chosen := os.Getenv(variable); chosen != "" && chosen != networkName {
		return network{name: chosen}, nil
	}
	if err := os.Setenv(variable, networkName); err != nil {
		return network{}, fmt.Errorf("setting %q: %w", variable, err)
	}
	return network{name: networkName, ours: true}, nil
}

// putFirstOnPath lets the engine's name find the very binary that was probed.
func putFirstOnPath(e *engine.Engine) error {
	if filepath.Base(e.Path) != e.Name {
		return fmt.Errorf("kind finds the engine by its name: link %q as %q in a folder of its own", e.Path, e.Name)
	}
	if found, err := exec.LookPath(e.Name); err == nil && found == e.Path {
		return nil
	}
	path := filepath.Dir(e.Path) + string(os.PathListSeparator) + os.Getenv("PATH")
	if err := os.Setenv("PATH", path); err != nil {
		return fmt.Errorf("putting %q first on PATH: %w", filepath.Dir(e.Path), err)
	}
	return nil
}

// library returns kind's own provider. Each use gets one of its own, because
// kind's caches what it found without a lock.
func (p *Provider) library(log kindlog.Logger) *kindcluster.Provider {
	choice := kindcluster.ProviderWithDocker()
	switch p.engine.Name {
	case "podman":
		choice = kindcluster.ProviderWithPodman()
	case "nerdctl":
		choice = kindcluster.ProviderWithNerdctl(p.engine.Name)
	}
	return kindcluster.NewProvider(kindcluster.ProviderWithLogger(log), choice)
}
