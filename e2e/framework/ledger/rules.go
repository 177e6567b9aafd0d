package ledger

import "slices"

// Fate is what becomes of a field that no person decided.
type Fate string

const (
	// Dropped fields are left out.
	Dropped Fate = "dropped"
	// Allocated values are kept aside, unless the manifest asks for them: then they are a decision.
	Allocated Fate = "allocated"
	// Digested values are secret: a ledger lies around in files, so it only has their digest.
	Digested Fate = "digested"
)

// Rule says what becomes of the fields at a path.
type Rule struct {
	// Kinds the rule is for. If unset, all.
	Kinds []string
	// Path is a JSON pointer in which "*" stands for every element.
	Path string
	// Fate of the value.
	Fate Fate
	// Source is where the API says that the value is not a person's.
	Source string
}

func (r Rule) covers(kind string) bool { return len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind) }

// Rules is the table of all fields that no person decided.
func Rules() []Rule {
	return slices.Concat(metadataRules(), workloadRules(), serviceRules(), storageRules())
}

func metadataRules() []Rule {
	const objectMeta = "ObjectMeta: populated by the system, read-only"
	return []Rule{
		{Path: "/metadata/uid", Fate: Dropped, Source: objectMeta + "; the ledger has it beside the fields"},
		{Path: "/metadata/resourceVersion", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/creationTimestamp", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/generation", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/selfLink", Fate: Dropped, Source: objectMeta},
		{Path: "/metadata/managedFields", Fate: Dropped, Source: "ObjectMeta: for internal housekeeping, users need not set it"},
		{Path: "/metadata/ownerReferences/*/uid", Fate: Dropped, Source: "OwnerReference: the UID of the referent, set by the system"},
		{
			Path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration", Fate: Dropped,
			Source: "Well-known annotations: kubectl's own note of its last apply",
		},
		{Path: "/status", Fate: Dropped, Source: "API conventions: status is the observed state, written by controllers"},
		{Kinds: []string{"Secret"}, Path: "/data/*", Fate: Digested, Source: "Secret: holds data that must not be shown"},
	}
}

func workloadRules() []Rule {
	const (
		revision = "Well-known annotations: kept by the Deployment controller for its history"
		jobLabel = "Job: the controller adds a label with the Job's UID to it and its pods"
	)
	deployments := []string{"Deployment", "ReplicaSet"}
	jobs := []string{"Job", "Pod"}
	return []Rule{
		{Kinds: deployments, Path: "/metadata/annotations/deployment.kubernetes.io~1revision", Fate: Dropped, Source: revision},
		{Kinds: deployments, Path: "/metadata/annotations/deployment.kubernetes.io~1revision-history", Fate: Dropped, Source: revision},
		{
			Kinds: []string{"DaemonSet"}, Path: "/metadata/annotations/deprecated.daemonset.template.generation", Fate: Dropped,
			Source: "Well-known annotations: counts the changes of the template",
		},
		{
			Kinds: []string{"Pod"}, Path: "/metadata/labels/pod-template-generation", Fate: Dropped,
			Source: "DaemonSet: the counter of the template, on its pods",
		},
		{Kinds: []string{"Pod"}, Path: "/metadata/generateName", Fate: Dropped, Source: "ObjectMeta: a prefix, used by the server to make a name"},
		{Kinds: []string{"Pod"}, Path: "/spec/nodeName", Fate: Allocated, Source: "PodSpec: set by the scheduler"},
		{Kinds: jobs, Path: "/metadata/labels/controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/metadata/labels/batch.kubernetes.io~1controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/batch.kubernetes.io~1controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: []string{"Job"}, Path: "/spec/selector", Fate: Allocated, Source: "JobSpec: normally the system sets this field"},
	}
}

func serviceRules() []Rule {
	services, endpoints := []string{"Service"}, []string{"EndpointSlice"}
	return []Rule{
		{Kinds: services, Path: "/spec/clusterIP", Fate: Allocated, Source: "ServiceSpec: usually assigned randomly"},
		{Kinds: services, Path: "/spec/clusterIPs", Fate: Dropped, Source: "ServiceSpec: the first is clusterIP, the second usually assigned randomly"},
		{Kinds: services, Path: "/spec/ports/*/nodePort", Fate: Allocated, Source: "ServicePort: usually assigned by the system"},
		{Kinds: services, Path: "/spec/healthCheckNodePort", Fate: Allocated, Source: "ServiceSpec: allocated automatically if not given"},
		{Kinds: endpoints, Path: "/metadata/generateName", Fate: Dropped, Source: "ObjectMeta: a prefix, used by the server to make a name"},
		{
			Kinds: endpoints, Path: "/metadata/annotations/endpoints.kubernetes.io~1last-change-trigger-time", Fate: Dropped,
			Source: "Well-known annotations: when the change behind the slice happened",
		},
		{Kinds: endpoints, Path: "/endpoints/*/addresses", Fate: Dropped, Source: "Endpoint: the pod's address, which its network chose"},
		{Kinds: endpoints, Path: "/endpoints/*/nodeName", Fate: Dropped, Source: "Endpoint: the node the scheduler chose"},
		{Kinds: endpoints, Path: "/endpoints/*/zone", Fate: Dropped, Source: "Endpoint: the zone of that node"},
		{Kinds: endpoints, Path: "/endpoints/*/hints", Fate: Dropped, Source: "Endpoint: hints of the controller on where to send from"},
		{Kinds: endpoints, Path: "/endpoints/*/targetRef/name", Fate: Dropped, Source: "Endpoint: the generated name of the pod"},
		{Kinds: endpoints, Path: "/endpoints/*/targetRef/uid", Fate: Dropped, Source: "Endpoint: the UID of the pod"},
	}
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
	}
}
