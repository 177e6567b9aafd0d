package workshop

import (
	"strings"
)

// language is what an info string says of a code block, as far as it matters.
type language int

const (
	// unnamed has no info string: the content decides.
	unnamed language = iota
	// session is for what a terminal shows: commands, outputs, or both.
	session
	// script is for commands, though many documents put outputs into it too.
	script
	// plain is never run.
	plain
	// data is the contents of a file, or the output of a command that prints such.
	data
	// otherShell is typed into a shell that is not bash.
	otherShell
	// foreign is anything else.
	foreign
)

var languages = map[string]language{
	"": unnamed,

	"console": session, "shell-session": session, "shellsession": session, "sh-session": session,
	"bash-session": session, "terminal": session, "session": session, "term": session, "command": session,
	"cli": session, "commandline": session, "command-line": session,

	"shell": script, "sh": script, "bash": script, "zsh": script, "ksh": script, "dash": script,
	"execute": script, "copy": script, "shellscript": script, "execute-1": script, "execute-2": script, "execute-all": script,
	"copy-and-edit": script, "bash-execute": script, "prompt": script,

	"text": plain, "txt": plain, "plain": plain, "plaintext": plain, "output": plain, "out": plain, "log": plain,
	"logs": plain, "stdout": plain, "result": plain, "none": plain, "nohighlight": plain, "no-highlight": plain,
	"ascii": plain, "tree": plain, "raw": plain,

	"yaml": data, "yml": data, "json": data, "xml": data, "toml": data, "ini": data, "properties": data,
	"csv": data, "jsonc": data, "json5": data, "env": data, "dotenv": data, "conf": data, "cfg": data,

	"powershell": otherShell, "ps1": otherShell, "ps": otherShell, "pwsh": otherShell, "posh": otherShell,
	"cmd": otherShell, "bat": otherShell, "batch": otherShell, "dos": otherShell, "fish": otherShell,
	"nu": otherShell, "nushell": otherShell,
}

// directives are names in braces after which the language stands: "{code-block} console".
var directives = map[string]bool{"code-block": true, "code": true, "sourcecode": true, "code-cell": true, "prompt": true}

// languageOf reads an info string as found in the wild: "console", " console", "{.bash .copy}", "bash title=x",
// "sh{1,3}", "shell:run", "language-bash", "{code-block} console".
func languageOf(info string) language {
	name := strings.ToLower(strings.TrimSpace(info))
	if inner, rest, found := strings.Cut(strings.TrimPrefix(name, "{"), "}"); found && directives[strings.TrimSpace(inner)] {
		name = strings.TrimSpace(rest)
	}
	if inner, attributes := strings.CutPrefix(name, "{"); attributes {
		name = strings.TrimLeft(inner, " .")
	}
	if i := strings.IndexAny(name, " \t{},:=."); i >= 0 {
		name = name[:i]
	}
	name = strings.TrimPrefix(name, "language-")
	l, known := languages[name]
	if !known {
		return foreign
	}
	return l
}
