package harness

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/wait"
)

// Rules for all simulated nodes are one object, so that specs take turns.
var _ = Describe("What simulated nodes do on purpose", Label("wait"), Serial, func() {
	var b *bench

	BeforeEach(func(ctx SpecContext) {
		b = newBenchAt(ctx, simulated(ctx))
	})

	// simulate makes pods of the namespace behave in a way.
	simulate := func(ctx SpecContext, behaviour string) {
		GinkgoHelper()
		rules := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: "seatrial-simulation"},
			Data:       map[string]string{"rules.yaml": "pods: [{match: {namespace: " + b.namespace + "}, " + behaviour + "}]"},
		}
		maps := b.kube.CoreV1().ConfigMaps(metav1.NamespaceSystem)
		_, err := maps.Create(ctx, rules, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) error { return maps.Delete(ctx, rules.Name, metav1.DeleteOptions{}) })
	}

	DescribeTable(
		"ends a wait that would never end",
		func(ctx SpecContext, behaviour string, expected ...string) {
			simulate(ctx, behaviour)
			err := b.ready(ctx, b.create(ctx, redisDeployment)...)
			AddReportEntry("message", err.Error(), ReportEntryVisibilityFailureOrVerbose)

			var failed *wait.FailedError
			Expect(errors.As(err, &failed)).To(BeTrueBecause("it ended with %v", err))
			for _, text := range append(expected, "Deployment/redis", "Pod/"+b.pods(ctx)[0].Name) {
				Expect(err).To(MatchError(ContainSubstring(text)))
			}
		},
		Entry("for an image that its registry does not have", `behave: pullBackOff, message: "manifest unknown"`,
			"ImagePull", `given up: image "localhost/seatrial/redis:7" cannot be pulled`),
		Entry("for a program that crashes again and again", `behave: crashLoop, exitCode: 3, message: no settings`,
			"exit code 3", "no settings", `given up: container "redis" ends again and again: `),
	)

	It("does not end a wait for a program that works after some crashes", func(ctx SpecContext) {
		simulate(ctx, "behave: crashLoop, times: 5")
		Expect(b.ready(ctx, b.create(ctx, redisDeployment)...)).To(Succeed())
	})
})

// simulated is the cluster of the suite, or one for this spec where that has real nodes: what those do by themselves, other
// specs show.
func simulated(ctx SpecContext) framework.Handle {
	GinkgoHelper()
	if !handle.Features.Containers {
		return handle
	}
	settings, err := framework.FromEnvironment()
	Expect(err).NotTo(HaveOccurred())
	settings.Provider, settings.Keep = assets.Embedded, false
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "harness-simulated"})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(environment.Close, NodeTimeout(framework.CloseTimeout))
	return environment.Handle()
}

var _ = Describe("Watching the hooks of an operation", Label("wait"), func() {
	var b *bench

	BeforeEach(func(ctx SpecContext) { b = newBench(ctx) })

	install := func(ctx SpecContext, name string) error {
		GinkgoHelper()
		client := newHelm(helm.Options{Namespace: b.namespace})
		ch, err := helm.Load(filepath.Join("..", "charts", "testdata", name))
		Expect(err).NotTo(HaveOccurred())
		return wait.During(ctx, b.config, wait.Request{
			Namespace: b.namespace, Timeout: readyTimeout,
			Objects: manifest("{apiVersion: batch/v1, kind: Job, metadata: {name: story-migrate}}"),
		}, func(ctx context.Context) error {
			_, err := client.Install(ctx, "story", ch, helm.Values{"migrate": true})
			return err
		})
	}

	It("ends an install whose hook can never succeed, and says why", func(ctx SpecContext) {
		err := install(ctx, "hook-never-ends")
		AddReportEntry("message", err.Error(), ReportEntryVisibilityFailureOrVerbose)

		var failed *wait.FailedError
		Expect(errors.As(err, &failed)).To(BeTrueBecause("it ended with %v", err))
		Expect(strings.Split(err.Error(), "\n")[1]).To(And(
			HavePrefix("  Job/story-migrate: 0 of 1 completion"),
			ContainSubstring(`serviceaccount "story-migrate" not found`),
			ContainSubstring("given up: the service account of its pods is not there"),
		))
	})

	It("lets an install go on whose hook succeeds", func(ctx SpecContext) {
		Expect(install(ctx, "hook-never-ends-right")).To(Succeed())
	})
})
