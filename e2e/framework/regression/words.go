package regression

import "slices"

// Word is the stable name of something that charts get wrong.
type Word string

// The words. Their lessons say what each means.
const (
	ListElementLeft     Word = "list-element-left"
	ListElementLost     Word = "list-element-lost"
	FieldLeft           Word = "field-left"
	ImmutableField      Word = "immutable-field"
	ReleaseStuck        Word = "release-stuck"
	CustomResourcesLost Word = "custom-resources-lost"
	HookWrongRevision   Word = "hook-wrong-revision"
	HookNeverEnds       Word = "hook-never-ends"
	NodePortLost        Word = "node-port-lost"
	ValueRerendered     Word = "value-rerendered"
	KeptObjectLeft      Word = "kept-object-left"
	SubchartLeft        Word = "subchart-left"
	FieldTakenOver      Word = "field-taken-over"
	ImageNotPulled      Word = "image-not-pulled"
	LoadBalancerPending Word = "load-balancer-pending"
	Drifted             Word = "drifted"
	Missing             Word = "missing"
	LeftOver            Word = "left-over"
	Recreated           Word = "recreated"
	Reallocated         Word = "reallocated"
	HistoryLaw          Word = "history-law"
	NotSettled          Word = "not-settled"
	OperationFailed     Word = "operation-failed"
	KindNotServed       Word = "kind-not-served"
	NamespaceMissing    Word = "namespace-missing"
	ObjectExists        Word = "object-exists"
	ReleaseTooLarge     Word = "release-too-large"
	ClaimKept           Word = "claim-kept"
	PausedAsAsked       Word = "paused-as-asked"
	RemadeByCluster     Word = "remade-by-cluster"
	NeedsRealNodes      Word = "needs-real-nodes"
	TestFailed          Word = "test-failed"
	UninstallLeft       Word = "uninstall-left"
)

// lesson is what a maintainer should know about a word.
type lesson struct {
	word Word
	// means says what happened, for lists of all words.
	means string
	// why it matters, and how to mend the chart.
	why, mend string
}

// Words are all words, in the order in which they are explained.
func Words() []Word {
	var all []Word
	for _, l := range lessons() {
		all = append(all, l.word)
	}
	return all
}

// Means says in one line what a word stands for.
func (w Word) Means() string { return w.lesson().means }

func (w Word) lesson() lesson {
	for _, l := range lessons() {
		if l.word == w {
			return l
		}
	}
	return lesson{word: w}
}

func lessons() []lesson {
	return slices.Concat(ofOperations(), ofRefusals(), ofObjects(), ofCircumstances(), ofComparisons())
}

func ofOperations() []lesson {
	return []lesson{
		{
			ImmutableField, "an upgrade or rollback changes a field that the cluster does not let anybody change",
			"Helm patches objects where they are. The cluster refuses this patch, so whoever has the older revision cannot get to this one, nor back.",
			"Give the object another name whenever the field changes (for a Job: put the revision or a checksum into the name, or make it a hook), " +
				"or keep what users can change out of the field (selectors: only labels that never change).",
		},
		{
			ReleaseStuck, "after something failed, neither an upgrade nor a rollback works any more",
			"The user's only way on is to uninstall the release, and to lose what goes with it.",
			"See what the operation after the failure stumbles over: mostly a hook that fails whenever it runs, or an object that cannot be patched back. " +
				"Hooks must succeed when they are run again, and give them a hook-delete-policy.",
		},
		{
			HookWrongRevision, "a rollback runs the hooks of the revision it goes back to, not those of the one it leaves",
			"The way back that the newer revision brought with it is never gone: Helm takes pre-rollback and post-rollback hooks from the older one.",
			"Let the hook be in every revision from which nobody should go back without it, the same in each; or do its work in a pre-upgrade hook, which the new revision brings.",
		},
		{
			HookNeverEnds, "a hook does not come to its end",
			"Helm waits for each hook until its timeout, and then the whole operation has failed.",
			"Give the hook's Job a backoffLimit and an activeDeadlineSeconds, and see that its image and its program exist; wait in it for nothing that is installed after it.",
		},
		{
			HistoryLaw, "the release's history is not what Helm's own rules make of the operations",
			"Rollbacks go by the history: what it has wrong is restored wrong.",
			"This is not the chart's doing: look for somebody else who works on the release, and for records that were edited or removed.",
		},
		{
			NotSettled, "what the revision made does not become ready, or what it no longer has does not go",
			"A user sees a release that is deployed and an application that does not work.",
			"See the reason with each object: a probe that fails, a request that no node can fulfil, a claim that nobody binds, a finalizer that nobody removes.",
		},
		{
			OperationFailed, "Helm could not do the operation",
			"A user who does the same gets the same error.",
			"See the object and the cluster's answer in the error.",
		},
		{
			TestFailed, "a test of the chart failed (helm test)",
			"The chart's own test says that the release does not work.",
			"See the test's log; if the release needs longer than its probes say, mend the probes.",
		},
	}
}

