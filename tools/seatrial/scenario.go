package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
	"seatrial/e2e/framework/workshop"
)

// folder tells whether a scenario is meant, and not a document.
func folder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// course is one course of a scenario with its documents.
type course struct {
	of        *scenario.Scenario
	name      string
	documents []*workshop.Document
}

// courses reads everything before anything runs.
func courses(folders []string) ([]course, error) {
	var all []course
	var wrong error
	for _, path := range folders {
		read, err := scenario.Load(path)
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		for _, one := range read.Courses {
			documents, err := load(read.Files(one))
			wrong = errors.Join(wrong, err)
			all = append(all, course{of: read, name: one.Name, documents: documents})
		}
	}
	return all, wrong
}

// scenarios plays all courses, one after the other, each on a stage of its own.
func (r *rehearsal) scenarios(ctx context.Context, folders []string) error {
	all, err := courses(folders)
	if err != nil {
		return err
	}
	if r.dryRun {
		for _, one := range all {
			for _, doc := range one.documents {
				list(r.out, doc)
			}
		}
		return nil
	}
	count := &tally{}
	err = r.onCluster(ctx, func(ctx context.Context, on framework.Handle) error {
		for _, one := range all {
			if err := r.course(ctx, on, one, count); err != nil {
				return err
			}
		}
		return nil
	})
	return r.conclude(count, err)
}

func (r *rehearsal) course(ctx context.Context, on framework.Handle, one course, count *tally) (err error) {
	if reason := one.of.Skip(on.Provider, on.Features); reason != "" {
		fmt.Fprintf(r.out, "\n== %s, %s: skipped: %s\n", one.of.Title, one.name, reason)
		return nil
	}
	fmt.Fprintf(r.out, "\n== %s, %s\n", one.of.Title, one.name)
	place, err := stage.Open(ctx, stage.Options{Scenario: one.of, Kubeconfig: on.Kubeconfig, Bin: on.Assets.Bin})
	if err != nil {
		return err
	}
	defer func() {
		// Also after Ctrl-C: what the documents have made is taken away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stage.CloseTimeout)
		defer cancel()
		err = errors.Join(err, place.Close(ctx))
	}()
	return r.playAll(ctx, place.Shell, on, one.documents, count)
}
