package charts

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/regression"
)

// fault is what has to be found in a chart of testdata. The name of the release is that of the chart.
type fault struct {
	chart  string
	word   regression.Word
	object string // its kind and name
	field  string
	alone  bool // there is no chart without the fault
	note   bool
}

func faults() []fault {
	const keep, hook = "metadata.annotations[helm.sh/resource-policy]", "metadata.annotations[helm.sh/hook]"
	return []fault{
		{chart: "list-element-left", word: regression.ListElementLeft, object: "Deployment/list-element-left", field: "spec.template.spec.containers[exporter]"},
		{chart: "list-element-lost", word: regression.ListElementLost, object: "Deployment/list-element-lost", field: "spec.template.spec.containers[redis].env[1]"},
		{chart: "left-after-failure", word: regression.LeftOver, object: "ConfigMap/left-after-failure-extra"},
		{chart: "secret-key-left", word: regression.FieldLeft, object: "Secret/secret-key-left", field: "data.token"},
		{chart: "service-account-left", word: regression.FieldLeft, object: "Deployment/service-account-left", field: "spec.template.spec.serviceAccountName"},
		{chart: "immutable-field", word: regression.ImmutableField, object: "Job/immutable-field", field: "spec.template"},
		{chart: "immutable-selector", word: regression.ImmutableField, object: "Deployment/immutable-selector", field: "spec.selector"},
		{chart: "immutable-claim", word: regression.ImmutableField, object: "StatefulSet/immutable-claim", field: "spec.volumeClaimTemplates"},
		{chart: "release-stuck", word: regression.ReleaseStuck, object: "Job/release-stuck-migrate"},
		{chart: "custom-resources-lost", word: regression.CustomResourcesLost, object: "CustomResourceDefinition/backups.lost.seatrial.example", field: keep},
		{chart: "custom-resources-lost-back", word: regression.CustomResourcesLost, object: "CustomResourceDefinition/snapshots.lost.seatrial.example", field: keep, alone: true},
		{chart: "hook-wrong-revision", word: regression.HookWrongRevision, object: "ConfigMap/hook-wrong-revision-schema", field: "data.schema"},
		{chart: "hook-never-ends", word: regression.HookNeverEnds, object: "Job/hook-never-ends-migrate", field: hook},
		{chart: "node-port-lost", word: regression.NodePortLost, object: "Service/node-port-lost", field: "spec.ports[redis].nodePort"},
		{chart: "value-rerendered", word: regression.ValueRerendered, object: "Secret/value-rerendered", field: "data.password"},
		{chart: "kept-object-left", word: regression.KeptObjectLeft, object: "ConfigMap/kept-object-left-1", field: keep},
		{chart: "subchart-left", word: regression.SubchartLeft, object: "ConfigMap/subchart-left-cache", field: "cache.enabled"},
		{chart: "subchart-left-kept", word: regression.KeptObjectLeft, object: "ConfigMap/subchart-left-kept-cache", field: keep, alone: true},
		{chart: "field-taken-over", word: regression.FieldTakenOver, object: "Deployment/field-taken-over", field: "spec.replicas"},
		{chart: "image-not-pulled", word: regression.ImageNotPulled, object: "Deployment/image-not-pulled", field: "spec.template.spec.containers"},
		{chart: "kind-not-served", word: regression.KindNotServed, object: "Certificate/kind-not-served", field: "apiVersion"},
		{chart: "namespace-missing", word: regression.NamespaceMissing, object: "ConfigMap/namespace-missing", field: "metadata.namespace"},
		{chart: "object-exists", word: regression.ObjectExists, object: "Namespace/<the release's namespace>"},
		{chart: "release-too-large", word: regression.ReleaseTooLarge, object: "/"},
		{chart: "claim-kept", word: regression.ClaimKept, object: "PersistentVolumeClaim/data-claim-kept-1", alone: true, note: true},
		{chart: "paused-as-asked", word: regression.PausedAsAsked, object: "Deployment/paused-as-asked", field: "spec.paused", alone: true, note: true},
		{chart: "load-balancer-pending", word: regression.LoadBalancerPending, object: "Service/load-balancer-pending", field: "status.loadBalancer.ingress", alone: true, note: true},
	}
}

