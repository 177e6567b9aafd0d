package helm

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Objects returns the objects of the release's manifest, in its order. Lists are
// replaced by what is in them. Objects are as the chart wrote them: where it named no
// namespace, there is none.
func (r Release) Objects() ([]*unstructured.Unstructured, error) {
	objects, err := parseManifest(r.Manifest)
	if err != nil {
		return nil, fmt.Errorf("parsing the manifest of release %q revision %d: %w", r.Name, r.Revision, err)
	}
	return objects, nil
}

func parseManifest(manifest string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, d := range documents(manifest) {
		var found []*unstructured.Unstructured
		if err := d.parse(func(text string) (err error) { found, err = parseDocument(text); return err }); err != nil {
			return nil, fmt.Errorf("%s: %w", source(d.text), inFile("manifest", err))
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func parseDocument(document string) ([]*unstructured.Unstructured, error) {
	content, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		return nil, err
	}
	if string(content) == "null" { // Nothing but comments.
		return nil, nil
	}
	object, err := runtime.Decode(unstructured.UnstructuredJSONScheme, content)
	if err != nil {
		return nil, err
	}
	return flatten(object)
}

func flatten(object runtime.Object) ([]*unstructured.Unstructured, error) {
	switch typed := object.(type) {
	case *unstructured.UnstructuredList:
		var objects []*unstructured.Unstructured
		for i := range typed.Items {
			found, err := flatten(&typed.Items[i])
			if err != nil {
				return nil, err
			}
			objects = append(objects, found...)
		}
		return objects, nil
	case *unstructured.Unstructured:
		if typed.IsList() { // A list within a list.
			list, err := typed.ToList()
			if err != nil {
				return nil, err
			}
			return flatten(list)
		}
		if typed.GetKind() == "" { // The decoder gives those of a list the list's own, without the word List.
			return nil, fmt.Errorf("object %q of a list has no kind", typed.GetName())
		}
		return []*unstructured.Unstructured{typed}, nil
	default:
		return nil, fmt.Errorf("an object of unexpected type %T", object)
	}
}

// source is the template a document comes from, which Helm writes above it.
func source(document string) string {
	const mark = "# Source: "
	for line := range strings.Lines(document) {
		if path, found := strings.CutPrefix(line, mark); found {
			return strings.TrimSpace(path)
		}
	}
	return "unknown template"
}
