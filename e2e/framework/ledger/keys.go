package ledger

import (
	"fmt"
	"strings"

	"seatrial/e2e/framework/objects"
)

// keysOf are the fields that identify the elements of a list, best first. Kubernetes merges these lists by such keys
// (the patchMergeKey and listMapKey of its API types), so their order means nothing.
func keysOf(list string) [][]string {
	switch list {
	case "containers", "initContainers", "ephemeralContainers", "env", "volumes", "imagePullSecrets", "secrets", "resourceClaims":
		return [][]string{{"name"}}
	case "ports":
		return [][]string{{"name"}, {"port", "protocol"}, {"containerPort", "protocol"}}
	case "volumeMounts":
		return [][]string{{"mountPath"}}
	case "volumeDevices":
		return [][]string{{"devicePath"}}
	case "hostAliases":
		return [][]string{{"ip"}}
	case "topologySpreadConstraints":
		return [][]string{{"topologyKey", "whenUnsatisfiable"}}
	case "ownerReferences":
		return [][]string{{"kind", "name"}}
	default:
		return nil
	}
}

// namesIn gives the elements of several lists under one name their keys: the first kind of key that every element has
// and that tells all apart within each list. Without such a key it gives nil, and only the index is left.
func namesIn(list string, lists ...[]any) [][]string {
	for _, fields := range keysOf(list) {
		all := make([][]string, 0, len(lists))
		for _, elements := range lists {
			names, ok := namesBy(fields, elements)
			if !ok {
				break
			}
			all = append(all, names)
		}
		if len(all) == len(lists) {
			return all
		}
	}
	return nil
}

func namesBy(fields []string, elements []any) ([]string, bool) {
	names := make([]string, 0, len(elements))
	seen := make(map[string]bool, len(elements))
	for _, e := range elements {
		name, ok := nameBy(fields, e)
		if !ok || seen[name] {
			return nil, false
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, true
}

func nameBy(fields []string, element any) (string, bool) {
	m, ok := element.(map[string]any)
	if !ok {
		return "", false
	}
	parts := make([]string, 0, len(fields))
	for _, f := range fields {
		switch value := m[f].(type) {
		case nil:
			if f != "protocol" {
				return "", false
			}
			// The API's default, which a manifest may leave out.
			parts = append(parts, "TCP")
		case string, int64, float64, bool:
			parts = append(parts, fmt.Sprint(value))
		default:
			return "", false
		}
	}
	return strings.Join(parts, "/"), true
}

// builtIn tells whether the keys apply: lists of custom resources may use the same names and mean their order.
func builtIn(r objects.Ref) bool {
	return !strings.Contains(r.Group, ".") || strings.HasSuffix(r.Group, ".k8s.io")
}
