package kind

import (
	"context"
	"fmt"
	"slices"
)

// hosts is where a node looks for names before it asks DNS.
const hosts = "/etc/hosts"

// writeName adds a line to such a file, in the place of an older one about the same name. Its
// arguments are the file, the address and the name. The file stays the same: the engine has
// mounted it.
const writeName = `others=$(grep -v -w -F -- "$3" "$1")
printf '%s\n%s %s\n' "$others" "$2" "$3" > "$1"`

// introduce tells the workers where the control plane is. Podman's DNS still has the addresses
// of containers that somebody removed without the settings they were made with, and serves
// them beside those of a later container of that name; a worker that gets an old one waits for
// an answer until its time is up.
func (p *Provider) introduce(ctx context.Context, o *order) error {
	if o.workers == 0 {
		return nil
	}
	nodes, err := listNodes(ctx, p.engine, o.name)
	if err != nil {
		return err
	}
	first := o.nodeNames()[0]
	at := slices.IndexFunc(nodes, func(n node) bool { return n.name == first })
	if at < 0 || nodes[at].addresses[p.network.name] == "" {
		return fmt.Errorf("telling the workers where %q is: the engine knows no address of it on network %q", first, p.network.name)
	}
	for _, worker := range o.nodeNames()[1:] {
		_, err := p.engine.Run(ctx, "exec", worker, "sh", "-c", writeName, "sh", hosts, nodes[at].addresses[p.network.name], first)
		if err != nil {
			return fmt.Errorf("telling %q where %q is: %w", worker, first, condense(err))
		}
	}
	return nil
}
