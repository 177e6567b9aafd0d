package workshop

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hints are what an author tells seatrial of a step, in a comment that readers do not see.
type Hints struct {
	// Skip is why the step is not run.
	Skip string `json:"skip,omitempty"`
	// Timeout ends the step. Zero is the default of whoever runs it.
	Timeout time.Duration `json:"timeout,omitempty"`
	// Exit is the exit code that the command has to end with.
	Exit int `json:"exit,omitempty"`
	// Requires are the features that a cluster must have, else the step is skipped.
	Requires []string `json:"requires,omitempty"`
	// Output says how much of the output is compared. Empty is the default of whoever compares.
	Output OutputMode `json:"output,omitempty"`
	// Background goes on to the next step while the command still runs.
	Background bool `json:"background,omitempty"`
	// Setup and Teardown mark what is run before and after everything else.
	Setup    bool `json:"setup,omitempty"`
	Teardown bool `json:"teardown,omitempty"`
	// AnyOrder lets lines of the output come in another order.
	AnyOrder bool `json:"anyOrder,omitempty"`
	// Set says what to put in for placeholders, each as "<name>=value".
	Set []string `json:"set,omitempty"`
}

// OutputMode says how much of an output is compared.
type OutputMode string

// The modes that the hint output= knows.
const (
	OutputIgnore   OutputMode = "ignore"
	OutputExact    OutputMode = "exact"
	OutputContains OutputMode = "contains"
)

// hint is one word of a comment.
type hint struct {
	line       int
	key, value string
	valued     bool
}

// longestTimeout is beyond what anybody waits for.
const longestTimeout = 24 * time.Hour

var (
	hintWord    = regexp.MustCompile(`^([^\s="']+)(=("[^"]*"|'[^']*'|[^\s"']*))?`)
	featureName = regexp.MustCompile(`^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$`)
	hintComment = regexp.MustCompile(`(?s)^\s*([A-Za-z-]+)\s*:(.*)$`)
)

// commentHints splits a comment, without its marks, into hints. A comment that is for somebody else has none.
func commentHints(comment string, line int) ([]hint, []problem) {
	m := hintComment.FindStringSubmatch(comment)
	if m == nil {
		return nil, nil
	}
	if m[1] != "seatrial" {
		if distance(strings.ToLower(m[1][:min(len(m[1]), 20)]), "seatrial") <= 2 {
			return nil, []problem{{line, fmt.Sprintf("unknown comment %q: did you mean %q?", m[1]+":", "seatrial:")}}
		}
		return nil, nil
	}
	line += strings.Count(comment[:len(comment)-len(m[2])], "\n")
	rest := m[2]
	var hints []hint
	for {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		line += strings.Count(rest[:len(rest)-len(trimmed)], "\n")
		if trimmed == "" {
			break
		}
		w := hintWord.FindStringSubmatch(trimmed)
		if w == nil {
			return hints, []problem{{line, fmt.Sprintf("%q is no hint: write key or key=value, separated by spaces", clip(trimmed))}}
		}
		hints = append(hints, hint{line, w[1], strings.Trim(w[3], `"'`), w[2] != ""})
		line += strings.Count(w[0], "\n")
		rest = trimmed[len(w[0]):]
	}
	if len(hints) == 0 {
		return nil, []problem{{line, "the comment has no hint: write one, or remove it"}}
	}
	return hints, nil
}

// setters put the value of a hint to its place, or say what would be right.
var setters = map[string]func(*Hints, hint) string{
	"skip": func(h *Hints, v hint) string {
		h.Skip = strings.TrimSpace(v.value)
		return unless(h.Skip != "", `needs a reason, such as skip="needs a browser"`)
	},
	"timeout": func(h *Hints, v hint) string {
		d, err := time.ParseDuration(v.value)
		h.Timeout = d
		return unless(err == nil && d > 0 && d <= longestTimeout, "needs a duration, such as timeout=90s or timeout=5m")
	},
	"exit": func(h *Hints, v hint) string {
		code, err := strconv.Atoi(v.value)
		h.Exit = code
		return unless(err == nil && code >= 0 && code <= 255, "needs an exit code from 0 to 255, such as exit=1")
	},
	"requires": func(h *Hints, v hint) string {
		for name := range strings.SplitSeq(v.value, ",") {
			if !featureName.MatchString(name) {
				return "needs names of features, such as requires=containers,volumes"
			}
			h.Requires = append(h.Requires, name)
		}
		return ""
	},
	"output": func(h *Hints, v hint) string {
		modes := []string{string(OutputIgnore), string(OutputExact), string(OutputContains)}
		h.Output = OutputMode(v.value)
		if slices.Contains(modes, v.value) {
			return ""
		}
		return "needs one of " + strings.Join(modes, ", ") + meant(v.value, modes)
	},
	"set": func(h *Hints, v hint) string {
		_, valid := substitutionOf(v.value)
		h.Set = append(h.Set, v.value)
		return unless(valid, `needs a placeholder and what to put there, such as set="<your-name>=ada"`)
	},
	"background": toggle(func(h *Hints) *bool { return &h.Background }),
	"setup":      toggle(func(h *Hints) *bool { return &h.Setup }),
	"teardown":   toggle(func(h *Hints) *bool { return &h.Teardown }),
	"any-order":  toggle(func(h *Hints) *bool { return &h.AnyOrder }),
}

