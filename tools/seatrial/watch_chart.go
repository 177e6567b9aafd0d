package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/chartsource"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/scenario"
	"seatrial/tools/seatrial/internal/watch"
)

// watch tries charts again whenever something is saved that they are made of. Each path has a namespace of its own, and
// takes away what it has made.
func (t *chartTrial) watch(cmd *cobra.Command, args []string) (err error) {
	ctx := cmd.Context()
	if args, err = t.watchable(ctx, args); err != nil {
		return err
	}
	files, err := watch.New()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	var up *framework.Environment
	w := &watching{out: t.out, files: files, rest: func() {}}
	w.subjects = func() ([]subject, error) {
		var all []subject
		for _, source := range args {
			all = append(all, subject{
				name: source, files: t.filesOf(source), written: func(string) bool { return true },
				run: func(ctx context.Context) error {
					t.account = t.account.again()
					return t.account.of(cmd, []string{source}, func() error { return t.again(ctx, &up, source) })
				},
			})
		}
		return all, nil
	}
	return w.untilInterrupted(ctx, func(ctx context.Context) error {
		if up == nil {
			return nil
		}
		return takeDown(ctx, up)
	})
}

// watchable are the charts to try, which have to be here.
func (t *chartTrial) watchable(ctx context.Context, args []string) ([]string, error) {
	chosen, err := t.chosen(ctx, args)
	for _, source := range chosen {
		if _, statErr := os.Stat(source); statErr != nil {
			err = errors.Join(err, fmt.Errorf("watching %q: %w: --watch needs a chart, or its scenario, in a folder", source, statErr))
		}
	}
	return chosen, err
}

// again tries one chart as it is now, on the cluster that is there from the first time on.
func (t *chartTrial) again(ctx context.Context, up **framework.Environment, source string) (err error) {
	if t.fetched, err = runid.TempDir("charts"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(t.fetched)) }()
	one, err := t.chart(ctx, source)
	if err != nil {
		return err
	}
	if *up == nil {
		if *up, err = t.bringUp(ctx); err != nil {
			return fmt.Errorf("%w: %w", errNoCluster, err)
		}
	}
	return t.tryAll(ctx, (*up).Handle(), []trialled{one})
}

// filesOf are the files that a chart is tried with, as far as they are here.
func (t *chartTrial) filesOf(source string) []string {
	sources := append([]string{source}, t.old...)
	var files []string
	if read, err := scenario.Load(source); err == nil && read.Kind == scenario.Chart {
		// What cannot be read has no more to watch than its folder.
		files = append(files, source)
		sources = append(sources, read.Source(read.Chart))
		for _, old := range read.Old {
			sources = append(sources, read.Source(old))
		}
		for _, revision := range read.Revisions {
			for _, file := range revision.Files {
				files = append(files, read.Source(file))
			}
		}
	}
	for _, notation := range slices.Concat(t.values, t.common) {
		files = append(files, strings.Split(notation, ",")...)
	}
	for _, one := range sources {
		files = append(files, chartsource.Folders(one)...)
	}
	return absolute(slices.DeleteFunc(files, func(path string) bool {
		_, err := os.Stat(filepath.Clean(path))
		return err != nil // It is somewhere else, or no file at all.
	}))
}
