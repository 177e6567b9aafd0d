package framework

import (
	"context"
	"errors"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster/embedded"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// Sweep removes what dead runs have left on this machine, and returns the names. What
// living runs use, and kept clusters, stay. On a cluster of the user's, it looks only if
// the settings name the provider existing.
func Sweep(ctx context.Context, o Options) ([]string, error) {
	removed, err := runid.SweepTemp()
	for _, sweep := range []func(context.Context, Options) ([]string, error){sweepEmbedded, sweepKind, sweepExisting} {
		names, sweepErr := sweep(ctx, o)
		removed, err = append(removed, names...), errors.Join(err, sweepErr)
	}
	return removed, err
}

func sweepEmbedded(ctx context.Context, o Options) ([]string, error) {
	provider, err := o.keeper()
	if err != nil {
		return nil, err
	}
	return provider.Sweep(ctx)
}

// keeper is the embedded provider without its program, which only a creation needs.
func (o Options) keeper() (*embedded.Provider, error) {
	dir, err := clusters()
	if err != nil {
		return nil, err
	}
	return embedded.New(embedded.Options{Dir: embeddedDir(dir), Log: o.Log})
}

func sweepKind(ctx context.Context, o Options) ([]string, error) {
	provider, _, err := o.onEngine(ctx, o.storeEngine())
	if provider == nil || err != nil {
		return nil, err
	}
	return provider.Sweep(ctx)
}

// onEngine is the provider of what there is already. There is none without a usable
// engine: what no engine can run, no engine holds.
func (o Options) onEngine(ctx context.Context, name string) (*kind.Provider, *engine.Engine, error) {
	found, err := assets.FindEngine(ctx, engine.Options{Want: name, Log: o.Log})
	if _, unusable := errors.AsType[*engine.NotUsableError](err); unusable {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	dir, err := clusters()
	if err != nil {
		return nil, nil, err
	}
	provider, err := kind.New(found, kind.Options{Dir: dir, Log: o.Log})
	return provider, found, err
}

func sweepExisting(ctx context.Context, o Options) ([]string, error) {
	if o.Settings.Provider != assets.Existing {
		return nil, nil
	}
	provider, err := o.existing()
	if err != nil {
		return nil, err
	}
	return provider.Sweep(ctx)
}
