package shell

import (
	"regexp"
	"strings"
)

// question matches how programs ask: with a choice in brackets, for a secret, or with a plain
// question. Programs end a question without a new line, so that the answer stands behind it.
var question = regexp.MustCompile(`(?i)(\[y/n\]|\(y/n\)|\(yes/no[^)]*\)|password[^:]*:|passphrase[^:]*:|username[^:]*:|\?)[ \t]*:?[ \t]*$`)

func asks(output string) bool {
	last := output[strings.LastIndex(output, "\n")+1:]
	return strings.TrimSpace(last) != "" && question.MatchString(last)
}
