package match

// group has the rows of both sides that are about the same object, or about several that only chance tells apart, by
// their places in the tables.
type group struct {
	want, got []int32
}

// meeting is a table of the document with that of the cluster, object by object.
type meeting struct {
	want, got         *table
	wantOnes, gotOnes []entity
	// groups are in the order of the document, and then those that are only in the cluster.
	groups []group
}

// pair is a row of the document and the row of the cluster that it is about.
type pair struct {
	want, got       *row
	wantOne, gotOne *entity
}

func (m *meeting) pair(g *group, i, j int) pair {
	w, o := g.want[i], g.got[j]
	return pair{&m.want.rows[w], &m.got.rows[o], &m.wantOnes[w], &m.gotOnes[o]}
}

// meeting finds out whose rows there are.
func (c *comparison) meeting(want, got *table) *meeting {
	const perRow = 50 // bytes, about
	m := &meeting{want: want, got: got}
	both((len(want.rows)+len(got.rows))*perRow, func() { m.wantOnes = c.entities(want) }, func() { m.gotOnes = c.entities(got) })
	m.sort()
	return m
}

// sort puts the rows into groups by the keys of their objects.
func (m *meeting) sort() {
	groups := keys{}
	rows := len(m.wantOnes) + len(m.gotOnes)
	if rows > few {
		groups.places = make(map[string]int32, max(len(m.wantOnes), len(m.gotOnes)))
	}
	of := make([]int32, 0, rows)
	for _, ones := range [][]entity{m.wantOnes, m.gotOnes} {
		for i := range ones {
			of = append(of, groups.place(ones[i].key))
		}
	}
	// Each group gets its part of one slice, first for the document, then for the cluster.
	m.groups = make([]group, groups.count)
	members := make([]int32, rows)
	deal(members, m.groups, of[:len(m.wantOnes)], func(g *group) *[]int32 { return &g.want })
	deal(members[len(m.wantOnes):], m.groups, of[len(m.wantOnes):], func(g *group) *[]int32 { return &g.got })
}

// deal gives each group those members whose place says so, in their order.
func deal(members []int32, groups []group, of []int32, side func(*group) *[]int32) {
	counts := make([]int32, len(groups))
	for _, g := range of {
		counts[g]++
	}
	for g := range groups {
		*side(&groups[g]) = members[:0:counts[g]]
		members = members[counts[g]:]
	}
	for i, g := range of {
		list := side(&groups[g])
		*list = append(*list, int32(i))
	}
}

// few keys are quicker looked through than looked up.
const few = 8

// keys count different keys from 0.
type keys struct {
	places map[string]int32
	list   []string
	count  int32
}

func (k *keys) place(key string) int32 {
	if k.places == nil {
		for i, known := range k.list {
			if known == key {
				return int32(i)
			}
		}
		k.list = append(k.list, key)
		k.count++
		return k.count - 1
	}
	place, known := k.places[key]
	if !known {
		place = k.count
		k.places[key] = place
		k.count++
	}
	return place
}
