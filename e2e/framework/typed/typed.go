// Package typed says again what somebody has typed: quoted for a shell, and without what looks like a secret.
package typed

import (
	"regexp"
	"strings"
)

// Line spells words so that a person can repeat them in a POSIX shell.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = Quote(word)
	}
	return strings.Join(quoted, " ")
}

// Quote spells one word for a POSIX shell.
func Quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@%+", r)
	}
	if word != "" && strings.TrimLeftFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// hidden stands where something was.
const hidden = "***"

const (
	revealing = `[\w.\[\]-]*(?:passw|pwd|secret|token|credential|api[._-]?key|access[._-]?key|private[._-]?key)[\w.\[\]-]*`
	// value is one as a shell or helm --set reads it.
	value = `(?:'[^']*'|"[^"]*"|\\.|[^\s,'"\\])+`
)

var (
	assigned = regexp.MustCompile(`(?i)(` + revealing + `=)` + value)
	followed = regexp.MustCompile(`(?i)(--` + revealing + `\s+)` + value)
	userinfo = regexp.MustCompile(`(://)[^/\s@]+@`)
)

// Hide leaves out of each word what looks like a secret: the value of an assignment or a flag whose name says so, and who
// somebody is in an address.
func Hide(words []string) []string {
	all := make([]string, len(words))
	for i, word := range words {
		word = assigned.ReplaceAllString(word, "${1}"+hidden)
		word = followed.ReplaceAllString(word, "${1}"+hidden)
		all[i] = userinfo.ReplaceAllString(word, "${1}"+hidden+"@")
	}
	return all
}
