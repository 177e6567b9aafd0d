package workshop

import (
	"fmt"
	"slices"
)

var (
	editors  = set("vi vim nvim nano emacs pico gedit subl code micro joe mcedit notepad")
	screens  = set("k9s htop lazydocker tmux screen dive minicom")
	browsers = set("open xdg-open start firefox google-chrome chromium")
	shells   = set("sh bash ash zsh /bin/sh /bin/bash /bin/ash /bin/zsh redis-cli mysql psql mongo mongosh python python3")
	// between are the words between two commands of a line.
	between = set("; | || & && ( )")
)

// person says why only a person can do what a command asks for, or nothing.
func person(command string) string {
	const usual = 32
	var some [usual]string
	words := appendWords(some[:0], command[:min(len(command), longestCommand)])
	for len(words) > 0 {
		end := slices.IndexFunc(words, func(w string) bool { return between[w] })
		if end < 0 {
			end = len(words)
		}
		if reason := personFor(words[:end]); reason != "" && (end == len(words) || words[end] != "|") {
			return reason
		}
		if end < len(words) && words[end] == "|" {
			// What reads from a pipe asks nobody.
			words = afterPipe(words[end+1:])
			continue
		}
		words = words[min(end+1, len(words)):]
	}
	return ""
}

func afterPipe(words []string) []string {
	end := slices.IndexFunc(words, func(w string) bool { return between[w] && w != "|" })
	if end < 0 {
		return nil
	}
	return words[end+1:]
}

// personFor looks at one simple command.
func personFor(words []string) string {
	if len(words) == 2 && words[0] == "sudo" && (words[1] == "-i" || words[1] == "-s" || words[1] == "su") {
		return "it opens a shell of the superuser, which needs a person"
	}
	for len(words) > 0 && (before[words[0]] || isAssignment(words[0])) {
		words = words[1:]
	}
	if len(words) == 0 || slices.Contains(words, "<") || slices.Contains(words, "<<") {
		return ""
	}
	name := words[0]
	switch {
	case editors[name] && len(words) > 1, name == "kubectl" && len(words) > 2 && words[1] == "edit":
		return fmt.Sprintf("it opens an editor (%s), which needs a person", name)
	case screens[name]:
		return fmt.Sprintf("it fills the screen (%s), which needs a person", name)
	case browsers[name] && len(words) > 1, len(words) > 1 && name == "minikube" && words[1] == "dashboard":
		return fmt.Sprintf("it opens a window (%s), which needs a person", name)
	case name == "ssh" && len(words) == 2, name == "minikube" && len(words) == 2 && words[1] == "ssh":
		return fmt.Sprintf("it opens a shell elsewhere (%s), which needs a person", name)
	case interactive(words):
		return "it opens a shell in a container, which needs a person"
	}
	return ""
}

// interactive says that a command leaves its reader within a container.
func interactive(words []string) bool {
	if len(words) < 3 || !slices.Contains([]string{"kubectl", "k", "oc", "docker", "podman", "nerdctl"}, words[0]) ||
		!slices.Contains([]string{"exec", "run", "attach", "debug"}, words[1]) {
		return false
	}
	asks := slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"-it", "-ti", "--tty", "-t", "-itd", "--stdin", "-i"}, w)
	})
	return asks && (shells[words[len(words)-1]] || words[1] == "attach")
}
