package history

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"seatrial/e2e/framework/helm"
)

// part is something that is recorded of a revision.
type part struct {
	name string
	of   func(helm.Release) any
}

// contents are what a rollback copies.
func contents() []part {
	return []part{
		{"chart", func(r helm.Release) any { return r.Chart() }},
		{"app version", func(r helm.Release) any { return r.AppVersion }},
		{"values", func(r helm.Release) any { return values(r) }},
		{"manifest", func(r helm.Release) any { return r.Manifest }},
		{"notes", func(r helm.Release) any { return r.Notes }},
		{"hooks", func(r helm.Release) any { return hooks(r) }},
	}
}

// values makes no difference between none and empty ones.
func values(r helm.Release) helm.Values {
	if len(r.Values) == 0 {
		return helm.Values{}
	}
	return r.Values
}

// hooks are those of a revision without what became of their last run. Their order is that of execution, which says nothing.
func hooks(r helm.Release) []string {
	texts := make([]string, 0, len(r.Hooks))
	for _, h := range r.Hooks {
		texts = append(texts, fmt.Sprintf("%s %s of %s at %s, weight %d: %s", h.Kind, h.Name, h.Path, strings.Join(h.Events, ","), h.Weight, h.Manifest))
	}
	slices.Sort(texts)
	return texts
}

func immutable(t Transition) []Violation {
	parts := append(contents(), part{"time", func(r helm.Release) any { return r.Updated.UTC().String() }})
	var found []Violation
	for _, pair := range t.older() {
		found = append(found, differing(parts, pair[0], pair[1], "as before")...)
	}
	return found
}

func rollbackCopies(t Transition) []Violation {
	made := t.made()
	if t.Action != Rollback || len(made) == 0 {
		return nil
	}
	target := find(t.Before, t.target())
	if target == nil {
		return []Violation{{Revision: made[0].Revision, Expected: fmt.Sprintf("no rollback to revision %d, which was not there", t.target()), Seen: "a new revision"}}
	}
	return differing(contents(), *target, made[0], fmt.Sprintf("of revision %d", target.Revision))
}

func asRendered(t Transition) []Violation {
	made := t.made()
	if t.Rendered == "" || len(made) == 0 || t.Rendered == made[0].Manifest {
		return nil
	}
	return []Violation{{Revision: made[0].Revision, Expected: "the manifest that was rendered", Seen: firstDifference(t.Rendered, made[0].Manifest)}}
}

func differing(parts []part, want, got helm.Release, whose string) []Violation {
	var found []Violation
	for _, p := range parts {
		if expected, seen := p.of(want), p.of(got); !reflect.DeepEqual(expected, seen) {
			found = append(found, Violation{
				Revision: got.Revision,
				Expected: fmt.Sprintf("the %s %s", p.name, whose),
				Seen:     firstDifference(text(expected), text(seen)),
			})
		}
	}
	return found
}

func text(value any) string {
	switch typed := value.(type) {
	case string:
		return typed
	case []string:
		return strings.Join(typed, "\n")
	default:
		return fmt.Sprintf("%#v", value)
	}
}

// firstDifference is the first line in which two texts differ.
func firstDifference(want, got string) string {
	wanted, seen := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wanted), len(seen)) {
		w, s := lineAt(wanted, i), lineAt(seen, i)
		if w != s {
			return fmt.Sprintf("line %d is %s, not %s", i+1, s, w)
		}
	}
	return "no difference in its text"
}

func lineAt(lines []string, i int) string {
	if i >= len(lines) {
		return "missing"
	}
	return fmt.Sprintf("%q", lines[i])
}
