package kind

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// fakePodman answers from files of its folder, and notes what it was asked. What
// it is told to remove is gone, unless the file "stubborn" is there.
const fakePodman = `#!/bin/sh
cd %q || exit 1
echo "$*" >> calls
case "$1 $2" in
"ps --all")
	case "$5" in
	*.cluster=*) if grep -q "\"${5##*=}-control-plane\"" nodes.json; then cat ids; fi ;;
	*) cat ids ;;
	esac ;;
"inspect --type") cat nodes.json ;;
"volume ls") cat volumes.json ;;
"image inspect") cat image.json 2>/dev/null || { echo "Error: inspecting object: $3: image not known" >&2; exit 125; } ;;
"rm --force") [ -e stubborn ] || : > ids ;;
"volume rm") echo "[]" > volumes.json ;;
"network rm") echo "Error: unable to find network with name or ID seatrial: network not found" >&2; exit 1 ;;
"info --format") echo '{"host": {"security": {"rootless": false}}}' ;;
"--version ") echo "podman version 4.3.1" ;;
"ps -a") ;;
"network create" | "network inspect" | "inspect --type=image") ;;
"volume create") echo fd85 ;;
"run "*)
	line=$(head -n 1 refusals); sed -i 1d refusals
	echo "$line" >&2; exit 126 ;;
"exec "*) [ ! -e deaf ] || { echo "Error: can only create exec sessions on running containers: container state improper" >&2; exit 255; } ;;
"pull --quiet") echo "Error: initializing source docker://$3: no such host" >&2; exit 125 ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`

// scriptedProvider is a provider whose engine is a script.
type scriptedProvider struct {
	*Provider
	dir string
	g   *gomega.WithT
}

func newFake(t *testing.T) *scriptedProvider {
	t.Helper()
	f := &scriptedProvider{dir: t.TempDir(), g: gomega.NewWithT(t)}
	path := filepath.Join(f.dir, "podman")
	//nolint:gosec // A program has to be executable.
	f.g.Expect(os.WriteFile(path, fmt.Appendf(nil, fakePodman, f.dir), 0o700)).To(gomega.Succeed())
	f.write("ids", "")
	f.write("nodes.json", "[]")
	f.write("volumes.json", "[]")
	// What New changes is put back by the test.
	for _, name := range []string{"PATH", "SETTING", "KIND_EXPERIMENTAL_PODMAN_NETWORK"} {
		t.Setenv(name, os.Getenv(name))
	}
	var err error
	f.Provider, err = New(
		&engine.Engine{Name: "podman", Path: path, Version: "4.3.1", Env: []string{"SETTING=a=b"}, DNS: true, IPv6: true},
		Options{Dir: filepath.Join(f.dir, "kubeconfigs")},
	)
	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	return f
}

func (f *scriptedProvider) write(name, text string) {
	f.g.Expect(os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600)).To(gomega.Succeed())
}

