package match

import (
	"slices"
	"strings"
)

// manner is how a command talks: what it says in other words in other versions, and what it says in passing.
type manner struct {
	// plain makes one of several wordings of a line in canonical form.
	plain func(string) string
	// passing are lines of progress, and what depends on the time and the machine: how many come says nothing.
	passing func(string) bool
	// unordered lines come in any order.
	unordered bool
	// growing outputs have more lines in later versions.
	growing bool
}

// manner gives that of the command.
func (c command) manner() manner {
	switch c.tool {
	case "kubectl":
		return c.kubectlManner()
	case "helm":
		return c.helmManner()
	case "kind":
		return manner{plain: kindPlain, passing: kindPassing}
	case "curl", "wget", "http":
		return manner{passing: fieldPassing}
	case "ls", "ll":
		return manner{plain: filePlain, passing: beginsWith("total "), unordered: true}
	default:
		return manner{}
	}
}

func (c command) kubectlManner() manner {
	switch c.verb {
	case "rollout":
		if c.resource == "status" {
			return manner{passing: beginsWith("Waiting for ", "waiting for ")}
		}
	case "cluster-info":
		return manner{plain: clusterPlain, growing: true}
	case "version":
		return manner{plain: versionPlain, passing: beginsWith("Kustomize Version: ")}
	case "describe":
		return manner{plain: eventPlain, growing: true}
	case "events":
		return manner{plain: eventPlain}
	case "get":
		if kind := c.kind(); kind == "event" {
			return manner{plain: eventPlain}
		}
	default:
	}
	return manner{}
}

func (c command) helmManner() manner {
	switch c.verb + " " + c.resource {
	case "repo update", "repo up":
		return manner{plain: updatePlain, unordered: true}
	default:
	}
	switch c.verb {
	case "env":
		return manner{plain: variablePlain, unordered: true, growing: true}
	case "package", "lint":
		return manner{plain: chartPlain}
	case "version":
		return manner{plain: versionPlain}
	default:
		return manner{}
	}
}

func beginsWith(some ...string) func(string) bool {
	return func(line string) bool {
		line = strings.TrimSpace(line)
		return slices.ContainsFunc(some, func(s string) bool { return strings.HasPrefix(line, s) })
	}
}

// kindPlain leaves the image out of which kind makes nodes.
func kindPlain(line string) string {
	const image = "✓ Ensuring node image"
	if strings.HasPrefix(line, image) {
		return image
	}
	return line
}

// kindPassing are the steps that kind begins, and one of its ways to say goodbye.
func kindPassing(line string) bool {
	return beginsWith("•", "Have a ", "Thanks for using kind", "Not sure what to do next", "Have a question")(line)
}

// fieldNames are of header fields of HTTP whose values are the server's affair, and of the moment.
var fieldNames = setOf(
	"date", "server", "etag", "last-modified", "content-length", "set-cookie", "connection", "keep-alive", "expires",
	"x-request-id", "accept-ranges", "transfer-encoding", "via", "age", "vary", "cache-control",
)

// fieldPassing are such fields, curl's meter, and what it tells of a connection.
func fieldPassing(line string) bool {
	line = strings.TrimSpace(line)
	if beginsWith("% Total", "Dload ", "* ", "> ", "{ [", "} [")(line) || line == ">" || line == "<" || isMeter(line) {
		return true
	}
	field, _, found := strings.Cut(strings.TrimPrefix(line, "< "), ":")
	return found && len(field) <= 20 && fieldNames[strings.ToLower(field)]
}

// isMeter tells whether a line is one of the twelve columns that curl counts in.
func isMeter(line string) bool {
	const columns, widest = 12, 200
	if len(line) > widest {
		return false
	}
	words := strings.Fields(line)
	return len(words) == columns && allIn(words[0], digitBytes) && strings.Contains(words[len(words)-2], ":")
}

var modeBytes = bytesOf("rwxstST-")

// filePlain keeps the type and the name of a file that ls lists: owner, date and size are of the machine.
func filePlain(line string) string {
	const before, typical = 8, 10
	words := strings.Fields(line)
	if len(words) <= before || len(words[0]) < typical || !allIn(words[0][1:typical], modeBytes) {
		return line
	}
	return words[0][:1] + " " + strings.Join(words[before:], " ")
}

// clusterPlain gives parts of a cluster the names that they have today, and leaves out where it is.
func clusterPlain(line string) string {
	line = strings.NewReplacer("Kubernetes master ", "Kubernetes control plane ", "KubeDNS ", "CoreDNS ").Replace(line)
	before, place, found := strings.Cut(line, "https://")
	if !found {
		return line
	}
	if _, path, deeper := strings.Cut(place, "/"); deeper {
		return before + "https://<server>/" + path
	}
	return before + "https://<server>"
}

// versionPlain says whose version a line tells, and not which.
func versionPlain(line string) string {
	if of, _, found := strings.Cut(line, " Version: "); found {
		return of + " Version: <version>"
	}
	if strings.HasPrefix(line, "version.BuildInfo{") || strings.HasPrefix(line, "<version>") {
		return "<version>"
	}
	return line
}

// updatePlain has the one blank more of Helm's older greeting taken out.
func updatePlain(line string) string { return strings.ReplaceAll(line, "⎈ Happy", "⎈Happy") }

// variablePlain keeps the name of a variable of `helm env`.
func variablePlain(line string) string {
	variable, _, found := strings.Cut(line, "=")
	if !found || !strings.HasPrefix(variable, "HELM_") && variable != "KUBECONFIG" {
		return line
	}
	return variable + "=<value>"
}

// chartPlain leaves out in which folder a chart was saved, and counts no failures as 0.
func chartPlain(line string) string {
	const saved = "saved it to: "
	line = strings.ReplaceAll(line, "linted, no failures", "linted, 0 chart(s) failed")
	before, path, found := strings.Cut(line, saved)
	if !found {
		return line
	}
	return before + saved + path[strings.LastIndexByte(path, '/')+1:]
}
