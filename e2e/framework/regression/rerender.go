package regression

import (
	"context"
	"strings"

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
	for _, u := range unstable {
		w.find(Finding{
			Word: ValueRerendered, Object: objects.Ref{Kind: u.Kind, Namespace: w.room.namespace, Name: u.Name}, Field: fieldOf(u.Kind, u.Pointer),
			Expected: "the same value with the same values of the chart", Found: "another one each time the chart is rendered",
		})
	}
	return nil
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
