// Package matcher has Gomega matchers for releases and what they run. Each shows a table of what was expected and what was found.
package matcher

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"
)

// check is one expectation and what was found.
type check struct {
	what, expected, actual string
	ok                     bool
}

// equal is the check that a value is the one expected.
func equal(what string, expected, actual any) check {
	return check{what: what, expected: fmt.Sprint(expected), actual: fmt.Sprint(actual), ok: expected == actual}
}

// checked is a matcher made of checks on a T. It keeps nothing between calls: the messages are made of the same checks again.
type checked[T any] struct {
	// claim is what the actual value is expected to do, as in "be ready".
	claim   string
	subject func(T) string
	checks  func(T) []check
	// final tells whether a value can never match any more; if unset, it always can.
	final func(T) bool
}

var _ types.GomegaMatcher = checked[int]{}

// Match implements [types.GomegaMatcher].
func (m checked[T]) Match(actual any) (bool, error) {
	value, err := take[T](actual)
	if err != nil {
		return false, fmt.Errorf("expecting to %s: %w", m.claim, err)
	}
	return !slices.ContainsFunc(m.checks(value), func(c check) bool { return !c.ok }), nil
}

// FailureMessage implements [types.GomegaMatcher].
func (m checked[T]) FailureMessage(actual any) string { return m.message(actual, "to "+m.claim) }

// NegatedFailureMessage implements [types.GomegaMatcher].
func (m checked[T]) NegatedFailureMessage(actual any) string {
	return m.message(actual, "not to "+m.claim)
}

// MatchMayChangeInTheFuture tells Eventually whether it makes sense to go on.
func (m checked[T]) MatchMayChangeInTheFuture(actual any) bool {
	value, err := take[T](actual)
	return err != nil || m.final == nil || !m.final(value)
}

func (m checked[T]) message(actual any, claim string) string {
	value, err := take[T](actual)
	if err != nil {
		return err.Error()
	}
	t := table{header: []string{"", "EXPECTED", "ACTUAL"}}
	for _, c := range m.checks(value) {
		t.add(!c.ok, c.what, c.expected, c.actual)
	}
	return fmt.Sprintf("Expected %s %s:\n%s", m.subject(value), claim, t)
}

// take accepts a T or a pointer to one: getters of client-go return pointers, elements of lists are values.
func take[T any](actual any) (T, error) {
	var none T
	switch v := actual.(type) {
	case *T:
		if v == nil {
			return none, fmt.Errorf("the actual %T is nil", actual)
		}
		return *v, nil
	case T:
		return v, nil
	default:
		return none, fmt.Errorf("the actual value is a %T, not a %T", actual, none)
	}
}

func named(kind, namespace, name string) string {
	if namespace == "" {
		return kind + " " + name
	}
	return strings.Join([]string{kind, " ", namespace, "/", name}, "")
}
