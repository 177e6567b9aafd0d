//go:build !race

package workshop

const raceEnabled = false
