package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/workshop"
)

// folder tells whether a scenario is meant, and not a document.
func folder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// course is a sequence of documents that share a shell and what they make: one of a scenario, or documents that were
// named one by one.
type course struct {
	of        *scenario.Scenario // none for documents
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

// courses reads everything before anything runs: a mistake in the last one is said at once. Documents make one course,
// which stands where the first of them was named, or one each if they are to be separate.
func (r *rehearsal) courses(names []string) ([]course, error) {
	var all []course
	var wrong error
	together := -1 // the place of the course of documents
	for _, name := range names {
		if folder(name) {
			found, err := coursesOf(name)
			all, wrong = append(all, found...), errors.Join(wrong, err)
			continue
		}
		doc, err := workshop.Load(name)
		wrong = errors.Join(wrong, err)
		if together < 0 || r.separate {
			together, all = len(all), append(all, course{})
		}
		all[together].documents = append(all[together].documents, doc)
	}
	return all, wrong
}

// readScenario reads one of documents.
func readScenario(folder string) (*scenario.Scenario, error) {
	read, err := scenario.Load(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is a folder without a %s: name its documents, or write one (`seatrial schema scenario` says what can be in it)", folder, scenario.File)
	}
	if err != nil {
		return nil, err
	}
	if read.Kind == scenario.Chart {
		return nil, fmt.Errorf("%s is a scenario of a chart: try it with `seatrial chart %s`", folder, folder)
	}
	return read, nil
}

// coursesOf are those of a scenario.
func coursesOf(folder string) ([]course, error) {
	read, err := readScenario(folder)
	if err != nil {
		return nil, err
	}
	wants, wrong := switched(read)
	var all []course
	for _, one := range read.Courses {
		documents, err := load(read.Files(one))
		wrong = errors.Join(wrong, err)
		all = append(all, course{of: read, name: one.Name, documents: documents, wants: wants})
	}
	return all, wrong
}

// load reads documents, and tells the mistakes of all of them.
func load(files []string) ([]*workshop.Document, error) {
	var documents []*workshop.Document
	var all error
	for _, file := range files {
		doc, err := workshop.Load(file)
		all = errors.Join(all, err)
		documents = append(documents, doc)
	}
	return documents, all
}

// switched are the features of a scenario that a cluster has only if somebody wants them.
// Others show what a reader sees without: they are played on another cluster.
func switched(s *scenario.Scenario) (cluster.Features, error) {
	need, err := s.Needs()
	return cluster.Features{LoadBalancer: need.LoadBalancer}, err
}

// alike sorts courses into those that can be played on one cluster, the first one's first. Documents clear nothing away
// after themselves, so that those that are separate need one each.
func alike(all []course) [][]course {
	var sorted [][]course
	for _, one := range all {
		at := slices.IndexFunc(sorted, func(others []course) bool {
			return others[0].wants == one.wants && others[0].of != nil && one.of != nil
		})
		if at < 0 {
			at, sorted = len(sorted), append(sorted, nil)
		}
		sorted[at] = append(sorted[at], one)
	}
	return sorted
}
