package wait

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/objects"
)

// Unready is one object that is not as it should be, and why.
type Unready struct {
	// Object is the one that was asked for, or one that should be gone.
	Object objects.Ref
	// Reason says what is missing.
	Reason string
	// Causes are the objects behind it, mostly pods.
	Causes []Cause
	// Terminal is true if waiting longer cannot help.
	Terminal bool
	// GivenUp is the symptom that has lasted for too long, if that is why it is terminal; see [CrashLimit] and the others.
	GivenUp string
	// Undeleted is true for an object that should be gone and that nobody has deleted.
	Undeleted bool
	// Waited is how long it has been missing, as far as the wait has seen.
	Waited time.Duration
	// Warning is the last Warning event about the object or what it owns, if the rest does not say that already.
	Warning string

	dooms  []doom
	unmade bool
}

// Cause is an object that keeps another one from being ready.
type Cause struct {
	// Object is the one to look at, the first of several in the same state.
	Object objects.Ref
	// Others counts further objects of the kind in the same state.
	Others int
	// Reason says what is wrong with it.
	Reason string
}

// String is the object, the reason and the causes on one line.
func (u Unready) String() string { return u.in(u.Object.Namespace) }

func (u Unready) in(namespace string) string {
	var b strings.Builder
	b.WriteString(u.Object.In(namespace) + ": " + u.Reason)
	if u.Waited >= time.Second {
		fmt.Fprintf(&b, " (for %s)", u.Waited.Round(time.Second))
	}
	for _, c := range u.Causes {
		b.WriteString("; " + c.Object.In(namespace))
		if c.Others > 0 {
			fmt.Fprintf(&b, " (and %d more)", c.Others)
		}
		b.WriteString(": " + c.Reason)
	}
	if u.Warning != "" {
		b.WriteString("; last warning: " + u.Warning)
	}
	if u.GivenUp != "" {
		b.WriteString("; given up: " + u.GivenUp)
	}
	return b.String()
}

func (u Unready) equal(other Unready) bool {
	return u.Object == other.Object && u.Reason == other.Reason && u.Terminal == other.Terminal && u.Warning == other.Warning &&
		slices.Equal(u.Causes, other.Causes)
}

// says tells whether a text is part of the line already.
func (u Unready) says(text string) bool {
	return strings.Contains(u.Reason, text) || slices.ContainsFunc(u.Causes, func(c Cause) bool { return strings.Contains(c.Reason, text) })
}
