// Package resilience is the suite of what goes wrong: programs that die in the middle of their work, clusters with faults,
// input that nobody should write. Each sort ends in a table of what was done, what was expected and what happened.
package resilience
