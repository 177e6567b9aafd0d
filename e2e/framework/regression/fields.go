package regression

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// firstDifference is the way to the first value that two objects do not share, empty if they are the same. Elements of
// lists go by their name where they have one.
func firstDifference(way string, a, b any) string {
	if reflect.DeepEqual(a, b) {
		return ""
	}
	if one, two, ok := both[map[string]any](a, b); ok {
		keys := maps.Clone(one)
		maps.Copy(keys, two)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if found := firstDifference(way+"."+key, one[key], two[key]); found != "" {
				return found
			}
		}
	}
	if one, two, ok := both[[]any](a, b); ok && len(one) == len(two) {
		for i := range one {
			if found := firstDifference(fmt.Sprintf("%s[%s]", way, label(one[i], i)), one[i], two[i]); found != "" {
				return found
			}
		}
	}
	return way
}

func both[T any](a, b any) (one, two T, ok bool) {
	one, first := a.(T)
	two, second := b.(T)
	return one, two, first && second
}

// label is what people call an element of a list.
func label(element any, i int) string {
	if object, ok := element.(map[string]any); ok {
		if name, ok := object["name"].(string); ok {
			return name
		}
		if meta, ok := object["metadata"].(map[string]any); ok {
			if name, ok := meta["name"].(string); ok {
				return name
			}
		}
	}
	return fmt.Sprint(i)
}
