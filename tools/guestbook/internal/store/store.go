// Package store keeps the guestbook's lists of entries, in Redis or in the memory of this process.
package store

// Source says which server a list was read from.
type Source string

// The sources of a list.
const (
	// Master is the Redis server that takes the writes.
	Master Source = "master"
	// Slave is a Redis server that follows the master.
	Slave Source = "slave"
	// Memory is this process itself.
	Memory Source = "memory"
)

// Listing is the content of one list and where it was read.
type Listing struct {
	Entries []string
	From    Source
}
