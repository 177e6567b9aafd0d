package image

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
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

// Files writes a layer of the given files to the tar file at path, with the parent
// folders they need, in an order and with time stamps that do not depend on the caller.
func Files(path string, files ...File) (Layer, error) {
	out, err := os.Create(path)
	if err != nil {
		return Layer{}, fmt.Errorf("writing a layer: %w", err)
	}
	err = writeFiles(out, files)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return Layer{}, fmt.Errorf("writing the layer %q: %w", path, err)
	}
	return Archive(path)
}

// Archive is a layer with the content of an existing tar file, which must stay in
// place until the images with this layer are written.
func Archive(path string) (Layer, error) {
	file, err := os.Open(path)
	if err != nil {
		return Layer{}, fmt.Errorf("reading a layer: %w", err)
	}
	defer file.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return Layer{}, fmt.Errorf("reading the layer %q: %w", path, err)
	}
	hash := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(digest.Sum(nil))}
	return Layer{blob: plainTar{path: path, hash: hash, size: size}, origin: base(path)}, nil
}

func base(file string) string { return strings.TrimSuffix(path.Base(file), ".tar") }

func writeFiles(out io.Writer, files []File) error {
	files = withParents(files)
	writer := tar.NewWriter(out)
	for i := range files {
		if err := writeFile(writer, &files[i]); err != nil {
			return fmt.Errorf("adding %q: %w", files[i].Path, err)
		}
	}
	return writer.Close()
}

// withParents adds the folders that no entry names, and sorts: a folder comes before
// what is in it.
func withParents(files []File) []File {
	named := map[string]File{}
	for _, file := range files {
		file.Path = path.Clean("/" + file.Path)
		named[file.Path] = file
		for dir := path.Dir(file.Path); dir != "/"; dir = path.Dir(dir) {
			if _, known := named[dir]; !known {
				named[dir] = File{Path: dir, Dir: true}
			}
		}
	}
	all := make([]File, 0, len(named))
	for _, file := range named {
		all = append(all, file)
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
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
	defer in.Close()
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

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

// plainTar is an uncompressed layer on disk.
type plainTar struct {
	path string
	hash v1.Hash
	size int64
}

func (p plainTar) Digest() (v1.Hash, error)             { return p.hash, nil }
func (p plainTar) DiffID() (v1.Hash, error)             { return p.hash, nil }
func (p plainTar) Compressed() (io.ReadCloser, error)   { return os.Open(p.path) }
func (p plainTar) Uncompressed() (io.ReadCloser, error) { return os.Open(p.path) }
func (p plainTar) Size() (int64, error)                 { return p.size, nil }
func (p plainTar) MediaType() (types.MediaType, error)  { return types.DockerUncompressedLayer, nil }
