package match

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryChangeThatDoesNotMatterIsAccepted(t *testing.T) {
	var all rate
	for name, command := range right() {
		text := file(t, name)
		o := Options{Command: command}
		for _, m := range harmless(text) {
			if strings.HasPrefix(name, "seed") && m.what == "hashes" {
				// Its pods and ReplicaSets are not of the same hash, so that no cluster prints it.
				continue
			}
			asDocument, asActual := Compare(m.text, text, o), Compare(text, m.text, o)
			all.add(len(asDocument) == 0)
			all.add(len(asActual) == 0)
			if len(asDocument)+len(asActual) > 0 {
				t.Errorf("%s: %s is rejected: %v %v\n%s", name, m.what, asDocument, asActual, m.text)
			}
		}
	}
	for command, pair := range harmlessTexts() {
		found := Compare(pair[0], pair[1], Options{Command: command})
		all.add(len(found) == 0)
		if len(found) > 0 {
			t.Errorf("%s: %q is rejected for %q: %v", command, pair[1], pair[0], found)
		}
	}
	t.Logf("changes that do not matter: %s accepted", &all)
}

// harmless makes changes of an output that no reader has to notice.
func harmless(text string) []mutant {
	out := []mutant{
		{what: "colours", text: "\x1b[1;32m" + strings.ReplaceAll(text, "\n", "\x1b[0m\n")},
		{what: "carriage returns", text: strings.ReplaceAll(text, "\n", "\r\n")},
		{what: "blanks at the ends", text: strings.ReplaceAll(text, "\n", "  \n") + "\n\n"},
		{what: "no last line break", text: strings.TrimRight(text, "\n")},
		{what: "widths", text: render(text, func(_, _ int, cells []string) [][]string { return [][]string{cells} })},
		{what: "narrow", text: strings.NewReplacer("          ", "   ", "      ", "  ").Replace(expandTabs(text))},
		{what: "tabs made blanks", text: blanks(text)},
		{what: "rows backwards", text: backwards(text)},
		{what: "hashes", text: otherHashes(text, "5d4f8b6c97", "2x9zk")},
		{what: "short hashes", text: otherHashes(text, "8b6c97", "bcdfg")},
		{what: "decimal hashes", text: otherHashes(text, "2035384211", "7ci7o")},
	}
	ages := []string{"0s", "59s", "119s", "2m", "9m59s", "179m", "3h1m", "7h", "47h", "2d3h", "8d", "729d", "2y3d", "9y", "1h", "<unknown>"}
	days := []string{
		"Sun Feb  1 00:00:00 2026", "Tue Dec 31 23:59:59 2019", "2020-02-24 18:08:02.017401264 +0000 UTC",
		"2026-07-04 08:00:00.5 +0200 CEST", "2026-07-04T08:00:00Z", "Sat, 04 Jul 2026 08:00:00 +0200",
	}
	addresses := []string{"10.0.0.1", "172.21.255.254", "fd00:10:96::1", "fe80::1"}
	outside := []string{"<pending>", "192.168.1.1", "localhost", "a1.eu-west-1.elb.amazonaws.com"}
	columns := map[string][]string{
		"AGE": ages, "UPDATED": days, "CLUSTER-IP": addresses, "IP": addresses, "EXTERNAL-IP": outside,
		"NODE": {"worker-7", "10.76.202.206"}, "PORT(S)": {"30000", "32767", "31999"},
		"RESTARTS": {"1", "7", "3 (5m ago)", "12 (3h1m ago)"},
	}
	// In their order: what a property test draws has to be there again when it is tried again.
	for _, title := range slices.Sorted(maps.Keys(columns)) {
		for _, value := range columns[title] {
			out = append(out, mutant{what: title + " " + value, text: with(text, title, value)})
		}
	}
	return out
}

func blanks(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = expandTabs(lines[i])
	}
	return strings.Join(lines, "\n")
}

// with puts a value into each cell of a column that has one of its kind.
func with(text, title, value string) string {
	tables := parse(cleanLines(text)).tables
	return render(text, func(x, _ int, cells []string) [][]string {
		cells = slices.Clone(cells)
		i := tables[x].index(title)
		if i < 0 || cells[i] == none || cells[i] == "0" || cells[i] == "" {
			return [][]string{cells}
		}
		if title != "PORT(S)" {
			cells[i] = value
		} else if number, rest, mapped := strings.Cut(cells[i], ":"); mapped {
			_, protocol, _ := strings.Cut(rest, "/")
			cells[i] = number + ":" + value + "/" + protocol
		}
		return [][]string{cells}
	})
}

func backwards(text string) string {
	tables := parse(cleanLines(text)).tables
	return render(text, func(x, y int, _ []string) [][]string {
		rows := tables[x].rows
		return [][]string{rows[len(rows)-1-y].cells}
	})
}

// otherHashes gives each object another name of the same stem.
func otherHashes(text, hash, suffix string) string {
	hashes := map[string]string{}
	for _, t := range parse(cleanLines(text)).tables {
		for _, r := range t.rows {
			kind, plain := splitKind(t.cell(&r, "NAME"))
			if kind == "" {
				kind = kindOfTitles(t.titles)
			}
			if n := readName(kind, plain); kind == "pod" && n.hash != "" {
				hashes["-"+n.hash] = fmt.Sprintf("-%s%d", hash[:len(hash)-1], 4+len(n.stem)%6)
				hashes["-"+n.suffix] = "-" + suffix
			}
		}
	}
	for _, old := range slices.Sorted(maps.Keys(hashes)) {
		text = strings.ReplaceAll(text, old, hashes[old])
	}
	return text
}

