package lint

import (
	"fmt"
	"strings"

	"seatrial/e2e/framework/workshop"
)

const (
	// shortestWord is the shortest for which a difference of one letter is more likely a mistake than a name.
	shortestWord = 4
	// longestCommand and mostSpellings bound what is compared.
	longestCommand = 40
	mostSpellings  = 20
)

// spelling is a word of a step's command.
type spelling struct {
	step *workshop.Step
	word string
}

// spellings finds commands that differ from another one of the document in the spelling of one word, if the document
// has that word nowhere else, and the other one at least twice.
func spellings(doc *workshop.Document) []Finding {
	uses := map[string]int{}
	// alike is keyed by a command without one of its words.
	alike := map[string][]spelling{}
	var keys []string
	for i := range doc.Steps {
		s := &doc.Steps[i]
		words := workshop.Words(s.Command)
		for n, w := range words {
			uses[w]++
			if len(w) < shortestWord || len(words) > longestCommand {
				continue
			}
			key := strings.Join(words[:n], "\x00") + "\x01" + strings.Join(words[n+1:], "\x00")
			if alike[key] == nil {
				keys = append(keys, key)
			}
			if len(alike[key]) < mostSpellings {
				alike[key] = append(alike[key], spelling{s, w})
			}
		}
	}
	var findings []Finding
	for _, key := range keys {
		findings = append(findings, rare(alike[key], uses)...)
	}
	return findings
}

func rare(list []spelling, uses map[string]int) []Finding {
	var findings []Finding
	for _, a := range list {
		for _, b := range list {
			if uses[a.word] > 1 || uses[b.word] < 2 || plural(a.word, b.word) {
				continue
			}
			if _, _, found := workshop.Typo(a.step.Command, b.step.Command); found {
				findings = append(findings, at(a.step, a.step.Line,
					fmt.Sprintf("%q is nowhere else in the document; line %d has %q", a.word, b.step.Line, b.word)))
				break
			}
		}
	}
	return findings
}

// plural says that two words are forms of the same, such as pod and pods.
func plural(a, b string) bool {
	return a == b+"s" || b == a+"s"
}
