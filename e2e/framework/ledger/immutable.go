package ledger

import (
	"slices"
	"strings"

	"seatrial/e2e/framework/objects"
)

// immutability is what an API server refuses to change in objects of some kinds, so that only a new object can have another
// value.
type immutability struct {
	kinds  []string
	paths  []string // JSON pointers; all that is below them counts
	source string
}

func immutables() []immutability {
	return []immutability{
		{[]string{"Deployment", "DaemonSet", "ReplicaSet"}, []string{"/spec/selector"}, "apps/v1: spec.selector is immutable"},
		{
			[]string{"StatefulSet"},
			[]string{"/spec/selector", "/spec/serviceName", "/spec/podManagementPolicy", "/spec/volumeClaimTemplates"},
			"apps/v1: updates to a StatefulSet's spec are forbidden but for a list of fields, which these are not in",
		},
		{
			[]string{"Job"},
			[]string{"/spec/selector", "/spec/template", "/spec/completionMode", "/spec/podFailurePolicy"},
			"batch/v1: the template and what belongs to it are immutable once the Job exists",
		},
		{[]string{"Service"}, []string{"/spec/clusterIP"}, "v1: a cluster IP that was set may not change"},
		{
			[]string{"PersistentVolumeClaim"},
			[]string{"/spec/accessModes", "/spec/selector", "/spec/storageClassName", "/spec/volumeMode", "/spec/volumeName", "/spec/dataSource"},
			"v1: the spec of a claim is immutable but for the size it asks for",
		},
		{[]string{"Secret"}, []string{"/type"}, "v1: the type of a Secret is immutable"},
		{[]string{"RoleBinding", "ClusterRoleBinding"}, []string{"/roleRef"}, "rbac.authorization.k8s.io/v1: roleRef is immutable"},
		{
			[]string{"StorageClass"},
			[]string{"/provisioner", "/parameters", "/reclaimPolicy", "/volumeBindingMode"},
			"storage.k8s.io/v1: these fields of a class are immutable",
		},
		{[]string{"PriorityClass"}, []string{"/value", "/preemptionPolicy"}, "scheduling.k8s.io/v1: the value of a class is immutable"},
		{[]string{"IngressClass"}, []string{"/spec/controller"}, "networking.k8s.io/v1: the controller of a class is immutable"},
		{
			[]string{"CustomResourceDefinition"},
			[]string{"/spec/group", "/spec/scope", "/spec/names/plural"},
			"apiextensions.k8s.io/v1: these are immutable once the definition is established",
		},
	}
}

// Immutable says why the API server refuses to change a field of an object that exists, or nothing if it does not. The
// pointer is a JSON pointer to the field or below it.
func Immutable(o objects.Ref, pointer string) string {
	if !builtIn(o) {
		return ""
	}
	for _, i := range immutables() {
		within := func(path string) bool { return pointer == path || strings.HasPrefix(pointer, path+"/") }
		if slices.Contains(i.kinds, o.Kind) && slices.ContainsFunc(i.paths, within) {
			return i.source
		}
	}
	return ""
}
