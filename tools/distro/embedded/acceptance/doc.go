// Package acceptance tests the program embedded from outside, as whoever starts it sees it.
// It has no code of its own: its tests build the program once and run it many times.
package acceptance
