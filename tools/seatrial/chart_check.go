package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
)

// What may help where templates fail.
const (
	giveValue  = "\n(a value that the chart needs in every revision can be given with --common)"
	giveOther  = "\n(what this cluster has not, another one may have: --provider existing takes one of yours)"
	byTemplate = "execution error at"    // how Helm tells of a template that failed by itself
	byVersion  = "requires kubeVersion:" // and of a chart that is not for the cluster
)

// check renders revisions before anything runs. They may be somebody else's charts, so that happens in a process of their
// own first.
func (t *chartTrial) check(ctx context.Context, revisions []regression.Revision) error {
	err := regression.Check(ctx, t.helmCommand(), revisions)
	if err != nil && failedItself(err) {
		err = fmt.Errorf("%w%s", err, giveValue)
	}
	return err
}

// checkOn does the same for what may be rendered otherwise with a cluster, now that there is one.
func (t *chartTrial) checkOn(ctx context.Context, on framework.Handle, charts []trialled) error {
	var err error
	for _, one := range charts {
		err = errors.Join(err, regression.CheckOn(ctx, on.Assets.Helm(), on.Kubeconfig, one.revisions))
	}
	switch {
	case err == nil || errors.Is(err, helm.ErrEndless):
		return err
	case failedItself(err):
		return fmt.Errorf("%w%s%s", err, giveValue, giveOther)
	case strings.Contains(err.Error(), byVersion):
		return fmt.Errorf("%w%s", err, giveOther)
	}
	return err
}

// failedItself tells whether a template says that something is missing.
func failedItself(err error) bool {
	return !errors.Is(err, helm.ErrEndless) && strings.Contains(err.Error(), byTemplate)
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
