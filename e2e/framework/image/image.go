// Package image builds container images from files and reads and writes the archives
// that engines and nodes load, without any container engine or registry. The same
// files always give the same image.
package image

import (
	"fmt"
	"runtime"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Epoch is the time stamp of everything an image holds: a real one would make two
// builds of the same files differ.
func Epoch() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Spec says what an image is made of. The fields of its configuration mean what they
// mean in a Dockerfile; empty ones are left out.
type Spec struct {
	Layers     []Layer // lowest first; an image may share layers with others
	Entrypoint []string
	Cmd        []string
	Env        []string // NAME=value
	User       string
	WorkDir    string
	StopSignal string
	Labels     map[string]string
}

// Image is a built image. It holds no open files: layers are read when it is written.
type Image struct{ built v1.Image }

// Build makes the image for this machine's architecture.
func Build(s Spec) (Image, error) {
	config := &v1.ConfigFile{
		OS:           "linux",
		Architecture: runtime.GOARCH,
		Created:      v1.Time{Time: Epoch()},
		RootFS:       v1.RootFS{Type: "layers"},
		Config: v1.Config{
			Entrypoint: s.Entrypoint,
			Cmd:        s.Cmd,
			Env:        s.Env,
			User:       s.User,
			WorkingDir: s.WorkDir,
			StopSignal: s.StopSignal,
			Labels:     s.Labels,
		},
	}
	built, err := mutate.ConfigFile(empty.Image, config)
	if err != nil {
		return Image{}, fmt.Errorf("configuring the image: %w", err)
	}
	for i, layer := range s.Layers {
		built, err = mutate.Append(built, mutate.Addendum{
			Layer:   layer.blob,
			History: v1.History{Created: v1.Time{Time: Epoch()}, CreatedBy: layer.origin},
		})
		if err != nil {
			return Image{}, fmt.Errorf("adding layer %d (%s): %w", i, layer.origin, err)
		}
	}
	return Image{built: built}, nil
}

// ID is the digest of the image's configuration: what engines and nodes call the image ID.
func (i Image) ID() (string, error) {
	hash, err := i.built.ConfigName()
	if err != nil {
		return "", fmt.Errorf("reading the image's ID: %w", err)
	}
	return hash.String(), nil
}
