package resilience

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/lifecycle"
	"seatrial/e2e/framework/lifecycle/walk"
	"seatrial/e2e/framework/outcome"
)

const (
	// enoughOperations are how many it has to be at least, so that a difference is not missed for want of trying.
	enoughOperations = 1000
	// commandWalks are how many walks the helm command takes: each of its operations starts a program.
	commandWalks = 20
	walkTimeout  = 10 * time.Minute
	// walkSeed chooses the walks, unless -rapid.seed does: with the same ones each time, a difference comes from what was
	// changed since.
	walkSeed = "1"
)

var _ = Describe("The life of a release", Label("helm", "lifecycle"), func() {
	var (
		chart string
		// through is Helm's own code in package helm, command the helm command.
		through func(SpecContext, helm.Driver) walk.Performer
		command func(SpecContext) walk.Performer
	)
	// Where a hook of a rollback fails, the helm command leaves the release pending, and package helm does not.
	var model, commandModel lifecycle.Model

	BeforeEach(func() {
		sameWalks()
		model, commandModel = lifecycle.Model{Settles: true}, lifecycle.Model{}
		var err error
		chart, err = lifecycle.WriteChart(walks())
		Expect(err).NotTo(HaveOccurred())
		through = func(ctx SpecContext, driver helm.Driver) walk.Performer {
			live, err := walk.NewLive(walk.Place{Kubeconfig: handle.Kubeconfig, Namespace: walkingPlace(ctx), Chart: chart, Driver: driver})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(live.Close)
			return live
		}
		command = func(ctx SpecContext) walk.Performer {
			command, err := walk.NewCommand(handle.Assets.Helm(), walk.Place{Kubeconfig: handle.Kubeconfig, Namespace: walkingPlace(ctx), Chart: chart})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(command.Close)
			return command
		}
	})

	It("goes as the model says, on random walks", func(ctx SpecContext) {
		start := time.Now()
		explored, err := walk.Explore(ctx, "lifecycle", model.Apply, walk.Choices{}, through(ctx, helm.Secrets), through(ctx, helm.ConfigMaps))
		Expect(err).NotTo(HaveOccurred())
		expectNoDifference(explored, start)
		Expect(explored.Operations).To(BeNumerically(">=", enoughOperations))
	}, NodeTimeout(walkTimeout))

	It("goes as the model says with the helm command, too", func(ctx SpecContext) {
		start := time.Now()
		explored, err := walk.Explore(ctx, "command", commandModel.Apply, walk.Choices{Walks: commandWalks, NoCuts: true}, command(ctx))
		Expect(err).NotTo(HaveOccurred())
		expectNoDifference(explored, start)
	}, NodeTimeout(walkTimeout))

	It("goes otherwise than a wrong model says, which takes two commands to show", func(ctx SpecContext) {
		wrong := func(s lifecycle.State, o lifecycle.Operation) []lifecycle.Outcome {
			outcomes := model.Apply(s, o)
			for _, one := range outcomes {
				if o.Verb == lifecycle.Upgrade && one.Failure == lifecycle.Refused {
					one.State.Revisions[0].Status = helm.StatusSuperseded
				}
			}
			return outcomes
		}
		GinkgoT().Chdir(GinkgoT().TempDir()) // Where rapid keeps what failed.
		explored, err := walk.Explore(ctx, "wrong", wrong, walk.Choices{NoCuts: true, Longest: 9}, through(ctx, helm.Secrets))
		Expect(err).NotTo(HaveOccurred())
		Expect(explored.Finding).NotTo(BeNil())
		GinkgoWriter.Println(explored.Finding.Script())
		Expect(strings.Split(strings.TrimSpace(explored.Finding.Commands()), "\n")).To(HaveExactElements(
			HavePrefix("helm install demo ./demo"), HavePrefix("helm upgrade demo ./demo")))
	}, NodeTimeout(walkTimeout))

	It("has surprises, which are what they are", func(ctx SpecContext) {
		table := outcome.New("lifecycle", "What Helm does and users would not expect")
		for _, story := range walk.Stories() {
			for name, tell := range map[string]func() ([]string, error){
				"helm command": func() ([]string, error) { return walk.Tell(ctx, story, commandModel.Apply, command(ctx)) },
				"package helm": func() ([]string, error) { return walk.Tell(ctx, story, model.Apply, through(ctx, "")) },
			} {
				if name == "helm command" && story.Walk.Cut() {
					continue
				}
				wrong, err := tell()
				Expect(err).NotTo(HaveOccurred())
				row := outcome.Row{Done: name + ": " + story.Commands(), Expected: story.Name, Happened: "it did", Held: len(wrong) == 0}
				if !row.Held {
					row.Happened = strings.Join(wrong, "; ")
				}
				table.Add(row)
			}
		}
		publish(table)
	}, NodeTimeout(walkTimeout))
})

// sameWalks chooses the walks of a spec, unless somebody has chosen others.
func sameWalks() {
	GinkgoHelper()
	seed := flag.Lookup("rapid.seed").Value
	if chosen := seed.String(); chosen == "0" {
		Expect(seed.Set(walkSeed)).To(Succeed())
		DeferCleanup(seed.Set, chosen)
	}
}

// walks is where the chart is, and walks that show a difference.
func walks() string { return filepath.Join(handle.Artifacts, "lifecycle") }

func expectNoDifference(e walk.Explored, start time.Time) {
	GinkgoHelper()
	took := time.Since(start).Seconds()
	AddReportEntry("walks", fmt.Sprintf("%d operations on %d walks in %.0f s, %.1f each second", e.Operations, e.Walks, took, float64(e.Operations)/took))
	if e.Finding == nil {
		return
	}
	path := filepath.Join(walks(), "walk.sh")
	Expect(os.WriteFile(path, []byte(e.Finding.Script()), 0o600)).To(Succeed())
	Fail(fmt.Sprintf("%s\n(It is in %s, with the chart beside it.)\n%s", e.Finding.Script(), path, e.Notes))
}

func walkingPlace(ctx SpecContext) string {
	GinkgoHelper()
	return newNamespace(ctx, metav1.ObjectMeta{GenerateName: "walk-"})
}
