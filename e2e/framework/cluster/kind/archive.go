package kind

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// manifestLimit is far above the size of any manifest.
const manifestLimit = 16 << 20

// savedImage is an image in an archive.
type savedImage struct {
	// id is the digest of the image's configuration, as in sha256:1234.
	id    string
	names []string
}

// readArchive lists the images in an archive of docker save. Only the index is
// read; the layers are skipped.
func readArchive(file string) (_ []savedImage, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading image archive: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()

	images, err := parseArchive(f)
	if err != nil {
		return nil, fmt.Errorf("reading image archive %q, which must be an uncompressed one of docker save: %w", file, err)
	}
	return images, nil
}

func parseArchive(r io.Reader) ([]savedImage, error) {
	for entries := tar.NewReader(r); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it has no manifest.json")
		}
		if err != nil {
			return nil, err
		}
		if path.Clean(entry.Name) == "manifest.json" {
			return parseManifest(io.LimitReader(entries, manifestLimit))
		}
	}
}

func parseManifest(r io.Reader) ([]savedImage, error) {
	//nolint:tagliatelle // Docker's spelling.
	var manifest []struct {
		Config   string   `json:"Config"`
		RepoTags []string `json:"RepoTags"`
	}
	if err := json.NewDecoder(r).Decode(&manifest); err != nil {
		return nil, fmt.Errorf("reading its manifest.json: %w", err)
	}
	images := make([]savedImage, 0, len(manifest))
	for _, entry := range manifest {
		saved := savedImage{id: configDigest(entry.Config)}
		for _, tag := range entry.RepoTags {
			saved.names = append(saved.names, canonicalName(tag))
		}
		images = append(images, saved)
	}
	return images, nil
}

// configDigest reads the digest out of the file name of a configuration, which
// is 1234.json, blobs/sha256/1234 or sha256:1234.
func configDigest(file string) string {
	return "sha256:" + strings.TrimPrefix(strings.TrimSuffix(path.Base(file), ".json"), "sha256:")
}

// canonicalName spells an image's name out as containerd does.
func canonicalName(tag string) string {
	domain, _, found := strings.Cut(tag, "/")
	switch {
	case !found:
		return "docker.io/library/" + tag
	case !strings.ContainsAny(domain, ".:") && domain != "localhost":
		return "docker.io/" + tag
	}
	return tag
}

// imageTable reads what ctr says about the images of a node: for each name, the
// digest it stands for.
func imageTable(text string) map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(text) {
		// REF TYPE DIGEST SIZE PLATFORMS LABELS
		if fields := strings.Fields(line); len(fields) >= 3 && strings.HasPrefix(fields[2], "sha256:") {
			table[fields[0]] = fields[2]
		}
	}
	return table
}

// holds reports whether a node's images include this one under all its names.
// Kubernetes' side of containerd knows an image by its id as well; a name counts
// only if it stands for the same.
func holds(table map[string]string, image savedImage) bool {
	digest, known := table[image.id]
	if !known {
		return false
	}
	for _, name := range image.names {
		if table[name] != digest {
			return false
		}
	}
	return true
}
