package images

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/jsondoc"
	"seatrial/e2e/framework/runid"
)

// Saved says what an archive has.
type Saved struct {
	Bytes     int64
	NodeImage string // none if it is without
	Without   string // and why
	Files     int
}

// Save writes an archive with all that is prepared for some choices: the node image, the workshop's images, the control
// plane in one process, helm and kubectl, and this command. Load makes of it, on another machine of the same kind, what
// "make prepare" would have made. With a provider that needs no nodes, their images are left out.
func Save(ctx context.Context, want assets.Want, to string, tell func(string)) (saved Saved, err error) {
	prepared, err := assets.Load(want)
	if err != nil {
		return saved, err
	}
	work, err := runid.TempDir("images")
	if err != nil {
		return saved, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	list, err := gather(ctx, want, prepared, work, tell)
	if err != nil {
		return saved, err
	}
	tell("writing " + to)
	size, err := writeWhole(to, func(out io.Writer) error { return list.write(ctx, out) })
	return Saved{Bytes: size, NodeImage: list.NodeImage, Without: list.Without, Files: len(list.Files)}, err
}

// gather lists what has to be in the archive. What the engine has is saved to the folder for work.
func gather(ctx context.Context, want assets.Want, prepared assets.Assets, work string, tell func(string)) (carried, error) {
	list := carried{
		Version: ArchiveVersion, OS: runtime.GOOS, Arch: runtime.GOARCH, EmbeddedKubernetes: prepared.EmbeddedKubernetes,
		Without: prepared.WithoutNodes,
	}
	var err error
	if list.Sources, err = sourcesOf(prepared); err != nil {
		return list, err
	}
	command, err := os.Executable()
	if err != nil {
		return list, fmt.Errorf("finding this command: %w", err)
	}
	files := []entry{{Name: commandName, from: command}}
	below, err := filesBelow(prepared.Bin, binFolder)
	if err != nil {
		return list, err
	}
	files = append(files, below...)
	switch {
	case want.NoNodes():
		list.Without = "it was saved for provider " + want.Provider
	case prepared.NodeImage != "":
		list.Kubernetes, list.NodeImage, list.Without = prepared.Kubernetes, prepared.NodeImage, ""
		list.WantKubernetes, list.WantNodeImage = want.Kubernetes, want.NodeImage
		node, err := saveNode(ctx, prepared, filepath.Join(work, nodeName), tell)
		if err != nil {
			return list, err
		}
		files = append(files, node)
		for _, archive := range prepared.Images {
			files = append(files, entry{Name: path.Join(imageFolder, filepath.Base(archive)), from: archive})
		}
	}
	for i := range files {
		if err := files[i].measure(); err != nil {
			return list, err
		}
	}
	list.Files = files
	return list, nil
}

// sourcesOf is the hash of what it was made from.
func sourcesOf(prepared assets.Assets) (string, error) {
	sources, err := assets.SourcesHash()
	if errors.Is(err, assets.ErrNoSourceTree) {
		// Nobody needs to find it by its sources, then; what it is made of tells it from others.
		return assets.Join(prepared.Bin, prepared.NodeImage), nil
	}
	return sources, err
}

// saveNode has the engine write the node image to a file.
func saveNode(ctx context.Context, prepared assets.Assets, to string, tell func(string)) (entry, error) {
	on, err := assets.FindEngine(ctx, engine.Options{Want: prepared.Engine})
	if err != nil {
		return entry{}, fmt.Errorf("saving the node image, without which --provider embedded does: %w", err)
	}
	tell("saving " + prepared.NodeImage + " from the store of " + on.Name)
	if _, err := on.Run(ctx, "save", "-o", to, prepared.NodeImage); err != nil {
		return entry{}, fmt.Errorf("saving the node image: %w", err)
	}
	return entry{Name: nodeName, from: to}, nil
}

// filesBelow lists the files of a folder.
func filesBelow(dir, as string) ([]entry, error) {
	var all []entry
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		all = append(all, entry{Name: path.Join(as, filepath.ToSlash(relative)), from: at})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing what is prepared: %w", err)
	}
	return all, nil
}

func (e *entry) measure() error {
	info, err := os.Stat(e.from)
	if err != nil {
		return fmt.Errorf("reading %s: %w", e.Name, err)
	}
	e.Mode = uint32(info.Mode().Perm())
	if e.Bytes, e.Digest, err = measure(e.from); err != nil {
		return fmt.Errorf("reading %s: %w", e.Name, err)
	}
	return nil
}

// write writes the list, and then each file. What is the same file under two names is in it once.
func (c carried) write(ctx context.Context, to io.Writer) error {
	out := tar.NewWriter(to)
	content, err := jsondoc.Write(c)
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: listName, Size: int64(len(content)), Mode: 0o644, ModTime: image.Epoch()}
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	if _, err := out.Write(content); err != nil {
		return err
	}
	first := map[string]string{}
	for _, one := range c.Files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		same := first[one.Digest]
		if same == "" {
			first[one.Digest] = one.Name
		}
		if err := one.write(out, same); err != nil {
			return fmt.Errorf("adding %s: %w", one.Name, err)
		}
	}
	return out.Close()
}

func (e entry) write(out *tar.Writer, same string) (err error) {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: e.Name, Size: e.Bytes, Mode: int64(e.Mode), ModTime: image.Epoch()}
	if same != "" {
		header.Typeflag, header.Size, header.Linkname = tar.TypeLink, 0, same
		return out.WriteHeader(header)
	}
	file, err := os.Open(e.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(out, file)
	return err
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(to string, write func(io.Writer) error) (size int64, err error) {
	draft, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+"-*")
	if err != nil {
		return 0, fmt.Errorf("writing %q: %w", to, err)
	}
	err = errors.Join(write(draft), draft.Chmod(0o644), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), to)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("writing %q: %w", to, err), os.RemoveAll(draft.Name()))
	}
	info, err := os.Stat(to)
	if err != nil {
		return 0, fmt.Errorf("writing %q: %w", to, err)
	}
	return info.Size(), nil
}
