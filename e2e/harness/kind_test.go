package harness

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/image"
)

var _ = Describe("A kind cluster", Label("kind", "slow"), func() {
	Context("that is up", Ordered, func() {
		var (
			home *kindHome
			c    cluster.Cluster
		)

		BeforeAll(func(ctx SpecContext) {
			home = newKindHome(ctx)
			c = home.create(ctx, cluster.Spec{})
		}, NodeTimeout(kindTimeout))

		It("gives full access through a kubeconfig of its own", func(ctx SpecContext) {
			info, err := os.Stat(c.Kubeconfig())
			Expect(err).ToNot(HaveOccurred())
			Expect(info.Mode().Perm()).To(Equal(fs.FileMode(0o600)))
			Expect(home.usersKubeconfig).ToNot(BeAnExistingFile())
			Expect(clientOf(c).CoreV1().Nodes().List(ctx, metav1.ListOptions{})).To(HaveField("Items", HaveLen(1)))
			Expect(c.Features().Missing(cluster.Features{Containers: true, PodNetwork: true, NodeFaults: true})).To(BeEmpty())
		}, SpecTimeout(kindGoneTimeout))

		It("does not give its name away", func(ctx SpecContext) {
			_, err := home.provider.Create(ctx, cluster.Spec{NodeImage: nodeImage(), Name: c.Name()})
			Expect(err).To(MatchError(ContainSubstring("the name is taken")))
			Expect(clientOf(c).CoreV1().Nodes().List(ctx, metav1.ListOptions{})).To(HaveField("Items", HaveLen(1)))
		}, SpecTimeout(kindGoneTimeout))

		It("takes an image once", func(ctx SpecContext) {
			first, second := smallArchive("one"), smallArchive("two")
			loading := "loading image.tar into " + c.Name() + "-control-plane"

			home.forget()
			Expect(c.LoadImages(ctx, first)).To(Succeed())
			Expect(home.lines()).To(ConsistOf(loading))
			Expect(c.LoadImages(ctx, first)).To(Succeed())
			Expect(home.lines()).To(ConsistOf(loading))

			By("giving the same name to another content")
			Expect(c.LoadImages(ctx, second)).To(Succeed())
			Expect(home.lines()).To(ConsistOf(loading, loading))
		}, SpecTimeout(kindGoneTimeout))

		It("stops loading when it is told to", func(ctx SpecContext) {
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			Expect(c.LoadImages(cancelled, smallArchive("three"))).To(MatchError(context.Canceled))
		}, SpecTimeout(kindGoneTimeout))

		It("has its logs collected", func(ctx SpecContext) {
			dir := filepath.Join(GinkgoT().TempDir(), "logs")
			Expect(c.CollectLogs(ctx, dir)).To(Succeed())
			for _, file := range []string{"kubelet.log", "containerd.log", "journal.log", "inspect.json"} {
				Expect(filepath.Join(dir, c.Name()+"-control-plane", file)).To(BeARegularFile())
			}
		}, SpecTimeout(kindGoneTimeout))

		It("goes with all that was made for it, however often it is deleted", func(ctx SpecContext) {
			Expect(home.remains(ctx, c.Name())).ToNot(BeEmpty())
			Expect(c.Delete(ctx)).To(Succeed())
			Expect(home.remains(ctx, c.Name())).To(BeEmpty())
			Expect(c.Delete(ctx)).To(Succeed())
		}, SpecTimeout(kindGoneTimeout))
	})

	DescribeTable("leaves nothing when it is cancelled while",
		func(ctx SpecContext, step string) {
			home := newKindHome(ctx)
			before := gleak.Goroutines()
			creation, cancel := context.WithCancel(ctx)
			defer cancel()
			home.onProgress = func(line string) {
				if strings.HasPrefix(line, step) {
					cancel()
				}
			}

			_, err := home.provider.Create(creation, home.spec(cluster.Spec{Name: "cancelled", Workers: 1}))

			Expect(err).To(MatchError(context.Canceled))
			Expect(home.remains(ctx, "cancelled")).To(BeEmpty())
			Eventually(gleak.Goroutines).WithContext(ctx).WithTimeout(kindGoneTimeout).ShouldNot(gleak.HaveLeaked(before))
		},
		Entry("its nodes are made", "preparing nodes", SpecTimeout(kindTimeout)),
		Entry("its control plane starts", "starting control-plane", SpecTimeout(kindTimeout)),
		Entry("its workers join", "joining worker nodes", SpecTimeout(kindTimeout)),
		Entry("it is waited for", "waiting until", SpecTimeout(kindTimeout)),
	)

	It("says what it was at when its time is up", func(ctx SpecContext) {
		home := newKindHome(ctx)
		_, err := home.provider.Create(ctx, home.spec(cluster.Spec{Name: "late", ReadyTimeout: 5 * time.Second}))
		Expect(err).To(MatchError(MatchRegexp(`creating kind cluster "late": [a-z -]+: not ready within 5s`)))
		Expect(home.remains(ctx, "late")).To(BeEmpty())
	}, SpecTimeout(kindTimeout))

	DescribeTable("is given up when a node goes away while",
		func(ctx SpecContext, step, want string) {
			home := newKindHome(ctx)
			home.onProgress = func(line string) {
				if strings.HasPrefix(line, step) {
					home.run(ctx, "kill", "lost-control-plane")
				}
			}
			_, err := home.provider.Create(ctx, home.spec(cluster.Spec{Name: "lost"}))
			Expect(err).To(MatchError(ContainSubstring(want)))
			Expect(home.remains(ctx, "lost")).To(BeEmpty())
			Expect(filepath.Join(home.artifacts, "lost", "lost-control-plane", "inspect.json")).To(BeARegularFile())
		},
		Entry("its control plane starts", "starting control-plane", "a node went away while it was needed", SpecTimeout(kindTimeout)),
		Entry("it is waited for", "waiting until", "a node is not running any more", SpecTimeout(kindTimeout)),
	)
})

