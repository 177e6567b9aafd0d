package workshop

import (
	"regexp"
	"slices"
	"strings"
)

// Lasting says how a command goes on until its reader ends it.
type Lasting int

// The ways to go on.
const (
	// Ends is for commands that end by themselves.
	Ends Lasting = iota
	// Follows prints what changes, for as long as somebody looks.
	Follows
	// Serves has to go on while later commands use it.
	Serves
)

var (
	watchWord   = regexp.MustCompile(`^watch\s+((?:-n\s*\S+|--interval[= ]\S+|-\S+)\s+)*`)
	forwardPort = regexp.MustCompile(`^(?:(\d+):)?(\d+)$`)
)

// Lasts says how a command goes on, and for one that serves the port of this machine, or nothing.
func Lasts(command string) (how Lasting, port string) {
	words := Words(strings.TrimSpace(command))
	for n := len(words); n > 0 && (words[n-1] == "&" || words[n-1] == ";"); n = len(words) {
		words = words[:n-1]
	}
	for len(words) > 0 && (before[words[0]] || isAssignment(words[0])) {
		words = words[1:]
	}
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return between[w] || w == ">" || w == ">>" }) {
		return Ends, ""
	}
	has := func(flags ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(flags, w) })
	}
	switch words[0] + " " + words[1] {
	case "kubectl port-forward", "k port-forward", "oc port-forward":
		return Serves, forwarded(words[2:])
	case "kubectl proxy", "k proxy":
		return Serves, proxied(words[2:])
	case "minikube tunnel":
		return Serves, ""
	}
	switch {
	case has("--help", "-h"):
		return Ends, ""
	case (words[0] == "kubectl" || words[0] == "k" || words[0] == "oc") && watches(words, has),
		words[0] == "tail" && has("-f", "-F", "--follow"), words[0] == "stern", words[0] == "watch":
		return Follows, ""
	}
	return Ends, ""
}

func watches(words []string, has func(...string) bool) bool {
	verb := slices.IndexFunc(words, func(w string) bool { return w == "get" || w == "logs" || w == "events" })
	if verb < 0 {
		return false
	}
	if words[verb] == "logs" {
		return has("-f", "--follow", "--follow=true")
	}
	return has("-w", "--watch", "--watch-only", "--watch=true", "-ow")
}

func forwarded(words []string) string {
	for _, w := range words {
		if m := forwardPort.FindStringSubmatch(w); m != nil {
			if m[1] != "" {
				return m[1]
			}
			return m[2]
		}
	}
	return ""
}

func proxied(words []string) string {
	const usual = "8001"
	for i, w := range words {
		if port, found := strings.CutPrefix(w, "--port="); found {
			return port
		}
		if (w == "--port" || w == "-p") && i+1 < len(words) {
			return words[i+1]
		}
	}
	return usual
}

// Watched is the command that "watch" repeats; of others it is the command itself.
func Watched(command string) string {
	text := strings.TrimSpace(command)
	at := watchWord.FindString(text)
	if at == "" || len(at) == len(text) {
		return command
	}
	rest := strings.TrimSpace(text[len(at):])
	if n := len(rest); n > 1 && (rest[0] == '"' || rest[0] == '\'') && rest[n-1] == rest[0] {
		return rest[1 : n-1]
	}
	return rest
}
