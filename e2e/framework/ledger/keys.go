package ledger

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// defaultProtocol is that of a port for which none is given.
const defaultProtocol = "TCP"

// keysOf are the fields that identify the elements of a list, best first. Kubernetes merges most of these lists by such keys
// (the patchMergeKey and listMapKey of its API types). Of the others, such as tolerations and the subjects of a role
// binding, the API says that their order means nothing: there the keys are all that tells two elements apart. A list of
// no fields is a set of plain values.
func keysOf(list string) [][]string {
	switch list {
	case "containers", "initContainers", "ephemeralContainers", "env", "volumes", "imagePullSecrets", "secrets", "resourceClaims",
		"schedulingGates", "webhooks", "matchConditions", "versions", "sysctls":
		return [][]string{{"name"}}
	case "ports":
		return [][]string{{"name"}, {"port", "protocol"}, {"containerPort", "protocol"}}
	case "volumeMounts":
		return [][]string{{"mountPath"}}
	case "volumeDevices":
		return [][]string{{"devicePath"}}
	case "volumeClaimTemplates":
		return [][]string{{"metadata.name"}}
	case "hostAliases":
		return [][]string{{"ip"}}
	case "tolerations":
		return [][]string{{"key?", "operator?", "value?", "effect?"}}
	case "topologySpreadConstraints":
		return [][]string{{"topologyKey", "whenUnsatisfiable"}}
	case "readinessGates":
		return [][]string{{"conditionType"}}
	case "matchExpressions", "matchFields":
		return [][]string{{"key", "operator"}}
	case "subjects":
		return [][]string{{"kind", "namespace?", "name"}}
	case "ownerReferences":
		return [][]string{{"kind", "name"}, {"kind"}}
	case "finalizers", "loadBalancerSourceRanges", "externalIPs", "accessModes", "policyTypes":
		return [][]string{{}}
	default:
		return nil
	}
}

// namesIn gives the elements of several lists under one name their keys: the first kind of key that every element has
// and that tells all apart within each list. Without such a key it gives nil, and only the index is left.
func namesIn(list string, lists ...[]any) [][]string { return namesFor(keysOf(list), lists...) }

func namesFor(keys [][]string, lists ...[]any) [][]string {
	for _, fields := range keys {
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

// nameBy joins the keys of an element. A key that ends in "?" may be absent; one with a dot is further down.
func nameBy(fields []string, element any) (string, bool) {
	m, ok := element.(map[string]any)
	if len(fields) == 0 {
		return scalar(element)
	}
	if !ok {
		return "", false
	}
	parts := make([]string, 0, len(fields))
	for _, f := range fields {
		path := strings.Split(strings.TrimSuffix(f, "?"), ".")
		value, _, err := unstructured.NestedFieldNoCopy(m, path...)
		if err != nil {
			return "", false
		}
		if value == nil && f == "protocol" {
			value = defaultProtocol
		}
		if value == nil && strings.HasSuffix(f, "?") {
			continue
		}
		part, ok := scalar(value)
		if !ok {
			return "", false
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/"), true
}

func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string, int64, float64, bool:
		return fmt.Sprint(v), true
	default:
		return "", false
	}
}

// builtIn tells whether the keys apply: lists of custom resources may use the same names and mean their order.
func builtIn(r objects.Ref) bool {
	return !strings.Contains(r.Group, ".") || strings.HasSuffix(r.Group, ".k8s.io")
}
