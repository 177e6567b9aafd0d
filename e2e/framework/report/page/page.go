// Package page writes a run as one HTML page that needs nothing else: it can be mailed, kept as an artifact and opened
// from a file.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/typed"
)

var (
	//go:embed page.html.tmpl
	pageTemplate string
	//go:embed graph.html.tmpl
	graphTemplate string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// view is what the template shows: the run, and what is derived from it.
type view struct {
	report.Run

	Style    template.CSS
	Script   template.JS
	Took     string
	Sentence string
	Timeline timeline
	Sections []section
	Tables   []table
}

// table is a table with what is derived from it.
type table struct {
	report.Table

	ID   string
	Open bool
}

// section is a subject with what is derived from it.
type section struct {
	report.Subject

	ID    string
	Open  bool
	Took  string
	Sides sides
	Found []finding // all of them
	Parts []part
	// Graphs are of releases, each with its revisions.
	Graphs []graph
}

// part is a stretch of prose, or a step.
type part struct {
	Prose template.HTML
	Step  *step
}

// step is a step with what is derived from it.
type step struct {
	report.Step

	ID   string
	Open bool
	Diff diff
}

// HTML writes the page. It makes no request: style, script and pictures are in it, and its own policy forbids more.
func HTML(run report.Run) ([]byte, error) {
	parsed, err := template.New("page").Funcs(template.FuncMap{
		"slug":      slug,
		"firstLine": report.FirstLine,
		"seconds":   func(s float64) string { return took(time.Duration(s * float64(time.Second))) },
		"places":    places,
		"local":     func(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") },
		"line":      typed.Line,
		"fates":     report.Fates,
	}).Parse(pageTemplate + graphTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the template of the page: %w", err)
	}
	//nolint:gosec // Both are files of this package.
	v := view{
		Run: run, Style: template.CSS(style), Script: template.JS(script), Sentence: run.Sentence(),
		Took: took(run.Ended.Sub(run.Started)), Timeline: timelineOf(run),
	}
	for i := range run.Subjects {
		v.Sections = append(v.Sections, sectionOf(i, run.Subjects[i]))
	}
	for i, one := range run.Tables {
		v.Tables = append(v.Tables, table{Table: one, ID: fmt.Sprintf("table-%d", i+1), Open: one.Verdict() != report.Passed})
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("writing the page: %w", err)
	}
	return out.Bytes(), nil
}

func sectionOf(index int, subject report.Subject) section {
	s := section{
		Subject: subject, ID: fmt.Sprintf("subject-%d", index+1), Open: subject.Verdict != report.Passed && subject.Verdict != report.Skipped,
		Took: took(subject.Ended.Sub(subject.Started)), Sides: sidesOf(subject.Kind),
	}
	s.Found, s.Graphs = foundIn(s), graphsOf(s.ID, subject.Revisions)
	steps := map[int]*step{}
	for k := range subject.Steps {
		steps[subject.Steps[k].Number] = stepOf(s.ID, subject.Steps[k])
	}
	for _, prose := range subject.Prose {
		if one := steps[prose.Step]; one != nil {
			s.Parts = append(s.Parts, part{Step: one})
			delete(steps, prose.Step)
		} else if prose.HTML != "" {
			//nolint:gosec // Prose is safe by its contract: HTML of the document is not in it.
			s.Parts = append(s.Parts, part{Prose: template.HTML(prose.HTML)})
		}
	}
	// Steps that stand in no prose come last, in their order.
	for k := range subject.Steps {
		if one := steps[subject.Steps[k].Number]; one != nil {
			s.Parts = append(s.Parts, part{Step: one})
		}
	}
	return s
}

func stepOf(section string, s report.Step) *step {
	s.Output = report.Plain(s.Output)
	compared := diffOf(s.Expected, s.Output)
	compared.markFound(s)
	return &step{
		Step: s, ID: stepID(section, s.Number),
		Open: s.Verdict == report.Failed || len(s.Findings) > 0, Diff: compared,
	}
}

// slug is a verdict or a fate as the name of a class.
func slug(word any) string { return strings.ReplaceAll(fmt.Sprint(word), " ", "-") }

// places says how many there are.
func places(all []report.Place) string {
	if len(all) == 1 {
		return "1 place that was neither run nor compared"
	}
	return fmt.Sprintf("%d places that were neither run nor compared", len(all))
}

// took is how long something took, or nothing if it took no time.
func took(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
