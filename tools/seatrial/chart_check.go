package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
)

// check renders revisions before anything runs. They may be somebody else's charts, so that happens in a process of their
// own first.
func (t *chartTrial) check(ctx context.Context, revisions []regression.Revision) error {
	err := regression.Check(ctx, t.helmCommand(), revisions)
	// That is how templates ask for a value.
	if err == nil || errors.Is(err, helm.ErrEndless) || !strings.Contains(err.Error(), "execution error at") {
		return err
	}
	return fmt.Errorf("%w\n(a value that the chart needs in every revision can be given with --common)", err)
}

// helmCommand is the path of the helm command that was prepared. Where nothing was, there is none, which is told when the
// cluster is brought up.
func (t *chartTrial) helmCommand() string {
	prepared, err := assets.Load(t.said.Settings().Want)
	if err != nil {
		return ""
	}
	return prepared.Helm()
}
