package ledger

// templateRules are for what is in an object that makes pods. Where it has its pod template is a matter of its kind.
func templateRules() []Rule {
	const (
		created  = "ObjectMeta: populated by the system; clients write null for it where a template has none"
		hash     = "Deployment: a hash of the template, added by the controller to tell ReplicaSets and their pods apart"
		jobLabel = "Job: the controller adds the Job's generated name and UID to its pods"
	)
	makers := []string{"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"}
	sets, jobs := []string{"ReplicaSet"}, []string{"Job"}
	return []Rule{
		{Kinds: makers, Path: "/spec/template/metadata/creationTimestamp", Fate: Dropped, Source: created},
		{Kinds: []string{"CronJob"}, Path: "/spec/jobTemplate/metadata/creationTimestamp", Fate: Dropped, Source: created},
		{Kinds: []string{"CronJob"}, Path: "/spec/jobTemplate/spec/template/metadata/creationTimestamp", Fate: Dropped, Source: created},
		{Kinds: sets, Path: "/spec/template/metadata/labels/pod-template-hash", Fate: Dropped, Source: hash},
		{Kinds: sets, Path: "/spec/selector/matchLabels/pod-template-hash", Fate: Dropped, Source: hash},
		{Kinds: []string{"ReplicaSet", "Pod"}, Path: "/metadata/labels/pod-template-hash", Fate: Dropped, Source: hash},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/job-name", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/batch.kubernetes.io~1controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/spec/template/metadata/labels/batch.kubernetes.io~1job-name", Fate: Dropped, Source: jobLabel},
	}
}

func workloadRules() []Rule {
	const revision = "Well-known annotations: kept by the Deployment controller for its history and its roll-outs"
	deployments := []string{"Deployment", "ReplicaSet"}
	rules := []Rule{
		{
			Kinds: []string{"DaemonSet"}, Path: "/metadata/annotations/deprecated.daemonset.template.generation", Fate: Dropped,
			Source: "Well-known annotations: counts the changes of the template",
		},
		{Kinds: []string{"DaemonSet"}, Path: "/spec/templateGeneration", Fate: Dropped, Source: "DaemonSetSpec of older versions: the same counter"},
		{Kinds: []string{"Job"}, Path: "/spec/selector", Fate: Allocated, Source: "JobSpec: normally the system sets this field"},
		{
			Kinds: []string{"Job"}, Path: "/metadata/annotations/batch.kubernetes.io~1cronjob-scheduled-timestamp", Fate: Dropped,
			Source: "Well-known annotations: when the CronJob wanted the Job to run",
		},
		{
			Kinds: []string{"StatefulSet"}, Path: "/spec/volumeClaimTemplates/*/status", Fate: Dropped,
			Source: "API conventions: the status of a claim that is only a template",
		},
		{
			Kinds: []string{"StatefulSet"}, Path: "/spec/volumeClaimTemplates/*/metadata/creationTimestamp", Fate: Dropped,
			Source: "ObjectMeta: populated by the system; a template has none",
		},
		{
			Kinds: []string{"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"}, Path: "/spec/replicas", Fate: Allocated,
			By: "kube-controller-manager", Source: "HorizontalPodAutoscaler: sets the number of replicas of its target, where the manifest leaves it open",
		},
	}
	for _, name := range []string{"revision", "revision-history", "desired-replicas", "max-replicas"} {
		rules = append(rules, Rule{
			Kinds: deployments, Path: "/metadata/annotations/deployment.kubernetes.io~1" + name, Fate: Dropped, Source: revision,
		})
	}
	return rules
}

func podRules() []Rule {
	const (
		owner    = "OwnerReference: the generated name of a ReplicaSet or Job; the ledger has it as owner"
		jobLabel = "Job: the controller adds the Job's generated name and UID to it and its pods"
		revision = "Well-known labels: names the revision of the template that a StatefulSet or DaemonSet made the pod of"
		network  = "Well-known annotations: written by a network plugin about the addresses it gave"
	)
	pods, jobs := []string{"Pod"}, []string{"Job", "Pod"}
	rules := []Rule{
		{Kinds: pods, Path: "/metadata/ownerReferences/*/name", Fate: Dropped, Source: owner},
		{Kinds: pods, Path: "/metadata/labels/pod-template-generation", Fate: Dropped, Source: "DaemonSet: the counter of the template, on its pods"},
		{Kinds: pods, Path: "/metadata/labels/controller-revision-hash", Fate: Dropped, Source: revision},
		{
			Kinds: pods, Path: "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/*/matchFields",
			Fate: Dropped, Source: "DaemonSet: the controller binds each of its pods to a node by the node's name",
		},
		{Kinds: pods, Path: "/spec/nodeName", Fate: Allocated, Source: "PodSpec: set by the scheduler"},
		{Kinds: jobs, Path: "/metadata/labels/controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/metadata/labels/job-name", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/metadata/labels/batch.kubernetes.io~1controller-uid", Fate: Dropped, Source: jobLabel},
		{Kinds: jobs, Path: "/metadata/labels/batch.kubernetes.io~1job-name", Fate: Dropped, Source: jobLabel},
	}
	for _, name := range []string{
		"cni.projectcalico.org~1podIP", "cni.projectcalico.org~1podIPs", "cni.projectcalico.org~1containerID",
		"k8s.v1.cni.cncf.io~1network-status", "k8s.ovn.org~1pod-networks",
	} {
		rules = append(rules, Rule{Kinds: pods, Path: "/metadata/annotations/" + name, Fate: Dropped, Source: network})
	}
	return rules
}

func otherRules() []Rule {
	const autoscaler = "HorizontalPodAutoscaler: its status, where version 1 of the API has no field for it"
	autoscalers := []string{"HorizontalPodAutoscaler"}
	return []Rule{
		{Kinds: autoscalers, Path: "/metadata/annotations/autoscaling.alpha.kubernetes.io~1conditions", Fate: Dropped, Source: autoscaler},
		{Kinds: autoscalers, Path: "/metadata/annotations/autoscaling.alpha.kubernetes.io~1current-metrics", Fate: Dropped, Source: autoscaler},
		{
			Kinds: []string{"ClusterRole"}, Path: "/rules", Beside: "aggregationRule", Fate: Dropped,
			Source: "AggregationRule: the rules are managed by a controller, which overwrites what is given",
		},
		{
			Kinds: []string{"ServiceAccount"}, Path: "/secrets", Fate: Allocated,
			Source: "ServiceAccount: token secrets that the controller made, before Kubernetes 1.24",
		},
		{
			Kinds: []string{"CustomResourceDefinition"}, Path: "/metadata/finalizers/*", Value: "customresourcecleanup.apiextensions.k8s.io",
			Fate: Dropped, Source: "CustomResourceDefinition: put on when it is being deleted, so that its objects go first",
		},
		{
			Kinds: []string{"Namespace"}, Path: "/metadata/labels/kubernetes.io~1metadata.name", Fate: Dropped,
			Source: "Well-known labels: the name of the namespace, put on by the API server",
		},
		{
			Kinds: []string{"Namespace"}, Path: "/spec/finalizers/*", Value: "kubernetes", Fate: Dropped,
			Source: "NamespaceSpec: put on by the API server, so that what is in the namespace goes first",
		},
	}
}
