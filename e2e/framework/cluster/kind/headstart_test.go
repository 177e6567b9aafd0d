package kind

import (
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/engine"
)

const networkManifest = `# would you kindly template this file
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: net, namespace: kube-system}
---
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: net, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - name: net
        env: [{name: POD_SUBNET, value: "{{ .PodSubnet }}"}]
      - name: other
`

func TestTheNetworkIsFilledInAsKindDoesIt(t *testing.T) {
	g := gomega.NewWithT(t)
	filled, err := fillNetwork(networkManifest)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	all, err := parseObjects(filled)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(all).To(gomega.HaveLen(2), "empty documents are none")
	g.Expect(all[0].GetKind()).To(gomega.Equal("ServiceAccount"))

	g.Expect(tellEndpoint(all[1], "x-control-plane:6443")).To(gomega.Succeed())

	containers, _, err := unstructured.NestedSlice(all[1].Object, "spec", "template", "spec", "containers")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	endpoint := map[string]any{"name": "CONTROL_PLANE_ENDPOINT", "value": "x-control-plane:6443"}
	g.Expect(containers).To(gomega.Equal([]any{
		map[string]any{"name": "net", "env": []any{map[string]any{"name": "POD_SUBNET", "value": "10.244.0.0/16"}, endpoint}},
		map[string]any{"name": "other", "env": []any{endpoint}},
	}))
}

func TestAManifestThatNobodyCanFillInIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	for manifest, cause := range map[string]string{
		"{{ .PodSubnet":   "reading the manifest of the pod network: ",
		"{{ .Nonsense }}": "filling in the manifest of the pod network: ",
	} {
		_, err := fillNetwork(manifest)
		g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(cause)))
	}
	_, err := parseObjects("kind: [")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading the manifests of the node image: ")))
}

func TestOnlyOurOwnImagesLeaveTheNetworkToUs(t *testing.T) {
	g := gomega.NewWithT(t)
	for inside, ours := range map[string]bool{"v1.37.2": true, "": false} {
		config, err := renderConfig(&order{name: "x", image: someImage, inside: inside}, engine.Host{CgroupVersion: 2})
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(config.Networking.DisableDefaultCNI).To(gomega.Equal(ours), inside)
	}
}
