package workshop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/artifacts"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// course is one of a scenario, with its documents.
type course struct {
	name      string
	scenario  *scenario.Scenario
	documents []*workshop.Document
	err       error // why there are none
}

// Each course of each scenario is played twice: on the cluster of the suite, and on simulated
// nodes. A reader who types what the documents say has to see what they show.
var _ = Describe("The scenarios", func() {
	for _, c := range courses() {
		Describe(c.name, func() {
			It("has nothing wrong by itself", func() {
				Expect(c.err).ToNot(HaveOccurred())
				for _, doc := range c.documents {
					Expect(told(trial.Lint(doc))).To(BeEmpty())
				}
			})

			if c.err != nil {
				return
			}
			if c.wants() == none || wanted() == assets.Existing { // Ours have nothing special unless told to.
				// Its namespaces are those of the story: nobody else may be on the cluster meanwhile.
				Describe("on the cluster of the suite", Ordered, ContinueOnFailure, Serial, func() {
					play(c, anything, func(SpecContext) framework.Handle { return handle })
				})
			}
			if wanted() == assets.Embedded && c.wants() == none {
				return // The cluster of the suite is of simulated nodes, and like any other of them.
			}
			Describe("on simulated nodes", Ordered, ContinueOnFailure, func() {
				play(c, simulable(c.wants()), func(ctx SpecContext) framework.Handle { return simulated(ctx, c.wants()) })
			})
		})
	}
})

// wanted is the provider that the cluster of the suite shall be of, if somebody has said so.
func wanted() string { return os.Getenv("SEATRIAL_PROVIDER") }

// none is what a cluster has to have that nobody wants anything special of.
var none cluster.Features

// wants is what its cluster is to have that simulated nodes have only if told to.
func (c course) wants() cluster.Features {
	need, err := c.scenario.Needs()
	if err != nil {
		return none // Its cluster is found to lack what nobody knows.
	}
	return cluster.Features{LoadBalancer: need.LoadBalancer}
}

// anything may be shown by a cluster of which nothing is known yet.
func anything(*workshop.Step) bool { return true }

// simulable tells which steps simulated nodes can show. The others are played where nodes are real.
func simulable(wants cluster.Features) func(*workshop.Step) bool {
	has := cluster.Features{Volumes: true, LoadBalancer: wants.LoadBalancer}.Names()
	return func(step *workshop.Step) bool { return len(trial.Missing(step, has)) == 0 }
}

// play makes a container for each document, with a spec for each step that can be shown. Where
// the documents are played is found out when the first spec runs.
func play(c course, shown func(*workshop.Step) bool, where func(SpecContext) framework.Handle) {
	var (
		at     framework.Handle
		on     *stage.Stage
		failed string // the first document that was not as it should be
	)

	BeforeAll(func(ctx SpecContext) {
		at = where(ctx)
		if reason := c.scenario.Skip(at.Provider, at.Features); reason != "" {
			Skip(reason)
		}
		var err error
		on, err = stage.Open(ctx, stage.Options{Scenario: c.scenario, Kubeconfig: at.Kubeconfig, Bin: at.Assets.Bin})
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) error { return on.Close(ctx) }, NodeTimeout(stage.CloseTimeout))
		DeferOnFailure(func(ctx SpecContext) error { return evidence(ctx, c.scenario, at) }, NodeTimeout(framework.EvidenceTimeout))
	}, NodeTimeout(framework.OpenTimeout))

	for _, doc := range c.documents {
		name := filepath.Base(doc.Path)
		Describe(name, func() {
			var performance *trial.Performance

			BeforeAll(func(ctx SpecContext) {
				if failed != "" {
					Skip(failed + " has failed")
				}
				player := &trial.Player{Shell: on.Shell, Has: at.Features.Names()}
				var err error
				performance, err = player.Play(ctx, doc)
				if err != nil || performance.Failed() {
					failed = name
				}
				Expect(err).ToNot(HaveOccurred())
			}, NodeTimeout(c.scenario.Timeout))

			for i, step := range doc.Steps {
				if !shown(&step) {
					continue
				}
				It(fmt.Sprintf("line %d: %s", step.Line, firstLine(step.Command)), func() {
					judge(performance.Plays[i])
				})
			}
		})
	}
}

// judge fails the spec of a step that did not bring what the document shows.
func judge(play trial.Play) {
	GinkgoHelper()
	GinkgoWriter.Printf("%s after %s, tries: %d\n%s", play.Verdict, play.Took.Round(time.Millisecond), play.Tries, play.Output)
	if play.Verdict == trial.Skipped || play.Verdict == trial.NotRun {
		Skip(play.Reason)
	}
	Expect(told(play.Findings)).To(BeEmpty())
	Expect(play.Verdict).To(Equal(trial.Passed))
}

// simulated brings up a cluster of simulated nodes for the specs of this container. With provider
// auto, the cluster of the suite may be one already; once is enough then, if it is what is wanted.
func simulated(ctx SpecContext, wants cluster.Features) framework.Handle {
	GinkgoHelper()
	if handle.Provider == assets.Embedded && wants == none {
		Skip("the cluster of the suite is of simulated nodes")
	}
	return openSimulated(ctx, wants)
}

func openSimulated(ctx SpecContext, wants cluster.Features) framework.Handle {
	GinkgoHelper()
	settings, err := framework.FromEnvironment()
	Expect(err).ToNot(HaveOccurred())
	settings.Provider, settings.Keep = assets.Embedded, false
	environment, err := framework.Open(ctx, framework.Options{
		Settings: settings, Suite: "workshop-simulated", Wants: wants, Progress: func(line string) { GinkgoWriter.Println(line) },
	})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return environment.Close(ctx) }, NodeTimeout(framework.CloseTimeout))
	return environment.Handle()
}

// evidence writes what explains a failure, while it is still there.
func evidence(ctx context.Context, s *scenario.Scenario, on framework.Handle) error {
	dir := filepath.Join(on.Artifacts, s.Name())
	AddReportEntry("artifacts", dir, ReportEntryVisibilityAlways)
	config, err := cluster.LoadRESTConfig(on.Kubeconfig)
	if err != nil {
		return err
	}
	return artifacts.Collect(ctx, config, artifacts.Request{Dir: dir, Namespaces: s.Namespaces})
}

// courses are those of all scenarios of this source tree. If they cannot be read, one stands for
// all and says why.
func courses() []course {
	root, err := assets.Root()
	if err != nil {
		return []course{{name: "scenarios", err: err}}
	}
	scenarios, err := scenario.LoadAll(filepath.Join(root, "scenarios"))
	if err != nil {
		return []course{{name: "scenarios", err: err}}
	}
	var all []course
	for _, s := range scenarios {
		for _, one := range s.Courses {
			documents, err := load(s.Files(one))
			all = append(all, course{name: s.Title + " " + one.Name, scenario: s, documents: documents, err: err})
		}
	}
	return all
}

// load reads documents; if one of them cannot be read, there are none.
func load(files []string) ([]*workshop.Document, error) {
	var all []*workshop.Document
	for _, file := range files {
		doc, err := workshop.Load(file)
		if err != nil {
			return nil, err
		}
		all = append(all, doc)
	}
	return all, nil
}

// told is how findings are read by people: with file and line.
func told(findings []trial.Finding) []string {
	var all []string
	for _, finding := range findings {
		all = append(all, finding.String())
	}
	return all
}

func firstLine(command string) string {
	line, _, more := strings.Cut(command, "\n")
	if more {
		return line + " …"
	}
	return line
}
