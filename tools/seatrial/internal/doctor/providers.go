package doctor

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/existing"
	"seatrial/e2e/framework/engine"
)

// The commands that mend most of what can be missing.
const (
	makePrepare = "`make prepare`"
	makeNodes   = "`make prepare PROVIDER=kind`"
	makeEngine  = "`make engine PROVIDER=kind`"
)

// prepare is a command of the Makefile, with the place where it works.
func prepare(command string) string {
	if _, err := assets.Root(); err != nil {
		return command + ", in a source tree of seatrial"
	}
	return command
}

// kind is usable with an engine that can run nodes and has their image.
func (x *examination) kind() Check {
	check := Check{Name: assets.Kind, State: Missing}
	on := x.engine()
	switch {
	case on == nil && x.enginesIn != nil:
		check.Detail, check.Remedy = "which engine can run nodes could not be found out", prepare(makeEngine)
	case on == nil:
		check.Detail, check.Remedy = "no container engine here can run a node", prepare(makeEngine)
		if wanted := cmp.Or(x.prepared.Engine, x.settings.Engine); wanted != "" && wanted != engine.Auto {
			check.Detail = fmt.Sprintf("the engine that is wanted, %s, cannot run a node", wanted)
		}
	case x.nodes.State != OK:
		check.Detail, check.Remedy = "there is no node image: "+x.nodes.Detail, x.nodes.Remedy
	default:
		check.State = OK
		check.Detail = fmt.Sprintf("%s %s runs nodes of Kubernetes %s", on.Name, on.Version, cmp.Or(x.prepared.Kubernetes, "the version of your image"))
	}
	return check
}

// embedded is usable with its program alone.
func (x *examination) embedded() Check {
	check := Check{Name: assets.Embedded, State: Missing}
	if x.unprepared != nil {
		check.Detail, check.Remedy = "its control plane is not prepared", prepare(makePrepare)
		return check
	}
	check.State = OK
	check.Detail = fmt.Sprintf("Kubernetes %s in one process, with simulated nodes: pods do not run", x.prepared.EmbeddedKubernetes)
	return check
}

// userCluster looks whether a cluster of the user's could be used.
func (x *examination) userCluster(ctx context.Context) Check {
	check := Check{Name: assets.Existing, State: Missing}
	if !x.names() {
		check.State = Optional
		check.Detail = "no kubeconfig names a cluster of yours"
		check.Remedy = "name one with `--kubeconfig FILE --context NAME`"
		if x.settings.Provider == assets.Existing {
			check.State = Missing
		}
		return check
	}
	err := within(ctx, clusterTimeout, func(ctx context.Context) error {
		return x.open(ctx, &check)
	}, func(err error) error { return err })
	if err == nil {
		check.State = OK
		return check
	}
	return Check{
		Name: assets.Existing, State: Missing, Detail: err.Error(),
		Remedy: "mend what it says, or choose another cluster with `--kubeconfig FILE --context NAME`",
	}
}

// open describes the cluster in a check.
func (x *examination) open(ctx context.Context, check *Check) error {
	provider, err := existing.New(existing.Options{
		Kubeconfig: x.settings.Kubeconfig, Context: x.settings.Context, AllowContext: x.settings.AllowContext,
	})
	if err != nil {
		return err
	}
	up, err := provider.Create(ctx, cluster.Spec{})
	if err != nil {
		return err
	}
	features := up.Features().Names()
	client, err := cluster.Connect(up.Kubeconfig())
	if err == nil {
		var version string
		version, err = client.Version(ctx)
		client.Close()
		check.Detail = fmt.Sprintf("Kubernetes %s, with %s", version, strings.Join(features, ", "))
	}
	// Nothing was made there; our copy of the kubeconfig goes.
	if gone := up.Delete(ctx); err == nil {
		err = gone
	}
	return err
}

// names tells whether anything says which cluster of the user's is meant.
func (x *examination) names() bool {
	if x.settings.Kubeconfig != "" || os.Getenv("KUBECONFIG") != "" {
		return true
	}
	return exists(home(".kube", "config"))
}

// engineChecks are the engines as the survey found them. One that is not there is missed only if no other can do it.
func (x *examination) engineChecks() []Check {
	if x.enginesIn != nil {
		return []Check{{Name: "all", State: Missing, Detail: x.enginesIn.Error(), Remedy: prepare(makeEngine)}}
	}
	spared := x.engine() != nil
	checks := make([]Check, 0, len(x.engines))
	for _, found := range x.engines {
		checks = append(checks, engineCheck(found, spared))
	}
	return checks
}

//nolint:revive // Whether another engine does the work is no mode, but a fact about it.
func engineCheck(found engine.Finding, spared bool) Check {
	check := Check{Name: found.Name}
	if found.Engine != nil {
		check.State = OK
		check.Detail = found.Engine.Version + " can run nodes: "
		check.Detail += map[bool]string{true: "an earlier proof still holds", false: "it ran one that was as small as can be"}[found.Recalled]
		if !found.Engine.DNS {
			check.Detail += "; several nodes do not find each other by name: install aardvark-dns"
		}
		return check
	}
	check.State, check.Detail, check.Tried = Missing, found.Rejection.Cause, found.Rejection.Tried
	if spared {
		check.State = Optional
		return check
	}
	check.Remedy = found.Rejection.Remedy
	if found.Rejection.Installable {
		check.Remedy = prepare(makeEngine)
	}
	return check
}
