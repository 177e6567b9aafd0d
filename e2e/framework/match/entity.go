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

// entities reads whose rows those of a table are.
func (c *comparison) entities(t *table) []entity {
	r := c.reader(t)
	all := make([]entity, len(t.rows))
	for i := range t.rows {
		all[i] = r.read(&t.rows[i])
	}
	return all
}

// entityReader reads the rows of one table.
type entityReader struct {
	table *table
	words canon
	// kind is that of the table, if its names do not tell.
	kind string
	// named and aged are the places of columns, or -1.
	named, aged int
	namespaced  bool
}

func (c *comparison) reader(t *table) entityReader {
	r := entityReader{table: t, words: c.words, named: t.index("NAME"), aged: t.index("AGE")}
	r.namespaced = r.named >= 0 && t.titles[0] == "NAMESPACE"
	if r.kind = c.kind; r.kind == "" {
		r.kind = kindOfTitles(t.titles)
	}
	return r
}

func (r *entityReader) read(from *row) entity {
	e := entity{age: -1}
	if r.aged >= 0 {
		if age, ok := readAge(from.cells[r.aged]); ok {
			e.age = age
		}
	}
	t := r.table
	switch {
	case r.named >= 0:
		r.name(&e, from.cells[r.named])
		if r.namespaced {
			e.key = from.cells[0] + "/" + e.key
			e.label = from.cells[0] + "/" + e.label
		}
	case t.titles[0] == "REVISION":
		e.label = "revision " + from.cells[0]
		e.key = e.label
	case t.index("OBJECT") >= 0:
		e.kind = "event"
		e.label = r.words.line(t.cell(from, "OBJECT"))
		e.key = e.label + " " + t.cell(from, "REASON")
	default:
		e.label = r.words.line(from.cells[0])
		e.key = e.label
	}
	return e
}

// name reads the cell with the name of an object.
func (r *entityReader) name(e *entity, cell string) {
	kind, plain := splitKind(cell)
	prefix := cell[:len(cell)-len(plain)]
	if kind == "" {
		kind = r.kind
	}
	e.kind = kind
	e.name = readName(kind, plain)
	star := e.name.String()
	e.key = kind + "/" + star
	e.label = e.key
	switch {
	case prefix != "":
		e.label = prefix + star
	case kind == "node":
		// What nodes are called and how many there are is the cluster's affair.
		e.key, e.label = "node/*", "node/"+plain
	case kind == "" || kind == "release":
		e.label = star
	}
}

// everywhere are objects that Kubernetes puts into each namespace or cluster: a document that leaves them out hides
// nothing from its reader.
var everywhere = map[string]bool{
	"service/kubernetes": true, "configmap/kube-root-ca.crt": true, "serviceaccount/default": true,
	"namespace/local-path-storage": true, "namespace/kube-node-lease": true, "secret/default-token-*": true,
}
