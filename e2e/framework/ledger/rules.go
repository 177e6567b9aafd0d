package ledger

import (
	"slices"

	"seatrial/e2e/framework/objects"
)

// Fate is what becomes of a field that no person decided.
type Fate string

const (
	// Dropped fields are left out.
	Dropped Fate = "dropped"
	// Allocated values are kept aside, unless the manifest asks for them or somebody has set them by hand: then they are a
	// decision.
	Allocated Fate = "allocated"
	// Digested values are secret: a ledger lies around in files, so it only has their digest.
	Digested Fate = "digested"
)

// Rule says what becomes of the fields at a path.
type Rule struct {
	// Kinds of Kubernetes' own API groups the rule is for. If unset, all kinds, custom resources too.
	Kinds []string
	// Path is a JSON pointer in which "*" stands for every element.
	Path string
	// Value, if set, are only those elements of the list above the path that have it.
	Value string
	// Beside, if set, is a field at the top of the object without which the rule is not for it.
	Beside string
	// By, if set, is the only manager whose values the rule is for.
	By string
	// Fate of the value.
	Fate Fate
	// Source is where the API says that the value is not a person's.
	Source string
}

func (r Rule) covers(o objects.Ref, content map[string]any) bool {
	if _, beside := content[r.Beside]; r.Beside != "" && !beside {
		return false
	}
	return len(r.Kinds) == 0 || builtIn(o) && slices.Contains(r.Kinds, o.Kind)
}

// Rules is the table of all fields that no person decided. Whatever is not in it is compared.
func Rules() []Rule {
	return slices.Concat(
		metadataRules(), templateRules(), workloadRules(), podRules(), serviceRules(), endpointRules(), storageRules(), otherRules(),
	)
}

func rulesFor(o objects.Ref, content map[string]any) []Rule {
	return slices.DeleteFunc(Rules(), func(r Rule) bool { return !r.covers(o, content) })
}

func metadataRules() []Rule {
	const objectMeta = "ObjectMeta: populated by the system, read-only"
	return []Rule{
		{Path: "/metadata/uid", Fate: Dropped, Source: objectMeta + "; the ledger has it beside the fields"},
		{Path: "/metadata/resourceVersion", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/creationTimestamp", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/generation", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/selfLink", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/managedFields", Fate: Dropped, Source: "ObjectMeta: for internal housekeeping; the ledger has it as managers"},
		{Path: "/metadata/generateName", Fate: Dropped, Source: "ObjectMeta: a prefix, used by the server to make a name; the ledger has it as stem"},
		{Path: "/metadata/ownerReferences/*/uid", Fate: Dropped, Source: "OwnerReference: the UID of the referent, set by the system"},
		{
			Path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration", Fate: Dropped,
			Source: "Well-known annotations: kubectl's own note of its last apply",
		},
		{Path: "/status", Fate: Dropped, Source: "API conventions: status is the observed state, written by controllers"},
		{Kinds: []string{"Secret"}, Path: "/data/*", Fate: Digested, Source: "Secret: holds data that must not be shown"},
		{Kinds: []string{"Secret"}, Path: "/stringData/*", Fate: Digested, Source: "Secret: the same, as a manifest may write it"},
	}
}

// clusterIPs is the one field whose first element is another field.
const clusterIPs = "/spec/clusterIPs"

func serviceRules() []Rule {
	services := []string{"Service"}
	return []Rule{
		{Kinds: services, Path: "/spec/clusterIP", Fate: Allocated, Source: "ServiceSpec: usually assigned randomly"},
		{Kinds: services, Path: clusterIPs, Fate: Dropped, Source: "ServiceSpec: the first is clusterIP, the second usually assigned randomly"},
		{Kinds: services, Path: "/spec/ports/*/nodePort", Fate: Allocated, Source: "ServicePort: usually assigned by the system"},
		{Kinds: services, Path: "/spec/healthCheckNodePort", Fate: Allocated, Source: "ServiceSpec: allocated automatically if not given"},
		{
			Kinds: services, Path: "/metadata/finalizers/*", Value: "service.kubernetes.io/load-balancer-cleanup", Fate: Dropped,
			Source: "Well-known finalizers: put on a LoadBalancer by the controller that gives it an address",
		},
	}
}

