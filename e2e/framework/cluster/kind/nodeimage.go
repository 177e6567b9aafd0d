package kind

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// VersionLabel is the label of a node image that says which Kubernetes is in it.
// Images of other makers do not have it: they are asked once they run, and their
// configuration is adapted to the host.
const VersionLabel = "seatrial.dev/kubernetes-version"

// nodeImage is an image in the engine's store.
type nodeImage struct {
	id         string
	names      []string
	kubernetes string
}

// nodeImage makes sure that the image of an order is there and has the wanted
// Kubernetes. Kind would do the first, but cannot be cancelled while it pulls.
func (p *Provider) nodeImage(ctx context.Context, o *order) (nodeImage, error) {
	image, err := p.inspectImage(ctx, o.image)
	if err != nil && isAbsent(err) && !strings.HasPrefix(o.image, "localhost/") {
		o.say("pulling node image %s", o.image)
		if _, err = p.engine.Run(ctx, "pull", "--quiet", o.image); err == nil {
			image, err = p.inspectImage(ctx, o.image)
		}
	}
	if ctx.Err() != nil {
		return nodeImage{}, fmt.Errorf("looking for node image %q: %w", o.image, context.Cause(ctx))
	}
	if err != nil {
		return nodeImage{}, fmt.Errorf(
			`node image %q is not in %s's store (run "make prepare", or name another image): %w`,
			o.image, p.engine.Name, condense(err))
	}
	if p.engine.Name == "podman" {
		o.image = fullName(o.image, image.names)
	}
	o.inside = image.kubernetes
	return image, checkVersion(o, image.kubernetes)
}

// fullName finds the name with which podman keeps an image. Podman knows
// localhost/a/b as a/b, too; kind takes that for docker.io/a/b.
func fullName(short string, names []string) string {
	for _, name := range names {
		if strings.HasSuffix(name, "/"+short) {
			return name
		}
	}
	return short
}

// checkVersion accepts an unknown version, which is asked for again later.
func checkVersion(o *order, found string) error {
	if o.kubernetes == "" || found == "" || found == o.kubernetes {
		return nil
	}
	return fmt.Errorf(`node image %q has Kubernetes %s, not %s: run "make prepare KUBERNETES=%s", or name another image`,
		o.image, found, o.kubernetes, o.kubernetes)
}

func (p *Provider) inspectImage(ctx context.Context, name string) (nodeImage, error) {
	text, err := p.engine.Run(ctx, "image", "inspect", name)
	if err != nil {
		return nodeImage{}, err
	}
	return parseImage([]byte(text))
}

func parseImage(text []byte) (nodeImage, error) {
	//nolint:tagliatelle // The engines' spelling.
	var images []struct {
		ID       string   `json:"Id"`
		RepoTags []string `json:"RepoTags"`
		Config   struct {
			Labels map[string]string `json:"Labels"`
		} `json:"Config"`
	}
	if err := json.Unmarshal(text, &images); err != nil {
		return nodeImage{}, fmt.Errorf("reading the engine's description of an image: %w", err)
	}
	if len(images) == 0 {
		return nodeImage{}, fmt.Errorf("reading the engine's description of an image: it is empty")
	}
	return nodeImage{
		id:         strings.TrimPrefix(images[0].ID, "sha256:"),
		names:      images[0].RepoTags,
		kubernetes: images[0].Config.Labels[VersionLabel],
	}, nil
}

// madeFrom reports whether all nodes were made from the image, by its content
// or, when the store no longer has it, by its name.
func madeFrom(nodes []node, image nodeImage, name string) bool {
	return !slices.ContainsFunc(nodes, func(n node) bool {
		if image.id != "" {
			return n.imageID != image.id
		}
		return n.imageName != name
	})
}