// harmlessTexts are lines that a document may show, and what may come.
func harmlessTexts() map[string][2]string {
	return map[string][2]string{
		"helm install guestbook-demo .": {
			"NAME: guestbook-demo\nLAST DEPLOYED: Mon Feb 24 18:08:02 2020\nSTATUS: deployed\nNOTES:\n1. Get the URL",
			"NAME: guestbook-demo\nLAST DEPLOYED: Tue Nov  3 08:08:02 2026\nSTATUS: deployed\nNOTES:\n    1. Get   the URL\n",
		},
		"helm install guestbook-demo . # cut": {
			"NAME: guestbook-demo\n...\n",
			"NAME: guestbook-demo\nLAST DEPLOYED: Tue Nov  3 08:08:02 2026\nSTATUS: deployed\n",
		},
		"kubectl delete svc redis-slave": {
			"service \"redis-slave\" deleted", "service \"redis-slave\" deleted from default namespace",
		},
		"kubectl delete deployment redis-slave": {
			"deployment.extensions \"redis-slave\" deleted", "deployment.apps \"redis-slave\" deleted from default namespace",
		},
		"kubectl create -f redis.yaml": {
			"service \"redis\" created", "service/redis created",
		},
		"kubectl delete pod redis": {
			"pod \"redis-586b4c847c-tkfj5\" deleted", "pod \"redis-5fb44d67c9-9bpxj\" deleted",
		},
		"kubectl apply -f x": {
			"deployment.extensions/redis created", "W1123 20:01:09.123456   77 warnings.go:70] old\nWarning: old\ndeployment.apps/redis created",
		},
		"helm list": {
			"NAME  NAMESPACE  REVISION\nx  y  1",
			"WARNING: Kubernetes configuration file is group-readable. This is insecure.\nNAME\tNAMESPACE\tREVISION\nx\ty\t1\n",
		},
		"echo": {"http://50.23.5.136:31838", "http://10.89.0.3:30001"},
		"kubectl get services": {
			"NAME  TYPE  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\nredis  ClusterIP  10.1.1.1  <none>  6379/TCP  1m\n.........",
			"NAME  TYPE  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\na  ClusterIP  10.1.1.2  <none>  1/TCP  1m\nredis  ClusterIP  10.1.1.1  <none>  6379/TCP  1m\n",
		},
		"kubectl get pods -o name": {
			"pod/a-586b4c847c-tkfj5\npod/b-586b4c847c-tkfj5", "pod/b-5fb44d67c9-9bpxj\npod/a-5fb44d67c9-9bpxj",
		},
		"kubectl get service x -o json": {
			`{"metadata":{"uid":"a","creationTimestamp":"2020-02-24T18:08:02Z"},"spec":{"clusterIP":"10.1.1.1","ports":[{"nodePort":31000}]}}`,
			"{\n\"spec\":{\"ports\":[{\"nodePort\":32000}],\"clusterIP\":\"10.96.0.7\"},\"metadata\":{\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"uid\":\"b\",\"managedFields\":[]}}",
		},
		"helm version": {
			`version.BuildInfo{Version:"v3.1.0", GitCommit:"b29d20baf09943e134c2fa5e1e1cab3bf93315fa", GitTreeState:"clean", GoVersion:"go1.13.7"}`,
			`version.BuildInfo{Version:"v3.22.0", GitCommit:"1234567baf09943e134c2fa5e1e1cab3bf9331aa", GitTreeState:"clean", GoVersion:"go1.26.0"}`,
		},
	}
}

// Whatever several harmless changes are made at once, the output stays right.
func TestHarmlessChangesAddUp(t *testing.T) {
	names := slices.Sorted(maps.Keys(right()))
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "file")
		if strings.HasPrefix(name, "seed") {
			rt.Skip("its hashes contradict each other")
		}
		text := file(t, name)
		changed := text
		for range rapid.IntRange(1, 4).Draw(rt, "changes") {
			m := rapid.SampledFrom(harmless(changed)).Draw(rt, "change")
			changed = m.text
		}
		if found := Compare(text, changed, Options{Command: right()[name]}); len(found) > 0 {
			rt.Fatalf("%v\n%s", found, changed)
		}
	})
}

func TestRowsComeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := file(t, "real_all.txt")
		tables := parse(cleanLines(text)).tables
		var orders [][]int
		for _, tab := range tables {
			var order []int
			for i := range tab.rows {
				order = append(order, i)
			}
			orders = append(orders, rapid.Permutation(order).Draw(rt, "order"))
		}
		shuffled := render(text, func(x, y int, _ []string) [][]string {
			return [][]string{tables[x].rows[orders[x][y]].cells}
		})
		if found := Compare(text, shuffled, Options{Command: "kubectl get all"}); len(found) > 0 {
			rt.Fatal(found)
		}
	})
}

func TestAnyTextIsEqualToItself(t *testing.T) {
	pieces := []string{
		"NAME", "READY", "STATUS", "pod/redis-slave-586b4c847c-tkfj5", "1/1", "...", "......", " ", "  ", "   ", "\t", "\n", "\n\n", "<none>",
		"10.1.1.1", "5m15s", "Mon Feb 24 18:08:02 2020", "{", "}", "x", "é", "…", "\x1b[1m", "80:31000/TCP", "apiVersion:", ":", "\"", "- ",
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(rt, "text"), "")
		for _, command := range []string{"", "kubectl get pods", "kubectl get x -o yaml"} {
			o := Options{Command: command}
			if found := Compare(text, text, o); len(found) > 0 {
				rt.Fatalf("%q: %v", text, found)
			}
			if merged := Merge(text, text, o); merged != text {
				rt.Fatalf("%q became %q", text, merged)
			}
		}
	})
}
