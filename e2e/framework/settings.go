package framework

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/e2e/framework/assets"
)

// Settings are a user's choices. Every one has a variable in the environment, and the
// Makefile has the same words without the prefix.
type Settings struct {
	assets.Want

	Provider  string // SEATRIAL_PROVIDER: auto or kind
	Keep      bool   // SEATRIAL_CLUSTER=keep: the cluster outlives the run, and the next one takes it over
	Artifacts string // SEATRIAL_ARTIFACTS: folder for evidence and reports
}

// Providers are the words for Settings.Provider.
func Providers() []string { return []string{"auto", "kind"} }

// artifactsFolder is where evidence goes unless the user says otherwise: below the top
// of the source tree.
const artifactsFolder = "_artifacts"

// FromEnvironment reads the choices, and refuses words that mean nothing.
func FromEnvironment() (Settings, error) {
	s := Settings{
		Want:      assets.FromEnvironment(),
		Provider:  os.Getenv("SEATRIAL_PROVIDER"),
		Artifacts: os.Getenv("SEATRIAL_ARTIFACTS"),
	}
	if s.Provider == "" {
		s.Provider = "auto"
	}
	if !slices.Contains(Providers(), s.Provider) {
		return s, fmt.Errorf("SEATRIAL_PROVIDER=%q: there is no such provider: choose one of %s", s.Provider, strings.Join(Providers(), ", "))
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
		if err != nil {
			return "", err
		}
		folder = filepath.Join(root, artifactsFolder)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("finding the folder for artifacts: %w", err)
	}
	return filepath.Join(folder, suite), nil
}
