package hostile

import (
	"fmt"
	"strings"
)

const podHeader = "NAME   READY   STATUS    RESTARTS   AGE"

func hash(s Side) string { return pick(s, "586b4c847c-tkfj5", "5fb44d67c9-9bpxj") }

func rows() map[string]Input {
	pod := func(stem func(i int) string, status func(i int, s Side) string) Input {
		return under(podHeader, func(i int, s Side) string {
			return fmt.Sprintf("%s-%s   1/1     %s   0          5m15s", stem(i), hash(s), status(i, s))
		})
	}
	numbered := func(i int) string { return fmt.Sprint("app-", i) }
	running := func(int, Side) string { return "Running" }
	by := func(n int) func(int) string { return func(i int) string { return fmt.Sprint("app-", i/n) } }
	differ := func(i int, s Side) string { return fmt.Sprint(s, i) }
	return map[string]Input{
		"pods":                             pod(numbered, running),
		"pods in other states":             pod(numbered, differ),
		"pods of one stem":                 pod(by(1<<40), running),
		"pods of one stem in other states": pod(by(1<<40), differ),
		"pods of ten to a stem":            pod(by(10), differ),
		"pods of ninety to a stem":         pod(by(90), differ),
		"pods of a thousand to a stem":     pod(by(1000), differ),
		"pods of other stems":              under(podHeader, func(i int, s Side) string { return fmt.Sprintf("%d%d   1/1   Running   0   5m", s, i) }),
		"rows that are too short":          under(podHeader, func(int, Side) string { return "x" }),
		"rows that are too long":           under(podHeader, func(int, Side) string { return strings.Repeat("x   ", 200) }),
		"rows not under their titles":      under(podHeader, func(i int, s Side) string { return fmt.Sprintf("   x%d  1/1  %d", i, s) }),
		"rows of one word":                 under("NAME", func(i int, s Side) string { return fmt.Sprint("x", i, pick(s, "a", "b")) }),
		"rows with kinds":                  under(podHeader, func(i int, s Side) string { return fmt.Sprintf("k%d.x.y/a%d   1/1   %d   0   5m", i, i, s) }),
		"pods with ReplicaSets":            under(podHeader, podOrSet),
		"revisions":                        under("REVISION\tUPDATED\tSTATUS", func(i int, s Side) string { return fmt.Sprintf("%d\tMon Feb 24 18:08:02 2020\t%d", i, s) }),
		"events":                           under("LAST SEEN   TYPE   REASON   OBJECT   MESSAGE", func(i int, s Side) string { return fmt.Sprintf("5m   Normal   Pulled   pod/x   message %d %d", s, i) }),
		"ports":                            under("NAME   PORT(S)", func(int, Side) string { return "x   " + strings.Repeat("80:30001/TCP,", 50) }),
		"endpoints": under("NAME   ENDPOINTS", func(_ int, s Side) string {
			return "x   " + strings.Repeat(pick(s, "10.1.1.1:80,", "10.1.1.2:81,"), 50)
		}),
		"rows with dots":                          under(podHeader, func(i int, s Side) string { return pick(s, "...", fmt.Sprintf("x%d  1/1  Running  0  5m", i)) }),
		"rows of nodes":                           under("NAME   STATUS   ROLES   AGE   VERSION", func(i int, s Side) string { return fmt.Sprintf("n%d%d   Ready   x   5m   v1.30.0", s, i) }),
		"rows with characters of several bytes":   under("NAME   MESSAGE", func(i int, s Side) string { return fmt.Sprintf("é%d   ééééé %d", i, s) }),
		"rows whose cells are apart by one blank": under("NAME READY STATUS AGE", func(i int, s Side) string { return fmt.Sprintf("x%d 1/1 R%d 5m", i, s) }),
	}
}

func podOrSet(i int, s Side) string {
	if i%2 == 0 {
		return fmt.Sprintf("replicaset.apps/a%d-586b4c847c   1   1   1   5m", i)
	}
	return fmt.Sprintf("pod/a%d-%s   1/1   Running   0   5m", i-1, hash(s))
}

func headers() map[string]Input {
	wide := func(gap string, n int) string { return "NAME" + strings.Repeat(gap+"X", n) }
	short := func(i int, s Side) string { return fmt.Sprint(s, i) }
	long := func(i int, s Side) string { return strings.Repeat("x ", 500) + fmt.Sprint(s, i) }
	return map[string]Input{
		"headers":                          each(func(i int, s Side) string { return fmt.Sprintf("NAME   READY%d   %s", i, pick(s, "WANT", "GOT")) }),
		"headers that are the same":        same("NAME   READY   STATUS"),
		"headers of one word":              same("NAME"),
		"headers of two words":             same("NAME A"),
		"headers with tabs":                same("NAME\tA\tB\tC"),
		"headers with many titles":         same(wide("   ", 400)),
		"titles one blank apart":           same(wide(" ", 900)),
		"many titles over short rows":      under(wide("   ", 400), short),
		"many titles over long rows":       under(wide("   ", 400), long),
		"titles one blank apart and rows":  under(wide(" ", 900), long),
		"titles one blank apart and short": under(wide(" ", 900), short),
		"titles that come again":           under("NAME"+strings.Repeat("   AGE", 60), long),
		"titles with tabs over short rows": under("NAME"+strings.Repeat("\tA", 900), short),
	}
}

func tables() map[string]Input {
	return map[string]Input{
		"tables of one row": each(func(i int, s Side) string { return fmt.Sprintf("NAME   READY\nx%d   %d/1\n", i, s) }),
		"tables of other columns": each(func(i int, s Side) string {
			return fmt.Sprintf("NAME   A%d%d   READY\nx   1   1/1\n", i, s)
		}),
		"tables of other kinds": each(func(i int, s Side) string {
			return fmt.Sprintf("NAME   READY\nk%d.%d.x/x   1/1\n", i, s)
		}),
		"kinds in turn": each(func(i int, s Side) string {
			return fmt.Sprintf("NAME   READY\n%s/x%d   %d/1\n", []string{"pod", "service", "job"}[i%3], i, s)
		}),
		"tables and text in turn": each(func(i int, s Side) string {
			return fmt.Sprintf("text %d %d\nNAME   READY\nx%d   1/1\n\n", s, i, i)
		}),
		"one table against many": func(s Side, size int) string {
			if s == Want {
				return under("NAME   A   B", func(i int, _ Side) string { return fmt.Sprintf("pod/x%d   1   2", i) })(s, size)
			}
			var out strings.Builder
			for i := range 900 {
				fmt.Fprintf(&out, "NAME   A   B%d\n", i)
				for out.Len() < size*(i+1)/900 {
					fmt.Fprintf(&out, "pod/x%d   1   2\n", i)
				}
				out.WriteByte('\n')
			}
			return out.String()
		},
	}
}
