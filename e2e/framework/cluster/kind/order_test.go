package kind

import (
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

const someImage = "localhost/seatrial/node:v1.37.2"

func TestAnUnnamedClusterIsNamedAfterTheRun(t *testing.T) {
	g := gomega.NewWithT(t)

	o, err := newOrder(cluster.Spec{NodeImage: someImage})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(o.name).To(gomega.Equal("seatrial-" + runid.Current().String()))
	g.Expect(o.timeout).To(gomega.Equal(5 * time.Minute))
	g.Expect(o.numbered(2)).To(gomega.Equal(o.name + "-2"))
	id, ok := owner(o.numbered(2))
	g.Expect(ok).To(gomega.Equal(true), "the second cluster has an owner")
	g.Expect(id).To(gomega.Equal(runid.Current()))
}

func TestAKeptClusterIsFoundAgainByItsWordOrItsShape(t *testing.T) {
	g := gomega.NewWithT(t)
	name := func(spec cluster.Spec) string {
		spec.Keep = true
		o, err := newOrder(spec)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		return o.name
	}

	g.Expect(name(cluster.Spec{Name: "dev", NodeImage: someImage})).To(gomega.Equal("seatrial-keep-dev"))
	g.Expect(name(cluster.Spec{Name: "seatrial-keep-dev", NodeImage: someImage})).To(gomega.Equal("seatrial-keep-dev"))

	one := name(cluster.Spec{NodeImage: someImage})
	g.Expect(one).To(gomega.MatchRegexp(`^seatrial-keep-[0-9a-f]{8}$`))
	g.Expect(name(cluster.Spec{NodeImage: someImage})).To(gomega.Equal(one))
	g.Expect(name(cluster.Spec{NodeImage: someImage, Workers: 1})).ToNot(gomega.Equal(one))
	g.Expect(name(cluster.Spec{NodeImage: someImage, KubernetesVersion: "v1.36.3"})).ToNot(gomega.Equal(one))
	g.Expect(name(cluster.Spec{NodeImage: "other"})).ToNot(gomega.Equal(one))
	for _, sameImage := range []string{"localhost/seatrial/node", "localhost/seatrial/node:v2", "localhost/seatrial/node:v2@sha256:1234"} {
		g.Expect(name(cluster.Spec{NodeImage: sameImage})).To(gomega.Equal(one))
	}
	g.Expect(untagged("localhost:5000/node")).To(gomega.Equal("localhost:5000/node"))
}

func TestABadSpecIsRefusedInOneSentence(t *testing.T) {
	for name, test := range map[string]struct {
		spec cluster.Spec
		want string
	}{
		"no image":         {cluster.Spec{}, `no node image: run "make prepare" and name the image it made`},
		"negative workers": {cluster.Spec{NodeImage: someImage, Workers: -1}, `-1 workers: want none or more`},
		"bad name":         {cluster.Spec{NodeImage: someImage, Name: "My Cluster"}, `name "My Cluster": a lowercase RFC 1123 label`},
		"long name": {
			cluster.Spec{NodeImage: someImage, Name: strings.Repeat("a", 50)},
			"has 50 characters, kind's nodes leave room for 49",
		},
		"long kept name": {cluster.Spec{NodeImage: someImage, Keep: true, Name: strings.Repeat("a", 40)}, "has 54 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := newOrder(test.spec)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
		})
	}
}

func TestNodesAreNamedAsKindDoes(t *testing.T) {
	g := gomega.NewWithT(t)

	o, err := newOrder(cluster.Spec{NodeImage: someImage, Name: "x", Workers: 3})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(o.nodeNames()).To(gomega.Equal([]string{"x-control-plane", "x-worker", "x-worker2", "x-worker3"}))
	for _, name := range o.nodeNames() {
		g.Expect(nodeName.FindStringSubmatch(name)[1]).To(gomega.Equal("x"))
	}
}

func TestOnlyClustersOfARunHaveAnOwner(t *testing.T) {
	run := runid.Current().String()
	for _, name := range []string{
		"", "kind", "seatrial", "seatrial-", "seatrial-keep-dev", "seatrial-keep-a-1b-c", run, "other-" + run,
		"seatrial-" + run + "-", "seatrial-" + run + "-1", "seatrial-" + run + "-x", "seatrial-" + run + "-02", "seatrial-" + run + "-2-3",
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			id, ok := owner(name)
			g.Expect(ok).To(gomega.Equal(false), "owner %s", id)
		})
	}
}

func TestAnyWordMakesAKeptNameWithoutAnOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?`).Draw(t, "word")
		o, err := newOrder(cluster.Spec{NodeImage: someImage, Name: word, Keep: true})
		if err != nil {
			t.Fatal(err)
		}
		if id, ok := owner(o.name); ok {
			t.Fatalf("kept cluster %q would be swept as one of run %s", o.name, id)
		}
	})
}
