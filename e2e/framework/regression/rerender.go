package regression

import (
	"context"
	"slices"
	"strings"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// findRerendered looks for values that every upgrade makes anew. Once for each revision is enough: after its fresh
// installation.
func (w *walk) findRerendered(ctx context.Context, step Step) error {
	if step.Action != Install || len(w.path.Steps) > 2 {
		return nil
	}
	revision := w.run.Revisions[step.Revision]
	unstable, err := w.helm.FindUnstable(ctx, w.run.Release, revision.Chart, revision.Values)
	if err != nil {
		return err
	}
	w.find(rerendered(unstable, w.room.namespace)...)
	return nil
}

// rerendered are the findings of what differs from one rendering to the next. Pods and Jobs of hooks are made anew at each
// event, whatever they are called, and a Job of the manifest gets another name where it is to run at each upgrade.
func rerendered(unstable []helm.Unstable, namespace string) []Finding {
	var found []Finding
	for i, u := range unstable {
		runs := u.Kind == "Job" || u.Kind == "Pod"
		if u.Hook != "" && runs || partnered(unstable, i) {
			continue
		}
		f := Finding{
			Word: ValueRerendered, Object: objects.Ref{Kind: u.Kind, Namespace: namespace, Name: u.Name}, Field: fieldOf(u.Kind, u.Pointer),
			Expected: "the same value with the same values of the chart", Found: "another one each time the chart is rendered",
		}
		if runs && u.Pointer == "" {
			f.Note, f.Field = true, "metadata.name"
			f.Found = "another one each time the chart is rendered, so that each upgrade takes the old " + u.Kind + " away and runs a new one"
		}
		found = append(found, f)
	}
	return found
}

// partnered tells whether an object that is only in the second rendering stands for one that is only in the first.
func partnered(unstable []helm.Unstable, self int) bool {
	u := unstable[self]
	return u.Pointer == "" && u.First == nil && slices.ContainsFunc(unstable, func(other helm.Unstable) bool {
		return other.Kind == u.Kind && other.Pointer == "" && other.Second == nil
	})
}

// fieldOf is a JSON pointer as people read it. What a Secret is given as text ends up in its data.
func fieldOf(kind, pointer string) string {
	var field strings.Builder
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch {
		case strings.ContainsAny(name, "./") || strings.Trim(name, "0123456789") == "" && name != "":
			field.WriteString("[" + name + "]")
		default:
			field.WriteString("." + name)
		}
	}
	text := strings.TrimPrefix(field.String(), ".")
	if rest, found := strings.CutPrefix(text, "stringData"); found && kind == "Secret" {
		return "data" + rest
	}
	return text
}
