// Package hostile has documents that nobody would write: each repeats, to any size, what could take a reader of
// documents more time than its size allows.
package hostile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Names lists the documents.
func Names() []string { return slices.Sorted(maps.Keys(documents())) }

// Document makes the one of that name, of at least size bytes. A name that is none gives nothing.
func Document(name string, size int) []byte {
	build, known := documents()[name]
	if !known {
		return nil
	}
	return []byte(build(size))
}

// documents has a function for each that makes it.
func documents() map[string]func(size int) string {
	all := map[string]func(int) string{}
	for name, part := range parts() {
		all[name] = func(size int) string { return repeat(part, size) }
	}
	maps.Copy(all, grown())
	return all
}

func repeat(part string, size int) string { return strings.Repeat(part, size/len(part)+1) }

// counted repeats a part that is another one each time.
func counted(format string) func(int) string {
	return func(size int) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
}

func fence(info string, lines ...string) string {
	return "```" + info + "\n" + strings.Join(lines, "\n") + "\n```\n\n"
}

// parts are what is repeated as it is.
func parts() map[string]string {
	all := map[string]string{
		"quotes": "> ", "lists": "- ", "numbers": "1. ", "plus": "+\n", "items": "- x\n", "quoted lists": "> - > - x\n",
		"lazy quotes": "> x\ny\n", "loose items": "- x\n\n  y\n\n", "item of nothing": "-\n\n",
		"setext": "a\n=\n", "setext lines": "=\n", "rules": "---\n", "stars": "* * *\n", "headings": "# <!--\n", "hashes": "#",
		"backquotes": "a `b ``c ```d\n", "one backquote": "`", "escapes": "\\`", "escaped": "\\", "comments": "<!-- ", "comment lines": "<!--\n",
		"closed comments": "<!-- a -->", "arrows": "-->", "tags": "<\n", "open tags": "<a\n", "details": "<details>\n", "pre": "<pre>\n", "declarations": "<!A\n",
		"instructions": "<?\n", "cdata": "<![CDATA[\n", "scripts": "<script>\n", "attributes": "<a b=", "attribute line": " b=\"c\"",
		"fences": "```\n", "opened fences": "```sh\n", "closed fences": "```\n```\n", "tildes": "~~~ a\n", "long fences": "`````", "fence in items": "- ```\n",
		"colons": ":::\n", "admonitions": "!!! note\n", "tabs": "=== \"Linux\"\n\n", "liquid": "{% tab a %}\n", "shortcodes": "{{< tab >}}\n", "braces": "{", "brackets": "[", "links": "[a](", "definitions": "[a]: b\n",
		"tab characters": "\t", "spaces": " ", "empty lines": "\n", "carriage returns": "\r", "windows lines": "a\r\n", "zeros": "\x00", "words": "helm ", "letters": "a", "dots": ".", "front": "---\na: b\n",
		"unclosed": "    $ echo '(\n", "heredocs": "    $ cat <<A <<B\n", "parens": "    kubectl $((((\n", "bare heredocs": "    cat <<A\n", "one line of here-documents": "<<A ", "pipes": "    helm list |\n", "continued": "    helm list \\\n",
		"prompts": "    $ \n", "one block": "    $ helm list\n", "hash prompts": "    # helm list\n    NAME\n", "host prompts": "    a@b:~$ ls\n", "hash lines": "    # \n",
		"equal": fence("sh", "helm list"), "transcripts": fence("", "$ helm list", "NAME"), "hints": "<!-- seatrial: exit=1 -->\n\n", "hint words": "<!-- seatrial: exit=1 -->",
		"shortened": fence("", "$ helm list", "a", "..."), "outputs": fence("", "$ helm list", "...") + fence("", "X:", "..."),
		"table rows": "| a | b |\n", "delimiters": "|-", "columns": "    NAME   READY   STATUS\n", "braces in code": "    {{ a }}\n", "placeholders": "    helm install <a> [b] $YOUR_C\n",
	}
	return all
}

// grown are those that are more than one part.
func grown() map[string]func(int) string {
	after := func(first, part string) func(int) string {
		return func(size int) string { return first + repeat(part, size) }
	}
	return map[string]func(int) string{
		"one transcript":       after("```\n$ helm list\n", "NAME\n"),
		"one here-document":    after("```sh\ncat <<EOF\n", "line\n"),
		"one hint":             after("<!-- seatrial: ", "exit=1 "),
		"one comment":          after("<!--", " x\n"),
		"one quote":            after("```sh\necho '", "line\n"),
		"one prompt":           after("```\n", "$"),
		"one command":          after("```sh\nhelm ", "a "),
		"one command of pipes": after("```sh\nhelm ", "a | "),
		"substitutions":        after("```sh\nhelm ", "$("),
		"continued outputs":    after(fence("", "$ helm list", "a", "..."), fence("", "OUT:", "...")),
		"shortened outputs":    after(fence("", "$ helm list", "a", "..."), fence("", "$ helm list", "a", "b", "...")),
		"items of an item":     after("- a\n", "  - b\n"),
		"items of quotes":      after("> - a\n", "> - b\n"),
		"lines of a quote":     after("> a\n", "> b\n"),
		"code of an item":      after("- a\n\n", "      $ helm list\n"),
		"commands":             counted("```sh\nhelm get values app%d\n```\n\n"),
		"many commands":        counted("    helm get values app%d\n"),
		"titles":               counted("# Title %d\n"),
		"sentences":            counted("Run `helm get values app%d` now.\n\n"),
		"steps then outputs": func(size int) string {
			return "```sh\n" + repeat("helm list\n", size/2) + "```\n\n" + repeat(fence("", "NAME"), size/2)
		},
		"two blocks alike": func(size int) string {
			return "```sh\n" + counted("helm get app%d\n")(size/2) + "```\n\n```\n" + counted("$ helm get app%d\n")(size/2) + "```\n"
		},
		"nested deeper and deeper": func(size int) string {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(strings.Repeat("  ", i%200) + "- x\n")
			}
			return b.String()
		},
		"tabs deeper and deeper": func(size int) string {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(strings.Repeat("\t", i%50) + "1. x\n")
			}
			return b.String()
		},
		"rows of backquotes": func(size int) string {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(strings.Repeat("`", i%1000+1) + " ")
			}
			return b.String()
		},
	}
}
