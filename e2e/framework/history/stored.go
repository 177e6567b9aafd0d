package history

import (
	"fmt"
	"slices"
	"strconv"

	"seatrial/e2e/framework/helm"
)

// recordType is the type of Helm's Secrets.
const recordType = "helm.sh/release.v1"

func storedOnce(t Transition) []Violation {
	if t.Stored == nil {
		return nil
	}
	var found []Violation
	for _, r := range t.After {
		name := objectName(r)
		i := slices.IndexFunc(t.Stored, func(s helm.Stored) bool { return s.Name == name })
		if i < 0 {
			found = append(found, Violation{Revision: r.Revision, Expected: fmt.Sprintf("an object named %q", name), Seen: "there is none"})
			continue
		}
		found = append(found, labelled(r, t.Stored[i], t.Stored[0].Kind)...)
	}
	return append(found, t.strays()...)
}

func objectName(r helm.Release) string {
	return fmt.Sprintf("sh.helm.release.v1.%s.v%d", r.Name, r.Revision)
}

// labelled holds an object against the revision in it; kind is that of the release's other objects.
func labelled(r helm.Release, s helm.Stored, kind string) []Violation {
	var found []Violation
	wrong := func(what, want, got string) {
		if want != got {
			found = append(found, Violation{
				Revision: r.Revision, Expected: fmt.Sprintf("%s %q to have the %s %q", s.Kind, s.Name, what, want), Seen: fmt.Sprintf("%q", got),
			})
		}
	}
	wrong("label owner", "helm", s.Labels["owner"])
	wrong("label name", r.Name, s.Labels["name"])
	wrong("label version", strconv.Itoa(r.Revision), s.Labels["version"])
	wrong("label status", string(r.Status), s.Labels["status"])
	wrong("kind", kind, s.Kind)
	if s.Kind == "Secret" {
		wrong("type", recordType, s.Type)
	}
	return found
}

// strays are objects of no revision, or of one that has another already.
func (t Transition) strays() []Violation {
	seen := map[string]bool{}
	for _, r := range t.After {
		seen[objectName(r)] = true
	}
	var found []Violation
	for _, s := range t.Stored {
		if !seen[s.Name] {
			found = append(found, Violation{Revision: s.Revision, Expected: "one object a revision", Seen: fmt.Sprintf("%s %q is of none", s.Kind, s.Name)})
		}
		delete(seen, s.Name)
	}
	return found
}