func ofRefusals() []lesson {
	return []lesson{
		{
			KindNotServed, "the chart has an object of a kind, or of a version of it, that the cluster does not serve",
			"Helm refuses the whole manifest: nothing of the revision is made.",
			"If the kind is the chart's, put its definition into crds/; if another chart's, write the object only where the cluster has it " +
				"(.Capabilities.APIVersions.Has) or the values ask for it, and try the chart on a cluster that does (--provider existing); if only the version is wrong, write one that is served.",
		},
		{
			NamespaceMissing, "an object is for a namespace that does not exist",
			"Helm makes the namespace of the release at most, and never another one: the installation ends half way.",
			"Put the object into the namespace of the release (.Release.Namespace, or no namespace at all), or let the values name another one that is empty by default. " +
				"Where users are to make the namespace first, make it and try the chart there (--provider existing).",
		},
		{
			ObjectExists, "an object of the chart is there already, and it is not the release's",
			"Helm takes over nothing that another one has made: nothing of the revision is made.",
			"Put the release's name, and in what belongs to the whole cluster its namespace, too, into the object's name, so that two releases can stand side by side. " +
				"The namespace of the release is not the chart's to make: helm install --create-namespace does. What a cluster may have from somebody else, the values should be able to leave out.",
		},
		{
			ReleaseTooLarge, "the record of a revision is larger than the cluster can store",
			"Helm keeps the chart with all its files, the values and the manifest of each revision in one object, which may have 1 MiB, packed: no user can install this.",
			"Leave out of the package what no template needs (.helmignore), and keep large files and definitions out of the chart: in an image, or in a chart of their own.",
		},
	}
}

func ofObjects() []lesson {
	return []lesson{
		{
			CustomResourcesLost, "a CustomResourceDefinition goes away with the revision, and with it every object of its kind",
			"Deleting a definition deletes all its objects in all namespaces, those that users made too. No rollback brings them back.",
			"Put the definition into crds/, which Helm never deletes, or annotate it with helm.sh/resource-policy: keep, or give it a chart of its own.",
		},
		{
			NodePortLost, "a Service changes its type and comes back with another node port",
			"Whoever reaches the application by its node port (a firewall, a load balancer of their own) does not find it any more.",
			"Let users set the node port, and set it where the Service's type may change: spec.ports[].nodePort from the values.",
		},
		{
			ValueRerendered, "a template gives another value each time, with the same values",
			"Each upgrade changes it, for example a password that the application's data still has in its old form, and each upgrade restarts what uses it.",
			"Look up the object that is there and use its value again (the function lookup), or let the user bring the value.",
		},
		{
			KeptObjectLeft, "an object is kept by helm.sh/resource-policy although no revision uses it any more",
			"It stays for ever, costs what it costs, and may be in the way of the next installation.",
			"Keep only what holds data that nobody else has, under a name that stays the same from revision to revision.",
		},
		{
			SubchartLeft, "a subchart is switched off by the values, and its objects are still there",
			"The values say one thing and the cluster does another.",
			"Give the dependency in Chart.yaml a condition with exactly the path that the values have, such as redis.enabled.",
		},
		{
			FieldTakenOver, "somebody else than Helm set a field that the chart sets too",
			"Two masters take turns: what the chart says is overwritten, and the next upgrade that touches the field overwrites it back.",
			"Leave the field out of the template where another one is in charge of it, such as spec.replicas with a HorizontalPodAutoscaler.",
		},
		{
			ImageNotPulled, "an image cannot be pulled",
			"Its pods never start.",
			"See that the image, its tag and its registry exist and can be reached from the cluster, and that imagePullSecrets are set where they are needed.",
		},
		{
			UninstallLeft, "an object is still there after the release was uninstalled",
			"The next installation meets it, and nobody takes it away.",
			"Let Helm make it as a part of the manifest; give hooks the annotation helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded; " +
				"or annotate what is meant to stay with helm.sh/resource-policy: keep.",
		},
	}
}

