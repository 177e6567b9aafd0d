package harness

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/helm"
)

var _ = Describe("A Helm release", Label("helm"), func() {
	var (
		namespace string
		client    *helm.Client
		notes     *helm.Chart
	)

	BeforeEach(func(ctx SpecContext) {
		namespace = newNamespace(ctx)
		client = newHelm(helm.Options{Namespace: namespace})
		notes = loadChart("notes")
	})

	It("is installed, upgraded, rolled back and uninstalled, and tells its history", func(ctx SpecContext) {
		By("installing it")
		installed, err := client.Install(ctx, "story", notes, helm.Values{"message": "one"})
		Expect(err).NotTo(HaveOccurred())
		Expect(*installed).To(And(
			HaveField("Revision", 1),
			HaveField("Status", helm.StatusDeployed),
			HaveField("Description", "Install complete"),
			HaveField("Chart()", "notes-0.1.0"),
			HaveField("AppVersion", "1.0"),
			HaveField("Namespace", namespace),
			HaveField("Values", helm.Values{"message": "one"}),
			HaveField("Notes", "story says one.\n"),
			HaveField("Updated", BeTemporally("~", time.Now(), time.Minute)),
		))
		Expect(configMap(ctx, namespace, "story").Data).To(HaveKeyWithValue("message", "one"))

		By("upgrading it to have a second ConfigMap")
		upgraded, err := client.Upgrade(ctx, "story", notes, helm.Values{"message": "two", "extra": true})
		Expect(err).NotTo(HaveOccurred())
		Expect(upgraded.Objects()).To(HaveLen(2))
		Expect(configMap(ctx, namespace, "story").Data).To(HaveKeyWithValue("message", "two"))
		Expect(configMaps(ctx, namespace)).To(ConsistOf("story", "story-extra"))

		By("rolling it back")
		restored, err := client.Rollback(ctx, "story", 1)
		Expect(err).NotTo(HaveOccurred())
		Expect(restored.Manifest).To(Equal(installed.Manifest))
		Expect(configMap(ctx, namespace, "story").Data).To(HaveKeyWithValue("message", "one"))
		Expect(configMaps(ctx, namespace)).To(ConsistOf("story"))

		By("reading its history")
		Expect(history(ctx, client, "story")).To(Equal([]string{
			"1 superseded: Install complete",
			"2 superseded: Upgrade complete",
			"3 deployed: Rollback to 1",
		}))
		Expect(client.Status(ctx, "story")).To(HaveValue(HaveField("Revision", 3)))
		Expect(client.Get(ctx, "story", 2)).To(HaveValue(HaveField("Values", helm.Values{"message": "two", "extra": true})))

		By("uninstalling it")
		Expect(client.Uninstall(ctx, "story")).To(Succeed())
		Expect(configMaps(ctx, namespace)).To(BeEmpty())
		Expect(client.Status(ctx, "story")).Error().To(MatchError(helm.ErrReleaseNotFound))
	})

	It("keeps its values in an upgrade that brings none", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", notes, helm.Values{"message": "kept"})).Error().NotTo(HaveOccurred())
		Expect(client.Upgrade(ctx, "story", notes, nil)).To(HaveValue(HaveField("Values", helm.Values{"message": "kept"})))
	})

	DescribeTable("is recorded in one object per revision",
		func(ctx SpecContext, driver helm.Driver, recorded func(SpecContext, string) []string) {
			client := newHelm(helm.Options{Namespace: namespace, Driver: driver})
			Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
			Expect(client.Upgrade(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
			Expect(client.Rollback(ctx, "story", 1)).Error().NotTo(HaveOccurred())
			Expect(recorded(ctx, namespace)).To(ContainElements(
				"sh.helm.release.v1.story.v1", "sh.helm.release.v1.story.v2", "sh.helm.release.v1.story.v3",
			))
			Expect(history(ctx, client, "story")).To(HaveLen(3))
		},
		Entry("a Secret", helm.Secrets, secrets),
		Entry("a ConfigMap", helm.ConfigMaps, configMaps),
	)

	DescribeTable("keeps a limited number of revisions, rollbacks included",
		func(ctx SpecContext, limit int, kept ...int) {
			client := newHelm(helm.Options{Namespace: namespace, MaxHistory: limit})
			Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
			for revision := range 11 {
				if revision%2 == 0 {
					Expect(client.Upgrade(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
				} else {
					Expect(client.Rollback(ctx, "story", 0)).Error().NotTo(HaveOccurred())
				}
			}
			Expect(revisions(ctx, client, "story")).To(Equal(kept))
		},
		Entry("three if asked to", 3, 10, 11, 12),
		Entry("ten by default", 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
		Entry("all if asked to", -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
	)

	It("cannot be installed twice", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
		Expect(client.Install(ctx, "story", notes, nil)).Error().To(And(
			MatchError(helm.ErrReleaseExists),
			MatchError(`installing release "story" in "`+namespace+`": release already exists (revision 1, deployed): upgrade it, or uninstall it first`),
		))
	})

	It("cannot be installed into a namespace that is not there", func(ctx SpecContext) {
		client := newHelm(helm.Options{Namespace: "nowhere"})
		Expect(client.Install(ctx, "story", notes, nil)).Error().To(And(
			MatchError(helm.ErrNamespaceNotFound),
			MatchError(ContainSubstring(`create namespace "nowhere" first`)),
		))
		Expect(client.Status(ctx, "story")).Error().To(And(
			MatchError(helm.ErrReleaseNotFound), MatchError(helm.ErrNamespaceNotFound),
		))
	})

	DescribeTable("that is not there is not found",
		func(ctx SpecContext, act func(SpecContext, *helm.Client) error) {
			Expect(act(ctx, client)).To(And(
				MatchError(helm.ErrReleaseNotFound),
				Not(MatchError(helm.ErrNamespaceNotFound)),
				MatchError(ContainSubstring(`release "story" in "`+namespace+`": release not found`)),
			))
		},
		Entry("to upgrade", func(ctx SpecContext, c *helm.Client) error {
			_, err := c.Upgrade(ctx, "story", loadChart("notes"), nil)
			return err
		}),
		Entry("to roll back", func(ctx SpecContext, c *helm.Client) error {
			_, err := c.Rollback(ctx, "story", 1)
			return err
		}),
		Entry("to uninstall", func(ctx SpecContext, c *helm.Client) error {
			return c.Uninstall(ctx, "story")
		}),
		Entry("in its history", func(ctx SpecContext, c *helm.Client) error {
			_, err := c.History(ctx, "story")
			return err
		}),
		Entry("in one revision", func(ctx SpecContext, c *helm.Client) error {
			_, err := c.Get(ctx, "story", 1)
			return err
		}),
	)

	It("cannot be rolled back to a revision it does not have", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
		Expect(client.Rollback(ctx, "story", 7)).Error().To(And(
			MatchError(helm.ErrRevisionNotFound),
			MatchError(ContainSubstring("there is no revision 7: the release has 1")),
		))
		Expect(client.Rollback(ctx, "story", 0)).Error().To(MatchError(helm.ErrRevisionNotFound))
		Expect(history(ctx, client, "story")).To(HaveLen(1))
	})

	DescribeTable("names the object the API server refuses, and can be mended by an upgrade",
		func(ctx SpecContext, bad helm.Values, message string) {
			Expect(client.Install(ctx, "story", notes, bad)).Error().To(MatchError(ContainSubstring(message)))
			Expect(client.Status(ctx, "story")).To(HaveValue(And(
				HaveField("Status", helm.StatusFailed),
				HaveField("Description", ContainSubstring(message)),
			)))
			Expect(client.Upgrade(ctx, "story", notes, helm.Values{"message": "mended"})).To(
				HaveValue(HaveField("Status", helm.StatusDeployed)))
			Expect(client.Upgrade(ctx, "story", notes, bad)).Error().To(MatchError(ContainSubstring(message)))
			Expect(history(ctx, client, "story")).To(HaveExactElements(
				HavePrefix("1 superseded"), HavePrefix("2 deployed"), HavePrefix("3 failed"),
			))
		},
		Entry("an invalid one", helm.Values{"key": "not a key"}, `ConfigMap "story" is invalid: data[not a key]`),
		Entry("one with a misspelt field", helm.Values{"misspelt": true}, `ConfigMap "story-misspelt": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dataa"`),
	)

	It("does not take an object of somebody else", func(ctx SpecContext) {
		_, err := kube().CoreV1().ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "story"}}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Install(ctx, "story", notes, nil)).Error().To(MatchError(ContainSubstring(`ConfigMap "story" in namespace "` + namespace + `" exists`)))
		Expect(client.Status(ctx, "story")).Error().To(MatchError(helm.ErrReleaseNotFound))
	})

	It("brings kinds of its own and objects of them in one go", func(ctx SpecContext) {
		removeDefinition(ctx)
		DeferCleanup(removeDefinition)
		start := time.Now()
		installed, err := client.Install(ctx, "story", loadChart("definition"), nil)
		Expect(err).NotTo(HaveOccurred())
		GinkgoWriter.Println(time.Since(start))
		Expect(installed.Objects()).To(ConsistOf(HaveField("GetKind()", "Trial")))
		Expect(client.Uninstall(ctx, "story")).To(Succeed())

		By("noticing that the kind is gone")
		removeDefinition(ctx)
		Eventually(ctx, func() error {
			_, err := client.Install(ctx, "again", notes, helm.Values{})
			if err == nil {
				err = client.Uninstall(ctx, "again")
			}
			return err
		}).WithTimeout(soon).Should(Succeed())
	})

	It("shares a client with others that are worked on at the same time", func(ctx SpecContext) {
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				defer GinkgoRecover()
				name := fmt.Sprintf("story-%d", i)
				Expect(client.Install(ctx, name, notes, helm.Values{"message": name})).Error().NotTo(HaveOccurred())
				Expect(client.Upgrade(ctx, name, notes, helm.Values{"extra": true})).Error().NotTo(HaveOccurred())
				Expect(client.Rollback(ctx, name, 1)).Error().NotTo(HaveOccurred())
				Expect(history(ctx, client, name)).To(HaveLen(3))
				Expect(client.Uninstall(ctx, name)).To(Succeed())
			})
		}
		group.Wait()
	})

	It("runs one operation at a time", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
		var group sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			group.Go(func() { _, errs[i] = client.Upgrade(ctx, "story", notes, helm.Values{"copies": i}) })
		}
		group.Wait()
		Expect(errs).To(ContainElement(BeNil()))
		Expect(errs).To(HaveEach(Or(BeNil(), MatchError(helm.ErrPending))))
		Expect(client.Upgrade(ctx, "story", notes, nil)).To(HaveValue(HaveField("Status", helm.StatusDeployed)))
	})
})

