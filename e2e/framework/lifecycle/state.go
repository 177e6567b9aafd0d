package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"seatrial/e2e/framework/helm"
)

func (s State) clone() State {
	objects := make(map[string]Object, len(s.Objects))
	for name, object := range s.Objects {
		object.Data = maps.Clone(object.Data)
		objects[name] = object
	}
	return State{Revisions: slices.Clone(s.Revisions), Objects: objects}
}

// Exists tells whether there is a release at all.
func (s State) Exists() bool { return len(s.Revisions) > 0 }

// last is a copy of the newest revision, nil if there is none.
func (s State) last() *Revision {
	if len(s.Revisions) == 0 {
		return nil
	}
	last := s.Revisions[len(s.Revisions)-1]
	return &last
}

// find is a copy of a revision, nil if it is not there.
func (s State) find(number int) *Revision {
	i := slices.IndexFunc(s.Revisions, func(r Revision) bool { return r.Number == number })
	if i < 0 {
		return nil
	}
	found := s.Revisions[i]
	return &found
}

// newest is a copy of the newest revision with one of the statuses, nil if there is none.
func (s State) newest(statuses ...helm.Status) *Revision {
	for _, r := range slices.Backward(s.Revisions) {
		if slices.Contains(statuses, r.Status) {
			return &r
		}
	}
	return nil
}

// deployed are copies of all that are.
func (s State) deployed() []Revision {
	var all []Revision
	for _, r := range s.Revisions {
		if r.Status == helm.StatusDeployed {
			all = append(all, r)
		}
	}
	return all
}

// String is the state for people: a line for each revision and object.
func (s State) String() string {
	var b strings.Builder
	for _, r := range s.Revisions {
		fmt.Fprintf(&b, "revision %d %s (%s): %s\n", r.Number, r.Status, r.Values.Flag(), r.Description)
	}
	for _, name := range sortedNames(s.Objects) {
		fmt.Fprintf(&b, "object %s %v\n", name, s.Objects[name].Data)
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

// Differences are what a state that was seen has otherwise than the model has it, a line each. Descriptions are compared as
// far as the model knows them.
func (s State) Differences(seen State) []string {
	var all []string
	differ := func(subject, want, got string) {
		if want != got {
			all = append(all, fmt.Sprintf("%s: expected %s, seen: %s", subject, want, got))
		}
	}
	numbers := map[int]bool{}
	for _, r := range slices.Concat(s.Revisions, seen.Revisions) {
		if numbers[r.Number] {
			continue
		}
		numbers[r.Number] = true
		want, got := s.find(r.Number), seen.find(r.Number)
		if want != nil && got != nil && strings.HasSuffix(want.Description, reason) && strings.HasPrefix(got.Description, want.Description) {
			got.Description = want.Description
		}
		differ(fmt.Sprintf("revision %d", r.Number), want.text(), got.text())
	}
	names := map[string]Object{}
	maps.Copy(names, s.Objects)
	maps.Copy(names, seen.Objects)
	for _, name := range sortedNames(names) {
		differ("object "+name, dataOf(s.Objects, name), dataOf(seen.Objects, name))
	}
	return all
}

// reason ends a description of which the model knows only the beginning.
const reason = ": "

func (r *Revision) text() string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%s, %q, with values %q", r.Status, r.Description, r.Values.Flag())
}

func dataOf(objects map[string]Object, name string) string {
	object, there := objects[name]
	if !there {
		return "none"
	}
	return fmt.Sprintf("data %v", object.Data)
}

func sortedNames[M ~map[string]Object](all M) []string { return slices.Sorted(maps.Keys(all)) }
