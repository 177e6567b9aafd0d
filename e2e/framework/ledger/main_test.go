package ledger

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing that is started here outlives what started it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
