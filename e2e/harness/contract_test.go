package harness

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/clustertest"
	"seatrial/e2e/framework/cluster/embedded"
	"seatrial/e2e/framework/cluster/existing"
	"seatrial/e2e/framework/runid"
)

// contractTimeout is for one check, which may make two clusters one after the other.
const contractTimeout = 2 * kindTimeout

// The contract runs on every provider, whichever the other specs of this run are on: on
// embedded always, on existing with a cluster that is made for it, and on kind where an
// engine can run nodes and has their image.
var _ = Describe("A cluster", Label("contract"), func() {
	for _, provider := range []struct {
		name     string
		open     func(SpecContext) clustertest.Subject
		contract []clustertest.Check
	}{
		{"embedded", embeddedSubject, clustertest.Contract()},
		{"embedded with a load balancer", balancedSubject, clustertest.Contract()},
		{"existing", existingSubject, clustertest.SharedContract()},
		{"kind", kindSubject, clustertest.Contract()},
	} {
		Describe("of provider "+provider.name, Label(provider.name), Ordered, ContinueOnFailure, func() {
			var subject clustertest.Subject

			BeforeAll(func(ctx SpecContext) {
				subject = provider.open(ctx)
				var err error
				subject.Cluster, err = subject.Provider.Create(ctx, subject.Spec)
				Expect(err).ToNot(HaveOccurred())
				DeferCleanup(func(ctx SpecContext) error { return subject.Cluster.Delete(ctx) }, NodeTimeout(kindGoneTimeout))
			}, NodeTimeout(kindTimeout))

			for _, check := range provider.contract {
				It(check.Name, func(ctx SpecContext) {
					Expect(check.Run(ctx, subject)).To(Succeed())
				}, SpecTimeout(contractTimeout))
			}
		})
	}
})

// redis is a program in the workshop's images.
func redis() clustertest.Program {
	return clustertest.Program{
		Image: "localhost/seatrial/redis:7", Command: []string{"redis-server", "--version"}, Prints: "Redis server v=",
	}
}

func embeddedSubject(SpecContext) clustertest.Subject {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	provider, err := embedded.New(embedded.Options{Binary: handle.Assets.Embedded(), Dir: dir, Artifacts: GinkgoT().TempDir()})
	Expect(err).ToNot(HaveOccurred())
	return clustertest.Subject{
		Provider: provider,
		Spec:     cluster.Spec{KubernetesVersion: handle.Assets.EmbeddedKubernetes, Images: handle.Assets.Images},
		Program:  redis(),
		Remains: func(context.Context) ([]string, error) {
			processes, err := processesOf(handle.Assets.Embedded())
			if err != nil {
				return nil, err
			}
			folders, err := foldersOf(provider.Name())
			return append(processes, folders...), err
		},
		// A creation takes about a second, and is something else at each of these moments.
		CancelAfter: []time.Duration{20 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond, 600 * time.Millisecond},
	}
}

// balancedSubject is the same with what simulated nodes have only if told to.
func balancedSubject(ctx SpecContext) clustertest.Subject {
	GinkgoHelper()
	subject := embeddedSubject(ctx)
	subject.Spec.Wants = cluster.Features{LoadBalancer: true}
	return subject
}

func existingSubject(ctx SpecContext) clustertest.Subject {
	GinkgoHelper()
	made := embeddedSubject(ctx)
	theirs, err := made.Provider.Create(ctx, made.Spec)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return theirs.Delete(ctx) }, NodeTimeout(kindGoneTimeout))
	provider, err := existing.New(existing.Options{Kubeconfig: theirs.Kubeconfig()})
	Expect(err).ToNot(HaveOccurred())
	return clustertest.Subject{
		Provider: provider, Spec: made.Spec, Program: made.Program, Shared: true,
		Remains: func(context.Context) ([]string, error) { return foldersOf(provider.Name()) },
	}
}

func kindSubject(ctx SpecContext) clustertest.Subject {
	GinkgoHelper()
	if nodeImage() == "" {
		Skip("no provider kind here: " + handle.Assets.WithoutNodes)
	}
	home := newKindHome(ctx)
	return clustertest.Subject{
		Provider: home.provider,
		Spec: home.spec(cluster.Spec{
			KubernetesVersion: handle.Assets.Kubernetes, Images: handle.Assets.Images,
		}),
		Program: redis(),
		Remains: home.traces,
	}
}

// traces lists the containers, volumes and files of all clusters of this run.
func (h *kindHome) traces(ctx context.Context) ([]string, error) {
	id := runid.Current().String()
	containers, err := h.engine.Run(ctx, "ps", "--all", "--format", "{{.Names}}", "--filter", "name="+id)
	if err != nil {
		return nil, err
	}
	volumes, err := h.engine.Run(ctx, "volume", "ls", "--format", "{{.Name}} {{.Labels}}")
	if err != nil {
		return nil, err
	}
	found := strings.Fields(containers)
	for line := range strings.SplitSeq(volumes, "\n") {
		if strings.Contains(line, id) {
			found = append(found, line)
		}
	}
	files, err := filepath.Glob(filepath.Join(h.dir, "*"+id+"*"))
	return append(found, files...), err
}

// foldersOf lists the temporary folders that this run has made for clusters of a provider.
func foldersOf(provider string) ([]string, error) {
	return filepath.Glob(filepath.Join(os.TempDir(), "seatrial-"+provider+"-"+runid.Current().String()+"-*"))
}

// processesOf lists the command lines of a program's processes that work for this run.
func processesOf(program string) ([]string, error) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		words := strings.Join(strings.Split(string(line), "\x00"), " ")
		if err == nil && strings.HasPrefix(words, program) && strings.Contains(words, runid.Current().String()) {
			found = append(found, words)
		}
	}
	return found, nil
}
