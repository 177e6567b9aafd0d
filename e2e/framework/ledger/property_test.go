package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/objects"
)

// anyLedger draws a ledger of objects that look like those of an API: nested, with lists that have keys and lists that have none.
func anyLedger() *rapid.Generator[Ledger] {
	return rapid.Custom(func(t *rapid.T) Ledger {
		l := Ledger{Namespace: "demo", Version: rapid.SampledFrom([]string{"", "42"}).Draw(t, "version"), Record: anyRecord(t)}
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,3}"), 0, 3, rapid.ID).Draw(t, "names") {
			l.Objects = append(l.Objects, Object{
				Ref:    objects.Ref{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: name},
				UID:    rapid.StringMatching("[0-9a-f]{4}").Draw(t, "uid"),
				Fields: anyObject(t, 3),
				Hook:   rapid.SampledFrom([]*Hook{nil, {Events: []string{"pre-install"}, DeletePolicies: []string{"hook-succeeded"}}}).Draw(t, "hook"),
				Kept:   rapid.SampledFrom([]string{"", "helm.sh/resource-policy: keep"}).Draw(t, "kept"),
				Keys:   rapid.SampledFrom([]map[string][]string{nil, {"/spec/crew": {"name"}, "/spec/flags": {}}}).Draw(t, "keys"),
			})
		}
		return l
	})
}

func anyRecord(t *rapid.T) *Record {
	if !rapid.Bool().Draw(t, "recorded") {
		return nil
	}
	return &Record{
		Release: "web", Revision: rapid.IntRange(1, 9).Draw(t, "revision"), Status: "deployed", Values: anyObject(t, 1),
		Updated: time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "updated"), 0).UTC(),
	}
}

func anyObject(t *rapid.T, depth int) map[string]any {
	m := map[string]any{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"spec", "a/b", "a~c", "replicas", "image", "enabled", "containers", "env", "ports", "volumeMounts", "args",
	}), 1, 4, rapid.ID).Draw(t, "fields") {
		m[name] = anyValue(t, name, depth)
	}
	return m
}

func anyValue(t *rapid.T, name string, depth int) any {
	switch name {
	case "containers", "env":
		return keyedList(t, depth, func(i int) map[string]any { return map[string]any{"name": "n" + strconv.Itoa(i)} })
	case "ports":
		return keyedList(t, depth, func(i int) map[string]any { return map[string]any{"port": int64(i), "protocol": "TCP"} })
	case "volumeMounts":
		return keyedList(t, depth, func(i int) map[string]any { return map[string]any{"mountPath": "/" + strconv.Itoa(i)} })
	case "args":
		var list []any
		for _, s := range rapid.SliceOfN(rapid.StringMatching("[a-z]{1,3}"), 1, 3).Draw(t, "args") {
			list = append(list, s)
		}
		return list
	case "spec", "a/b":
		if depth > 0 {
			return anyObject(t, depth-1)
		}
	case "replicas":
		return rapid.Int64Range(0, 9).Draw(t, "number")
	case "enabled":
		return rapid.Bool().Draw(t, "bool")
	}
	return rapid.StringMatching("[a-z]{0,3}").Draw(t, "text")
}

func keyedList(t *rapid.T, depth int, element func(int) map[string]any) []any {
	var list []any
	for i := range rapid.IntRange(1, 3).Draw(t, "length") {
		e := element(i)
		if depth > 0 {
			e["spec"] = anyObject(t, depth-1)
		}
		list = append(list, e)
	}
	return list
}

func TestALedgerIsEqualToItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := anyLedger().Draw(t, "ledger")
		if found := Compare(l, l); len(found) > 0 {
			t.Fatalf("differs from itself: %v", found)
		}
		if proof := Prove(l, l); !proof.Exact().Restored() {
			t.Fatalf("is not itself:\n%s", proof)
		}
	})
}

func TestALedgerSurvivesItsFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := anyLedger().Draw(t, "ledger")
		data, err := l.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Fatalf("came back different:\n%s", diff)
		}
	})
}

func TestTheOrderOfKeyedListsMeansNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := anyLedger().Draw(t, "ledger")
		shuffled := Ledger{Namespace: l.Namespace, Objects: rapid.Permutation(copied(l).Objects).Draw(t, "objects")}
		for _, o := range shuffled.Objects {
			shuffle(t, "", o.Fields)
		}
		if found := Compare(l, shuffled); len(found) > 0 {
			t.Fatalf("differs from itself in another order: %v", found)
		}
		if found := Drift(asking(l, shuffled)); len(found) > 0 {
			t.Fatalf("is not what itself in another order asks for: %v", found)
		}
	})
}

