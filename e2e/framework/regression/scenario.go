package regression

import (
	"context"

	"seatrial/e2e/framework/chartsource"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/scenario"
)

// Load brings a chart here, wherever it is, and reads it. What has to be fetched goes into dir; chart is the folder that a
// revision of git is of, if the source names none.
func Load(ctx context.Context, source, chart, dir string) (*helm.Chart, error) {
	parsed, err := chartsource.Parse(source, chart)
	if err != nil {
		return nil, err
	}
	path, err := chartsource.Fetch(ctx, parsed, dir)
	if err != nil {
		return nil, err
	}
	return helm.Load(path)
}

// OfScenario reads what a scenario of kind chart tries. What has to be fetched goes into dir.
func OfScenario(ctx context.Context, s *scenario.Scenario, dir string) (subject Subject, pairs Pairs, err error) {
	chart := s.Source(s.Chart)
	if subject.Chart, err = Load(ctx, chart, "", dir); err != nil {
		return Subject{}, 0, err
	}
	for _, old := range s.Old {
		older, err := Load(ctx, s.Source(old), chart, dir)
		if err != nil {
			return Subject{}, 0, err
		}
		subject.Old = append(subject.Old, older)
	}
	for _, r := range s.Revisions {
		values, err := valuesOf(s, r)
		if err != nil {
			return Subject{}, 0, err
		}
		subject.Values = append(subject.Values, NamedValues{Name: r.Name, Values: values})
	}
	if s.Common != nil {
		subject.Common = helm.Values(*s.Common)
	}
	if s.Pairs == scenario.Every {
		pairs = EveryPair
	}
	return subject, pairs, nil
}

func valuesOf(s *scenario.Scenario, r scenario.Revision) (helm.Values, error) {
	merged := helm.Values{}
	for _, file := range r.Files {
		values, err := helm.ReadValues(s.Source(file))
		if err != nil {
			return nil, err
		}
		merged = helm.Merge(merged, values)
	}
	set, err := helm.ParseSet(r.Set...)
	if err != nil {
		return nil, err
	}
	merged = helm.Merge(merged, set)
	if r.Values != nil {
		merged = helm.Merge(merged, helm.Values(*r.Values))
	}
	return merged, nil
}
