package match

// Memory has what the outputs of one document gave away: which object is meant by a name with generated parts, and
// which value by an address. Its zero value remembers nothing yet. Documents have one each; it is not for several
// goroutines at a time.
type Memory struct {
	real   map[string]seen
	shown  map[string]string
	values map[string]string
	ledger documents
}

// seen is what a name of the document turned out to be, and how old the document said it was.
type seen struct {
	name string
	age  int64
}

// fact is what one comparison found out, to be remembered if it found no error.
type fact struct {
	scope, document, real string
	age                   int64
	value                 bool
}

func (m *Memory) realName(scope string, n name) (string, bool) {
	if m == nil {
		return "", false
	}
	s, known := m.real[scope+n.full]
	return s.name, known
}

// isTaken tells whether a real object is known under a name of the document.
func (m *Memory) isTaken(scope, name string) bool {
	if m == nil {
		return false
	}
	_, taken := m.shown[scope+name]
	return taken
}

// scope is where names are unique.
func (c *comparison) scope(e *entity) string { return c.command.namespace + "\x00" + e.kind + "\x00" }

// possible tells whether a cluster may have given the name; one that was changed by hand says nothing about identity.
func possible(e *entity) bool {
	n := e.name
	return n.generated() && (n.hash == "" || isHash(n.hash)) && (n.suffix == "" || isSuffix(n.suffix) || wasSuffix(n.suffix))
}

// identify checks that a name of the document goes on meaning the same object, and that no other name means it.
func (c *comparison) identify(p pair) {
	m := c.options.Memory
	if m == nil || !possible(p.wantOne) {
		return
	}
	scope, shown, now := c.scope(p.wantOne), p.wantOne.name.full, p.gotOne.name.full
	if was, known := m.realName(scope, p.wantOne.name); known && was != now {
		c.tell(Finding{
			Line: p.want.line.number, Row: p.wantOne.label, Column: "NAME", Kind: Identity,
			Expected: shown, Actual: now, Note: "the document showed " + shown + " before, and it was " + was,
		})
		return
	}
	if was, taken := m.shown[scope+now]; taken && was != shown {
		c.tell(Finding{
			Line: p.want.line.number, Row: p.wantOne.label, Column: "NAME", Kind: Identity,
			Expected: shown, Actual: now, Severity: m.renamed(scope+was, p.wantOne),
			Note: "the document called the same object " + was + " before",
		})
		return
	}
	c.learnt = append(c.learnt, fact{scope: scope, document: shown, real: now, age: p.wantOne.age})
}

// renamed tells how grave it is that the document has another name for what is still the same object. If it says that
// the object is younger than the one before, it promises a new one. Otherwise its outputs are from two recordings.
func (m *Memory) renamed(before string, now *entity) Severity {
	if was := m.real[before].age; now.age >= 0 && was >= 0 && now.age <= was {
		return Error
	}
	return Warning
}

// steady checks that a value which the document repeats for an object is repeated in reality.
func (c *comparison) steady(title string, p pair, want, got string) {
	m := c.options.Memory
	if m == nil || !isSticky(title, want) {
		return
	}
	of := c.command.namespace + "\x00" + c.command.resourceOf(p.wantOne) + "\x00" + title + "\x00"
	if was, known := m.values[of+want]; known && was != got {
		c.tell(Finding{
			Line: p.want.line.number, Row: p.wantOne.label, Column: title, Kind: Identity, Expected: want, Actual: got,
			Note: "the document showed the same value before, and it was " + was,
		})
		return
	}
	c.learnt = append(c.learnt, fact{scope: of, document: want, real: got, value: true})
}

// remember keeps what was learnt, unless the output was wrong.
func (c *comparison) remember() {
	m := c.options.Memory
	if m == nil || c.wrong() {
		return
	}
	if m.real == nil {
		m.real, m.shown, m.values = map[string]seen{}, map[string]string{}, map[string]string{}
	}
	for _, f := range c.learnt {
		if f.value {
			m.values[f.scope+f.document] = f.real
			continue
		}
		m.real[f.scope+f.document] = seen{name: f.real, age: f.age}
		m.shown[f.scope+f.real] = f.document
	}
}
