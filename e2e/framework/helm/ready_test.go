package helm

import (
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestWhatIsSeenOfAnObject(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check  func(*unstructured.Unstructured) state
		object string
		done   bool
		fails  string
		seen   string
	}{
		"a new Job":              {hookState, "kind: Job", false, "", "0 pods active, 0 succeeded, 0 failed"},
		"a Job that runs":        {hookState, "{kind: Job, status: {active: 1, failed: 2}}", false, "", "1 pods active, 0 succeeded, 2 failed"},
		"a complete Job":         {hookState, "{kind: Job, status: {conditions: [{type: Complete, status: 'True'}]}}", true, "", ""},
		"a Job about to be":      {hookState, "{kind: Job, status: {conditions: [{type: Complete, status: 'False'}]}}", false, "", "0 pods"},
		"a failed Job":           {hookState, "{kind: Job, status: {conditions: [{type: Suspended, status: 'True'}, {type: Failed, status: 'True', reason: BackoffLimitExceeded, message: too often}]}}", false, "BackoffLimitExceeded: too often", ""},
		"a Job gone":             {hookState, "", true, "", ""},
		"a new Pod":              {hookState, "{kind: Pod, status: {phase: Pending}}", false, "", "phase Pending"},
		"a Pod that is done":     {hookState, "{kind: Pod, status: {phase: Succeeded}}", true, "", ""},
		"a Pod that failed":      {hookState, "{kind: Pod, status: {phase: Failed, reason: Evicted}}", false, "Evicted", ""},
		"any other hook":         {hookState, "kind: ConfigMap", true, "", ""},
		"a nonsensical Job":      {hookState, "{kind: Job, status: 1}", false, "cannot restore", ""},
		"something to be gone":   {goneState, "{kind: Pod, metadata: {finalizers: [a/b]}}", false, "", `finalizers ["a/b"]`},
		"something gone":         {goneState, "", true, "", ""},
		"a new definition":       {definitionState, "{kind: CustomResourceDefinition, status: {conditions: null}}", false, "", "no condition"},
		"one with a status":      {definitionState, "{kind: CustomResourceDefinition, status: {conditions: [{type: NamesAccepted, status: 'True'}]}}", false, "", "no condition"},
		"an established one":     {definitionState, "{kind: CustomResourceDefinition, status: {conditions: [{type: Established, status: 'True'}]}}", true, "", ""},
		"one with taken names":   {definitionState, "{kind: CustomResourceDefinition, status: {conditions: [{type: NamesAccepted, status: 'False', message: taken}]}}", false, "its names are not accepted: taken", ""},
		"a definition gone":      {definitionState, "", false, "it was deleted", ""},
		"what is no definition":  {definitionState, "kind: ConfigMap", true, "", ""},
		"a definition half read": {definitionState, "{kind: CustomResourceDefinition, status: {conditions: [1]}}", false, "", "no condition"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			got := test.check(parse(t, test.object))
			g.Expect(got.done).To(gomega.Equal(test.done))
			g.Expect(got.seen).To(gomega.ContainSubstring(test.seen))
			if test.fails == "" {
				g.Expect(got.err).NotTo(gomega.HaveOccurred())
			} else {
				g.Expect(got.err).To(gomega.MatchError(gomega.ContainSubstring(test.fails)))
			}
		})
	}
}

func parse(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	if text == "" {
		return nil
	}
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: object}
}
