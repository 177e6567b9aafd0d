package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Revision is what the values of a release are for a while. Files come first, then what is assigned, then what is written.
type Revision struct {
	Name   string   `doc:"What tells it from the others, in a word." yaml:"name"`
	Files  []string `doc:"Files of values relative to this one, each laid over those before it." yaml:"files,omitempty"`
	Set    []string `doc:"Assignments as in helm --set." yaml:"set,omitempty"`
	Values *Values  `doc:"Values as in a values.yaml." yaml:"values,omitempty"`
}

// Values are those of a chart: what they may be is the chart's business.
type Values map[string]any

// Pairs is a word for which revisions are upgraded to which.
type Pairs string

// The pairs.
const (
	Neighbours Pairs = "neighbours"
	Every      Pairs = "every"
)

// Words are the pairs that there are.
func (Pairs) Words() []string { return []string{string(Neighbours), string(Every)} }

// remote begins the sources of charts that are not in files.
var remote = regexp.MustCompile(`^(oci|https?)://|^git:`)

// Source is a source of a chart as a path that can be opened, unless it is somewhere else.
func (s *Scenario) Source(text string) string {
	if remote.MatchString(text) {
		return text
	}
	return filepath.Join(s.Path, filepath.FromSlash(text))
}

// validateKind finds the keys that do not go with the scenario's kind.
func (s *Scenario) validateKind(d *decoder) {
	ofDocuments := []string{"courses", "dir", "namespaces", "setup", "teardown", "serve"}
	ofCharts := []string{"chart", "old", "revisions", "common", "pairs"}
	needed, foreign, kind := "courses", ofCharts, Documents
	if s.Kind == Chart {
		needed, foreign, kind = "chart", ofDocuments, Chart
	}
	for _, key := range foreign {
		if line, given := d.lines[key]; given {
			d.tell(line, "key %q is not for scenarios of kind %s", key, kind)
		}
	}
	if _, given := d.lines[needed]; !given {
		d.tell(d.lines[""], "the file needs the key %q", needed)
	}
}

func (s *Scenario) validateChart(d *decoder) {
	if s.Kind != Chart {
		return
	}
	if _, given := d.lines["chart"]; given {
		d.filled("chart", s.Chart)
	}
	d.allFilled("old", s.Old)
	seen := map[string]bool{}
	for i, r := range s.Revisions {
		way := "revisions[" + strconv.Itoa(i) + "]"
		d.filled(way+".name", r.Name)
		if seen[r.Name] {
			d.at(way+".name", "two revisions are called %q", r.Name)
		}
		seen[r.Name] = true
		d.allFilled(way+".files", r.Files)
		d.allFilled(way+".set", r.Set)
	}
}

// lookForCharts sees that the charts and files of values that are named are there.
func (s *Scenario) lookForCharts(d *decoder) {
	look := func(way, name, what string) {
		if name == "" || remote.MatchString(name) || strings.Contains(name, "@") {
			return
		}
		if _, err := os.Stat(s.Source(name)); err != nil {
			d.at(way, "there is no %s %q", what, name)
		}
	}
	look("chart", s.Chart, "chart")
	for i, old := range s.Old {
		look("old["+strconv.Itoa(i)+"]", old, "chart")
	}
	for i, r := range s.Revisions {
		for j, file := range r.Files {
			look("revisions["+strconv.Itoa(i)+"].files["+strconv.Itoa(j)+"]", file, "file")
		}
	}
}
