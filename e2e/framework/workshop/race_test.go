//go:build race

package workshop

// raceEnabled says that the race detector watches.
const raceEnabled = true
