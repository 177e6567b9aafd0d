package helm

import (
	"bytes"
	"encoding/json"
	"slices"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

// Asks tells whether what the chart renders to may be another on another cluster: a template
// of it or of a subchart asks for the version, the kinds or an object of the cluster, a value
// may do so where it is rendered as a template, or Chart.yaml bounds the version. What it does
// not tell is whether a template comes to the question.
func (c *Chart) Asks(v Values) bool {
	if c.asks || c.KubeVersion() != "" {
		return true
	}
	given, err := json.Marshal(v)
	return err == nil && asking(given) // What cannot be written as JSON cannot be rendered either.
}

// asks looks through the templates of a chart and its subcharts, and their values.
func asks(ch *chart.Chart) bool {
	if slices.ContainsFunc(ch.Templates, func(f *chart.File) bool { return asking(f.Data) }) {
		return true
	}
	if slices.ContainsFunc(ch.Raw, func(f *chart.File) bool { return f.Name == chartutil.ValuesfileName && asking(f.Data) }) {
		return true
	}
	return slices.ContainsFunc(ch.Dependencies(), asks)
}

// asking tells whether a text has what templates ask a cluster with, if only in a comment
// (https://helm.sh/docs/chart_template_guide/builtin_objects and
// https://helm.sh/docs/chart_template_guide/functions_and_pipelines).
func asking(text []byte) bool {
	return bytes.Contains(text, []byte("Capabilities")) || bytes.Contains(text, []byte("lookup"))
}
