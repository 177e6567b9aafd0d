package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/image"
	"seatrial/tools/internal/telling"
	"seatrial/tools/nodeimage/internal/debian"
	"seatrial/tools/nodeimage/internal/node"
	"seatrial/tools/nodeimage/internal/parts"
	"seatrial/tools/nodeimage/internal/workshop"
)

// builder is one run of the command.
type builder struct {
	want  assets.Want
	root  string // of the source tree
	cache string
	store *parts.Store
	tell  telling.Telling

	kubernetes string // the version to build

	engine       *engine.Engine // none where nothing runs in containers
	withoutNodes string         // and why
}

func prepare(ctx context.Context, b *builder) (err error) {
	want, tell := b.want, b.tell
	if b.root, err = assets.Root(); err != nil {
		return err
	}
	if b.cache, err = assets.Cache(); err != nil {
		return err
	}
	if err := b.version(); err != nil {
		return err
	}
	if err := b.findEngine(ctx); err != nil {
		return err
	}
	store, release, err := parts.Open(ctx, filepath.Join(b.cache, "parts"), tell)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	b.store = store
	if err := b.sweep(ctx); err != nil {
		return err
	}
	tell.PlanPhases(b.parts())
	made, err := b.all(ctx)
	if err != nil {
		return err
	}
	if made.NodeImage == "" {
		tell.Say("prepared: the embedded control plane, without a node image: " + made.WithoutNodes)
	} else {
		tell.Say("prepared: the embedded control plane, and node image " + made.NodeImage + " in " + made.Engine)
	}
	return made.Save(want)
}

// version settles which Kubernetes is built: only the pinned one can be.
func (b *builder) version() error {
	pinned, err := assets.DistroVersion(b.root, "k8s.io/kubernetes")
	if err != nil {
		return err
	}
	b.kubernetes = pinned
	named := b.want.NodeImage != "" && !b.want.NoNodes() // Then its version is the user's to know.
	if named || b.want.Provider == assets.Existing || b.want.Kubernetes == "" || b.want.Kubernetes == pinned {
		return nil
	}
	return fmt.Errorf("building Kubernetes %s: tools/distro/go.mod pins %s: leave KUBERNETES out, or name a node image of that version with NODE_IMAGE", b.want.Kubernetes, pinned)
}

// findEngine finds what runs nodes, where they are wanted and can be had.
func (b *builder) findEngine(ctx context.Context) error {
	if b.want.NoNodes() {
		b.withoutNodes = "PROVIDER=" + b.want.Provider + " needs none"
		return nil
	}
	found, err := assets.FindEngine(ctx, engine.Options{Want: b.want.Engine})
	if unusable, ok := errors.AsType[*engine.NotUsableError](err); ok && b.want.Provider != assets.Kind {
		b.withoutNodes = unusable.Brief()
		return nil
	}
	if err != nil {
		return err
	}
	b.engine = found
	return needMmdebstrap(ctx, b.tell)
}

// parts is how many there are, those that are there already included.
func (b *builder) parts() int {
	const always = 4 // embedded, helm, debian-redis, bin
	switch {
	case b.engine == nil:
		return always
	case b.want.NodeImage != "":
		return always + 2 // guestbook, workshop-images
	}
	return always + 5 // And node-programs, debian-node, node image.
}

// results are the folders of the finished parts. Redis may be missing without nodes, and
// programs, system and guestbook are.
type results struct{ embedded, helm, programs, system, redis, guestbook string }

func (b *builder) all(ctx context.Context) (assets.Assets, error) {
	var made results
	group, groupCtx := errgroup.WithContext(ctx)
	// The compiler keeps every core busy, and Debian's packages are mostly waiting: side
	// by side they take little longer than the compiler alone.
	group.Go(func() error { return b.compileAll(groupCtx, &made) })
	group.Go(func() error { return b.unpackAll(groupCtx, &made) })
	if err := group.Wait(); err != nil {
		return assets.Assets{}, err
	}
	bin, err := b.bin(ctx, made)
	if err != nil {
		return assets.Assets{}, err
	}
	prepared := assets.Assets{Kubernetes: b.kubernetes, EmbeddedKubernetes: b.kubernetes, Bin: bin, WithoutNodes: b.withoutNodes}
	if b.engine == nil {
		return prepared, nil
	}
	return b.nodes(ctx, prepared, made)
}