func endpointRules() []Rule {
	slice, both := []string{"EndpointSlice"}, []string{"EndpointSlice", "Endpoints"}
	rules := []Rule{
		{
			Kinds: both, Path: "/metadata/annotations/endpoints.kubernetes.io~1last-change-trigger-time", Fate: Dropped,
			Source: "Well-known annotations: when the change behind the slice happened",
		},
		{Kinds: slice, Path: "/endpoints/*/addresses", Fate: Dropped, Source: "Endpoint: the pod's address, which its network chose"},
		{Kinds: slice, Path: "/endpoints/*/nodeName", Fate: Dropped, Source: "Endpoint: the node the scheduler chose"},
		{Kinds: slice, Path: "/endpoints/*/zone", Fate: Dropped, Source: "Endpoint: the zone of that node"},
		{Kinds: slice, Path: "/endpoints/*/hints", Fate: Dropped, Source: "Endpoint: hints of the controller on where to send from"},
		{Kinds: slice, Path: "/endpoints/*/targetRef/name", Fate: Dropped, Source: "Endpoint: the generated name of the pod"},
		{Kinds: slice, Path: "/endpoints/*/targetRef/uid", Fate: Dropped, Source: "Endpoint: the UID of the pod"},
	}
	for _, list := range []string{"addresses", "notReadyAddresses"} {
		const source = "EndpointAddress: of the pod that stands behind it: its address, node, name and UID"
		for _, field := range []string{"ip", "nodeName", "targetRef/name", "targetRef/uid", "targetRef/resourceVersion"} {
			rules = append(rules, Rule{Kinds: []string{"Endpoints"}, Path: "/subsets/*/" + list + "/*/" + field, Fate: Dropped, Source: source})
		}
	}
	return rules
}

func storageRules() []Rule {
	claims := []string{"PersistentVolumeClaim"}
	const bound = "Well-known annotations: notes of the volume controllers"
	return []Rule{
		{Kinds: claims, Path: "/spec/volumeName", Fate: Allocated, Source: "PersistentVolumeClaimSpec: the binding to the volume that backs it"},
		{Kinds: claims, Path: "/metadata/annotations/pv.kubernetes.io~1bind-completed", Fate: Dropped, Source: bound},
		{Kinds: claims, Path: "/metadata/annotations/pv.kubernetes.io~1bound-by-controller", Fate: Dropped, Source: bound},
		{Kinds: claims, Path: "/metadata/annotations/volume.kubernetes.io~1selected-node", Fate: Dropped, Source: bound},
		{Kinds: claims, Path: "/metadata/annotations/volume.kubernetes.io~1storage-provisioner", Fate: Dropped, Source: bound},
		{Kinds: claims, Path: "/metadata/annotations/volume.beta.kubernetes.io~1storage-provisioner", Fate: Dropped, Source: bound},
		{
			Kinds: claims, Path: "/metadata/finalizers/*", Value: "kubernetes.io/pvc-protection", Fate: Dropped,
			Source: "Well-known finalizers: put on every claim, so that none goes while a pod uses it",
		},
		{
			Kinds: []string{"PersistentVolume"}, Path: "/metadata/finalizers/*", Value: "kubernetes.io/pv-protection", Fate: Dropped,
			Source: "Well-known finalizers: put on every volume, so that none goes while a claim uses it",
		},
		{
			Kinds: []string{"PersistentVolume"}, Path: "/spec/claimRef/resourceVersion", Fate: Dropped,
			Source: "ObjectReference: the version of the claim when it was bound",
		},
		{Kinds: []string{"PersistentVolume"}, Path: "/spec/claimRef/uid", Fate: Dropped, Source: "ObjectReference: the UID of the claim, set by the system"},
	}
}