func (f *scriptedProvider) calls() []string {
	text, err := os.ReadFile(filepath.Join(f.dir, "calls"))
	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// node lets the engine have one node of a cluster.
func (f *scriptedProvider) node(name, on string) {
	f.write("ids", "1234\n")
	f.write("nodes.json", fmt.Sprintf(`[{"Name": "%s-control-plane", "Image": "994f7e", "State": {"Running": true},
	  "Config": {"Labels": {"io.x-k8s.kind.cluster": %q}}, "NetworkSettings": {"Networks": {%q: {}}}}]`, name, name, on))
	f.write("volumes.json", fmt.Sprintf(`[{"Name": "fd85", "Labels": {"%s-control-plane": "true"}}]`, name))
}

// deadRun is the id of a run of this machine that is over.
func deadRun(g *gomega.WithT) string {
	parts := strings.Split(runid.Current().String(), "-")
	id, err := runid.Parse(parts[0] + "-" + parts[1] + "-zzzzzz")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(id.Dead()).To(gomega.Equal(true))
	return id.String()
}

func TestNewMakesKindFindTheEngine(t *testing.T) {
	f := newFake(t)

	f.g.Expect(os.Getenv("SETTING")).To(gomega.Equal("a=b"))
	f.g.Expect(filepath.SplitList(os.Getenv("PATH"))[0]).To(gomega.Equal(f.dir))
	f.g.Expect(os.Getenv("KIND_EXPERIMENTAL_PODMAN_NETWORK")).To(gomega.Equal("seatrial"))
	f.g.Expect(f.network).To(gomega.Equal(network{name: "seatrial", ours: true}))
	f.g.Expect(f.Name()).To(gomega.Equal("kind"))
}

func TestANetworkThatTheUserChoseIsNotOurs(t *testing.T) {
	f := newFake(t)
	t.Setenv("KIND_EXPERIMENTAL_PODMAN_NETWORK", "mine")

	provider, err := New(f.engine, Options{Dir: f.dir})

	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	f.g.Expect(provider.network).To(gomega.Equal(network{name: "mine"}))
}

func TestAnEngineOfAnotherNameIsRefused(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := New(&engine.Engine{Name: "podman", Path: "/opt/podman-5"}, Options{Dir: t.TempDir()})
	g.Expect(err).To(gomega.MatchError(
		`preparing kind for podman: kind finds the engine by its name: link "/opt/podman-5" as "podman" in a folder of its own`))
}

func TestAMissingImageLeavesNothing(t *testing.T) {
	for name, test := range map[string]struct{ image, pulled string }{
		"of this machine": {"localhost/seatrial/node:none", "image not known"},
		"of a registry":   {"registry.invalid/node:none", "no such host"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			_, err := f.Create(t.Context(), cluster.Spec{NodeImage: test.image})
			f.g.Expect(err).To(gomega.MatchError(gomega.And(
				gomega.HavePrefix("creating kind cluster %q: node image %q is not in podman's store (run \"make prepare\", or name another image): ",
					prefix+runid.Current().String(), test.image),
				gomega.HaveSuffix(test.pulled))))
			f.g.Expect(named(f.g, f.files.dir)).To(gomega.BeEmpty())
		})
	}
}

func TestANameIsNotTakenFromAnother(t *testing.T) {
	f := newFake(t)
	f.node("mine", "kind")

	for _, keep := range []bool{false, true} {
		f.write("image.json", `[{"Id": "994f7e"}]`)
		name := "mine"
		if keep {
			f.node("seatrial-keep-mine", "kind")
		}
		_, err := f.Create(t.Context(), cluster.Spec{Name: name, NodeImage: someImage, Keep: keep})
		f.g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(
			`the name is taken by a cluster with node \S*mine-control-plane on network "kind": choose another name, or remove that cluster`)))
	}

	f.g.Expect(f.calls()).ToNot(gomega.ContainElement(gomega.HavePrefix("rm")))
	f.g.Expect(named(f.g, f.files.dir)).To(gomega.BeEmpty())
}

func TestClustersOfOneRunAreNumbered(t *testing.T) {
	f := newFake(t)
	first := prefix + runid.Current().String()
	claimed := func() string {
		o, err := newOrder(cluster.Spec{NodeImage: someImage})
		f.g.Expect(err).ToNot(gomega.HaveOccurred())
		_, err = f.claim(t.Context(), o)
		f.g.Expect(err).ToNot(gomega.HaveOccurred())
		return o.name
	}

	f.g.Expect([]string{claimed(), claimed(), claimed()}).To(gomega.Equal([]string{first, first + "-2", first + "-3"}))
}

func TestSeveralNodesNeedNames(t *testing.T) {
	f := newFake(t)
	f.engine.DNS = false
	_, err := f.Create(t.Context(), cluster.Spec{NodeImage: someImage, Workers: 1})
	f.g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("several nodes must find each other by name")))
}

func TestSweepRemovesWhatDeadRunsLeft(t *testing.T) {
	f := newFake(t)
	dead := prefix + deadRun(f.g)
	f.node(dead, "seatrial")
	f.g.Expect(f.files.ensure()).To(gomega.Succeed())
	f.write("kubeconfigs/"+dead+".kubeconfig", "")
	f.write("kubeconfigs/chosen."+deadRun(f.g)+".kubeconfig", "")
	f.write("kubeconfigs/"+prefix+runid.Current().String()+".kubeconfig", "")

	removed, err := f.Sweep(t.Context())

	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	f.g.Expect(removed).To(gomega.Equal([]string{"chosen", dead}))
	f.g.Expect(f.calls()).To(gomega.ContainElements("rm --force --volumes --time 0 "+dead+"-control-plane", "volume rm fd85", "network rm seatrial"))
	f.g.Expect(named(f.g, f.files.dir)).To(gomega.ConsistOf(prefix + runid.Current().String() + ".kubeconfig"))
}

