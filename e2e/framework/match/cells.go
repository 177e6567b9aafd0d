package match

import (
	"slices"
	"strings"
)

// cellType tells whether a cell may be another one than the document shows.
type cellType func(c canon, want, got string) bool

// columns have a type if their titles say what is in them. The others are text: equal, or volatile on both sides.
var columns = map[string]cellType{
	"AGE": ages, "LAST SEEN": ages, "FIRST SEEN": ages, "LAST SCHEDULE": ages, "DURATION": ages,
	"UPDATED": dates, "LAST DEPLOYED": dates, "CREATED": text,
	"RESTARTS": restarts, "READY": exact, "STATUS": text, "UP-TO-DATE": exact, "AVAILABLE": exact, "DESIRED": exact,
	"CURRENT": exact, "COMPLETIONS": exact, "TYPE": exact, "REASON": exact, "DATA": exact,
	"CLUSTER-IP": addresses, "EXTERNAL-IP": outside, "PORT(S)": ports, "IP": addresses, "INTERNAL-IP": addresses,
	"ADDRESS": ingressAddress, "ENDPOINTS": endpoints,
	"NODE": assigned, "KERNEL-VERSION": environment, "OS-IMAGE": environment, "CONTAINER-RUNTIME": environment,
	"CPU(cores)": quantities, "MEMORY(bytes)": quantities, "CPU%": quantities, "MEMORY%": quantities, "CPU(%)": quantities,
	"MEMORY(%)": quantities, "SIZE": quantities, "TARGETS": targets,
	"REVISION": exact, "CHART": exact, "APP VERSION": exact, "CHART VERSION": exact, "DESCRIPTION": exact,
	"NAMESPACE": exact, "CAPACITY": exact, "IMAGE": text, "IMAGES": text, "URL": text, "MESSAGE": text, "OBJECT": text,
}

// sticky columns have values that a cluster chooses once: the same in two outputs of a document is the same in reality.
var sticky = []string{"CLUSTER-IP", "IP", "PORT(S)", "UPDATED"}

// sameCell compares what a row of the document has under a title with what came.
func (c *comparison) sameCell(kind, title, want, got string) bool {
	if want == got || isDots(want) {
		return true
	}
	if want, got = collapse(want), collapse(got); want == got {
		return true
	}
	if kind == "node" && (title == "ROLES" || title == "VERSION") {
		return want != "" && got != ""
	}
	if before, elided := withoutDots(want); elided && strings.HasPrefix(c.words.line(got), c.words.line(before)) {
		return true
	}
	if same, known := columns[title]; known {
		return same(c.words, want, got)
	}
	return text(c.words, want, got)
}

// withoutDots takes the dots off the end of a text: they stand for anything.
func withoutDots(s string) (string, bool) {
	if before, found := strings.CutSuffix(s, "…"); found {
		return strings.TrimSpace(before), true
	}
	trimmed := strings.TrimRight(s, ".")
	return strings.TrimSpace(trimmed), len(s)-len(trimmed) >= 3
}

func exact(_ canon, want, got string) bool { return want == got }

func text(c canon, want, got string) bool { return c.line(want) == c.line(got) }

// ages differ each time, except that something never happened.
func ages(_ canon, want, got string) bool { return isAge(since(want)) && isAge(since(got)) }

// since leaves out how often something happened: 3m2s (x2 over 5m).
func since(s string) string {
	age, times, found := strings.Cut(s, " (x")
	if found && strings.HasSuffix(times, ")") {
		return age
	}
	return s
}

func dates(_ canon, want, got string) bool { return isDate(want) && isDate(got) }

// restarts may be any number but none: how often a container came back depends on the time, whether it did does not.
func restarts(_ canon, want, got string) bool {
	w, wantAgo, _ := strings.Cut(want, " ")
	g, gotAgo, _ := strings.Cut(got, " ")
	return allIn(w, digitBytes) && allIn(g, digitBytes) && (strings.Trim(w, "0") == "") == (strings.Trim(g, "0") == "") &&
		ago(wantAgo) && ago(gotAgo)
}

func ago(s string) bool {
	if s == "" {
		return true
	}
	s, found := strings.CutSuffix(s, " ago)")
	return found && strings.HasPrefix(s, "(") && isAge(s[1:])
}

// addresses are the cluster's choice, but None and <none> are the workshop's.
func addresses(_ canon, want, got string) bool {
	for part := range strings.SplitSeq(want+","+got, ",") {
		if !isIP(part) {
			return false
		}
	}
	return true
}

// outside takes an address, a host name and <pending> for the same: which it is depends on where the cluster runs.
// <none> is no such thing; <nodes> is what kubectl once printed for it.
func outside(_ canon, want, got string) bool {
	return isOutside(want) && isOutside(got) || want == "<nodes>" && got == none
}

// ingressAddress may also be empty: controllers fill it in late, and some never.
func ingressAddress(_ canon, want, got string) bool {
	return (want == "" || isOutside(want)) && (got == "" || isOutside(got))
}

// ports are compared without the numbers of node ports; that there is one is compared.
func ports(_ canon, want, got string) bool {
	_, okay := readPorts(want)
	_, also := readPorts(got)
	return okay && also && plainPorts(want) == plainPorts(got)
}

// endpoints are compared by their ports.
func endpoints(c canon, want, got string) bool {
	return want != none && got != none && slices.Equal(sortedPlaces(c, want), sortedPlaces(c, got))
}

func sortedPlaces(c canon, cell string) []string {
	var all []string
	for place := range strings.SplitSeq(cell, ",") {
		all = append(all, c.place(strings.TrimSpace(place)))
	}
	return slices.Sorted(slices.Values(all))
}

// assigned is a node: any, but not none.
func assigned(_ canon, want, got string) bool { return (want == none) == (got == none) }

// environment is what the cluster runs on.
func environment(_ canon, want, got string) bool { return want != "" && got != "" }

// quantities are measured.
func quantities(_ canon, want, got string) bool { return isQuantity(want) && isQuantity(got) }

var unitBytes = bytesOf("kKMGTPEimunB% ")

func isQuantity(s string) bool {
	if s == "<unknown>" {
		return true
	}
	digit := strings.TrimLeft(s, digits+".")
	return digit != s && (digit == "" || allIn(digit, unitBytes))
}

// targets of an autoscaler: what is measured varies, what is aimed at does not.
func targets(_ canon, want, got string) bool {
	_, w, found := strings.Cut(want, "/")
	_, g, also := strings.Cut(got, "/")
	return found && also && w == g
}
