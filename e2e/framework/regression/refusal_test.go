package regression

import (
	"errors"
	"testing"

	"github.com/onsi/gomega"
)

func TestWhatNoClusterCouldMakeIsToldByName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []Word
	}{
		"a namespace that is not there":      {`creating ConfigMap "web": namespaces "monitoring" not found`, []Word{NamespaceMissing}},
		"the release's own namespace":        {`creating ConfigMap "web": namespaces "chart-abc" not found`, nil},
		"an object of somebody else":         {`Unable to continue with install: ClusterRole "web" in namespace "" exists and cannot be imported into the current release: invalid ownership metadata`, []Word{ObjectExists}},
		"a record that is too large":         {`create: failed to create: Secret "sh.helm.release.v1.web.v1" is invalid: data: Too long: may not be more than 1048576 bytes`, []Word{ReleaseTooLarge}},
		"a request that is too large":        {`create: failed to create: Request entity too large: limit is 3145728`, []Word{ReleaseTooLarge}},
		"an object of the chart's too large": {`creating ConfigMap "web": ConfigMap "web" is invalid: []: Too long: may not be more than 1048576 bytes`, nil},
		"something else":                     {`creating Job "web": Internal error occurred`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var words []Word
			for _, f := range refusalsIn(errors.New(test.text).Error(), "chart-abc") {
				words = append(words, f.Word)
			}
			gomega.NewWithT(t).Expect(words).To(gomega.Equal(test.want))
		})
	}
}

func TestTheNamespaceOfAPathIsInNoFinding(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	w := &walk{room: &room{namespace: "chart-abc"}}
	w.find(Finding{Word: ObjectExists, Expected: "nothing", Found: `installing release "web" in "chart-abc": Namespace "chart-abc" exists`})
	g.Expect(w.findings()[0].Found).To(gomega.Equal(`installing release "web": Namespace "<the release's namespace>" exists`))
}