// ofCircumstances are those of notes.
func ofCircumstances() []lesson {
	return []lesson{
		{
			LoadBalancerPending, "a Service of type LoadBalancer has no address",
			"This cluster has nothing that gives addresses; all the rest was waited for.",
			"Nothing: on a cluster with a load balancer it will have one.",
		},
		{
			ClaimKept, "the claim that a StatefulSet has made for a pod is there and the pod is not",
			"Kubernetes keeps it with its data by design: the next installation under the same name finds the data again, with the password that it was made with.",
			"Nothing, if data is to outlive the release. If not, set persistentVolumeClaimRetentionPolicy on the StatefulSet, or tell users to run kubectl delete pvc.",
		},
		{
			PausedAsAsked, "the chart has a Deployment that it pauses itself",
			"Its pods are not made or changed until somebody resumes it, so that nothing of them was waited for.",
			"Nothing, if that is meant; else leave spec.paused out.",
		},
		{
			RemadeByCluster, "a controller of Kubernetes has made an object anew that Helm had just deleted",
			"Kubernetes fills an aggregated ClusterRole again when one of its parts goes, and that makes one which is gone already. " +
				"It does so only now and then. The next installation refuses what is not marked as its own.",
			"Tell users to run kubectl delete clusterrole after an uninstallation; or give the role its rules itself, without an aggregationRule.",
		},
		{
			NeedsRealNodes, "a program of the chart would have to answer, and on simulated nodes none runs",
			"What depends on the answer cannot be seen here, such as an API or a webhook of the chart's own.",
			"Nothing: try the chart on real nodes, with --provider kind.",
		},
	}
}

func ofComparisons() []lesson {
	return []lesson{
		{
			ListElementLeft, "an element of a list stays although the revision gone to does not have it",
			"helm rollback says success, but the object is not what it was: a port, a container or a variable of the newer revision is still there.",
			"Kubernetes merges such lists by a key (ports by number, containers and variables by name). Never have two elements of the same key, " +
				"and do not let the key of an element change together with its other fields.",
		},
		{
			ListElementLost, "an element of a list is gone although the manifest has it",
			"Helm says success, but a container, a port or a variable that the chart asks for is not there.",
			"Never have two elements of the same key in a list that Kubernetes merges by key (variables and containers by name): taking one away takes both.",
		},
		{
			FieldLeft, "a field stays although the revision gone to does not have it",
			"The object is not what it was: a key of a Secret, a service account or another setting of the newer revision is still in force.",
			"Write the field in every revision, with its default where nothing else is wanted; give a Secret its keys as data and not as stringData.",
		},
		{
			Drifted, "a field has another value than it should have",
			"The state is not the one that the release's history tells of.",
			"See who owns the field: if a program of the cluster does, leave it out of the template; if a person did it by hand, do it with the values.",
		},
		{
			Missing, "an object that should be there is not",
			"The release is deployed and a part of it is gone.",
			"See who deleted it: a hook-delete-policy, an owner, a time to live, or a name that two revisions use for different things.",
		},
		{
			LeftOver, "an object is there that the revision does not have",
			"It goes on working beside what the revision has, and no upgrade will ever take it away.",
			"Let every object be in the manifest, so that Helm can see that it is not in the next one any more.",
		},
		{
			Recreated, "an object was deleted and made again although it should have lived on",
			"What depended on it was interrupted: addresses, claims, and objects that it owned.",
			"Look for hooks and scripts that delete it, and for upgrades with --force.",
		},
		{
			Reallocated, "a server chose another value than before",
			"The object had to be made again or left the state in which it had the value; most programs find the new one by name.",
			"If somebody relies on the value, set it in the values.",
		},
	}
}
