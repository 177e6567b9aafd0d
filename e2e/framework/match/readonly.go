package match

import (
	"slices"
	"strings"
)

var (
	kubectlReads = []string{
		"get", "describe", "logs", "top", "version", "cluster-info", "api-resources", "api-versions", "explain", "events",
	}
	helmReads = []string{
		"list", "ls", "history", "hist", "status", "get", "show", "inspect", "search", "version", "env", "template", "lint",
	}
	// filters read what comes through a pipe and change nothing.
	filters = []string{"grep", "egrep", "head", "tail", "sort", "uniq", "wc", "awk", "cut", "tr", "jq", "yq", "cat", "column"}
	// reads are verbs whose own second word decides.
	reads = map[string][]string{
		"kubectl rollout": {"status", "history"},
		"kubectl config":  {"view", "get-contexts", "get-clusters", "get-users", "current-context"},
		"kubectl auth":    {"can-i", "whoami"},
		"helm repo":       {"list", "ls"},
		"helm dependency": {"list", "ls"},
	}
)

// ReadOnly tells whether a command changes nothing and ends by itself, so that it may be repeated until its output is
// what the document shows: kubectl get, helm history, and what is piped from them through filters.
func ReadOnly(text string) bool {
	text, ok := withoutSubstitutions(strings.ReplaceAll(text, "\\\n", " "))
	text = unquoted(text)
	if !ok || strings.ContainsAny(text, "><`") {
		return false
	}
	some := false
	for _, separator := range []string{"&&", "||", ";", "\n"} {
		text = strings.ReplaceAll(text, separator, "\x00")
	}
	for list := range strings.SplitSeq(text, "\x00") {
		if strings.TrimSpace(list) == "" {
			continue
		}
		for i, part := range strings.Split(list, "|") {
			if strings.Contains(part, "&") || !reader(part, i > 0) {
				return false
			}
		}
		some = true
	}
	return some
}

// withoutSubstitutions takes out each $(command) that only reads.
func withoutSubstitutions(text string) (string, bool) {
	const deepest = 16
	for range deepest {
		start := strings.LastIndex(text, "$(")
		if start < 0 {
			return text, true
		}
		length := strings.IndexByte(text[start:], ')')
		if length < 0 || !ReadOnly(text[start+2:start+length]) {
			return "", false
		}
		text = text[:start] + "x" + text[start+length+1:]
	}
	return "", false
}

// unquoted blanks what is quoted, where a pipe is none.
func unquoted(text string) string {
	out := []byte(text)
	var quote byte
	for i := range out {
		switch {
		case quote == 0 && (out[i] == '\'' || out[i] == '"'):
			quote = out[i]
		case out[i] == quote:
			quote = 0
		case quote != 0:
			out[i] = 'x'
		}
	}
	return string(out)
}

//nolint:revive // Whether a part of a pipe reads from the pipe is data.
func reader(text string, piped bool) bool {
	c := readCommand(text)
	if piped {
		return slices.Contains(filters, c.tool) && !slices.Contains(c.flags, "-i")
	}
	follows := []string{"-w", "--watch", "--watch-only"}
	if c.verb == "logs" {
		follows = append(follows, "-f", "--follow")
	}
	if slices.ContainsFunc(c.flags, func(f string) bool { return slices.Contains(follows, f) }) {
		return false
	}
	if allowed, found := reads[c.tool+" "+c.verb]; found {
		return slices.Contains(allowed, c.resource)
	}
	switch c.tool {
	case "kubectl":
		return slices.Contains(kubectlReads, c.verb)
	case "helm":
		return slices.Contains(helmReads, c.verb)
	default:
		return false
	}
}