// toggle is a hint without a value.
func toggle(field func(*Hints) *bool) func(*Hints, hint) string {
	return func(h *Hints, v hint) string {
		*field(h) = true
		return unless(!v.valued, "takes no value")
	}
}

func unless(right bool, message string) string { //nolint:revive // It reads as the sentence it is.
	if right {
		return ""
	}
	return message
}

// meant is a suggestion to put after an error, or nothing.
func meant(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// hintsOf puts hints together. Each may be given once.
func hintsOf(list []hint) (Hints, []problem) {
	var h Hints
	var problems []problem
	seen := map[string]bool{}
	for _, v := range list {
		name := clip(v.key)
		set, known := setters[v.key]
		switch {
		case !known:
			names := slices.Sorted(maps.Keys(setters))
			suggestion := meant(v.key, names)
			if suggestion == "" {
				suggestion = "; the known ones are " + strings.Join(names, ", ")
			}
			problems = append(problems, problem{v.line, fmt.Sprintf("unknown hint %q%s", name, suggestion)})
		case seen[v.key] && v.key != "set":
			problems = append(problems, problem{v.line, fmt.Sprintf("hint %q is given twice", name)})
		default:
			if message := set(&h, v); message != "" {
				problems = append(problems, problem{v.line, fmt.Sprintf("hint %q %s", name, message)})
			}
		}
		seen[v.key] = true
	}
	if len(list) > 0 && len(problems) == 0 {
		problems = contradictions(h, list[0].line)
	}
	return h, problems
}

func contradictions(h Hints, line int) []problem {
	switch {
	case h.Setup && h.Teardown:
		return []problem{{line, "a step is either setup or teardown"}}
	case h.Background && h.Exit != 0:
		return []problem{{line, "a step in the background is ended by seatrial: its exit code says nothing"}}
	}
	return nil
}

// with adds the hints of another block of the same step: what both say has to be the same.
func (h Hints) with(other Hints, line int) (Hints, []problem) {
	var problems []problem
	merge(&h.Skip, other.Skip, func() { problems = append(problems, disagree("skip", line)) })
	merge(&h.Timeout, other.Timeout, func() { problems = append(problems, disagree("timeout", line)) })
	merge(&h.Exit, other.Exit, func() { problems = append(problems, disagree("exit", line)) })
	merge(&h.Output, other.Output, func() { problems = append(problems, disagree("output", line)) })
	for _, name := range other.Requires {
		if !slices.Contains(h.Requires, name) {
			h.Requires = append(slices.Clone(h.Requires), name)
		}
	}
	h.Set = slices.Concat(h.Set, other.Set)
	h.Background = h.Background || other.Background
	h.Setup = h.Setup || other.Setup
	h.Teardown = h.Teardown || other.Teardown
	h.AnyOrder = h.AnyOrder || other.AnyOrder
	if len(problems) == 0 {
		problems = contradictions(h, line)
	}
	return h, problems
}

func merge[T comparable](mine *T, other T, disagreeing func()) {
	var none T
	switch {
	case other == none || other == *mine:
	case *mine == none:
		*mine = other
	default:
		disagreeing()
	}
}

func disagree(name string, line int) problem {
	return problem{line, fmt.Sprintf("hint %q is not the same for the two blocks of this step", name)}
}

// under fills in what a document says for all of its steps.
func (h Hints) under(doc Hints) Hints {
	if h.Timeout == 0 {
		h.Timeout = doc.Timeout
	}
	if h.Output == "" {
		h.Output = doc.Output
	}
	h.AnyOrder = h.AnyOrder || doc.AnyOrder
	h.Set = slices.Concat(h.Set, doc.Set)
	return h
}

// clip shortens what is quoted in an error.
func clip(text string) string {
	const enough = 60
	text, _, _ = strings.Cut(text, "\n")
	runes := []rune(text[:min(len(text), 4*enough)])
	if len(runes) <= enough {
		return string(runes)
	}
	return string(runes[:enough]) + "…"
}
