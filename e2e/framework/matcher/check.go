package matcher

import (
	"errors"

	"github.com/onsi/gomega/types"
)

// Check holds a value against a matcher outside of any test: the error is the matcher's
// message, or what kept it from deciding.
func Check(actual any, m types.GomegaMatcher) error {
	matched, err := m.Match(actual)
	if err != nil {
		return err
	}
	if !matched {
		return errors.New(m.FailureMessage(actual))
	}
	return nil
}