func newHelm(options helm.Options) *helm.Client {
	GinkgoHelper()
	if options.Kubeconfig == "" {
		options.Kubeconfig = kubeconfig()
	}
	options.Log = slog.New(slog.NewTextHandler(GinkgoWriter, nil))
	client, err := helm.New(options)
	Expect(err).NotTo(HaveOccurred())
	return client
}

func loadChart(name string) *helm.Chart {
	GinkgoHelper()
	chart, err := helm.Load(filepath.Join("testdata", name))
	Expect(err).NotTo(HaveOccurred())
	return chart
}

func kube() *kubernetes.Clientset {
	GinkgoHelper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig())
	Expect(err).NotTo(HaveOccurred())
	clientset, err := kubernetes.NewForConfig(config)
	Expect(err).NotTo(HaveOccurred())
	return clientset
}

// history tells the revisions of a release as "1 deployed: Install complete".
func history(ctx SpecContext, client *helm.Client, name string) []string {
	GinkgoHelper()
	found, err := client.History(ctx, name)
	Expect(err).NotTo(HaveOccurred())
	lines := make([]string, 0, len(found))
	for _, revision := range found {
		lines = append(lines, fmt.Sprintf("%d %s: %s", revision.Revision, revision.Status, revision.Description))
	}
	return lines
}

