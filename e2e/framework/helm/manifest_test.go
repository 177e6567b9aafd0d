package helm

import (
	"testing"

	"github.com/onsi/gomega"
)

const mixedManifest = `---
# Source: plain/templates/empty.yaml
---
# Source: plain/templates/one.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: one
data:
  text: |
    ---
    not a document
---
# Source: plain/templates/list.yaml
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: two, namespace: elsewhere}
    spec: {replicas: 2}
  - apiVersion: v1
    kind: ConfigMapList
    items:
      - apiVersion: v1
        kind: ConfigMap
        metadata: {name: three}
---

---
apiVersion: v1
kind: List
items: []
`

func TestObjectsAreAllThatTheManifestHolds(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	objects, err := Release{Manifest: mixedManifest}.Objects()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	var names []string
	for _, object := range objects {
		names = append(names, object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName())
	}
	g.Expect(names).To(gomega.Equal([]string{"ConfigMap /one", "Deployment elsewhere/two", "ConfigMap /three"}))
	g.Expect(objects[0].Object["data"]).To(gomega.Equal(map[string]any{"text": "---\nnot a document\n"}))
	// Whole numbers are what client libraries make of them, so that objects can be compared.
	g.Expect(objects[1].Object["spec"]).To(gomega.Equal(map[string]any{"replicas": int64(2)}))
}

func TestNoManifestHasNoObjects(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(Release{}.Objects()).To(gomega.BeEmpty())
}

func TestObjectsTellsTemplateAndLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ manifest, want string }{
		"not YAML": {
			"---\n# Source: plain/templates/a.yaml\nkind: A\n\tx: 1\n",
			"plain/templates/a.yaml: manifest:4: found a tab character that violates indentation",
		},
		"no kind": {
			"---\n# Source: plain/templates/a.yaml\nfoo: bar\n",
			"plain/templates/a.yaml: manifest: Object 'Kind' is missing",
		},
		"no kind in a list": {
			"---\n# Source: plain/templates/a.yaml\napiVersion: v1\nkind: List\nitems:\n- metadata: {name: web}\n",
			`plain/templates/a.yaml: manifest: object "web" of a list has no kind`,
		},
		"not an object": {"just text\n", "unknown template: manifest: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Release{Name: "story", Revision: 2, Manifest: test.manifest}.Objects()
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.HavePrefix(
				`parsing the manifest of release "story" revision 2: ` + test.want)))
		})
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(mixedManifest)
	f.Add("kind: List\nitems: [1]\n")
	f.Add("apiVersion: v1\nkind: List\nitems:\n- kind: List\n  items: [null]\n")
	f.Fuzz(func(t *testing.T, manifest string) {
		objects, err := parseManifest(manifest)
		if err != nil {
			return
		}
		for _, object := range objects {
			if object.GetKind() == "" {
				t.Errorf("an object without a kind: %v", object)
			}
		}
	})
}
