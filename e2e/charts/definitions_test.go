package charts

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/regression"
)

// Helm installs what is in crds/ and never removes it, so that paths would meet there, and a cluster that stays would keep it.
var _ = Describe("A chart with definitions in crds/", func() {
	It("is tried path by path, and none of them is left on a cluster that stays", func(ctx SpecContext) {
		at := simulated(ctx)
		chart, err := regression.Load(ctx, filepath.Join("testdata", "definitions-beside"), "", GinkgoT().TempDir())
		Expect(err).ToNot(HaveOccurred())
		options := on(at, "definitions-beside")
		options.Fresh, options.Place.Discarded = nil, false
		options.Revisions, err = (regression.Subject{Chart: chart}).Revisions()
		Expect(err).ToNot(HaveOccurred())

		result, err := regression.Run(ctx, options)

		Expect(err).ToNot(HaveOccurred())
		Expect(told(errorsOf(result.Findings()))).To(BeEmpty())
		config, err := cluster.LoadRESTConfig(at.Kubeconfig)
		Expect(err).ToNot(HaveOccurred())
		client, err := dynamic.NewForConfig(config)
		Expect(err).ToNot(HaveOccurred())
		definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
		_, err = definitions.Get(ctx, "voyages.seatrial.example", metav1.GetOptions{})
		Expect(apierrors.IsNotFound(err)).To(Equal(true), "%v", err)
	}, NodeTimeout(scenarioTimeout))
})
