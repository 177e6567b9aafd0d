package engine

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Names of the probe image and of the file in it.
const (
	probeRepository = "localhost/seatrial/probe"
	probePath       = "/probe"
)

// probeImage is the image that the probe runs, named after its content.
type probeImage struct {
	tag   name.Tag
	image v1.Image
}

// newProbeImage builds the image, which has one file.
func newProbeImage(arch string) (*probeImage, error) {
	program, err := probeProgram(arch)
	if err != nil {
		return nil, err
	}
	image, err := singleFileImage(program, arch)
	if err != nil {
		return nil, fmt.Errorf("building the probe image: %w", err)
	}
	digest, err := image.Digest()
	if err != nil {
		return nil, fmt.Errorf("building the probe image: %w", err)
	}
	tag, err := name.NewTag(probeRepository+":"+digest.Hex[:12], name.StrictValidation)
	if err != nil {
		return nil, fmt.Errorf("naming the probe image: %w", err)
	}
	return &probeImage{tag: tag, image: image}, nil
}

// singleFileImage puts a program into an otherwise empty image. Nothing in it depends on the time, so that the same
// program always gives the same digest.
func singleFileImage(program []byte, arch string) (v1.Image, error) {
	var files bytes.Buffer
	writer := tar.NewWriter(&files)
	header := &tar.Header{Name: probePath[1:], Mode: 0o755, Size: int64(len(program)), Typeflag: tar.TypeReg}
	if err := writer.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := writer.Write(program); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files.Bytes())), nil
	})
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config.Entrypoint = []string{probePath}
	return mutate.ConfigFile(image, config)
}

// archive returns the image as an engine's "load" reads it.
func (i *probeImage) archive() (io.Reader, error) {
	var archive bytes.Buffer
	if err := tarball.Write(i.tag, i.image, &archive); err != nil {
		return nil, fmt.Errorf("packing the probe image: %w", err)
	}
	return &archive, nil
}