func shuffle(t *rapid.T, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			shuffle(t, k, v[k])
		}
	case []any:
		for _, e := range v {
			shuffle(t, "", e)
		}
		if keysOf(name) != nil {
			copy(v, rapid.Permutation(v).Draw(t, name))
		}
	}
}

// leaf is one changeable value of an object, and where it is.
type leaf struct {
	place

	set   func(any)
	value any
	// element is the place of the list element that the value is a key of, if it is.
	element *place
}

func leaves(name string, value any, at place, set func(any), element *place) []leaf {
	switch v := value.(type) {
	case map[string]any:
		var all []leaf
		for _, k := range slices.Sorted(maps.Keys(v)) {
			under := element
			if !slices.Contains([]string{"name", "port", "protocol", "mountPath"}, k) {
				under = nil
			}
			all = append(all, leaves(k, v[k], at.key(k), func(to any) { v[k] = to }, under)...)
		}
		return all
	case []any:
		var all []leaf
		names := namesIn(name, v)
		for i, e := range v {
			here := at.item(i, "")
			var under *place
			if names != nil {
				here = at.item(i, names[0][i])
				under = &here
			}
			all = append(all, leaves("", e, here, func(to any) { v[i] = to }, under)...)
		}
		return all
	default:
		return []leaf{{place: at, set: set, value: value, element: element}}
	}
}

// Whatever single field changes, it is found, and exactly there. A changed key makes another list element of it.
func TestEveryChangedFieldIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		then := anyLedger().Filter(func(l Ledger) bool { return len(l.Objects) > 0 }).Draw(t, "ledger")
		now := copied(then)
		changed := rapid.SampledFrom(now.Objects).Draw(t, "object")
		l := rapid.SampledFrom(leaves("", changed.Fields, place{}, nil, nil)).Draw(t, "leaf")
		l.set("another " + fmt.Sprint(l.value))

		want := []Difference{{
			Kind: Changed, Object: changed.Ref, Pointer: l.pointer, Field: l.field, Then: l.value, Now: "another " + fmt.Sprint(l.value),
		}}
		got := Compare(then, now)
		if diff := cmp.Diff(got, Drift(asking(then, now))); diff != "" {
			t.Fatalf("drift from the same manifest (-compared +drift):\n%s", diff)
		}
		if broken := Prove(then, now).Broken(); changed.Hook == nil && (len(broken) != 1 || broken[0].Object != changed.Ref) {
			t.Fatalf("%s was changed, and broken is %v", changed.Ref, broken)
		}
		if l.element != nil {
			if len(got) != 2 || got[0].Pointer != l.element.pointer || got[0].Now != nil || got[1].Pointer != l.element.pointer || got[1].Then != nil {
				t.Fatalf("a changed key of %s is told as %v", l.element.field, got)
			}
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("differences (-want +got):\n%s", diff)
		}
		object := then.Find("Deployment", changed.Name)
		if at := resolve(t, object.Fields, got[0].Pointer); at != l.value {
			t.Fatalf("%s points to %v, not %v", got[0].Pointer, at, l.value)
		}
	})
}

// resolve follows a JSON pointer as RFC 6901 says.
func resolve(t *rapid.T, value any, pointer string) any {
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch v := value.(type) {
		case map[string]any:
			value = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil {
				t.Fatalf("%q has no element %q: %v", pointer, token, err)
			}
			value = v[i]
		default:
			t.Fatalf("%q goes on below %v", pointer, v)
		}
	}
	return value
}

// What is missing one way round is left over the other way round, and so on.
func TestDifferencesAreSymmetric(t *testing.T) {
	t.Parallel()
	mirrored := map[Kind]Kind{
		Missing: LeftOver, LeftOver: Missing, Changed: Changed, Recreated: Recreated, Reallocated: Reallocated,
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyLedger().Draw(t, "a"), anyLedger().Draw(t, "b")
		forth, back := map[Kind]int{}, map[Kind]int{}
		for _, d := range Compare(a, b) {
			forth[d.Kind]++
		}
		for _, d := range Compare(b, a) {
			back[mirrored[d.Kind]]++
		}
		if diff := cmp.Diff(forth, back); diff != "" {
			t.Fatalf("kinds (-there +back):\n%s", diff)
		}
	})
}

// asking is a ledger whose manifests are the fields of another one.
func asking(manifest, live Ledger) Ledger {
	out := copied(live)
	for i := range out.Objects {
		o := &out.Objects[i]
		o.Manifest, o.Hook = manifest.Find(o.Kind, o.Name).Fields, nil
	}
	return out
}

func copied(l Ledger) Ledger {
	out := Ledger{Namespace: l.Namespace}
	for _, o := range l.Objects {
		o.Fields = runtime.DeepCopyJSON(o.Fields)
		out.Objects = append(out.Objects, o)
	}
	return out
}
