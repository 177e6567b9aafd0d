package match

import "strings"

// eventPlain takes out of a line of an event, or of a described object, what depends on the node, on how often something
// happened, and on how long it took.
func eventPlain(line string) string {
	line = withoutTimes(line)
	switch {
	case strings.HasPrefix(line, "Node: ") && line != "Node: <none>":
		return "Node: <node>"
	case strings.HasPrefix(line, "Container ID: ") || strings.HasPrefix(line, "Image ID: "):
		key, _, _ := strings.Cut(line, ": ")
		return key + ": <id>"
	case line == "Endpoints: <none>":
		return "Endpoints:" // since Kubernetes 1.31
	case strings.HasPrefix(line, "NodePort: "):
		return withoutNodePort(line)
	default:
	}
	if before, _, found := strings.Cut(line, "kubelet, "); found {
		_, after, _ := strings.Cut(line[len(before):], " ")
		_, after, _ = strings.Cut(after, " ")
		line = before + "kubelet " + after
	}
	if before, after, found := strings.Cut(line, "Successfully assigned "); found {
		pod, _, onNode := strings.Cut(after, " to ")
		if onNode {
			namespace, name, _ := strings.Cut(pod, "/")
			line = before + "Successfully assigned " + namespace + "/" + readName("pod", name).String() + " to <node>"
		}
	}
	if before, after, found := strings.Cut(line, "Successfully pulled image "); found {
		image, _, _ := strings.Cut(after, " ")
		line = before + "Successfully pulled image " + image
	}
	return withoutHashes(withoutSuffix(line))
}

// withoutSuffix leaves out the generated ends of names that only the words before them tell to be such.
func withoutSuffix(line string) string {
	const volume = "kube-api-access-"
	if before, after, found := strings.Cut(line, volume); found && len(after) >= suffixLength && isSuffix(after[:suffixLength]) {
		return before + volume + "*" + after[suffixLength:]
	}
	for _, did := range []string{"Created pod: ", "Deleted pod: "} {
		if before, after, found := strings.Cut(line, did); found {
			pod, rest, _ := strings.Cut(after, " ")
			return before + did + readName("pod", pod).String() + " " + rest
		}
	}
	return line
}

// withoutTimes makes <age> (x2 over <age>) a plain age.
func withoutTimes(line string) string {
	const begins = "<age> (x"
	before, after, found := strings.Cut(line, begins)
	if !found {
		return line
	}
	_, rest, closed := strings.Cut(after, ")")
	if !closed {
		return line
	}
	return before + "<age>" + rest
}

// withoutHashes sees to names of ReplicaSets that only the word before them tells to be such.
func withoutHashes(line string) string {
	const scaled, from = " replica set ", " from "
	if before, after, found := strings.Cut(line, scaled); found {
		name, rest, _ := strings.Cut(after, " ")
		if count, since, counted := strings.Cut(" "+rest, from); counted && count == "" {
			_, rest, _ = strings.Cut(since, " ")
		}
		return before + scaled + readName("replicaset", name).String() + " " + rest
	}
	for _, key := range []string{"NewReplicaSet: ", "OldReplicaSets: "} {
		if rest, found := strings.CutPrefix(line, key); found {
			name, state, _ := strings.Cut(rest, " ")
			return key + readName("replicaset", name).String() + " " + state
		}
	}
	return line
}

// withoutNodePort takes the number out of NodePort: http 31725/TCP.
func withoutNodePort(line string) string {
	i := strings.LastIndexByte(line, ' ') + 1
	number, protocol, found := strings.Cut(line[i:], "/")
	if !found || !isNodePort(number) {
		return line
	}
	return line[:i] + nodePort + "/" + protocol
}
