package image

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// WriteArchive writes the images, by their full names, into one archive of the kind
// that "docker save" makes. Layers that images share are in it once, and the same images
// make the same archive.
func WriteArchive(to string, images map[string]Image) error {
	for full := range images {
		if _, err := name.NewTag(full, name.StrictValidation); err != nil {
			return fmt.Errorf("naming an image %q: %w", full, err)
		}
	}
	file, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("writing an image archive: %w", err)
	}
	out := &archive{to: tar.NewWriter(file), images: map[string]int{}, layers: map[string]bool{}}
	if err := errors.Join(out.write(images), file.Close()); err != nil {
		return fmt.Errorf("writing the image archive %q: %w", to, err)
	}
	return nil
}

// Names lists the images in an archive by their full names, sorted.
func Names(from string) ([]string, error) {
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(from) })
	if err != nil {
		return nil, fmt.Errorf("reading the image archive %q: %w", from, err)
	}
	var names []string
	for i := range manifest {
		names = append(names, manifest[i].RepoTags...)
	}
	slices.Sort(names)
	return names, nil
}

// archive is one that is being written.
type archive struct {
	to       *tar.Writer
	manifest tarball.Manifest
	images   map[string]int  // place in the manifest by ID: an image can have several names
	layers   map[string]bool // by file name
}

func (a *archive) write(images map[string]Image) error {
	for _, full := range slices.Sorted(maps.Keys(images)) {
		if err := a.add(full, images[full].built); err != nil {
			return fmt.Errorf("adding %q: %w", full, err)
		}
	}
	content, err := json.Marshal(a.manifest)
	if err != nil {
		return err
	}
	if err := a.entry("manifest.json", content); err != nil {
		return err
	}
	return a.to.Close()
}

func (a *archive) add(full string, built v1.Image) error {
	id, idErr := built.ConfigName()
	config, configErr := built.RawConfigFile()
	layers, layersErr := built.Layers()
	if err := errors.Join(idErr, configErr, layersErr); err != nil {
		return err
	}
	if at, known := a.images[id.String()]; known {
		a.manifest[at].RepoTags = append(a.manifest[at].RepoTags, full)
		return nil
	}
	a.images[id.String()] = len(a.manifest)
	described := tarball.Descriptor{Config: id.String(), RepoTags: []string{full}}
	if err := a.entry(described.Config, config); err != nil {
		return err
	}
	for _, layer := range layers {
		file, err := a.layer(layer)
		if err != nil {
			return err
		}
		described.Layers = append(described.Layers, file)
	}
	a.manifest = append(a.manifest, described)
	return nil
}

// layer writes a layer that is not there yet, and returns the name of its file.
func (a *archive) layer(layer v1.Layer) (file string, err error) {
	digest, digestErr := layer.Digest()
	size, sizeErr := layer.Size()
	if err := errors.Join(digestErr, sizeErr); err != nil {
		return "", err
	}
	file = digest.Hex + ".tar"
	if a.layers[file] {
		return file, nil
	}
	a.layers[file] = true
	content, err := layer.Uncompressed()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	if err := a.header(file, size); err != nil {
		return "", err
	}
	_, err = io.Copy(a.to, content)
	return file, err
}

func (a *archive) entry(file string, content []byte) error {
	if err := a.header(file, int64(len(content))); err != nil {
		return err
	}
	_, err := a.to.Write(content)
	return err
}

func (a *archive) header(file string, size int64) error {
	return a.to.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file, Size: size, Mode: 0o644, ModTime: Epoch()})
}
