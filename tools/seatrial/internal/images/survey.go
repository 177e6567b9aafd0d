package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
)

// ownNodes is what the names of node images of ours begin with.
const ownNodes = "localhost/seatrial/node:"

// makePrepare is the command that makes what is missing.
const makePrepare = "`make prepare`, or `seatrial images load FILE` with what another machine has saved"

// Survey looks at what is prepared for some choices, and changes nothing.
func Survey(ctx context.Context, want assets.Want) (Inventory, error) {
	v := Inventory{Version: Version, Items: []Item{}}
	sources, err := assets.SourcesHash()
	if err != nil && !errors.Is(err, assets.ErrNoSourceTree) {
		return v, err
	}
	v.Sources = sources
	prepared, unprepared := assets.Load(want)
	if unprepared != nil && !errors.Is(unprepared, assets.ErrNotPrepared) {
		return v, unprepared
	}
	v.Kubernetes, v.EmbeddedKubernetes, v.Engine = prepared.Kubernetes, prepared.EmbeddedKubernetes, prepared.Engine
	nodes, err := nodeImages(ctx, want, prepared, unprepared)
	if err != nil {
		return v, err
	}
	v.Items = append(v.Items, nodes...)
	workshop, err := workshopImages(prepared, unprepared)
	if err != nil {
		return v, err
	}
	v.Items = append(v.Items, workshop...)
	programs, err := programs(prepared, unprepared)
	v.Items = append(v.Items, programs...)
	return v, err
}

// absent is an item that is not there, and has to be if somebody wants it.
func absent(kind Kind, name string, err error) Item {
	return Item{Kind: kind, Name: name, State: Missing, Detail: err.Error(), Remedy: makePrepare}
}

// nodeImages are the one that runs take, and others that fill the engine's store.
func nodeImages(ctx context.Context, want assets.Want, prepared assets.Assets, unprepared error) ([]Item, error) {
	on, engineErr := findEngine(ctx, want, prepared)
	if engineErr != nil && on == nil && ctx.Err() != nil {
		return nil, engineErr
	}
	var all []Item
	switch {
	case want.NoNodes():
		all = append(all, Item{Kind: NodeImage, Name: "none", State: Unneeded, Detail: "provider " + want.Provider + " needs none"})
	case unprepared != nil:
		all = append(all, absent(NodeImage, "none", unprepared))
	case prepared.NodeImage == "":
		all = append(all, Item{
			Kind: NodeImage, Name: "none", State: wantedState(want), Detail: "none was prepared: " + prepared.WithoutNodes,
			Remedy: "`make prepare PROVIDER=kind`",
		})
	case on == nil:
		all = append(all, Item{
			Kind: NodeImage, Name: prepared.NodeImage, Place: prepared.Engine, State: Missing,
			Detail: fmt.Sprintf("%s, whose store has it, cannot be used: %v", prepared.Engine, engineErr), Remedy: "`make engine PROVIDER=kind`",
		})
	default:
		all = append(all, inStore(ctx, on, prepared.NodeImage))
	}
	if on == nil {
		return all, nil
	}
	others, err := staleNodes(ctx, on, prepared.NodeImage)
	return append(all, others...), err
}

// wantedState is that of something that only nodes of kind need and that is not there.
func wantedState(want assets.Want) State {
	if want.Provider == assets.Kind {
		return Missing
	}
	return Unneeded
}

// findEngine finds the engine with the node image; none is no error of a survey.
func findEngine(ctx context.Context, want assets.Want, prepared assets.Assets) (*engine.Engine, error) {
	name := want.Engine
	if prepared.Engine != "" {
		name = prepared.Engine
	}
	return assets.FindEngine(ctx, engine.Options{Want: name})
}

func inStore(ctx context.Context, on *engine.Engine, name string) Item {
	item := Item{Kind: NodeImage, Name: name, Place: on.Name, State: Current}
	said, err := on.Run(ctx, "image", "inspect", "--format", "{{.Id}} {{.Size}}", name)
	if err != nil {
		item.State, item.Detail, item.Remedy = Missing, "it is not in the store of "+on.Name, makePrepare
		return item
	}
	item.Digest, item.Bytes = identity(said)
	return item
}

// identity reads an image's ID and size as engines print them, with "sha256:" or without.
func identity(said string) (digest string, size int64) {
	fields := strings.Fields(said)
	if len(fields) < 2 { //nolint:mnd // The two that were asked for.
		return "", 0
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		size = 0
	}
	return "sha256:" + strings.TrimPrefix(fields[0], "sha256:"), size
}

func staleNodes(ctx context.Context, on *engine.Engine, current string) ([]Item, error) {
	listed, err := on.Run(ctx, "images", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return nil, fmt.Errorf("listing the images of %s: %w", on.Name, err)
	}
	var all []Item
	for _, name := range slices.Compact(slices.Sorted(strings.FieldsSeq(listed))) {
		if !strings.HasPrefix(name, ownNodes) || name == current {
			continue
		}
		item := inStore(ctx, on, name)
		item.State, item.Detail = Stale, "it was made from other sources: another checkout may take it"
		item.Remedy = fmt.Sprintf("`%s rmi %s` makes room, if no checkout takes it", on.Name, name)
		all = append(all, item)
	}
	return all, nil
}

func workshopImages(prepared assets.Assets, unprepared error) ([]Item, error) {
	switch {
	case unprepared != nil:
		return []Item{absent(WorkshopImage, "none", unprepared)}, nil
	case len(prepared.Images) == 0:
		return []Item{{Kind: WorkshopImage, Name: "none", State: Unneeded, Detail: "only nodes of kind need them"}}, nil
	}
	var all []Item
	for _, archive := range prepared.Images {
		info, err := os.Stat(archive)
		if err != nil {
			return nil, fmt.Errorf("looking at a workshop image: %w", err)
		}
		found, err := describe(archive)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			all = append(all, Item{
				Kind: WorkshopImage, Name: strings.Join(one.Names, ", "), Place: archive, Bytes: info.Size(), Digest: one.id(), State: Current,
			})
		}
	}
	return all, nil
}

// programs are the control plane in one process, and the commands that documents call.
func programs(prepared assets.Assets, unprepared error) ([]Item, error) {
	if unprepared != nil {
		return []Item{absent(Program, "embedded, helm, kubectl", unprepared)}, nil
	}
	var all []Item
	for _, path := range []string{prepared.Embedded(), prepared.Helm(), prepared.Kubectl()} {
		size, digest, err := measure(path)
		if err != nil {
			return all, fmt.Errorf("looking at a program: %w", err)
		}
		all = append(all, Item{Kind: Program, Name: filepath.Base(path), Place: path, Bytes: size, Digest: digest, State: Current})
	}
	return all, nil
}

// measure gives the size of a file, and its digest.
func measure(path string) (size int64, digest string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	size, err = io.Copy(sum, file)
	return size, "sha256:" + hex.EncodeToString(sum.Sum(nil)), err
}
