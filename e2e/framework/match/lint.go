package match

import "fmt"

// documents has what the outputs of a document showed, for Lint.
type documents struct {
	// rows of histories, by release and revision.
	revisions map[string]map[string]string
}

// Lint lists what a document has wrong by itself: what no cluster can print, and what contradicts an earlier output.
// All are warnings: a reader who does what the document says sees the right thing all the same.
func Lint(expected string, o Options) []Finding {
	if o.Ignore {
		return nil
	}
	c := newComparison(o)
	out := parse(cleanLines(expected))
	for _, t := range out.tables {
		r := c.reader(t)
		for i := range t.rows {
			c.lintRow(t, &t.rows[i], r.read(&t.rows[i]))
		}
		c.lintHistory(t)
	}
	c.lintOwners(out)
	return c.found
}

func (c *comparison) warn(f Finding) {
	f.Kind, f.Severity = Document, Warning
	c.tell(f)
}

func (c *comparison) lintRow(t *table, r *row, e entity) {
	for i, title := range t.titles {
		f := Finding{Line: r.line.number, Row: e.label, Column: title, Expected: r.cells[i]}
		if f.Note = lintCell(e, title, r.cells[i]); f.Note != "" {
			c.warn(f)
		}
	}
}

var dottedBytes = bytesOf(digits + ".")

func lintCell(e entity, title, value string) string {
	switch title {
	case "NAME":
		return lintName(e)
	case "AGE", "LAST SEEN", "DURATION", "LAST SCHEDULE":
		if seconds, ok := readAge(value); ok && printedAge(seconds) != value {
			return fmt.Sprintf("kubectl prints no such age as %s (it would be %s)", value, printedAge(seconds))
		}
	case "READY":
		return lintReady(value)
	case "PORT(S)":
		return lintPorts(value)
	case "CLUSTER-IP", "IP", "INTERNAL-IP":
		if value != "" && allIn(value, dottedBytes) && !isIP(value) {
			return value + " is no address"
		}
	default:
	}
	return ""
}

func lintName(e entity) string {
	n := e.name
	// Decimal hashes are of the years before 1.9, whose suffixes had other letters too.
	old := isDecimal(n.hash)
	switch {
	case n.hash != "" && !isHash(n.hash) && !isBlank(n.hash):
		return fmt.Sprintf("%s has the hash %s, which no ReplicaSet can have: it would be up to %d of %s",
			n.full, n.hash, longestHash, hashLetters)
	case n.hash == "" || n.suffix == "" || isBlank(n.suffix) || isSuffix(n.suffix) || old && wasSuffix(n.suffix):
		return ""
	case len(n.suffix) != suffixLength:
		return fmt.Sprintf("%s has the suffix %s of %d characters: Kubernetes appends %d",
			n.full, n.suffix, len(n.suffix), suffixLength)
	default:
		return fmt.Sprintf("%s has the suffix %s: Kubernetes appends only %s", n.full, n.suffix, suffixLetters)
	}
}

func lintReady(value string) string {
	var ready, all int
	if n, err := fmt.Sscanf(value, "%d/%d", &ready, &all); err == nil && n == 2 && ready > all {
		return fmt.Sprintf("%d of %d cannot be ready", ready, all)
	}
	return ""
}

func lintPorts(value string) string {
	all, ok := readPorts(value)
	if !ok {
		return ""
	}
	for _, p := range all {
		if p.node != "" && !isNodePort(p.node) {
			return fmt.Sprintf("%s is no node port: they are %d to %d", p.node, lowNode, highNode)
		}
	}
	return ""
}

// lintOwners looks for pods whose ReplicaSet the same output does not list, if it lists any. Where the hash of the
// ReplicaSet or of the pod is impossible, that was said already.
func (c *comparison) lintOwners(out output) {
	sets := names(out, "replicaset")
	if len(sets) == 0 {
		return
	}
	wrong := map[string]bool{}
	for full := range sets {
		if n := readName("replicaset", full); n.hash != "" && !isHash(n.hash) {
			wrong[n.stem] = true
		}
	}
	for _, t := range out.tables {
		for _, r := range t.rows {
			kind, full := splitKind(t.cell(&r, "NAME"))
			n := readName("pod", full)
			if _, listed := sets[n.owner()]; kind != "pod" || n.owner() == "" || listed || wrong[n.stem] || !isHash(n.hash) {
				continue
			}
			c.warn(Finding{
				Line: r.line.number, Row: "pod/" + n.String(), Column: "NAME", Expected: full,
				Note: fmt.Sprintf("the ReplicaSet %s of this pod is not listed", n.owner()),
			})
		}
	}
}

// lintHistory checks that a release has one deployed revision, and that revisions stay what they were.
func (c *comparison) lintHistory(t *table) {
	if t.titles[0] != "REVISION" || t.index("STATUS") < 0 {
		return
	}
	deployed := 0
	reader := c.reader(t)
	for i := range t.rows {
		r := &t.rows[i]
		e := reader.read(r)
		if t.cell(r, "STATUS") == "deployed" {
			deployed++
		}
		if deployed > 1 && t.cell(r, "STATUS") == "deployed" {
			c.warn(Finding{
				Line: r.line.number, Row: e.label, Column: "STATUS", Expected: "deployed",
				Note: "another revision is deployed already, and a release has only one",
			})
		}
		c.lintRevision(t, r, e.label)
	}
}

// lintRevision compares what never changes of a revision with what an earlier history of the release showed.
func (c *comparison) lintRevision(t *table, r *row, label string) {
	m := c.options.Memory
	if m == nil || c.command.resource == "" {
		return
	}
	if m.ledger.revisions == nil {
		m.ledger.revisions = map[string]map[string]string{}
	}
	release := c.command.namespace + "/" + c.command.resource + "/" + r.cells[0]
	before, known := m.ledger.revisions[release]
	now := map[string]string{}
	for _, title := range []string{"UPDATED", "CHART", "APP VERSION", "DESCRIPTION"} {
		now[title] = t.cell(r, title)
		if known && before[title] != now[title] {
			c.warn(Finding{
				Line: r.line.number, Row: label, Column: title, Expected: now[title],
				Note: fmt.Sprintf("an earlier output of the same document says %q, this one %q", before[title], now[title]),
			})
		}
	}
	m.ledger.revisions[release] = now
}
