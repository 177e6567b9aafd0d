package regression

import (
	"context"
	"regexp"
)

// What API servers and Helm answer where something cannot be made at all. Of the answer itself only the text comes through.
var (
	absentNamespace = regexp.MustCompile(`namespaces "([^"]+)" not found`)
	notTheReleases  = regexp.MustCompile(`exists and cannot be imported into the current release`)
	tooLargeRecord  = regexp.MustCompile(`"sh\.helm\.release\.v1\.[^"]+" is invalid: data: Too long|(?i:request entity too large|request is too large)`)
)

// refusals are the findings of an operation that asked for something that no cluster could give it.
func (w *walk) refusals(ctx context.Context, err error, step Step) []Finding {
	found := refusalsIn(err.Error(), w.room.namespace)
	for i := range found {
		if found[i].Word != ReleaseTooLarge {
			found[i].Object = w.namedIn(ctx, err, step)
		}
	}
	return found
}

// refusalsIn are those that the text of an error tells of, where a release is in a namespace.
func refusalsIn(text, namespace string) []Finding {
	if missing := absentNamespace.FindStringSubmatch(text); len(missing) > 1 && missing[1] != namespace {
		return []Finding{{
			Word: NamespaceMissing, Field: "metadata.namespace",
			Expected: "a namespace that is there", Found: missing[1] + ", which the cluster does not have",
		}}
	}
	switch {
	case notTheReleases.MatchString(text):
		return []Finding{{Word: ObjectExists, Expected: "no such object before the release makes it", Found: short(oneLine(text))}}
	case tooLargeRecord.MatchString(text):
		return []Finding{{Word: ReleaseTooLarge, Expected: "a record of at most 1 MiB", Found: short(oneLine(text))}}
	}
	return nil
}
