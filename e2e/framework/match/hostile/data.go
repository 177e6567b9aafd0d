package hostile

import (
	"fmt"
	"strings"
)

// wrapped puts what is made between two texts.
func wrapped(before string, inner Input, after string) Input {
	return func(side Side, size int) string { return before + inner(side, size) + after }
}

func data() map[string]Input {
	return map[string]Input{
		"braces":             filled("{["),
		"brackets":           filled("["),
		"a list of numbers":  wrapped("[0", joined(func(i int, s Side) string { return fmt.Sprint(",", i%(5+int(s))) }), "]"),
		"a list of lists":    wrapped("[0", filled(",[]"), "]"),
		"a list of texts":    wrapped(`["x"`, joined(func(i int, s Side) string { return fmt.Sprintf(`,"a%d%d"`, s, i) }), "]"),
		"an object":          wrapped(`{"x":0`, joined(func(i int, s Side) string { return fmt.Sprintf(`,"k%d":%d`, i, s) }), "}"),
		"an object of lines": wrapped("{\"x\":0", joined(func(i int, s Side) string { return fmt.Sprintf(",\n\"k%d\":%d", i, s) }), "\n}"),
		"other keys of an object": wrapped("{\"x\":0", joined(func(i int, s Side) string {
			return fmt.Sprintf(",\n\"k%d%d\":1", s, i)
		}), "\n}"),
		"objects with names": wrapped(`{"items":[{}`, joined(func(i int, s Side) string {
			return fmt.Sprintf(",\n{\"name\":\"a%d\",\"x\":%d}", i*7919%100003+int(s), s)
		}), "]}"),
		"an object that is deep": func(s Side, size int) string {
			const level = `{"a":`
			n := min(size/len(level), 9000)
			return strings.Repeat(level, n) + fmt.Sprint(int(s)) + strings.Repeat("}", n) + strings.Repeat(" ", max(0, size-6*n))
		},
		"yaml":             each(func(i int, s Side) string { return fmt.Sprintf("apiVersion: v%d\n- %d: 1", i, s) }),
		"yaml of keys":     under("apiVersion: v1", func(i int, s Side) string { return fmt.Sprintf("k%d: %d", i, s) }),
		"yaml of items":    under("apiVersion: v1\nitems:", func(i int, s Side) string { return fmt.Sprintf("- name: a%d%d", s, i) }),
		"yaml of dashes":   wrapped("apiVersion: v1\na:\n", filled("- "), "x"),
		"yaml of brackets": wrapped("apiVersion: v1\na: ", filled("["), ""),
		"yaml of braces":   wrapped("apiVersion: v1\na: ", filled("{a: "), ""),
		"yaml of anchors": wrapped("apiVersion: v1\na0: &a0 [x, x]\n", each(func(i int, _ Side) string {
			return fmt.Sprintf("a%d: &a%d [*a%d, *a%d]", i+1, i+1, i, i)
		}), ""),
		"yaml of one text": wrapped("apiVersion: v1\na: |\n", same("  text"), ""),
		"yaml with dots":   under("apiVersion: v1", func(i int, s Side) string { return pick(s, "...", fmt.Sprintf("k%d: 1", i)) }),
		"yaml of documents": under("apiVersion: v1", func(i int, s Side) string {
			return fmt.Sprintf("---\napiVersion: v%d\nkind: %d", i, s)
		}),
		"yaml that is deep": func(s Side, size int) string {
			var out strings.Builder
			out.WriteString("apiVersion: v1\n")
			for i := 0; out.Len() < size; i++ {
				out.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return out.String() + fmt.Sprint(int(s))
		},
	}
}

func described() map[string]Input {
	return map[string]Input{
		"described objects": each(func(i int, s Side) string {
			return fmt.Sprintf("Name:         x%d\nLabels:       a=b\n              c=%d\nEvents:       <none>\n", i, s)
		}),
		"described labels": under("Name:   x\nLabels:   a=b", func(i int, s Side) string {
			return fmt.Sprintf("          k%d=%d", i, s)
		}),
		"described events": under("Name:   x\nEvents:\n  Type   Reason   Age   From   Message\n  ----   ------   ----   ----   -------", func(i int, s Side) string {
			return fmt.Sprintf("  Normal   Pulled   5m   kubelet   message %d %d", i, s)
		}),
		"described sections": each(func(i int, s Side) string {
			return fmt.Sprintf("%sSection%d%d:", strings.Repeat(" ", i%40), s, i)
		}),
		"header fields": under("HTTP/1.1 200 OK", func(i int, s Side) string { return fmt.Sprintf("X-%d: %d", i, s) }),
		"answers": each(func(i int, s Side) string {
			return fmt.Sprintf("HTTP/1.1 %d OK\nDate: Mon, 02 Jan 2006 15:04:05 GMT\n\n{\"a\":%d}", 200+int(s), i)
		}),
		"sources": each(func(i int, s Side) string { return fmt.Sprintf("---\n# Source: x/%d.yaml\napiVersion: v%d", i, s) }),
	}
}
