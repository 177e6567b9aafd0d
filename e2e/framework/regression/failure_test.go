package regression

import (
	"errors"
	"testing"

	"github.com/onsi/gomega"
)

// refusal is how an API server answers, with a comparison of the two objects.
const refusal = `updating PersistentVolumeClaim "data": PersistentVolumeClaim "data" is invalid: spec: Forbidden: ` +
	"spec is immutable after creation except some fields for bound claims\n" +
	"@@ -13,7 +13,7 @@\n" +
	"   \"storage\": \"10Mi\"\n" +
	"  }\n" +
	"- \"VolumeName\": \"pv-1\",\n" +
	"+ \"VolumeName\":   \"\",\n" +
	"  \"DataSource\": null,\n"

func TestOfAComparisonOnlyTheChangesAreTold(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(immutable(refusal, nil, nil)).To(gomega.ConsistOf(gomega.SatisfyAll(
		gomega.HaveField("Word", ImmutableField),
		gomega.HaveField("Found", "the API server refuses it: spec is immutable after creation except some fields for bound claims\n"+
			"- \"VolumeName\": \"pv-1\",\n+ \"VolumeName\": \"\","),
	)))
	g.Expect(terse(errors.New(refusal))).To(gomega.HaveSuffix(`for bound claims; - "VolumeName": "pv-1",; + "VolumeName": "",`))
	g.Expect(terse(errors.New("no\ncomparison"))).To(gomega.Equal("no comparison"))
}
