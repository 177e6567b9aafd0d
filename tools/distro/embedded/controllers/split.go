package controllers

import (
	"maps"
	"slices"

	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/names"
)

// needDiscovery are the controllers that ask which kinds of objects exist while they are
// built. They have to wait until the server knows; see [inprocess.Gate].
func needDiscovery() []string {
	return []string{
		names.GarbageCollectorController,
		names.KubeAPIServerClusterTrustBundlePublisherController,
		names.ResourceQuotaController,
		names.StorageVersionMigratorController,
		names.ValidatingAdmissionPolicyStatusController,
	}
}

// split sorts controllers into those that can start at once and the others. Two are left
// out: that of namespaces, which is ours, and that of service account tokens, whose
// descriptor has no client, see newTokens.
func split(all map[string]*app.ControllerDescriptor) (early, late []*app.ControllerDescriptor) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case all[name].RequiresSpecialHandling(), name == names.NamespaceController:
		case slices.Contains(needDiscovery(), name):
			late = append(late, all[name])
		default:
			early = append(early, all[name])
		}
	}
	return early, late
}
