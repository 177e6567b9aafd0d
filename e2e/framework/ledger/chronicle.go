package ledger

import (
	"slices"

	"seatrial/e2e/framework/objects"
)

// Turn is what a revision did to an object.
type Turn string

// The turns. An object that returned was there before, went, and is there again with every field as it was.
const (
	Came     Turn = "came"
	Stayed   Turn = "stayed"
	Altered  Turn = "altered"
	Went     Turn = "went"
	Returned Turn = "returned"
)

// Entry is one object in the chronicle of a release.
type Entry struct {
	Object objects.Ref
	Turn   Turn
	// Fields are those that were altered, as people read them.
	Fields []string
}

// Chronicle tells for each of a release's ledgers, oldest first, what became of its objects since the one before. It is
// about what somebody decided: objects that controllers made, such as pods, are left out.
func Chronicle(ledgers ...Ledger) [][]Entry {
	all := make([][]Entry, len(ledgers))
	last := map[objects.Ref]Ledger{} // the last one in which the object was
	for i, now := range ledgers {
		var before Ledger
		if i > 0 {
			before = ledgers[i-1]
		}
		for k := range now.Objects {
			if now.Objects[k].Owner != nil {
				continue
			}
			ref := now.Objects[k].Ref
			all[i] = append(all[i], entryOf(ref, before, last, now))
			last[ref] = now
		}
		for k := range before.Objects {
			ref := before.Objects[k].Ref
			if before.Objects[k].Owner == nil && !now.has(ref) {
				all[i] = append(all[i], Entry{Object: ref, Turn: Went})
			}
		}
		slices.SortFunc(all[i], func(a, b Entry) int { return objects.Compare(a.Object, b.Object) })
	}
	return all
}

func entryOf(ref objects.Ref, before Ledger, last map[objects.Ref]Ledger, now Ledger) Entry {
	earlier, known := last[ref]
	switch {
	case !known:
		return Entry{Object: ref, Turn: Came}
	case before.has(ref):
		fields := alteredFields(ref, before, now)
		if len(fields) > 0 {
			return Entry{Object: ref, Turn: Altered, Fields: fields}
		}
		return Entry{Object: ref, Turn: Stayed}
	}
	if fields := alteredFields(ref, earlier, now); len(fields) > 0 {
		return Entry{Object: ref, Turn: Came, Fields: fields}
	}
	return Entry{Object: ref, Turn: Returned}
}

// alteredFields are the fields of one object that have another value now.
func alteredFields(ref objects.Ref, then, now Ledger) []string {
	var fields []string
	for _, d := range Compare(then.only(ref), now.only(ref)) {
		if d.Kind == Changed {
			fields = append(fields, d.Field)
		}
	}
	return fields
}

func (l Ledger) has(ref objects.Ref) bool {
	return slices.ContainsFunc(l.Objects, func(o Object) bool { return o.Ref == ref })
}

// only is the ledger with one of its objects.
func (l Ledger) only(ref objects.Ref) Ledger {
	at := slices.IndexFunc(l.Objects, func(o Object) bool { return o.Ref == ref })
	l.Objects = l.Objects[at : at+1]
	return l
}
