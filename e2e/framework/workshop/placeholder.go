package workshop

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// An angle bracket with a space beside it is a redirection.
	anglePlaceholder  = regexp.MustCompile(`<[A-Za-z][\w./-]*( [\w./-]+)*>`)
	squarePlaceholder = regexp.MustCompile(`(^|[\s=/:])(\[[A-Za-z][\w-]*( [\w-]+)*\])(\s|$)`)
	curlyPlaceholder  = regexp.MustCompile(`\{\{[^{}]+\}\}`)
	yourPlaceholder   = regexp.MustCompile(`\$\{?(YOUR_\w+)\}?|\b(YOUR[-_][A-Z][A-Z_-]*)\b`)
	dotsPlaceholder   = regexp.MustCompile(`(^|\s)(\.{3}|…)(\s|$)`)
	tagName           = regexp.MustCompile(`^</?(h[1-6]|p|html|body|b|i|a|div|br|title|head|none|unset|nil|pre|code|li|ul)[ >]`)
	templated         = regexp.MustCompile(`template|--format|-f ['"]?\{\{|jsonpath|custom-columns`)
)

// placeholder finds what a reader has to replace by something of their own before the command can be run.
func placeholder(command string) string {
	if body := strings.Index(command, "<<"); body >= 0 {
		command = command[:body]
	}
	command = command[:min(len(command), longestCommand)]
	if strings.Contains(command, ">") {
		for _, found := range anglePlaceholder.FindAllString(command, -1) {
			if !tagName.MatchString(found) {
				return found
			}
		}
	}
	if strings.Contains(command, "YOUR") {
		if m := yourPlaceholder.FindString(command); m != "" {
			return m
		}
	}
	if strings.Contains(command, "]") {
		if m := squarePlaceholder.FindStringSubmatch(command); m != nil {
			return m[2]
		}
	}
	return otherPlaceholder(command)
}

func otherPlaceholder(command string) string {
	if strings.Contains(command, "...") || strings.Contains(command, "…") {
		if m := dotsPlaceholder.FindStringSubmatch(command); m != nil {
			return m[2]
		}
	}
	if !strings.Contains(command, "{{") || templated.MatchString(command) {
		return ""
	}
	return curlyPlaceholder.FindString(command)
}

// substitution is what the hint "set" says of a placeholder.
type substitution struct{ placeholder, value string }

// substitutionOf reads the value of the hint "set".
func substitutionOf(text string) (substitution, bool) {
	name, value, found := strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	return substitution{name, value}, found && name != "" && value != ""
}

// filled puts in what an author has said for placeholders.
func filled(command string, list []string) string {
	for _, text := range list {
		if s, valid := substitutionOf(text); valid {
			command = strings.ReplaceAll(command, s.placeholder, s.value)
		}
	}
	return command
}

// unfilled says what is to be done about a placeholder.
func unfilled(found string) string {
	return fmt.Sprintf(`it has the placeholder %q: say at the top of the document what to put there, with <!-- seatrial: set="%s=VALUE" -->`, found, found)
}

// assigned has the variables that commands of the document give a value.
func assigned(steps []Step) map[string]bool {
	names := map[string]bool{}
	var words []string
	for i := range steps {
		command := steps[i].Command
		if !strings.Contains(command, "=") {
			continue
		}
		words = appendWords(words[:0], command)
		for _, word := range words {
			if name, _, found := strings.Cut(word, "="); found && isAssignment(word) {
				names[name] = true
			}
		}
	}
	return names
}