// nodes adds what nodes that are containers need.
func (b *builder) nodes(ctx context.Context, prepared assets.Assets, made results) (assets.Assets, error) {
	var err error
	if prepared.Images, err = b.workshopImages(ctx, made); err != nil {
		return prepared, err
	}
	prepared.Engine, prepared.NodeImage = b.engine.Name, b.want.NodeImage
	if prepared.NodeImage != "" {
		prepared.Kubernetes = b.want.Kubernetes
		return prepared, nil
	}
	prepared.NodeImage, err = b.nodeImage(ctx, made)
	return prepared, err
}

func (b *builder) unpackAll(ctx context.Context, made *results) (err error) {
	if b.engine == nil {
		made.redis, err = b.unpackRedisHere(ctx)
		return err
	}
	if made.redis, err = b.unpackRedis(ctx); err != nil || b.want.NodeImage != "" {
		return err
	}
	system := debian.System{Packages: node.Packages(), Stamp: image.Epoch(), Bootable: true}
	made.system, err = b.unpack(ctx, "debian-node", system)
	return err
}

func (b *builder) unpackRedis(ctx context.Context) (string, error) {
	return b.unpack(ctx, "debian-redis", debian.System{Packages: workshop.Packages(), Stamp: image.Epoch()})
}

// unpackRedisHere is for tests of this machine alone, and without it only those are lost.
func (b *builder) unpackRedisHere(ctx context.Context) (string, error) {
	_, err := exec.LookPath(mmdebstrap)
	if err != nil {
		b.tell.PlanPhases(-1)
	} else {
		var redis string
		if redis, err = b.unpackRedis(ctx); err == nil || ctx.Err() != nil {
			return redis, err
		}
	}
	cause, _, _ := strings.Cut(err.Error(), "\n")
	b.tell.Say("redis-server is left out, which only the guestbook's own tests need: " + cause)
	return "", nil
}

func (b *builder) unpack(ctx context.Context, name string, system debian.System) (string, error) {
	return b.store.Make(ctx, name, assets.Join(system.Inputs()...), func(ctx context.Context, dir string) error {
		system.Progress = b.tell.Lines(name)
		return system.Into(ctx, filepath.Join(dir, "root.tar"))
	})
}

func (b *builder) workshopImages(ctx context.Context, made results) ([]string, error) {
	// What busybox is called by, and how libraries are found, is in the other two.
	sources, err := assets.Hash(b.root, "tools/nodeimage/internal/workshop", "tools/nodeimage/internal/node", "tools/nodeimage/internal/rootfs", "e2e/framework/image")
	if err != nil {
		return nil, err
	}
	hash := assets.Join(sources, filepath.Base(made.guestbook), filepath.Base(made.redis))
	dir, err := b.store.Make(ctx, "workshop-images", hash, func(_ context.Context, dir string) error {
		work, err := os.MkdirTemp(dir, "work-")
		if err != nil {
			return fmt.Errorf("making a folder for layers: %w", err)
		}
		return errors.Join(
			workshop.Guestbook(filepath.Join(made.guestbook, "guestbook"), work, filepath.Join(dir, "guestbook.tar")),
			workshop.Redis(filepath.Join(made.redis, "root.tar"), work, filepath.Join(dir, "redis.tar")),
			os.RemoveAll(work))
	})
	return []string{filepath.Join(dir, "guestbook.tar"), filepath.Join(dir, "redis.tar")}, err
}

// bin collects the commands that suites and documents call. The embedded control plane is
// kubectl when it is called so.
func (b *builder) bin(ctx context.Context, made results) (string, error) {
	sources, err := assets.Hash(b.root, "tools/nodeimage/internal/workshop", "tools/nodeimage/internal/rootfs")
	if err != nil {
		return "", err
	}
	hash := assets.Join(sources, filepath.Base(made.embedded), filepath.Base(made.helm), filepath.Base(made.redis))
	return b.store.Make(ctx, "bin", hash, func(_ context.Context, dir string) error {
		err := errors.Join(
			os.Link(filepath.Join(made.embedded, "embedded"), filepath.Join(dir, "embedded")),
			os.Link(filepath.Join(made.embedded, "embedded"), filepath.Join(dir, "kubectl")),
			os.Link(filepath.Join(made.helm, "helm"), filepath.Join(dir, "helm")))
		if made.redis != "" {
			err = errors.Join(err, workshop.RedisHere(filepath.Join(made.redis, "root.tar"), dir))
		}
		return err
	})
}