func TestSweepRemovesWhatIsLeftOfAKeptClusterWithoutNodes(t *testing.T) {
	f := newFake(t)
	f.g.Expect(f.files.ensure()).To(gomega.Succeed())
	leave := func() {
		f.write("kubeconfigs/seatrial-keep-dev.kubeconfig", "")
		f.write("volumes.json", `[{"Name": "fd85", "Labels": {"seatrial-keep-dev-control-plane": "true"}}]`)
	}

	// While a run makes the cluster, its disk is there before its node.
	leave()
	unlock, err := f.tryLock("seatrial-keep-dev")
	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	f.g.Expect(f.Sweep(t.Context())).To(gomega.BeEmpty())
	f.g.Expect(f.calls()).ToNot(gomega.ContainElement("volume rm fd85"))
	f.g.Expect(unlock()).To(gomega.Succeed())

	f.g.Expect(f.Sweep(t.Context())).To(gomega.BeEmpty())
	f.g.Expect(f.calls()).To(gomega.ContainElement("volume rm fd85"))
	f.g.Expect(named(f.g, f.files.dir)).To(gomega.BeEmpty())
}

func TestSweepLeavesTheLivingAndTheForeign(t *testing.T) {
	for name, on := range map[string]string{
		prefix + runid.Current().String(): "seatrial", "seatrial-keep-dev": "seatrial", "somebody-elses": "kind", "chosen": "kind",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.node(name, on)
			f.g.Expect(f.files.ensure()).To(gomega.Succeed())
			// A run chose this name, was killed, and somebody else has it now.
			f.write("kubeconfigs/chosen."+deadRun(f.g)+".kubeconfig", "")

			_, err := f.Sweep(t.Context())

			f.g.Expect(err).ToNot(gomega.HaveOccurred())
			f.g.Expect(f.calls()).ToNot(gomega.ContainElement(gomega.Or(gomega.HavePrefix("rm"), gomega.HavePrefix("volume rm"))))
		})
	}
}

func TestRemovalGoesOnAndSaysWhatIsLeft(t *testing.T) {
	f := newFake(t)
	f.node("mine", "seatrial")
	f.write("stubborn", "")
	o := &order{name: "mine", run: runid.Current(), chosen: true}
	f.g.Expect(f.files.reserve(o)).To(gomega.Succeed())
	c := &kindCluster{provider: f.Provider, name: "mine", say: cluster.Spec{}.Say()}

	f.g.Expect(c.Delete(t.Context())).To(gomega.MatchError(
		`deleting kind cluster "mine": removing nodes ["mine-control-plane"]: they are still there`))
	f.g.Expect(f.calls()).To(gomega.ContainElement("volume rm fd85"))
	f.g.Expect(named(f.g, f.files.dir)).To(gomega.BeEmpty())

	f.g.Expect(os.Remove(filepath.Join(f.dir, "stubborn"))).To(gomega.Succeed())
	f.g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	f.g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
}

func TestTheNetworkStaysWhileSomebodyNeedsIt(t *testing.T) {
	f := newFake(t)

	f.creating.Add(1)
	f.g.Expect(f.removeNetwork(t.Context())).To(gomega.Succeed())
	f.creating.Add(-1)
	f.node("mine", "seatrial")
	f.g.Expect(f.removeNetwork(t.Context())).To(gomega.Succeed())
	f.g.Expect(f.calls()).ToNot(gomega.ContainElement("network rm seatrial"))

	f.write("ids", "")
	f.g.Expect(f.removeNetwork(t.Context())).To(gomega.Succeed())
	f.g.Expect(f.calls()).To(gomega.ContainElement("network rm seatrial"))
}

func TestACreationIsBoundedByItsTimeout(t *testing.T) {
	f := newFake(t)
	unlock, err := f.lock(t.Context(), "seatrial-keep-busy", func(string, ...any) {})
	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { f.g.Expect(unlock()).To(gomega.Succeed()) }()

	_, err = f.Create(t.Context(), cluster.Spec{Name: "busy", Keep: true, NodeImage: someImage, ReadyTimeout: 2 * time.Second})

	f.g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("which another process holds"), gomega.HaveSuffix("not ready within 2s"))))
}
