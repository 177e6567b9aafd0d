// Package scenario reads scenario.yaml, which says of workshop documents what they do not say themselves: which of them
// belong together, in which folder their reader starts, what has to be around them, and where they are to be proven.
package scenario

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
)

// File is the name of the file that makes a folder a scenario.
const File = "scenario.yaml"

// DefaultTimeout is for the documents of scenarios that set none.
const DefaultTimeout = 10 * time.Minute

// Scenario is one scenario.yaml. Its tags are also what its schema is made from.
type Scenario struct {
	// Path is the folder that the file is in.
	Path string `yaml:"-"`

	Title   string   `doc:"What a reader learns, or what a chart is tried for, in a few words." yaml:"title"`
	Kind    Kind     `doc:"What is tried: documents, if unset." yaml:"kind,omitempty"`
	Courses []Course `doc:"Of kind documents: documents that belong together. Each course is played on its own." yaml:"courses,omitempty"`
	Dir     string   `doc:"Folder that the reader starts in, relative to this file. It is copied for each course, so documents may change it. If unset, an empty folder." yaml:"dir,omitempty"`

	Namespaces []string      `doc:"Namespaces that the documents make. They must not be there before, and are removed afterwards." yaml:"namespaces,omitempty"`
	Setup      []string      `doc:"Commands to run in the reader's shell before the first document; each must succeed." yaml:"setup,omitempty"`
	Teardown   []string      `doc:"Commands to run after the last document, also when one has failed." yaml:"teardown,omitempty"`
	Serve      *Serve        `doc:"A folder to serve over HTTP on this machine, such as a chart repository." yaml:"serve,omitempty"`
	Providers  []Provider    `doc:"Where the documents are to be proven. If unset, on every provider." yaml:"providers,omitempty"`
	Requires   []Feature     `doc:"What the cluster must be able to do for any of it; single steps have hints for that." yaml:"requires,omitempty"`
	Timeout    time.Duration `doc:"How long one document may take, or one operation on a chart, such as 10m, which is the default." yaml:"timeout,omitempty"`

	Chart     string     `doc:"Of kind chart: the chart, relative to this file, or any other source of a chart." yaml:"chart,omitempty"`
	Old       []string   `doc:"Of kind chart: older versions of it to come from, the oldest first." yaml:"old,omitempty"`
	Revisions []Revision `doc:"Of kind chart: the values that a release has one after the other. If unset, those in the chart's ci folder, or its own." yaml:"revisions,omitempty"`
	Common    *Values    `doc:"Of kind chart: values that lie under those of each revision." yaml:"common,omitempty"`
	Pairs     Pairs      `doc:"Of kind chart: which revisions are upgraded to which: neighbours, if unset." yaml:"pairs,omitempty"`
}

// Course is a sequence of documents that one reader follows in one shell.
type Course struct {
	Name      string   `doc:"What tells it from the other courses, such as its language." yaml:"name"`
	Documents []string `doc:"Markdown files relative to this one, in the reader's order." yaml:"documents"`
}

// Serve is a folder to serve.
type Serve struct {
	Folder   string `doc:"Folder below the one that the reader starts in. It need not be there from the start." yaml:"folder"`
	Variable string `doc:"Variable of the reader's shell that holds the address, http://127.0.0.1 and a port." yaml:"variable"`
}

// Kind is a word for what a scenario tries.
type Kind string

// The kinds.
const (
	Documents Kind = "documents"
	Chart     Kind = "chart"
)

// Words are the kinds that there are.
func (Kind) Words() []string { return []string{string(Documents), string(Chart)} }

// Provider is a word for where clusters come from.
type Provider string

// Words are the providers that there are.
func (Provider) Words() []string { return []string{assets.Kind, assets.Embedded, assets.Existing} }

// Feature is a word for what a cluster can do.
type Feature string

// Words are the features that there are.
func (Feature) Words() []string {
	var every cluster.Features
	for _, one := range reflect.ValueOf(&every).Elem().Fields() {
		one.SetBool(true)
	}
	return every.Names()
}

// Error is a mistake in a scenario that its author has to correct.
type Error struct {
	File    string
	Line    int
	Message string
}

// Error begins with the file and the line, as editors and terminals know them.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// Load reads the scenario of a folder and sees that the files it names are there. The error joins one [Error] for
// each mistake, in the order of their lines.
func Load(folder string) (*Scenario, error) {
	path := filepath.Join(folder, File)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the scenario: %w", err)
	}
	s, d, err := parse(path, content)
	if err != nil {
		return nil, err
	}
	s.Path = folder
	s.lookForFiles(d)
	return s, d.err()
}

// Parse reads a scenario without looking at any other file.
func Parse(path string, content []byte) (*Scenario, error) {
	s, _, err := parse(path, content)
	return s, err
}

// LoadAll reads the scenarios in the folders below a folder, in the order of their names.
func LoadAll(folder string) ([]*Scenario, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("looking for scenarios: %w", err)
	}
	var all []*Scenario
	var errs []error
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		s, err := Load(filepath.Join(folder, entry.Name()))
		all, errs = append(all, s), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return all, nil
}

// Name is that of the scenario's folder.
func (s *Scenario) Name() string { return filepath.Base(s.Path) }

// Files are the documents of a course, as paths that can be opened.
func (s *Scenario) Files(c Course) []string {
	files := make([]string, len(c.Documents))
	for i, name := range c.Documents {
		files[i] = filepath.Join(s.Path, filepath.FromSlash(name))
	}
	return files
}

// StartDir is the folder to copy for the reader. It is empty if the reader starts with nothing.
func (s *Scenario) StartDir() string {
	if s.Dir == "" {
		return ""
	}
	return filepath.Join(s.Path, filepath.FromSlash(s.Dir))
}

// Skip says why the scenario is not for a cluster of this provider with these features, or nothing.
func (s *Scenario) Skip(provider string, has cluster.Features) string {
	if !s.wants(provider) {
		return "it is not meant for provider " + provider
	}
	need, err := s.Needs()
	if err != nil {
		return err.Error()
	}
	if missing := has.Missing(need); len(missing) > 0 {
		return "this cluster has no " + strings.Join(missing, ", no ")
	}
	return ""
}

// Needs are the features that the scenario requires, for whoever can make a cluster that has them.
func (s *Scenario) Needs() (cluster.Features, error) {
	words := make([]string, len(s.Requires))
	for i, word := range s.Requires {
		words[i] = string(word)
	}
	return cluster.ParseFeatures(words...)
}

func (s *Scenario) wants(provider string) bool {
	for _, one := range s.Providers {
		if string(one) == provider {
			return true
		}
	}
	return len(s.Providers) == 0
}
