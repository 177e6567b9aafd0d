package history

import (
	"context"
	"errors"

	"seatrial/e2e/framework/helm"
)

// Reader reads the history of a release; a [helm.Client] is one.
type Reader interface {
	History(ctx context.Context, name string) ([]helm.Release, error)
	Stored(ctx context.Context, name string) ([]helm.Stored, error)
}

var _ Reader = (*helm.Client)(nil)

// State is the history of a release at one time.
type State struct {
	Releases []helm.Release
	Stored   []helm.Stored
}

// Read reads both, for the Before or After of a [Transition]. A release that is not there has an empty history.
func Read(ctx context.Context, from Reader, name string) (State, error) {
	releases, err := from.History(ctx, name)
	if err != nil && !errors.Is(err, helm.ErrReleaseNotFound) {
		return State{}, err
	}
	stored, err := from.Stored(ctx, name)
	if err != nil {
		return State{}, err
	}
	return State{Releases: releases, Stored: stored}, nil
}
