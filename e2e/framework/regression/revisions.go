package regression

import (
	"fmt"

	"seatrial/e2e/framework/helm"
)

// Subject is a chart with what it is to be tried with.
type Subject struct {
	Chart *helm.Chart
	// Old are earlier versions of the chart, the oldest first.
	Old []*helm.Chart
	// Values are those that each revision has. If empty, those in the chart's ci folder, and else its own.
	Values []NamedValues
	// Common values lie under those of each revision.
	Common helm.Values
}

// Revisions lists what the release of a subject can be, from old to new: the older versions with the first values, then
// the chart with each of the values. Where there is only one, and the chart's own values are different and enough for it,
// these come first.
func (s Subject) Revisions() ([]Revision, error) {
	values := s.Values
	if len(values) == 0 {
		found, err := s.found()
		if err != nil {
			return nil, err
		}
		values = found
	}
	if len(values) == 0 {
		values = []NamedValues{{Name: ChartDefaults}}
	}
	if len(values) == 1 && len(s.Old) == 0 && len(values[0].Values) > 0 && s.canBeDefault() {
		values = []NamedValues{{Name: ChartDefaults}, values[0]}
	}
	var all []Revision
	for _, old := range s.Old {
		all = append(all, s.revision(old, values[0]))
	}
	for _, v := range values {
		all = append(all, s.revision(s.Chart, v))
	}
	distinguish(all)
	return all, nil
}

// found are the values that the chart's folder brings for testing, as chart-testing knows them.
func (s Subject) found() ([]NamedValues, error) {
	files, err := s.Chart.CIValues()
	if err != nil {
		return nil, err
	}
	var all []NamedValues
	for _, file := range files {
		one, err := readFiles([]string{file})
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (s Subject) revision(chart *helm.Chart, v NamedValues) Revision {
	name := v.Name
	if len(s.Old) > 0 {
		name = chart.Version()
		if v.Name != ChartDefaults {
			name += " " + v.Name
		}
	}
	return Revision{Name: name, Said: v.Said, Chart: chart, Values: helm.Merge(s.Common, v.Values)}
}

// canBeDefault tells whether the chart can be installed with nothing but the common values.
func (s Subject) canBeDefault() bool {
	_, err := renderAlone(s.revision(s.Chart, NamedValues{Name: ChartDefaults}), ReleaseName(s.Chart), renderedNamespace)
	return err == nil
}

// distinguish numbers names that come again.
func distinguish(all []Revision) {
	count := map[string]int{}
	for i := range all {
		name := all[i].Name
		count[name]++
		if count[name] > 1 {
			all[i].Name = fmt.Sprintf("%s (%d)", name, count[name])
		}
	}
}
