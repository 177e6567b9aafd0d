package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"seatrial/e2e/framework/runid"
)

// SurveyTimeout bounds what [Survey] asks one engine; a healthy one needs two seconds.
const SurveyTimeout = 15 * time.Second

// Finding is what was found out about one engine.
type Finding struct {
	// Name is "podman", "docker" or "nerdctl".
	Name string
	// Engine can run a node. It is nil if that is not so.
	Engine *Engine
	// Recalled says that an earlier proof still holds, so that no container was run.
	Recalled bool
	// Rejection says why it cannot run a node, and is nil if it can.
	Rejection *Rejection
}

// Survey tries every engine, side by side, and unlike [Find] leaves everything as it was: neither settings nor proofs
// in the folder of the options, nor the image in an engine's store. A proof in that folder spares the probe. The
// findings are in the order of [Names]; what an engine does not answer within [SurveyTimeout] is held against it.
func Survey(ctx context.Context, o Options) ([]Finding, Host, error) {
	host, err := thisHost()
	if err != nil {
		return nil, host, fmt.Errorf("looking at this machine: %w", err)
	}
	own, err := runid.TempDir("survey")
	if err != nil {
		return nil, host, err
	}
	fresh, err := newFinder(Options{Dir: own, Log: o.Log})
	if err != nil {
		return nil, host, errors.Join(err, os.RemoveAll(own))
	}
	known := *fresh
	known.dir, known.frozen = o.Dir, true
	names := Names()
	findings := make([]Finding, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() { findings[i] = surveyor{known: &known, fresh: fresh}.look(ctx, name) })
	}
	group.Wait()
	err = os.RemoveAll(own)
	if ctx.Err() != nil {
		err = fmt.Errorf("trying the container engines: %w", context.Cause(ctx))
	}
	return findings, host, err
}

// surveyor looks at one engine: through what is known of it, and else by a probe with settings that are thrown away.
type surveyor struct{ known, fresh *finder }

func (s surveyor) look(ctx context.Context, name string) Finding {
	ctx, cancel := context.WithTimeoutCause(ctx, SurveyTimeout, fmt.Errorf("no answer within %s", SurveyTimeout))
	defer cancel()
	path, err := exec.LookPath(name)
	if err != nil {
		rejection := reject(name, errNotInstalled)
		return Finding{Name: name, Rejection: &rejection}
	}
	e := &Engine{Name: name, Path: path, Host: s.known.host}
	if s.known.recall(ctx, e) {
		return Finding{Name: name, Engine: e, Recalled: true}
	}
	e = &Engine{Name: name, Path: path, Host: s.fresh.host}
	if err := s.prove(ctx, e); err != nil {
		rejection := reject(name, err)
		return Finding{Name: name, Rejection: &rejection}
	}
	return Finding{Name: name, Engine: e}
}

// prove runs the probe, and takes its image away again unless it was there before.
func (s surveyor) prove(ctx context.Context, e *Engine) error {
	var err error
	if e.Version, err = version(ctx, e); err != nil {
		return err
	}
	if err := s.fresh.configure(e); err != nil {
		return err
	}
	_, absent := e.Run(ctx, inspectArgs(s.fresh.image)...)
	err = (&probe{engine: e, image: s.fresh.image, log: s.fresh.log}).prove(ctx)
	if absent != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepGrace)
		defer cancel()
		// What kept the image from being loaded keeps it from being removed, and has been told.
		_, _ = e.Run(ctx, "rmi", s.fresh.image.tag.String())
	}
	return err
}
