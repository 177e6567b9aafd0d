package helm

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Unstable is a field that is another one each time a chart is rendered, such as a
// password that is made up by the template: an upgrade that changes nothing changes it.
type Unstable struct {
	Kind, Namespace, Name string
	// Pointer is the field as a JSON pointer (RFC 6901); empty if it is the object that
	// is there only once, because its name differs.
	Pointer string
	// Hook are the events at which the object is made as a hook; empty if it is of the manifest.
	Hook string
	// First and Second are what it was each time; nil where it was missing.
	First, Second any
}

// FindUnstable renders a chart twice without a cluster, and returns in which fields the
// objects of the manifest and the hooks differ. Templates that would look up what was
// made before find nothing, so that it tells what differs from one installation to the
// next; what an upgrade would change, [Client.FindUnstable] tells.
func FindUnstable(ch *Chart, name, namespace string, v Values) ([]Unstable, error) {
	return twice(func() (*Rendered, error) { return RenderAll(ch, name, namespace, v) })
}

// FindUnstable does the same as the cluster would render it. After an installation,
// what is left are the fields that each upgrade makes anew although the chart may look
// up what there is.
func (c *Client) FindUnstable(ctx context.Context, name string, ch *Chart, v Values) ([]Unstable, error) {
	return twice(func() (*Rendered, error) { return c.Render(ctx, name, ch, v) })
}

func twice(render func() (*Rendered, error)) ([]Unstable, error) {
	var all [2]map[string]*unstructured.Unstructured
	for i := range all {
		rendered, err := render()
		if err != nil {
			return nil, err
		}
		objects, err := rendered.Objects()
		if err != nil {
			return nil, err
		}
		all[i] = byIdentity(objects)
	}
	var found []Unstable
	keys := maps.Clone(all[0])
	maps.Copy(keys, all[1])
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		of := keys[key]
		at := Unstable{Kind: of.GetKind(), Namespace: of.GetNamespace(), Name: of.GetName(), Hook: of.GetAnnotations()[hookAnnotation]}
		found = append(found, at.compare(content(all[0][key]), content(all[1][key]))...)
	}
	return found, nil
}

const hookAnnotation = "helm.sh/hook"

// byIdentity is the objects by kind, namespace and name. One that is there again, as a
// hook of another event for example, gets a key of its own.
func byIdentity(objects []*unstructured.Unstructured) map[string]*unstructured.Unstructured {
	all := make(map[string]*unstructured.Unstructured, len(objects))
	for _, o := range objects {
		key := fmt.Sprintf("%s/%s/%s/%s", o.GetAPIVersion(), o.GetKind(), o.GetNamespace(), o.GetName())
		for again := 2; all[key] != nil; again++ {
			key = fmt.Sprintf("%s #%d", key, again)
		}
		all[key] = o
	}
	return all
}

func content(object *unstructured.Unstructured) any {
	if object == nil {
		return nil
	}
	return object.Object
}

// compare returns the fields in and below u in which two values differ.
func (u Unstable) compare(first, second any) []Unstable {
	if reflect.DeepEqual(first, second) {
		return nil
	}
	if one, two, ok := both[map[string]any](first, second); ok {
		keys := maps.Clone(one)
		maps.Copy(keys, two)
		var found []Unstable
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			found = append(found, u.below(key).compare(one[key], two[key])...)
		}
		return found
	}
	if one, two, ok := both[[]any](first, second); ok && len(one) == len(two) {
		var found []Unstable
		for i := range one {
			found = append(found, u.below(strconv.Itoa(i)).compare(one[i], two[i])...)
		}
		return found
	}
	u.First, u.Second = first, second
	return []Unstable{u}
}

func both[T any](first, second any) (one, two T, ok bool) {
	one, first1 := first.(T)
	two, second1 := second.(T)
	return one, two, first1 && second1
}

func (u Unstable) below(key string) Unstable {
	u.Pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
	return u
}
