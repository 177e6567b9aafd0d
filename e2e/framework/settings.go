package framework

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"seatrial/e2e/framework/assets"
)

// Settings are a user's choices. Every one has a variable in the environment, and the
// Makefile has the same words without the prefix.
type Settings struct {
	assets.Want

	Keep      bool   // SEATRIAL_CLUSTER=keep: the cluster outlives the run, and the next one takes it over
	Artifacts string // SEATRIAL_ARTIFACTS: folder for evidence and reports

	// Of the provider existing.
	Kubeconfig   string // SEATRIAL_KUBECONFIG: files, as in KUBECONFIG; empty for those that kubectl would use
	Context      string // SEATRIAL_CONTEXT: empty for the current one
	AllowContext string // SEATRIAL_ALLOW_CONTEXT: a context to be used although it does not look disposable
}

// artifactsFolder is where evidence goes unless the user says otherwise: below the top
// of the source tree or, outside of it, below the working directory.
const artifactsFolder = "_artifacts"

// FromEnvironment reads the choices, and refuses words that mean nothing.
func FromEnvironment() (Settings, error) {
	s := Settings{
		Want:         assets.FromEnvironment(),
		Artifacts:    os.Getenv("SEATRIAL_ARTIFACTS"),
		Kubeconfig:   os.Getenv("SEATRIAL_KUBECONFIG"),
		Context:      os.Getenv("SEATRIAL_CONTEXT"),
		AllowContext: os.Getenv("SEATRIAL_ALLOW_CONTEXT"),
	}
	if err := s.Validate(); err != nil {
		return s, err
	}
	switch word := os.Getenv("SEATRIAL_CLUSTER"); word {
	case "":
	case "keep":
		s.Keep = true
	default:
		return s, fmt.Errorf("SEATRIAL_CLUSTER=%q: the only word it knows is keep", word)
	}
	return s, nil
}

// ArtifactsOf is the folder for the evidence and reports of one suite or command. It is
// not made.
func (s Settings) ArtifactsOf(suite string) (string, error) {
	folder := s.Artifacts
	if folder == "" {
		root, err := assets.Root()
		if errors.Is(err, assets.ErrNoSourceTree) {
			root, err = os.Getwd()
		}
		if err != nil {
			return "", fmt.Errorf("finding the folder for artifacts: %w", err)
		}
		folder = filepath.Join(root, artifactsFolder)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("finding the folder for artifacts: %w", err)
	}
	return filepath.Join(folder, suite), nil
}
