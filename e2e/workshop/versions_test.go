package workshop

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/matcher"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/wait"
	"seatrial/e2e/workshop/story"
)

// The two versions of the chart give the guestbook's own objects other names and labels, so
// that an upgrade makes them anew beside a Redis that stays.
var _ = Describe("The chart's older version", Ordered, func() {
	var (
		config    *rest.Config
		client    *helm.Client
		namespace string
		before    []*unstructured.Unstructured
		then      ledger.Ledger
	)

	// settled waits until a revision is all there is, and writes its ledger.
	settled := func(ctx SpecContext, release *helm.Release, gone []*unstructured.Unstructured) ledger.Ledger {
		GinkgoHelper()
		objects, err := release.Objects()
		Expect(err).ToNot(HaveOccurred())
		Expect(wait.Ready(ctx, config, wait.Request{Namespace: namespace, Objects: objects, Gone: gone, Timeout: chapterTimeout})).To(Succeed())
		entry, err := ledger.Capture(ctx, config, ledger.Request{Namespace: namespace, Objects: objects, Release: story.Release})
		Expect(err).ToNot(HaveOccurred())
		return entry
	}
	chart := func(folder string) *helm.Chart {
		GinkgoHelper()
		root, err := assets.Root()
		Expect(err).ToNot(HaveOccurred())
		loaded, err := helm.Load(filepath.Join(root, "charts", folder))
		Expect(err).ToNot(HaveOccurred())
		return loaded
	}
	// app is the guestbook's own Deployment and Service.
	app := func(all []*unstructured.Unstructured, name string) []*unstructured.Unstructured {
		var found []*unstructured.Unstructured
		for _, object := range all {
			if object.GetName() == name {
				found = append(found, object)
			}
		}
		return found
	}

	BeforeAll(func(ctx SpecContext) {
		var err error
		config, err = cluster.LoadRESTConfig(handle.Kubeconfig)
		Expect(err).ToNot(HaveOccurred())
		kube, err := kubernetes.NewForConfig(config)
		Expect(err).ToNot(HaveOccurred())
		made, err := kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			GenerateName: "versions-", Labels: map[string]string{cluster.RunLabel: runid.Current().String()},
		}}, metav1.CreateOptions{})
		Expect(err).ToNot(HaveOccurred())
		namespace = made.Name
		DeferCleanup(func(ctx SpecContext) error {
			return kube.CoreV1().Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{})
		}, NodeTimeout(promiseTimeout))
		client, err = helm.New(helm.Options{Kubeconfig: handle.Kubeconfig, Namespace: namespace})
		Expect(err).ToNot(HaveOccurred())
	}, NodeTimeout(promiseTimeout))

	It("is installed", func(ctx SpecContext) {
		installed, err := client.Install(ctx, story.Release, chart("guestbook-0.1.0"), nil)
		Expect(err).ToNot(HaveOccurred())
		before, err = installed.Objects()
		Expect(err).ToNot(HaveOccurred())
		Expect(app(before, "guestbook-demo-guestbook")).To(HaveLen(2))
		then = settled(ctx, installed, nil)
	}, NodeTimeout(chapterTimeout))

	It("is upgraded: the guestbook has its new name, and nothing of the old one is left", func(ctx SpecContext) {
		upgraded, err := client.Upgrade(ctx, story.Release, chart("guestbook"), nil)
		Expect(err).ToNot(HaveOccurred())
		objects, err := upgraded.Objects()
		Expect(err).ToNot(HaveOccurred())
		Expect(app(objects, "guestbook-demo")).To(HaveLen(2))
		now := settled(ctx, upgraded, app(before, "guestbook-demo-guestbook"))
		Expect(now).ToNot(matcher.BeRestoredTo(then))
	}, NodeTimeout(chapterTimeout))

	It("is back after a rollback, every object field by field", func(ctx SpecContext) {
		back, err := client.Rollback(ctx, story.Release, 1)
		Expect(err).ToNot(HaveOccurred())
		objects, err := back.Objects()
		Expect(err).ToNot(HaveOccurred())
		Expect(app(objects, "guestbook-demo")).To(BeEmpty())
		Expect(settled(ctx, back, nil)).To(matcher.BeRestoredTo(then))
		Expect(client.History(ctx, story.Release)).To(matcher.HaveHistory(
			matcher.Row{Revision: 1, Status: helm.StatusSuperseded, Chart: "guestbook-0.1.0", Description: "Install complete"},
			matcher.Row{Revision: 2, Status: helm.StatusSuperseded, Chart: "guestbook-0.2.0", Description: "Upgrade complete"},
			matcher.Row{Revision: 3, Status: helm.StatusDeployed, Chart: "guestbook-0.1.0", Description: "Rollback to 1"},
		))
	}, NodeTimeout(chapterTimeout))
})
