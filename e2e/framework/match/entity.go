package match

// entity is the object that a row is about.
type entity struct {
	// key is the same for rows that only differ in what is generated; label is for people.
	key, label string
	kind       string
	name       name
	// age in seconds, or -1.
	age int64
}

// entity reads whose row it is.
func (c *comparison) entity(t *table, r row) entity {
	e := entity{age: -1}
	if age, ok := readAge(t.cell(r, "AGE")); ok {
		e.age = age
	}
	named := t.index("NAME")
	switch {
	case named >= 0:
		c.nameEntity(&e, t, r.cells[named])
		if t.titles[0] == "NAMESPACE" {
			e.key = r.cells[0] + "/" + e.key
			e.label = r.cells[0] + "/" + e.label
		}
	case t.titles[0] == "REVISION":
		e.label = "revision " + r.cells[0]
		e.key = e.label
	case t.index("OBJECT") >= 0:
		e.kind = "event"
		e.label = c.words.line(t.cell(r, "OBJECT"))
		e.key = e.label + " " + t.cell(r, "REASON")
	default:
		e.label = c.words.line(r.cells[0])
		e.key = e.label
	}
	return e
}

func (c *comparison) nameEntity(e *entity, t *table, cell string) {
	kind, plain := splitKind(cell)
	prefix := cell[:len(cell)-len(plain)]
	if kind == "" {
		kind = c.kindOf(t)
	}
	e.kind = kind
	e.name = readName(kind, plain)
	e.key = kind + "/" + e.name.String()
	e.label = e.key
	switch {
	case prefix != "":
		e.label = prefix + e.name.String()
	case kind == "node":
		// What nodes are called and how many there are is the cluster's affair.
		e.key, e.label = "node/*", "node/"+plain
	case kind == "" || kind == "release":
		e.label = e.name.String()
	}
}

// kindOf is the kind of a table whose names do not tell.
func (c *comparison) kindOf(t *table) string {
	if kind := c.command.kind(); kind != "" {
		return kind
	}
	return kindOfTitles(t.titles)
}

// everywhere are objects that Kubernetes puts into each namespace or cluster: a document that leaves them out hides
// nothing from its reader.
var everywhere = map[string]bool{
	"service/kubernetes": true, "configmap/kube-root-ca.crt": true, "serviceaccount/default": true,
	"namespace/local-path-storage": true, "namespace/kube-node-lease": true, "secret/default-token-*": true,
}
