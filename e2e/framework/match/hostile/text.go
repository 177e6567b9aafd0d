package hostile

import (
	"fmt"
	"strings"
)

func lines() map[string]Input {
	return map[string]Input{
		"empty lines":              same(""),
		"lines of one letter":      same("a"),
		"lines of another letter":  each(func(_ int, s Side) string { return pick(s, "a", "b") }),
		"lines of blanks":          same("   "),
		"text that differs":        each(func(i int, s Side) string { return fmt.Sprintf("line %d of %d says this and that", i, s) }),
		"text that moves":          each(func(i int, s Side) string { return fmt.Sprintf("line %d", i+int(s)*1000) }),
		"text that comes backward": each(func(i int, s Side) string { return fmt.Sprint("line ", pick(s, fmt.Sprint(i), fmt.Sprint(-i))) }),
		"two lines in turn":        each(func(i int, s Side) string { return fmt.Sprint("x", (i+int(s))%2) }),
		"three lines in turn":      each(func(i int, s Side) string { return fmt.Sprint("x", i*(1+int(s))%3) }),
		"keys":                     each(func(i int, s Side) string { return fmt.Sprintf("KEY%d: %d", i, s) }),
		"other keys":               each(func(i int, s Side) string { return fmt.Sprintf("KEY%d%d: value", s, i) }),
		"one key":                  each(func(i int, s Side) string { return fmt.Sprintf("STATUS: %d %d", s, i) }),
		"keys without values":      each(func(i int, s Side) string { return fmt.Sprintf("key%d%d:", i, s) }),
		"blocks of keys": each(func(i int, s Side) string {
			return pick(Side(i%4&1), fmt.Sprintf("NAME: %d", i), pick(s, "", "\nNOTES:"))
		}),
		"dates":                same("Mon Feb 24 18:08:02 2020 2020-02-24 18:08:02.01 +0000 UTC"),
		"days of the week":     same(strings.Repeat("Mon ", 10)),
		"days without a time":  same("2020-02-24 2020-02-24 2020-02-24 2020-02-24"),
		"days no calendar has": same("2020-99-99 2020-99-99 2020-99-99 Mon Feb 99 18:08:02 2020"),
		"created": each(func(i int, s Side) string {
			return fmt.Sprintf("deployment.apps/app-%d %s", i, pick(s, "created", "configured"))
		}),
		"created as it once was": each(func(i int, s Side) string {
			return fmt.Sprintf("%s \"app-%d\" created", pick(s, "service", "deployment"), i)
		}),
		"deleted": each(func(i int, s Side) string {
			return fmt.Sprintf("pod \"app-%d\" deleted%s", i, pick(s, "", " from x namespace"))
		}),
		"addresses":                same("10.1.1.1 fd00::1 10.1.1.1:80 http://10.1.1.1:31000/x"),
		"nearly addresses":         same("1.1.1 1:1 10.1.1.1.1 1::1::1 300.1.1.1"),
		"warnings":                 each(func(i int, _ Side) string { return fmt.Sprintf("Warning: %d", i) }),
		"warnings of the library":  each(func(i int, s Side) string { return fmt.Sprintf("%s1123 20:01:09.1 %d x]", pick(s, "W", "I"), i) }),
		"colours":                  same("\x1b[1;32mok\x1b[0m \x1b]0;title\a"),
		"escapes without end":      same("\x1b[1;1;1;1\x1b]\x1b]\x1b]\x1b["),
		"carriage returns":         same("10%\r20%\r30%\r"),
		"capitals":                 same("A B C D E F G"),
		"names":                    same("pod/redis-586b4c847c-tkfj5 redis-586b4c847c-tkfj5 pod-x-y-z-1-2-3"),
		"kinds with groups":        same("deployment.apps a.b.c widget.example.com service. .x"),
		"not UTF-8":                same("\xff\xfe\x80 \xc3( a\xe9"),
		"characters of four bytes": each(func(i int, s Side) string { return fmt.Sprint("😀  😀  ", pick(s, "🐳", "📦"), i) }),
		"tabs":                     same("a\tb\t\tc\t"),
	}
}

func longLines() map[string]Input {
	word := func(i int, s Side) string { return fmt.Sprint("w", i, pick(s, "a", "b"), " ") }
	return map[string]Input{
		"one line":                     filled("a 10.1.1.1 b "),
		"one line that differs":        joined(word),
		"one word":                     filled("a"),
		"one word of digits":           filled("1"),
		"one word of dots and digits":  filled("1."),
		"one line of blanks":           filled(" "),
		"one line of tabs":             filled("\t"),
		"one line of quotes":           filled(`"`),
		"one line of brackets":         filled("(1["),
		"one line of slashes":          filled("a/1"),
		"one line of schemes":          filled("a://1"),
		"one line of dashes":           filled("a-1"),
		"one line of commas":           filled("80/TCP,"),
		"one line of colons":           filled("1: "),
		"one line of dates":            filled("Mon Feb 24 "),
		"one line of carriage returns": filled("1%\r"),
		"one line of escapes":          filled("\x1b]"),
		"one line of capitals":         filled("NAME "),
		"one line of kinds":            filled(`pod "a-1"`),
		"long lines": each(func(i int, s Side) string {
			return strings.Repeat("x", 4000) + fmt.Sprint(i) + pick(s, "a", "b")
		}),
		"long lines of words": each(func(i int, s Side) string {
			return strings.Repeat("x y ", 1000) + fmt.Sprint(i) + pick(s, "a", "b")
		}),
	}
}

func elisions() map[string]Input {
	return map[string]Input{
		"dots":                        each(func(i int, s Side) string { return fmt.Sprintf("%d %d\n...", s, i) }),
		"dots and few words":          each(func(i int, s Side) string { return pick(s, "a\n...\nb", "a") + fmt.Sprint(i%2) }),
		"dots and one word":           each(func(i int, s Side) string { return pick(s, "a\n...", pick(Side(i%2), "a", "b")) }),
		"dots only":                   each(func(i int, s Side) string { return pick(s, "...", fmt.Sprint(i)) }),
		"dots in lines":               each(func(i int, s Side) string { return fmt.Sprintf("a ... b ... %d %d ...", s, i) }),
		"dots in long lines":          each(func(i int, s Side) string { return pick(s, "x...y...z", strings.Repeat("xy", 2000)) + fmt.Sprint(i) }),
		"dots in one line":            joined(func(_ int, s Side) string { return pick(s, "a...", "a b ") }),
		"dots of several kinds":       joined(func(_ int, s Side) string { return pick(s, "…a..", "a") }),
		"parts that begin alike":      each(elided(200)),
		"parts that begin alike long": each(elided(1000)),
		"dots between tables": each(func(i int, s Side) string {
			return fmt.Sprintf("NAME   READY%d\nx%d   1/1\n%s", i, s, pick(s, "...", ""))
		}),
	}
}

// elided has parts of lines that nearly come, again and again.
func elided(length int) func(i int, s Side) string {
	return func(i int, s Side) string {
		switch {
		case s == Got:
			return "a"
		case i%length == length-1:
			return fmt.Sprint("b", i, "\n...")
		default:
			return "a"
		}
	}
}
