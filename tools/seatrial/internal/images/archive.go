package images

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// described is an image as the list in an archive of images has it.
type described struct {
	Config string // digest of its configuration, or a file named after it
	Names  []string
}

// id is what engines call the image.
func (d described) id() string {
	return "sha256:" + strings.TrimSuffix(strings.TrimPrefix(d.Config, "sha256:"), ".json")
}

// describe lists the images in an archive of the kind that "docker save" makes.
func describe(archive string) (all []described, err error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, fmt.Errorf("listing the images of an archive: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for in := tar.NewReader(file); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("listing the images of %q: it has no manifest.json", archive)
		}
		if err != nil {
			return nil, fmt.Errorf("listing the images of %q: %w", archive, err)
		}
		if header.Name != "manifest.json" {
			continue
		}
		var list []struct {
			Config   string   `json:"Config"`   //nolint:tagliatelle // As the format has it.
			RepoTags []string `json:"RepoTags"` //nolint:tagliatelle // As the format has it.
		}
		if err := json.NewDecoder(in).Decode(&list); err != nil {
			return nil, fmt.Errorf("listing the images of %q: %w", archive, err)
		}
		for _, one := range list {
			all = append(all, described{one.Config, one.RepoTags})
		}
		return all, nil
	}
}
