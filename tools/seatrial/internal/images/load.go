package images

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/filelock"
)

// maxList is more than any list needs: one that is longer is none of ours.
const maxList = 1 << 20

// Loaded says what is prepared now.
type Loaded struct {
	Assets assets.Assets
	// Elsewhere says that the source tree one is in is another one than it was made from: there, it is not found.
	Elsewhere bool
	// Flag is what a run has to be given so that it takes the node image, if it was one of the user's.
	Flag string
}

// Load reads an archive that Save has written, and prepares this machine with it: no registry, no package, no compiler is
// asked. Every file is held against its digest before anything is used. On an error all is as it was, but the node image
// may be in the engine's store. With a provider that needs no nodes, their images are left out.
func Load(ctx context.Context, want assets.Want, from string, tell func(string)) (Loaded, error) {
	loaded, err := load(ctx, want, from, tell)
	if err != nil {
		return loaded, fmt.Errorf("loading %q: %w", from, err)
	}
	return loaded, nil
}

func load(ctx context.Context, want assets.Want, from string, tell func(string)) (loaded Loaded, err error) {
	file, err := os.Open(from)
	if err != nil {
		return loaded, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in := tar.NewReader(file)
	list, err := readList(in)
	if err != nil {
		return loaded, err
	}
	on, err := engineFor(ctx, want, list)
	if err != nil {
		return loaded, err
	}
	cache, err := assets.Cache()
	if err != nil {
		return loaded, err
	}
	lock := assets.BuildLock(cache)
	release, err := filelock.Take(ctx, lock, func() { tell("waiting for a build to end (" + lock + ")") })
	if err != nil {
		return loaded, err
	}
	defer func() { err = errors.Join(err, release()) }()
	u := &unpacking{list: list, in: in, engine: on, tell: tell}
	dir, err := u.into(ctx, filepath.Join(cache, "parts"))
	if err != nil {
		return loaded, err
	}
	return list.record(want, dir, on)
}

// readList reads the first file of an archive.
func readList(in *tar.Reader) (carried, error) {
	header, err := in.Next()
	if err != nil || header.Name != listName {
		return carried{}, errors.Join(errors.New("it is no archive of `seatrial images save`"), ignoreEnd(err))
	}
	content, err := io.ReadAll(io.LimitReader(in, maxList))
	if err != nil {
		return carried{}, whole(err)
	}
	return parseCarried(content)
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, tar.ErrHeader) {
		return nil
	}
	return err
}

// whole says of an end in the middle what it means.
func whole(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}

// engineFor finds the engine that gets the node image, if there is one and nodes are wanted.
func engineFor(ctx context.Context, want assets.Want, list carried) (*engine.Engine, error) {
	if list.NodeImage == "" || want.NoNodes() {
		if want.Provider == assets.Kind {
			return nil, fmt.Errorf("it has no node image: %s", list.Without)
		}
		return nil, nil //nolint:nilnil // None is needed.
	}
	on, err := assets.FindEngine(ctx, engine.Options{Want: want.Engine})
	if err != nil {
		return nil, fmt.Errorf("no engine here takes the node image, which --provider embedded leaves out: %w", err)
	}
	return on, nil
}

// unpacking is an archive that is being read.
type unpacking struct {
	list   carried
	in     *tar.Reader
	engine *engine.Engine // none without nodes
	tell   func(string)
	seen   map[string]bool
}

// into unpacks everything into a folder of its own below another one. The folder is there only when it is whole.
func (u *unpacking) into(ctx context.Context, parts string) (string, error) {
	if err := os.MkdirAll(parts, 0o750); err != nil {
		return "", err
	}
	// A build that comes after one that was killed removes what has this ending.
	draft, err := os.MkdirTemp(parts, "carried.*.unfinished")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(parts, "carried-"+u.list.Sources)
	err = u.all(ctx, draft)
	if err == nil {
		err = replaceFolder(draft, dir)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(draft))
	}
	return dir, nil
}

func replaceFolder(draft, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(draft, dir)
}

func (u *unpacking) all(ctx context.Context, draft string) error {
	u.seen = map[string]bool{}
	for {
		header, err := u.in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return whole(err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := u.file(ctx, draft, header); err != nil {
			return fmt.Errorf("%s: %w", header.Name, whole(err))
		}
		u.seen[header.Name] = true
	}
	for _, one := range u.list.Files {
		if !u.seen[one.Name] {
			return fmt.Errorf("%s: %w", one.Name, errCutOff)
		}
	}
	return nil
}

// file unpacks one file, and leaves out what is not needed here.
func (u *unpacking) file(ctx context.Context, draft string, header *tar.Header) error {
	one, err := u.list.named(header.Name)
	if err != nil {
		return err
	}
	if one.Name == commandName || u.engine == nil && filepath.Dir(one.Name) == imageFolder || u.engine == nil && one.Name == nodeName {
		return nil
	}
	to := filepath.Join(draft, filepath.FromSlash(one.Name))
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeLink {
		return u.link(draft, header.Linkname, to, one)
	}
	u.tell("unpacking " + one.Name)
	if err := one.unpack(u.in, to); err != nil {
		return err
	}
	if one.Name != nodeName {
		return nil
	}
	u.tell("loading " + u.list.NodeImage + " into the store of " + u.engine.Name)
	_, err = u.engine.Run(ctx, "load", "-i", to)
	return errors.Join(err, os.Remove(to))
}

// link gives a file that is there already another name.
func (u *unpacking) link(draft, same, to string, one entry) error {
	other, err := u.list.named(same)
	if err != nil {
		return err
	}
	if !u.seen[same] || other.Digest != one.Digest {
		return fmt.Errorf("it is said to be %q and is not: the archive is damaged", same)
	}
	return os.Link(filepath.Join(draft, filepath.FromSlash(same)), to)
}

// unpack writes a file, and holds it against its digest.
func (e entry) unpack(in io.Reader, to string) error {
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, e.permissions())
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, copyErr := io.Copy(io.MultiWriter(file, sum), in)
	if err := errors.Join(copyErr, file.Chmod(e.permissions()), file.Close()); err != nil {
		return err
	}
	if came := "sha256:" + hex.EncodeToString(sum.Sum(nil)); came != e.Digest {
		return fmt.Errorf("its digest is %s, and should be %s: the archive is damaged", shortDigest(came), shortDigest(e.Digest))
	}
	return nil
}

// record says what is prepared, where runs look for it.
func (c carried) record(want assets.Want, dir string, on *engine.Engine) (Loaded, error) {
	name := ""
	if on != nil {
		name = on.Name
	}
	loaded := Loaded{Assets: c.assets(dir, name)}
	chosen := assets.Want{Provider: want.Provider, Kubernetes: c.WantKubernetes, NodeImage: c.WantNodeImage, Engine: want.Engine}
	if on == nil {
		chosen = assets.Want{Provider: assets.Embedded}
	}
	if c.WantNodeImage != "" && on != nil {
		loaded.Flag = "--node-image " + c.WantNodeImage
	}
	if err := loaded.Assets.SaveFor(c.Sources, chosen); err != nil {
		return loaded, err
	}
	here, err := assets.SourcesHash()
	switch {
	case errors.Is(err, assets.ErrNoSourceTree):
		return loaded, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return loaded, err
	}
	loaded.Elsewhere = here != c.Sources
	return loaded, nil
}
