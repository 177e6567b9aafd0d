package kind

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

// What podman 4.3.1 answers, cut down to what is read of it.
const podmanNodes = `[
  {"Name": "x-worker", "Image": "994f7e", "ImageName": "localhost/seatrial/node:v1", "State": {"Status": "created", "Running": false},
   "Config": {"Image": "localhost/seatrial/node:v1", "Labels": {"io.x-k8s.kind.cluster": "x", "io.x-k8s.kind.role": "worker"}},
   "NetworkSettings": {"Networks": {"seatrial": {"NetworkID": "seatrial"}}}},
  {"Name": "x-control-plane", "Image": "994f7e", "ImageName": "localhost/seatrial/node:v1", "State": {"Status": "running", "Running": true},
   "Config": {"Image": "localhost/seatrial/node:v1", "Labels": {"io.x-k8s.kind.cluster": "x", "io.x-k8s.kind.role": "control-plane"}},
   "NetworkSettings": {"Networks": {"seatrial": {"NetworkID": "seatrial", "IPAddress": "10.89.0.2"}}}}
]`

// Docker puts a slash before names and sha256 before digests.
const dockerNodes = `[
  {"Name": "/x-control-plane", "Image": "sha256:994f7e", "State": {"Status": "exited", "Running": false},
   "Config": {"Image": "kindest/node:v1", "Labels": {"io.x-k8s.kind.cluster": "x", "io.x-k8s.kind.role": "control-plane"}},
   "NetworkSettings": {"Networks": {"kind": {}}}}
]`

func TestNodesAreReadFromEveryEngine(t *testing.T) {
	g := gomega.NewWithT(t)

	nodes, err := parseNodes([]byte(podmanNodes))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(nodes).To(gomega.Equal([]node{
		{
			name: "x-control-plane", cluster: "x", role: "control-plane", imageID: "994f7e",
			imageName: "localhost/seatrial/node:v1", running: true, addresses: map[string]string{"seatrial": "10.89.0.2"},
		},
		{
			name: "x-worker", cluster: "x", role: "worker", imageID: "994f7e",
			imageName: "localhost/seatrial/node:v1", addresses: map[string]string{"seatrial": ""},
		},
	}))
	g.Expect(stopped(nodes)).To(gomega.Equal([]string{"x-worker"}))
	g.Expect(onNetwork(nodes, "seatrial")).To(gomega.Equal(true))

	nodes, err = parseNodes([]byte(dockerNodes))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(nodes).To(gomega.Equal([]node{{
		name: "x-control-plane", cluster: "x", role: "control-plane", imageID: "994f7e",
		imageName: "kindest/node:v1", addresses: map[string]string{"kind": ""},
	}}))
	g.Expect(onNetwork(nodes, "seatrial")).To(gomega.Equal(false))
}

// scripted answers the calls of an engine one after the other.
type scripted struct {
	answers []answer
	calls   []string
}

type answer struct {
	stdout string
	err    error
}

func (s *scripted) Run(_ context.Context, args ...string) (string, error) {
	s.calls = append(s.calls, strings.Join(args, " "))
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next.stdout, next.err
}

func TestListingSurvivesANodeThatVanishesMeanwhile(t *testing.T) {
	g := gomega.NewWithT(t)
	engine := &scripted{answers: []answer{
		{stdout: "aaa\nbbb\n"},
		{err: errors.New("no such container bbb")},
		{stdout: "aaa\n"},
		{stdout: dockerNodes},
	}}

	nodes, err := listNodes(t.Context(), engine, "x")

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(nodes).To(gomega.HaveLen(1))
	g.Expect(engine.calls).To(gomega.Equal([]string{
		"ps --all --quiet --filter label=io.x-k8s.kind.cluster=x", "inspect --type container aaa bbb",
		"ps --all --quiet --filter label=io.x-k8s.kind.cluster=x", "inspect --type container aaa",
	}))
}

func TestListingNothingAsksNoMore(t *testing.T) {
	g := gomega.NewWithT(t)
	engine := &scripted{answers: []answer{{stdout: "\n"}}}

	nodes, err := listNodes(t.Context(), engine, "")

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(nodes).To(gomega.BeEmpty())
	g.Expect(engine.calls).To(gomega.Equal([]string{"ps --all --quiet --filter label=io.x-k8s.kind.cluster"}))
}

func TestVolumesOfNodesAreToldFromOthers(t *testing.T) {
	g := gomega.NewWithT(t)

	volumes, err := parseVolumes(`[
	  {"Name": "fd85", "Labels": {"seatrial-a-1-b-control-plane": "true"}},
	  {"Name": "0c11", "Labels": {"seatrial-a-1-b-2-worker12": "true"}},
	  {"Name": "data", "Labels": {"app": "web"}},
	  {"Name": "bare", "Labels": {}}
	]`)

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(volumes).To(gomega.Equal([]volume{
		{name: "fd85", cluster: "seatrial-a-1-b"}, {name: "0c11", cluster: "seatrial-a-1-b-2"},
	}))

	volumes, err = parseVolumes("")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(volumes).To(gomega.BeEmpty())
}

func TestAnImageIsReadAndComparedByContent(t *testing.T) {
	g := gomega.NewWithT(t)

	image, err := parseImage([]byte(`[{"Id": "sha256:994f7e", "RepoTags": ["localhost/seatrial/node:v1"],
	  "Config": {"Labels": {"seatrial.dev/kubernetes-version": "v1.37.2"}}}]`))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(image).To(gomega.Equal(nodeImage{id: "994f7e", names: []string{"localhost/seatrial/node:v1"}, kubernetes: "v1.37.2"}))

	nodes, err := parseNodes([]byte(podmanNodes))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(madeFrom(nodes, image, "any name")).To(gomega.Equal(true))
	g.Expect(madeFrom(nodes, nodeImage{id: "other"}, "localhost/seatrial/node:v1")).To(gomega.Equal(false))
	g.Expect(madeFrom(nodes, nodeImage{}, "localhost/seatrial/node:v1")).To(gomega.Equal(true))

	g.Expect(fullName("seatrial/node:v1", image.names)).To(gomega.Equal("localhost/seatrial/node:v1"))
	g.Expect(fullName("kindest/node:v1", image.names)).To(gomega.Equal("kindest/node:v1"))
}

func TestTheVersionOfAnImageIsCheckedWhereItIsKnown(t *testing.T) {
	g := gomega.NewWithT(t)
	o := &order{image: someImage, kubernetes: "v1.37.2"}

	g.Expect(checkVersion(o, "v1.37.2")).To(gomega.Succeed())
	g.Expect(checkVersion(o, "")).To(gomega.Succeed())
	g.Expect(checkVersion(&order{}, "v1.30.0")).To(gomega.Succeed())
	g.Expect(checkVersion(o, "v1.36.3")).To(gomega.MatchError(
		`node image "localhost/seatrial/node:v1.37.2" has Kubernetes v1.36.3, not v1.37.2: ` +
			`run "make prepare KUBERNETES=v1.37.2", or name another image`))
}
