package workshop

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// promptKind is how a prompt looks. All prompts of a block look alike: another one in it is output, or a comment.
type promptKind int

const (
	noPrompt promptKind = iota
	// dollar is "$ ", also without the space before a command that is known.
	dollar
	// host names a user, a machine or a folder before its sign: "user@host:~$ ", "[node1 ~]$ ", "~/app $ ".
	host
	// hash is root's "# ". It looks like a comment, so it has to be followed by a command that is known.
	hash
	// sign is "% " or "> ", before a command that is known.
	sign
	// windows is a prompt of a shell that is not run here.
	windows
)

// longestPrompt is where a prompt ends at the latest.
const longestPrompt = 100

var (
	hostPrompt = regexp.MustCompile(
		`^(\([\w.-]+\) ?)?([\w.-]+@[\w.-]+(:[~/][^\s$#%]*| [~/][^\s$#%]*)? ?|\[[^\[\]]*[a-z~/][^\[\]]*\] ?)$`)
	folderPrompt  = regexp.MustCompile(`^(\([\w.-]+\) ?)?([a-z][\w.-]*|[a-z][\w.-]*[: ][~/][\w./~-]*|[~/][\w./~-]*|)? ?$`)
	macPrompt     = regexp.MustCompile(`^(\([\w.-]+\) ?)?[A-Za-z][\w.-]*:[~/]?[^\s$#%]* [\w.-]+ ?$`)
	arrowPrompt   = regexp.MustCompile(`^([➜❯→λ▶]|[╰└]─+[$#>❯➜]*)\s+`)
	shellPrompt   = regexp.MustCompile(`^(ba)?sh-\d\.\d$`)
	windowsPrompt = regexp.MustCompile(`^(PS( [A-Z]:\\[^>]*)?|[A-Z]:\\[^>]*)> ?`)
)

// splitPrompt takes the prompt off a line.
func splitPrompt(line string) (kind promptKind, rest string) {
	if line == "" {
		return noPrompt, ""
	}
	switch c := line[0]; c {
	case '$':
		return dollarPrompt(line)
	case '#', '%', '>':
		after, found := strings.CutPrefix(line[1:], " ")
		if !found || !knownCommand(after) {
			return noPrompt, line
		}
		if c == '#' {
			return hash, strings.TrimSpace(after)
		}
		return sign, strings.TrimSpace(after)
	}
	if line[0] >= utf8.RuneSelf {
		return arrow(line)
	}
	if line[0] >= 'A' && line[0] <= 'Z' {
		if m := windowsPrompt.FindString(line[:min(len(line), longestPrompt)]); m != "" {
			return windows, line[len(m):]
		}
	}
	return longPrompt(line)
}

// arrow reads a prompt of an arrow, after which a folder and a branch may stand before the command.
func arrow(line string) (kind promptKind, rest string) {
	rest = line[len(arrowPrompt.FindString(line)):]
	if rest == line {
		return noPrompt, line
	}
	const places = 3
	for range places {
		if knownCommand(rest) {
			return host, strings.TrimSpace(rest)
		}
		_, after, found := strings.Cut(rest, " ")
		if !found {
			break
		}
		rest = strings.TrimLeft(after, " ")
	}
	return noPrompt, line
}

func dollarPrompt(line string) (kind promptKind, rest string) {
	rest = line[1:]
	switch {
	case rest == "", rest[0] == ' ', rest[0] == '\t':
		return dollar, strings.TrimSpace(rest)
	case isLetter(rest[0]) && knownCommand(rest), strings.HasPrefix(rest, "./"):
		return dollar, strings.TrimSpace(rest)
	}
	return noPrompt, line
}

// longPrompt looks for a prompt that says where it is before its sign.
func longPrompt(line string) (kind promptKind, rest string) {
	i := strings.IndexAny(line[:min(len(line), longestPrompt)], "$#%")
	if i <= 0 || i+1 < len(line) && line[i+1] != ' ' {
		return noPrompt, line
	}
	place := line[:i]
	rest = strings.TrimSpace(line[i+1:])
	switch {
	case line[i] != '#' && macPrompt.MatchString(place) && (rest == "" || shapeOf(rest) == commandLike):
		return host, rest
	case hostPrompt.MatchString(place) && (rest != "" || strings.TrimRight(place, " ") == place):
		return host, rest
	case shellPrompt.MatchString(place):
		return host, rest
	case line[i] != '#' && folderPrompt.MatchString(place) && knownCommand(rest) && !knownCommand(place):
		return host, rest
	}
	return noPrompt, line
}
