package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
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
	wants     cluster.Features // what its cluster is to have switched on
}

// title is what the course is called, or nothing for documents that were named one by one.
func (c course) title() string {
	if c.of == nil {
		return ""
	}
	return c.of.Title + " " + c.name
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
		if read.Kind == scenario.Chart {
			wrong = errors.Join(wrong, fmt.Errorf("%s is a scenario of a chart: try it with seatrial chart", path))
			continue
		}
		wants, err := switched(read)
		wrong = errors.Join(wrong, err)
		for _, one := range read.Courses {
			documents, err := load(read.Files(one))
			wrong = errors.Join(wrong, err)
			all = append(all, course{of: read, name: one.Name, documents: documents, wants: wants})
		}
	}
	return all, wrong
}

// switched are the features of a scenario that a cluster has only if somebody wants them.
// Others show what a reader sees without: they are played on another cluster.
func switched(s *scenario.Scenario) (cluster.Features, error) {
	need, err := s.Needs()
	return cluster.Features{LoadBalancer: need.LoadBalancer}, err
}

// alike sorts courses into those that can be played on one cluster, the first one's first.
func alike(all []course) [][]course {
	var sorted [][]course
	for _, one := range all {
		at := slices.IndexFunc(sorted, func(others []course) bool { return others[0].wants == one.wants })
		if at < 0 {
			at, sorted = len(sorted), append(sorted, nil)
		}
		sorted[at] = append(sorted[at], one)
	}
	return sorted
}

// scenarios plays all courses, one after the other, each on a stage of its own, and on one
// cluster as far as they want the same.
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
	for _, some := range alike(all) {
		if err := r.together(ctx, some, count); err != nil {
			return err
		}
	}
	return r.conclude(count, nil)
}

// together plays courses that want the same on one cluster.
func (r *rehearsal) together(ctx context.Context, some []course, count *tally) error {
	return r.onCluster(ctx, some[0].wants, func(ctx context.Context, on framework.Handle) error {
		for _, one := range some {
			if err := r.course(ctx, on, one, count); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *rehearsal) course(ctx context.Context, on framework.Handle, one course, count *tally) (err error) {
	if reason := one.of.Skip(on.Provider, on.Features); reason != "" {
		fmt.Fprintf(r.out, "\n== %s, %s: skipped: %s\n", one.of.Title, one.name, reason)
		for _, doc := range one.documents {
			r.account.skipped(doc, one.title(), reason)
		}
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
	return r.playAll(ctx, place.Shell, on, one, count)
}
