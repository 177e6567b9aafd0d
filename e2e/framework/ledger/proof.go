package ledger

import (
	"encoding/json"
	"fmt"
	"slices"

	"seatrial/e2e/framework/objects"
)

// Outcome is what became of one object.
type Outcome string

const (
	// Restored objects are as they were then.
	Restored Outcome = "restored"
	// Drifted objects have a field that is not as it was.
	Drifted Outcome = "drifted"
	// Gone objects were there then and are not now.
	Gone Outcome = "missing"
	// Leftover objects are there now and were not then.
	Leftover Outcome = "left over"
	// Remade objects have the same place and fields but another UID.
	Remade Outcome = "recreated"
	// Rechosen objects only have other values of those that a server chooses.
	Rechosen Outcome = "reallocated"
)

// Verdict is what became of one object, and whether that is in order.
type Verdict struct {
	// Object as it was called then, or is called now if it is left over.
	Object  objects.Ref `json:"object"`
	Outcome Outcome     `json:"outcome"`
	// Breaks tells whether the state is not restored because of this object.
	Breaks bool `json:"breaks"`
	// Why says what explains the outcome, such as that the object is a hook.
	Why string `json:"why,omitempty"`
	// Follows is the object whose own difference has brought this one about.
	Follows *objects.Ref `json:"follows,omitempty"`
	// Owned tells that a controller made the object.
	Owned bool `json:"owned,omitempty"`
	// Differences of the object, field by field.
	Differences []Difference `json:"differences,omitempty"`
}

// Proof is the comparison of two ledgers, object by object.
type Proof struct {
	Namespace string `json:"namespace"`
	Release   string `json:"release,omitempty"`
	// Then and Now are the revisions, or zero where a ledger has no record.
	Then int `json:"then,omitempty"`
	Now  int `json:"now,omitempty"`
	// Torn are resources that were not read at the same moment as the others: a difference in them may be one of time.
	Torn []string `json:"torn,omitempty"`
	// Verdicts are sorted by object.
	Verdicts []Verdict `json:"verdicts"`
}

// Restored tells whether the state is what it was: no object is missing, left over or drifted, and none was made again that
// should have lived on.
func (p Proof) Restored() bool { return len(p.Broken()) == 0 }

// Broken are the verdicts because of which the state is not restored.
func (p Proof) Broken() []Verdict {
	return slices.DeleteFunc(slices.Clone(p.Verdicts), func(v Verdict) bool { return !v.Breaks })
}

// Exact is the same proof with a stricter measure: every object that is not the very same, with what a server has chosen for
// it, breaks it.
func (p Proof) Exact() Proof {
	p.Verdicts = slices.Clone(p.Verdicts)
	for i := range p.Verdicts {
		p.Verdicts[i].Breaks = p.Verdicts[i].Outcome != Restored
	}
	return p
}

// JSON writes the proof for people and programs.
func (p Proof) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the proof for %q: %w", p.Namespace, err)
	}
	return data, nil
}
