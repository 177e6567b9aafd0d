package match

import (
	"slices"
	"strings"
)

// kindNames has the short and plural names of the kinds that workshops ask for.
var kindNames = map[string]string{
	"po": "pod", "svc": "service", "deploy": "deployment", "rs": "replicaset", "sts": "statefulset", "ds": "daemonset",
	"rc": "replicationcontroller", "cj": "cronjob", "ns": "namespace", "no": "node", "cm": "configmap", "ep": "endpoints",
	"ing": "ingress", "ingresses": "ingress", "netpol": "networkpolicy", "networkpolicies": "networkpolicy",
	"pvc": "persistentvolumeclaim", "pv": "persistentvolume", "sa": "serviceaccount", "sc": "storageclass",
	"storageclasses": "storageclass", "hpa": "horizontalpodautoscaler", "pdb": "poddisruptionbudget", "ev": "event",
	"csr": "certificatesigningrequest", "crd": "customresourcedefinition", "crds": "customresourcedefinition",
	"priorityclasses": "priorityclass", "ingressclasses": "ingressclass", "quota": "resourcequota", "limits": "limitrange",
	"cs": "componentstatus", "componentstatuses": "componentstatus", "pc": "priorityclass", "psp": "podsecuritypolicy",
	"podsecuritypolicies": "podsecuritypolicy", "runtimeclasses": "runtimeclass",
}

// kinds are known by their names alone; others are by a dot, as in widget.example.com.
var kinds = setOf(
	"pod", "service", "deployment", "replicaset", "statefulset", "daemonset", "replicationcontroller", "job", "cronjob",
	"namespace", "node", "configmap", "secret", "endpoints", "endpointslice", "ingress", "ingressclass", "networkpolicy",
	"persistentvolumeclaim", "persistentvolume", "serviceaccount", "storageclass", "horizontalpodautoscaler",
	"poddisruptionbudget", "event", "certificatesigningrequest", "customresourcedefinition", "role", "rolebinding",
	"clusterrole", "clusterrolebinding", "lease", "priorityclass", "controllerrevision", "limitrange", "resourcequota",
	"volumeattachment", "csinode", "csidriver", "csistoragecapacity", "runtimeclass", "apiservice", "podtemplate",
	"componentstatus", "podsecuritypolicy", "podmetrics", "nodemetrics", "mutatingwebhookconfiguration", "flowschema",
	"validatingwebhookconfiguration", "prioritylevelconfiguration", "validatingadmissionpolicy", "servicecidr",
	"validatingadmissionpolicybinding", "ipaddress", "deviceclass", "resourceslice", "resourceclaim",
)

func setOf(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, one := range all {
		set[one] = true
	}
	return set
}

// readKind gives the kind that a word names: deployment for deploy, deployments and deployment.apps. The group is left
// out because it changed over the years. It is empty for words that name none.
func readKind(word string) string {
	const longest = 253 // of any name in Kubernetes
	if len(word) > longest {
		return ""
	}
	plain, group, grouped := strings.Cut(strings.ToLower(word), ".")
	if known, ok := kindNames[plain]; ok {
		return known
	}
	if kinds[plain] {
		return plain
	}
	if singular := strings.TrimSuffix(plain, "s"); kinds[singular] {
		return singular
	}
	if grouped && allIn(plain, lowerBytes) && strings.Contains(group, ".") {
		return word
	}
	return ""
}

// kindOfTitles recognises what kubectl prints about a kind by its columns.
func kindOfTitles(titles []string) string {
	has := func(all ...string) bool {
		for _, title := range all {
			if !slices.Contains(titles, title) {
				return false
			}
		}
		return true
	}
	switch {
	case has("RESTARTS"):
		return "pod"
	case has("CLUSTER-IP"):
		return "service"
	case has("UP-TO-DATE", "NODE SELECTOR"):
		return "daemonset"
	case has("UP-TO-DATE"):
		return "deployment"
	case has("DESIRED", "CURRENT", "READY"):
		return "replicaset"
	case has("COMPLETIONS"):
		return "job"
	case has("ROLES", "VERSION"):
		return "node"
	case has("CHART", "REVISION"):
		return "release"
	default:
		return ""
	}
}

// splitKind takes pod/redis apart, and leaves alone what only looks like it, such as the chart stable/redis.
func splitKind(word string) (kind, rest string) {
	left, right, found := strings.Cut(word, "/")
	if !found || right == "" {
		return "", word
	}
	if kind = readKind(left); kind == "" {
		return "", word
	}
	return kind, right
}
