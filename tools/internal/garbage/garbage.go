// Package garbage lets a command take memory for time.
package garbage

import "runtime/debug"

const (
	// percent is how much may be allocated anew, of what is in use, until the collector runs: a command is short, holds some
	// dozens of megabytes, and shares its processors with the cluster that it waits for. Measured with eight paths of a
	// chart at a time: the command takes a sixth less processor time.
	percent = 400
	// limit is where it runs as often as it has to all the same.
	limit = 1 << 30 // bytes

	percentByUser, limitByUser = "GOGC", "GOMEMLIMIT"
)

// CollectRarely is for the beginning of a command. What the user has set in the environment stands.
func CollectRarely(getenv func(string) string) {
	if getenv(percentByUser) == "" {
		debug.SetGCPercent(percent)
	}
	if getenv(limitByUser) == "" {
		debug.SetMemoryLimit(limit)
	}
}
