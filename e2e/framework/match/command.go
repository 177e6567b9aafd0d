package match

import (
	"slices"
	"strings"
)

// command is what is needed to know of what was typed.
type command struct {
	tool string
	// verb is of kubectl and helm; resource is what kubectl gets, or the release of helm.
	verb, resource string
	namespace      string
	format         string
	flags          []string
}

// valueFlags take the next word as their value.
var valueFlags = []string{
	"-n", "--namespace", "-o", "--output", "-l", "--selector", "-f", "--filename", "--context", "--kubeconfig",
	"--kube-context", "-c", "--container", "--sort-by", "--field-selector", "--set", "--values", "--version", "--timeout",
	"--tail", "--since", "--template", "--max", "--revision", "-L",
}

// readCommand reads the first of the commands that a line has.
func readCommand(text string) command {
	words := strings.Fields(strings.ReplaceAll(text, "\\\n", " "))
	if i := slices.IndexFunc(words, func(w string) bool { return strings.ContainsAny(w, "|;") || w == "&&" }); i >= 0 {
		words = words[:i]
	}
	for len(words) > 0 && (words[0] == "$" || words[0] == "sudo" || isAssignment(words[0])) {
		words = words[1:]
	}
	var c command
	if len(words) == 0 {
		return c
	}
	c.tool = strings.TrimPrefix(words[0], "$")
	c.tool = c.tool[strings.LastIndexByte(c.tool, '/')+1:]
	var rest []string
	for i := 1; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		if !strings.HasPrefix(flag, "-") {
			rest = append(rest, words[i])
			continue
		}
		if !joined && slices.Contains(valueFlags, flag) && i+1 < len(words) {
			i++
			value = words[i]
		}
		c.flag(flag, value)
	}
	if len(rest) > 0 {
		c.verb = rest[0]
	}
	if len(rest) > 1 {
		c.resource = rest[1]
	}
	return c
}

func (c *command) flag(flag, value string) {
	c.flags = append(c.flags, flag)
	switch {
	case flag == "-n" || flag == "--namespace":
		c.namespace = value
	case flag == "-o" || flag == "--output":
		c.format = value
	case strings.HasPrefix(flag, "-o") && len(flag) > 2:
		c.format = flag[2:]
	}
}

var variableBytes = bytesOf(letters + capitals + digits + "_")

func isAssignment(word string) bool {
	variable, _, found := strings.Cut(word, "=")
	return found && variable != "" && allIn(variable, variableBytes)
}

// kind is what a table of the command lists, if it lists one kind.
func (c command) kind() string {
	if c.tool == "kubectl" && c.verb == "get" && !strings.Contains(c.resource, ",") {
		kind, _, _ := strings.Cut(c.resource, "/")
		return readKind(kind)
	}
	return ""
}

// unordered tells that the order of lines is of names, part of which are generated.
func (c command) unordered() bool {
	return c.tool == "kubectl" && c.verb == "get" && !slices.Contains(c.flags, "--sort-by")
}

// showsVersions tells that the output is about the tools and the cluster, and not about the workshop.
func (c command) showsVersions() bool {
	return (c.tool == "kubectl" || c.tool == "helm") && c.verb == "version"
}

// showsRelease tells that helm prints the state of a release.
func (c command) showsRelease() bool {
	return c.tool == "helm" && slices.Contains([]string{"install", "upgrade", "status"}, c.verb)
}
