package main

import (
	"context"
	"path/filepath"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/report"
	"seatrial/tools/nodeimage/internal/compile"
	"seatrial/tools/nodeimage/internal/node"
)

// target is a part of compiled programs: what is compiled, and the parts of the source
// tree that decide what comes out.
type target struct {
	name    string
	sources []string
	module  string // folder with the go.mod
	ldflags string
	tags    []string
	groups  [][]compile.Program // one compiler run for each
}

const distroModule = "tools/distro"

// embeddedTarget is the control plane in one process, which is kubectl too. Its tags and
// flags are those of a node's programs, so that the compiler does their common packages
// once.
func (b *builder) embeddedTarget() target {
	return target{
		name: "embedded",
		sources: []string{
			"tools/distro/go.mod", "tools/distro/go.sum", "tools/distro/cmd/embedded", "tools/distro/embedded", "tools/distro/simulate",
		},
		module: distroModule, ldflags: node.LDFlags(b.kubernetes), tags: node.Tags(),
		groups: [][]compile.Program{{{Package: "./cmd/embedded", Name: "embedded"}}},
	}
}

func (b *builder) nodeTarget() target {
	return target{
		name: "node-programs", sources: node.Sources(),
		module: distroModule, ldflags: node.LDFlags(b.kubernetes), tags: node.Tags(), groups: node.Programs(),
	}
}

func (b *builder) helmTarget() (target, error) {
	version, err := assets.DistroVersion(b.root, "helm.sh/helm/v3")
	return target{
		name: "helm", sources: []string{"tools/distro/go.mod", "tools/distro/go.sum"},
		module: distroModule, ldflags: "-s -w -X helm.sh/helm/v3/internal/version.version=" + version, tags: node.Tags(),
		groups: [][]compile.Program{{{Package: "helm.sh/helm/v3/cmd/helm", Name: "helm"}}},
	}, err
}

func guestbookTarget() target {
	return target{
		name: "guestbook", sources: []string{"tools/guestbook", "go.mod", "go.sum"},
		module: ".", ldflags: "-s -w",
		groups: [][]compile.Program{{{Package: "./tools/guestbook", Name: "guestbook"}}},
	}
}

func (b *builder) compileAll(ctx context.Context, made *results) error {
	helm, err := b.helmTarget()
	if err != nil {
		return err
	}
	type wanted struct {
		target
		into *string
	}
	all := []wanted{{b.embeddedTarget(), &made.embedded}, {helm, &made.helm}}
	if b.engine != nil {
		all = append(all, wanted{guestbookTarget(), &made.guestbook})
	}
	if b.engine != nil && b.want.NodeImage == "" {
		all = append(all, wanted{b.nodeTarget(), &made.programs})
	}
	for _, next := range all {
		if *next.into, err = b.compile(ctx, next.target); err != nil {
			return err
		}
	}
	return nil
}

// compile makes one part, unless it is there for the same sources and flags.
func (b *builder) compile(ctx context.Context, t target) (string, error) {
	sources, err := assets.Hash(b.root, t.sources...)
	if err != nil {
		return "", err
	}
	inputs := []string{sources}
	builds := b.builds(t)
	for _, build := range builds {
		inputs = append(inputs, build.Inputs()...)
	}
	return b.store.Make(ctx, t.name, assets.Join(inputs...), func(ctx context.Context, dir string) error {
		// All of it may be in the compiler's cache: then it only links.
		b.tell.Doing(report.Doing{Phase: t.name, What: "compiling and linking"})
		for _, build := range builds {
			if err := build.Into(ctx, dir); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *builder) builds(t target) []compile.Build {
	var builds []compile.Build
	for _, group := range t.groups {
		builds = append(builds, compile.Build{
			Module: filepath.Join(b.root, filepath.FromSlash(t.module)), Programs: group,
			LDFlags: t.ldflags, Tags: t.tags, Progress: b.progress(t.name),
		})
	}
	return builds
}

// progress tells how far the compiler is.
func (b *builder) progress(name string) func(done, total int) {
	return func(done, total int) {
		b.tell.Doing(report.Doing{Phase: name, What: "compiling packages", Done: done, AtMost: total})
	}
}
