package crash

import (
	"net/http"
	"strings"

	"seatrial/e2e/framework/fault"
)

// recordPrefix begins the names of the objects in which Helm records revisions: sh.helm.release.v1.NAME.vREVISION.
const recordPrefix = "sh.helm.release.v1."

// describe says in words what writes do. Names of objects are left out: side by side, any of a kind may be the first.
func describe(writes []fault.Write, kindOf func(resource string) string) []string {
	all := make([]string, 0, len(writes))
	for _, w := range writes {
		all = append(all, sentence(w, kindOf))
	}
	return all
}

func sentence(w fault.Write, kindOf func(resource string) string) string {
	revision, record := revisionOf(w.Name)
	switch {
	case record && w.Method == http.MethodDelete:
		return "forget revision " + revision
	case record:
		return "record revision " + revision + " as " + w.Labels["status"]
	case w.Subresource != "":
		return w.Verb() + " " + kindOf(w.Resource) + " (" + w.Subresource + ")"
	default:
		return w.Verb() + " " + kindOf(w.Resource)
	}
}

// revisionOf is the revision that an object records, if it is such an object.
func revisionOf(name string) (revision string, record bool) {
	if !strings.HasPrefix(name, recordPrefix) {
		return "", false
	}
	at := strings.LastIndex(name, ".v")
	return name[at+len(".v"):], true
}