// trial is a chart tried, with the chart's verdict or why there is none.
type trial struct {
	result regression.Result
	err    error
}

// What goes wrong needs no program to run, so that simulated nodes will do, wherever the suite runs. All charts are tried
// at once: most of a path is waiting.
var _ = Describe("What charts get wrong", Ordered, ContinueOnFailure, func() {
	const abreast = 6
	var tried map[string]*trial

	BeforeAll(func(ctx SpecContext) {
		tried = charts()
		at := simulated(ctx)
		Expect(simulate(ctx, at)).To(Succeed())
		temp := GinkgoT().TempDir()
		var group errgroup.Group
		group.SetLimit(abreast)
		for name, one := range tried {
			group.Go(func() error {
				one.result, one.err = tryChart(ctx, name, temp, at)
				return nil
			})
		}
		Expect(group.Wait()).To(Succeed())
	}, NodeTimeout(faultsTimeout))

	for _, f := range faults() {
		It("is found by name: "+f.chart, func() {
			got := tried[f.chart]
			Expect(got.err).ToNot(HaveOccurred())
			Expect(got.result.Findings()).To(ContainElement(SatisfyAll(
				HaveField("Word", f.word), HaveField("Object.String()", f.object), HaveField("Field", f.field), HaveField("Note", f.note),
			)), "%s", told(got.result.Findings()))
			Expect(got.result.Failed()).To(Equal(!f.note))
		})

		twin := f.right()
		if twin == "" {
			continue
		}
		It("is not found where it is not: "+twin, func() { expectPassed(tried[twin]) })
	}

	It("is not what the cluster does by itself: "+aggregated, func() { expectPassed(tried[aggregated]) })
})

// aggregated has a ClusterRole that the cluster fills, and now and then makes anew when it goes, which is no fault.
const aggregated = "aggregated-right"

// charts are all that are to be tried.
func charts() map[string]*trial {
	all := map[string]*trial{aggregated: {}}
	for _, f := range faults() {
		all[f.chart] = &trial{}
		if twin := f.right(); twin != "" {
			all[twin] = &trial{}
		}
	}
	return all
}

func expectPassed(got *trial) {
	GinkgoHelper()
	Expect(got.err).ToNot(HaveOccurred())
	Expect(told(errorsOf(got.result.Findings()))).To(BeEmpty())
	for _, path := range got.result.Paths {
		Expect(path.Verdict).To(Equal(regression.Passed), path.Path.Name)
	}
}

// right is the chart without the fault, if it has one of its own.
func (f fault) right() string {
	if f.alone {
		return ""
	}
	return f.chart + "-right"
}

func tryChart(ctx context.Context, name, temp string, at framework.Handle) (regression.Result, error) {
	chart, err := regression.Load(ctx, filepath.Join("testdata", name), "", temp)
	if err != nil {
		return regression.Result{}, err
	}
	options := on(at, name)
	if options.Revisions, err = (regression.Subject{Chart: chart}).Revisions(); err != nil {
		return regression.Result{}, err
	}
	return regression.Run(ctx, options)
}

// simulate tells the simulated nodes which image there is not: they have every other one.
func simulate(ctx context.Context, at framework.Handle) error {
	rules, err := os.ReadFile(filepath.Join("testdata", "simulation.yaml"))
	if err != nil {
		return err
	}
	client, err := cluster.Connect(at.Kubeconfig)
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "seatrial-simulation"}, Data: map[string]string{"rules.yaml": string(rules)},
	}, metav1.CreateOptions{})
	return err
}
