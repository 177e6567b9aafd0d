package regression

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestLongValuesHaveAShortName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ notation, name, said string }{
		{"set:replicas=2,tls=true", "replicas=2,tls=true", ""},
		{
			"set:service.type=NodePort,redis.enabled=true,redis.persistence.enabled=true", "service.type=NodePort,…",
			"service.type=NodePort,redis.enabled=true,redis.persistence.enabled=true",
		},
		{"set:message=a-sentence-that-goes-on-and-on-without-any-pause", "message=a-sentence-that-goes-on-and-on-…", "message=a-sentence-that-goes-on-and-on-without-any-pause"},
		{"{service: {type: NodePort}, redis: {enabled: true}}", "{service: {type: NodePort},…", "{service: {type: NodePort}, redis: {enabled: true}}"},
	} {
		g := gomega.NewWithT(t)
		got, err := ParseValues(test.notation)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(got.Name).To(gomega.Equal(test.name))
		g.Expect(got.Said).To(gomega.Equal(test.said))
	}
}
