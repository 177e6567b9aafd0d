package kind

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds the wait for what should happen at once.
const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