var _ = Describe("A kind cluster that cannot be", Label("kind"), func() {
	DescribeTable("is refused with a remedy, and leaves nothing:",
		func(ctx SpecContext, change func(*cluster.Spec), want string) {
			home := newKindHome(ctx)
			spec := home.spec(cluster.Spec{Name: "refused"})
			change(&spec)
			_, err := home.provider.Create(ctx, spec)
			Expect(err).To(MatchError(ContainSubstring(want)))
			Expect(home.remains(ctx, "refused")).To(BeEmpty())
		},
		Entry("an image that is not there", func(s *cluster.Spec) { s.NodeImage = "localhost/seatrial/node:none" },
			`node image "localhost/seatrial/node:none" is not in podman's store (run "make prepare", or name another image)`,
			SpecTimeout(kindGoneTimeout)),
		Entry("another Kubernetes", func(s *cluster.Spec) { s.KubernetesVersion = "v1.99.0" },
			`not v1.99.0: run "make prepare KUBERNETES=v1.99.0", or name another image`, SpecTimeout(kindGoneTimeout)),
		Entry("a name that is none", func(s *cluster.Spec) { s.Name = "Refused!" }, `name "Refused!"`, SpecTimeout(kindGoneTimeout)),
	)
})

// smallArchive saves an image of one file, always under the same name.
func smallArchive(content string) string {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	layer, err := image.Files(filepath.Join(dir, "layer.tar"), image.File{Path: "/content", Data: []byte(content)})
	Expect(err).ToNot(HaveOccurred())
	built, err := image.Build(image.Spec{Layers: []image.Layer{layer}})
	Expect(err).ToNot(HaveOccurred())
	archive := filepath.Join(dir, "image.tar")
	Expect(image.WriteArchive(archive, map[string]image.Image{"localhost/seatrial/harness:v1": built})).To(Succeed())
	return archive
}
