package resilience

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/jsondoc"
	"seatrial/e2e/framework/regression"
)

const (
	sweepTimeout = 10 * time.Minute
	// inFlight is how many crashes go at a time for each processor: most of one is waiting for controllers.
	inFlight = 8
)

// What Helm leaves behind when it dies, and what helps, is not for us to wish for: it is written down as it is for each
// version of Helm, so that another version shows what has changed. `go test ./e2e/resilience -ginkgo.focus "each write" -update`
// writes it down anew.
var _ = Describe("An operation of Helm that is killed", func() {
	It("leaves after each write what it is known to leave, with the ways back that are known to work", func(ctx SpecContext) {
		start := time.Now()
		options := guestbook()
		options.Beside = []regression.Place{another(ctx)}
		found, err := crash.Sweep(ctx, options)
		Expect(err).ToNot(HaveOccurred())
		GinkgoWriter.Printf("swept in %s\n", time.Since(start).Round(time.Millisecond))
		Expect(found.Stuck()).To(BeEmpty())
		known, err := knownCrashes(found)
		Expect(err).ToNot(HaveOccurred())
		publish(found.Against(known, "Crashes of Helm "+helmVersion()+" with the guestbook"))
	}, NodeTimeout(sweepTimeout))

	It("is looked at also where nodes run no program that would make what pods wait for", func(ctx SpecContext) {
		chart, err := helm.Load(filepath.Join("testdata", "certified"))
		Expect(err).ToNot(HaveOccurred())
		revision := regression.Revision{Name: "defaults", Chart: chart}
		found, err := crash.Sweep(ctx, crash.Options{
			First: revision, Second: revision, Actions: []regression.Action{regression.Install}, Parallel: inFlight, Place: another(ctx),
		})
		Expect(err).ToNot(HaveOccurred())
		Expect(found.Operations).To(ConsistOf(HaveField("States", Not(BeEmpty()))))
		Expect(found.Stuck()).To(BeEmpty())
	}, NodeTimeout(sweepTimeout))
})

// another is a second cluster of simulated nodes: many crashes on one wait for each other, those that make Services most of
// all.
func another(ctx SpecContext) regression.Place {
	GinkgoHelper()
	settings, err := framework.FromEnvironment()
	Expect(err).ToNot(HaveOccurred())
	settings.Provider, settings.Keep = assets.Embedded, false
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "resilience"})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return environment.Close(ctx) }, NodeTimeout(framework.CloseTimeout))
	at := environment.Handle()
	return regression.Place{Kubeconfig: at.Kubeconfig, Features: at.Features, Discarded: true}
}

// guestbook is the workshop's chart as the workshop takes it: installed, and upgraded to one without slaves.
func guestbook() crash.Options {
	GinkgoHelper()
	chart, err := helm.Load(chartFolder())
	Expect(err).ToNot(HaveOccurred())
	lean, err := helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort")
	Expect(err).ToNot(HaveOccurred())
	return crash.Options{
		First: regression.Revision{Name: "defaults", Chart: chart}, Second: regression.Revision{Name: "lean", Chart: chart, Values: lean},
		Release: "guestbook-demo", Parallel: inFlight * runtime.NumCPU(),
		Place: regression.Place{Kubeconfig: handle.Kubeconfig, Features: handle.Features, Discarded: true},
		Told: func(s crash.State, left int) {
			GinkgoWriter.Printf("%3d to go, %s: %s\n", left, s.Point(), s.Finding())
		},
	}
}

func chartFolder() string {
	GinkgoHelper()
	root, err := assets.Root()
	Expect(err).ToNot(HaveOccurred())
	return filepath.Join(root, "charts", "guestbook")
}

// helmVersion is that of the libraries: the binary of a test does not know of what it was built.
func helmVersion() string {
	GinkgoHelper()
	root, err := assets.Root()
	Expect(err).ToNot(HaveOccurred())
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	Expect(err).ToNot(HaveOccurred())
	required := regexp.MustCompile(`(?m)^\s*helm\.sh/helm/v3\s+(v\S+)`).FindSubmatch(content)
	Expect(required).ToNot(BeNil(), "go.mod requires no helm.sh/helm/v3")
	return string(required[1])
}

// knownCrashes is what is expected of this version of Helm; with -update, what was found.
func knownCrashes(found crash.Result) (crash.Result, error) {
	file := filepath.Join("testdata", "crashes", "helm-"+helmVersion()+".json")
	if *update && len(found.Operations) > 0 {
		data, err := jsondoc.Write(found)
		if err != nil {
			return found, err
		}
		return found, os.WriteFile(file, data, 0o600)
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return crash.Result{}, errors.New("nothing is known of Helm " + helmVersion() + ": run this spec with -update, and compare what it writes with what was known of the version before")
	}
	if err != nil {
		return crash.Result{}, err
	}
	return crash.Parse(data)
}