func revisions(ctx SpecContext, client *helm.Client, name string) []int {
	GinkgoHelper()
	found, err := client.History(ctx, name)
	Expect(err).NotTo(HaveOccurred())
	numbers := make([]int, 0, len(found))
	for _, revision := range found {
		numbers = append(numbers, revision.Revision)
	}
	return numbers
}

func configMap(ctx SpecContext, namespace, name string) *corev1.ConfigMap {
	GinkgoHelper()
	found, err := kube().CoreV1().ConfigMaps(namespace).Get(ctx, name, metav1.GetOptions{})
	Expect(err).NotTo(HaveOccurred())
	return found
}

// configMaps names all ConfigMaps of a namespace but the one every namespace has.
func configMaps(ctx SpecContext, namespace string) []string {
	GinkgoHelper()
	list, err := kube().CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{FieldSelector: "metadata.name!=kube-root-ca.crt"})
	Expect(err).NotTo(HaveOccurred())
	names := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		names = append(names, item.Name)
	}
	return names
}

func secrets(ctx SpecContext, namespace string) []string {
	GinkgoHelper()
	list, err := kube().CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{})
	Expect(err).NotTo(HaveOccurred())
	names := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		names = append(names, item.Name)
	}
	return names
}

// removeDefinition removes the kind that the chart "definition" brings.
func removeDefinition(ctx SpecContext) {
	GinkgoHelper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig())
	Expect(err).NotTo(HaveOccurred())
	client, err := dynamic.NewForConfig(config)
	Expect(err).NotTo(HaveOccurred())
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	err = definitions.Delete(ctx, "trials.seatrial.example", metav1.DeleteOptions{})
	Expect(err).To(Or(Not(HaveOccurred()), Satisfy(apierrors.IsNotFound)))
	Eventually(ctx, func() error {
		_, err := definitions.Get(ctx, "trials.seatrial.example", metav1.GetOptions{})
		return err
	}).WithTimeout(soon).Should(Satisfy(apierrors.IsNotFound))
}
