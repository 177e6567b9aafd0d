package image

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Layer is one layer of an image, stored as a plain tar file: nodes unpack it without
// spending time on decompression, and it never leaves the machine.
type Layer struct {
	blob   v1.Layer
	origin string
}

// File is one entry of a layer. Exactly one of Source, Data, Link and Dir says what it is.
type File struct {
	Path   string      // absolute, in the image
	Source string      // a file of this machine to take the content from
	Data   []byte      // the content itself; nil with no Source, Link or Dir is an empty file
	Link   string      // a symbolic link to this
	Dir    bool        // a folder
	Mode   os.FileMode // permission bits; 0 means 0755 for folders and 0644 for files
	Owner  int         // numeric user and group
}

// Files writes a layer of the given files to a tar file, with the parent folders they
// need, in an order and with time stamps that do not depend on the caller.
func Files(to string, files ...File) (Layer, error) {
	out, err := os.Create(to)
	if err != nil {
		return Layer{}, fmt.Errorf("writing a layer: %w", err)
	}
	if err := errors.Join(writeFiles(out, files), out.Close()); err != nil {
		return Layer{}, fmt.Errorf("writing the layer %q: %w", to, err)
	}
	return Archive(to)
}

// Archive is a layer with the content of an existing tar file, which must stay in
// place until the images with this layer are written.
func Archive(from string) (Layer, error) {
	file, err := os.Open(from)
	if err != nil {
		return Layer{}, fmt.Errorf("reading a layer: %w", err)
	}
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return Layer{}, fmt.Errorf("reading the layer %q: %w", from, err)
	}
	hash := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(digest.Sum(nil))}
	origin := strings.TrimSuffix(filepath.Base(from), ".tar")
	return Layer{blob: plainTar{file: from, hash: hash, size: size}, origin: origin}, nil
}

func writeFiles(out io.Writer, files []File) error {
	all, err := arrange(files)
	if err != nil {
		return err
	}
	writer := tar.NewWriter(out)
	for i := range all {
		if err := writeFile(writer, &all[i]); err != nil {
			return fmt.Errorf("adding %q: %w", all[i].Path, err)
		}
	}
	return writer.Close()
}

func writeFile(writer *tar.Writer, file *File) error {
	header := &tar.Header{
		Name:    strings.TrimPrefix(file.Path, "/"),
		Mode:    int64(mode(file).Perm()),
		Uid:     file.Owner,
		Gid:     file.Owner,
		ModTime: Epoch(),
		Format:  tar.FormatPAX,
	}
	switch {
	case file.Dir:
		header.Typeflag, header.Name = tar.TypeDir, header.Name+"/"
		return writer.WriteHeader(header)
	case file.Link != "":
		header.Typeflag, header.Linkname = tar.TypeSymlink, file.Link
		return writer.WriteHeader(header)
	case file.Source != "":
		return writeSource(writer, header, file.Source)
	default:
		header.Typeflag, header.Size = tar.TypeReg, int64(len(file.Data))
		if err := writer.WriteHeader(header); err != nil {
			return err
		}
		_, err := writer.Write(file.Data)
		return err
	}
}

func writeSource(writer *tar.Writer, header *tar.Header, source string) error {
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	header.Typeflag, header.Size = tar.TypeReg, info.Size()
	if err := writer.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(writer, in)
	return err
}

func mode(file *File) os.FileMode {
	switch {
	case file.Mode != 0:
		return file.Mode
	case file.Dir, file.Link != "":
		return 0o755
	default:
		return 0o644
	}
}

// plainTar is an uncompressed layer on disk.
type plainTar struct {
	file string
	hash v1.Hash
	size int64
}

func (p plainTar) Digest() (v1.Hash, error)             { return p.hash, nil }
func (p plainTar) DiffID() (v1.Hash, error)             { return p.hash, nil }
func (p plainTar) Compressed() (io.ReadCloser, error)   { return os.Open(p.file) }
func (p plainTar) Uncompressed() (io.ReadCloser, error) { return os.Open(p.file) }
func (p plainTar) Size() (int64, error)                 { return p.size, nil }
func (p plainTar) MediaType() (types.MediaType, error)  { return types.DockerUncompressedLayer, nil }
