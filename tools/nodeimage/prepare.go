package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/image"
	"seatrial/tools/nodeimage/internal/compile"
	"seatrial/tools/nodeimage/internal/debian"
	"seatrial/tools/nodeimage/internal/node"
	"seatrial/tools/nodeimage/internal/parts"
	"seatrial/tools/nodeimage/internal/workshop"
)

// builder is one run of the command.
type builder struct {
	want   assets.Want
	root   string // of the source tree
	cache  string
	store  *parts.Store
	engine *engine.Engine
	tell   func(string)

	kubernetes string // the version to build
	distro     string // hash of everything tools/distro is compiled from
}

func prepare(ctx context.Context, want assets.Want, tell func(string)) (err error) {
	b := &builder{want: want, tell: tell}
	if b.root, err = assets.Root(); err != nil {
		return err
	}
	if b.cache, err = assets.Cache(); err != nil {
		return err
	}
	if err := b.version(); err != nil {
		return err
	}
	if b.engine, err = engine.Find(ctx, engine.Options{Want: want.Engine, Dir: filepath.Join(b.cache, "engine")}); err != nil {
		return err
	}
	if err := needMmdebstrap(ctx, b.engine.Host, tell); err != nil {
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
	made, err := b.all(ctx)
	if err != nil {
		return err
	}
	tell("prepared: node image " + made.NodeImage + " in " + made.Engine)
	return made.Save(want)
}

// version settles which Kubernetes is built: only the pinned one can be.
func (b *builder) version() error {
	pinned, err := assets.DistroVersion(b.root, "k8s.io/kubernetes")
	if err != nil {
		return err
	}
	if b.want.NodeImage == "" && b.want.Kubernetes != "" && b.want.Kubernetes != pinned {
		return fmt.Errorf("building a node image for Kubernetes %s: tools/distro/go.mod pins %s: leave KUBERNETES out, or name an image of that version with NODE_IMAGE", b.want.Kubernetes, pinned)
	}
	b.kubernetes = pinned
	b.distro, err = assets.Hash(b.root, "tools/distro")
	return err
}

// results are the folders of the finished parts.
type results struct{ programs, commands, system, redis, guestbook string }

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
	images, err := b.workshopImages(ctx, made)
	if err != nil {
		return assets.Assets{}, err
	}
	bin, err := b.bin(ctx, made)
	if err != nil {
		return assets.Assets{}, err
	}
	nodeImage, version := b.want.NodeImage, b.want.Kubernetes
	if nodeImage == "" {
		version = b.kubernetes
		if nodeImage, err = b.nodeImage(ctx, made); err != nil {
			return assets.Assets{}, err
		}
	}
	return assets.Assets{Kubernetes: version, Engine: b.engine.Name, NodeImage: nodeImage, Images: images, Bin: bin}, nil
}

func (b *builder) compileAll(ctx context.Context, made *results) (err error) {
	programs := node.Programs()
	name := "node-programs"
	if b.want.NodeImage != "" {
		// A node image of the user's needs none of a node's programs, only its client.
		name, programs = "kubectl", [][]compile.Program{{{Package: "k8s.io/kubernetes/cmd/kubectl", Name: "kubectl"}}}
	}
	distro := compile.Build{Module: filepath.Join(b.root, "tools", "distro"), Tags: node.Tags(), LDFlags: node.LDFlags(b.kubernetes)}
	if made.programs, err = b.compile(ctx, name, b.distro, distro, programs...); err != nil {
		return err
	}
	version, err := assets.DistroVersion(b.root, "helm.sh/helm/v3")
	if err != nil {
		return err
	}
	distro.LDFlags = "-s -w -X helm.sh/helm/v3/internal/version.version=" + version
	helm := []compile.Program{{Package: "helm.sh/helm/v3/cmd/helm", Name: "helm"}}
	if made.commands, err = b.compile(ctx, "helm", b.distro, distro, helm); err != nil {
		return err
	}
	sources, err := assets.Hash(b.root, "tools/guestbook", "go.mod", "go.sum")
	if err != nil {
		return err
	}
	app := compile.Build{Module: b.root, LDFlags: "-s -w"}
	guestbook := []compile.Program{{Package: "./tools/guestbook", Name: "guestbook"}}
	made.guestbook, err = b.compile(ctx, "guestbook", sources, app, guestbook)
	return err
}

// compile makes one part of several groups of programs, one compiler run for each group.
func (b *builder) compile(ctx context.Context, name, sources string, build compile.Build, groups ...[]compile.Program) (string, error) {
	var builds []compile.Build
	inputs := []string{sources}
	for _, group := range groups {
		build.Programs, build.Progress = group, b.progress(name)
		builds = append(builds, build)
		inputs = append(inputs, build.Inputs()...)
	}
	return b.store.Make(ctx, name, assets.Join(inputs...), func(ctx context.Context, dir string) error {
		for _, build := range builds {
			if err := build.Into(ctx, dir); err != nil {
				return err
			}
		}
		return nil
	})
}

// progress tells now and then how far the compiler is.
func (b *builder) progress(name string) func(done, total int) {
	const step = 5 // percent between two lines
	last := 0
	return func(done, total int) {
		if percent := done * 100 / max(total, 1); percent >= last+step {
			last = percent
			b.tell(fmt.Sprintf("%s: compiled %d of at most %d packages", name, done, total))
		}
	}
}

func (b *builder) unpackAll(ctx context.Context, made *results) (err error) {
	redis := debian.System{Packages: workshop.Packages(), Stamp: image.Epoch()}
	if made.redis, err = b.unpack(ctx, "debian-redis", redis); err != nil || b.want.NodeImage != "" {
		return err
	}
	system := debian.System{Packages: node.Packages(), Stamp: image.Epoch(), Bootable: true}
	made.system, err = b.unpack(ctx, "debian-node", system)
	return err
}

func (b *builder) unpack(ctx context.Context, name string, system debian.System) (string, error) {
	return b.store.Make(ctx, name, assets.Join(system.Inputs()...), func(ctx context.Context, dir string) error {
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

// bin collects the commands that suites and documents call.
func (b *builder) bin(ctx context.Context, made results) (string, error) {
	kubectl := "kube"
	if b.want.NodeImage != "" {
		kubectl = "kubectl"
	}
	sources, err := assets.Hash(b.root, "tools/nodeimage/internal/workshop", "tools/nodeimage/internal/rootfs")
	if err != nil {
		return "", err
	}
	hash := assets.Join(sources, filepath.Base(made.programs), filepath.Base(made.commands), filepath.Base(made.redis))
	return b.store.Make(ctx, "bin", hash, func(_ context.Context, dir string) error {
		return errors.Join(
			os.Link(filepath.Join(made.programs, kubectl), filepath.Join(dir, "kubectl")),
			os.Link(filepath.Join(made.commands, "helm"), filepath.Join(dir, "helm")),
			workshop.RedisHere(filepath.Join(made.redis, "root.tar"), dir))
	})
}
