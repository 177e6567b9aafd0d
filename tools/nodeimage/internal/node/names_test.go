package node

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/assets"
	"seatrial/tools/nodeimage/internal/debian"
)

const (
	listed = `registry.k8s.io/kube-apiserver:v1.37.2
registry.k8s.io/kube-controller-manager:v1.37.2
registry.k8s.io/kube-scheduler:v1.37.2
registry.k8s.io/kube-proxy:v1.37.2
registry.k8s.io/coredns/coredns:v1.13.1
registry.k8s.io/pause:3.10.1
registry.k8s.io/etcd:3.6.5-0
`
	sandbox = "[plugins]\n  sandbox_image = \"registry.k8s.io/pause:3.10\"\n"
)

func parsed(t *testing.T) images {
	t.Helper()
	names, err := parseNames(listed, []byte(sandbox))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return names
}

func TestKubeadmsImagesAreTakenByWhatTheyAreFor(t *testing.T) {
	g := gomega.NewWithT(t)
	names := parsed(t)
	g.Expect(names).To(gomega.Equal(images{
		kube:    []string{"registry.k8s.io/kube-apiserver:v1.37.2", "registry.k8s.io/kube-controller-manager:v1.37.2", "registry.k8s.io/kube-scheduler:v1.37.2"},
		proxy:   "registry.k8s.io/kube-proxy:v1.37.2",
		coredns: "registry.k8s.io/coredns/coredns:v1.13.1",
		etcd:    "registry.k8s.io/etcd:3.6.5-0",
		pause:   []string{"registry.k8s.io/pause:3.10.1", "registry.k8s.io/pause:3.10"},
	}))
	all := names.all()
	g.Expect(all).To(gomega.HaveLen(10))
	g.Expect(slices.IsSorted(all)).To(gomega.BeTrueBecause("the list does not depend on kubeadm's order"))
	g.Expect(all).To(gomega.ContainElements(provisionerImage, busyboxImage))
}

func TestOnePauseImageForKubeadmAndContainerdIsListedOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	names, err := parseNames(listed, []byte(strings.ReplaceAll(sandbox, "3.10", "3.10.1")))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(names.all()).To(gomega.HaveLen(9))
}

func TestAListThatCannotBeServedIsRefused(t *testing.T) {
	for _, test := range []struct{ name, listed, config, says string }{
		{"something new", listed + "registry.k8s.io/kube-dream:v1\n", sandbox, `the image "registry.k8s.io/kube-dream:v1", which nothing here makes`},
		{"something missing", strings.ReplaceAll(listed, "registry.k8s.io/etcd:3.6.5-0\n", ""), sandbox, "not complete: registry.k8s.io/kube-apiserver:v1.37.2, "},
		{"two of three", strings.ReplaceAll(listed, "registry.k8s.io/kube-scheduler:v1.37.2\n", ""), sandbox, "not complete"},
		{"nothing", "", sandbox, "not complete"},
		{"no sandbox image", listed, "version = 2\n", "names no sandbox_image"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseNames(test.listed, []byte(test.config))
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
		})
	}
}

// objects reads a manifest with several documents.
func objects(t *testing.T, manifest []byte) []map[string]any {
	t.Helper()
	var all []map[string]any
	for document := range strings.SplitSeq(string(manifest), "\n---\n") {
		var object map[string]any
		gomega.NewWithT(t).Expect(yaml.UnmarshalStrict([]byte(document), &object)).To(gomega.Succeed(), document)
		all = append(all, object)
	}
	return all
}

func TestManifestsAreObjectsWithOurImages(t *testing.T) {
	for name, manifest := range map[string]string{"network": networkManifest, "storage": storageManifest} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			names := parsed(t)
			filled := names.fill(manifest)
			g.Expect(string(filled)).ToNot(gomega.ContainSubstring("SEATRIAL_"))
			for _, object := range objects(t, filled) {
				g.Expect(object).To(gomega.And(gomega.HaveKey("apiVersion"), gomega.HaveKey("kind"), gomega.HaveKey("metadata")))
			}
			used := 0
			for line := range strings.Lines(string(filled)) {
				if full, found := strings.CutPrefix(strings.TrimSpace(line), "image: "); found {
					used++
					g.Expect(names.all()).To(gomega.ContainElement(full), "an image that is in the node")
				}
			}
			g.Expect(used).To(gomega.BeNumerically(">", 0))
			g.Expect(strings.Count(string(filled), "imagePullPolicy: IfNotPresent")).To(gomega.Equal(used), "none is pulled")
		})
	}
}

// kind looks for the two sentences and then fills the template in.
func TestTheNetworkManifestIsATemplateForKind(t *testing.T) {
	g := gomega.NewWithT(t)
	filled := string(parsed(t).fill(networkManifest))
	g.Expect(filled).To(gomega.And(
		gomega.ContainSubstring("would you kindly template this file"), gomega.ContainSubstring("would you kindly patch this file")))

	parsedTemplate, err := template.New("network").Option("missingkey=error").Parse(filled)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	var out bytes.Buffer
	g.Expect(parsedTemplate.Execute(&out, map[string]string{"PodSubnet": "10.244.0.0/16,fd00:10:244::/56"})).To(gomega.Succeed())

	g.Expect(out.String()).To(gomega.ContainSubstring(`value: "10.244.0.0/16,fd00:10:244::/56"`))
	g.Expect(objects(t, out.Bytes())).To(gomega.HaveLen(4))
	g.Expect(storageManifest).ToNot(gomega.ContainSubstring("{{"))
}

func TestTheVersionIsLinkedIntoKubernetes(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(LDFlags("v1.37.2")).To(gomega.Equal("-s -w -X k8s.io/component-base/version.gitVersion=v1.37.2 -X k8s.io/client-go/pkg/version.gitVersion=v1.37.2"))
}

func TestOurOwnImagesAreNamedAfterWhatIsInThem(t *testing.T) {
	g := gomega.NewWithT(t)
	root, err := assets.Root()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	version, err := assets.DistroVersion(root, "github.com/rancher/local-path-provisioner")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(provisionerImage).To(gomega.HaveSuffix(":" + version))
	g.Expect(busyboxImage).To(gomega.HaveSuffix(":" + debian.Suite))
}
