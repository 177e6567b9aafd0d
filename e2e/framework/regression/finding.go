package regression

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/objects"
)

// Finding is one thing that went otherwise than the user of a chart may expect.
type Finding struct {
	// Word is the stable name of what is wrong.
	Word Word `json:"word"`
	// Note is true for what nobody can avoid here, or what is only good to know: it fails no path.
	Note bool `json:"note,omitempty"`
	// Path and Step are where it was seen.
	Path string `json:"path"`
	Step string `json:"step"`
	// Object is the one to look at. Its kind is empty if the finding is about the release as a whole.
	Object objects.Ref `json:"object"`
	// Field is the way to the value, as spec.ports[udp].port; empty if the finding is about the whole object.
	Field string `json:"field,omitempty"`
	// Expected and Found are what should be there and what is.
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// Subject is the object with the field.
func (f Finding) Subject() string {
	subject := "the release"
	if f.Object.Kind != "" {
		subject = f.Object.String()
	}
	if f.Field != "" {
		subject += " " + f.Field
	}
	return subject
}

// String has the finding on one line, as logs want it.
func (f Finding) String() string {
	grade := "error"
	if f.Note {
		grade = "note"
	}
	return fmt.Sprintf("%s: %s: %s: expected %s, found %s (%s, %s)", grade, f.Word, f.Subject(), f.Expected, f.Found, f.Path, f.Step)
}

// Why says why it matters.
func (f Finding) Why() string { return f.Word.lesson().why }

// Mend says what to change in the chart.
func (f Finding) Mend() string { return f.Word.lesson().mend }

// same tells whether two findings are about the same thing, wherever they were seen.
func (f Finding) same(other Finding) bool {
	return f.Word == other.Word && f.Object.GroupKind() == other.Object.GroupKind() && f.Object.Name == other.Object.Name && f.Field == other.Field
}

// Gathered is one finding with all the paths it was seen on.
type Gathered struct {
	Finding

	Paths []string
}

// Gather puts together what was seen on several paths: errors first, then by word and object.
func Gather(all []Finding) []Gathered {
	var gathered []Gathered
	for _, f := range all {
		at := slices.IndexFunc(gathered, func(g Gathered) bool { return g.same(f) })
		if at < 0 {
			gathered = append(gathered, Gathered{Finding: f, Paths: []string{f.Path}})
			continue
		}
		g := &gathered[at]
		// A path on which it is an error explains it better than one on which it is not.
		if g.Note && !f.Note {
			g.Finding = f
		}
		if !slices.Contains(g.Paths, f.Path) {
			g.Paths = append(g.Paths, f.Path)
		}
	}
	slices.SortStableFunc(gathered, func(a, b Gathered) int {
		return cmp.Or(grade(a.Finding)-grade(b.Finding), strings.Compare(string(a.Word), string(b.Word)), objects.Compare(a.Object, b.Object))
	})
	return gathered
}

func grade(f Finding) int {
	if f.Note {
		return 1
	}
	return 0
}
