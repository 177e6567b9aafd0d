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
	namePlaceholder   = regexp.MustCompile(`(^|[\s/=:])([A-Z]+(?:_[A-Z]+)*_(?:NAME|NAMESPACE|ID|IP|HOST|URL))(?:[\s/:]|$)`)
	dotsPlaceholder   = regexp.MustCompile(`(^|\s)(\.{3}|…)(\s|$)`)
	tagName           = regexp.MustCompile(`^</?(h[1-6]|p|html|body|b|i|a|div|br|title|head|none|unset|nil|pre|code|li|ul)[ >]`)
	templated         = regexp.MustCompile(`template|--format|-f ['"]?\{\{|jsonpath|custom-columns`)
)

// placeholders are what readers have to replace, each with a sign that it needs, which is quicker to look for.
var placeholders = []struct {
	sign string
	find func(command string) string
}{
	{">", angle},
	{"YOUR", yourPlaceholder.FindString},
	{"]", second(squarePlaceholder)},
	{"_", named},
	{"...", second(dotsPlaceholder)},
	{"…", second(dotsPlaceholder)},
	{"{{", curly},
}

// placeholder finds what a reader has to replace by something of their own before the command can be run.
func placeholder(command string) string {
	if body := strings.Index(command, "<<"); body >= 0 {
		command = command[:body]
	}
	command = command[:min(len(command), longestCommand)]
	for _, p := range placeholders {
		if !strings.Contains(command, p.sign) {
			continue
		}
		if found := p.find(command); found != "" {
			return found
		}
	}
	return ""
}

func angle(command string) string {
	for _, found := range anglePlaceholder.FindAllString(command, -1) {
		if !tagName.MatchString(found) {
			return found
		}
	}
	return ""
}

// second gives what the second group of an expression finds.
func second(expression *regexp.Regexp) func(string) string {
	return func(command string) string {
		if m := expression.FindStringSubmatch(command); m != nil {
			return m[2]
		}
		return ""
	}
}

// named finds names in capitals that stand for another name, unless the command takes a variable by its name.
func named(command string) string {
	if handles.MatchString(command) {
		return ""
	}
	return second(namePlaceholder)(command)
}

func curly(command string) string {
	if templated.MatchString(command) {
		return ""
	}
	return curlyPlaceholder.FindString(command)
}

// handles are commands that take a variable by its name.
var handles = regexp.MustCompile(`^(export|unset|declare|local|readonly|read|printenv|env|set|grep)\b`)

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
