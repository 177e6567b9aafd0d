package seed

import (
	"bytes"
	"encoding/binary"
	"time"
)

// epoch stands for the time of creation in a seed.
var epoch = time.Date(2001, time.February, 3, 4, 5, 6, 0, time.UTC)

// retime replaces a second by another in an encoded object, as text and as the number that
// protobuf has. Both are as long as before, until the year 3058, so that no length that
// encloses them changes.
func retime(value []byte, from, to time.Time) []byte {
	value = bytes.ReplaceAll(value, text(from), text(to))
	return bytes.ReplaceAll(value, number(from), number(to))
}

func text(t time.Time) []byte { return []byte(t.UTC().Format(time.RFC3339)) }

// number is how protobuf encodes a timestamp without fraction: field 1, the seconds, and
// field 2, no nanoseconds.
func number(t time.Time) []byte {
	const seconds, nanoseconds = 1 << 3, 2 << 3
	//nolint:gosec // No time in a store is before 1970.
	return append(binary.AppendUvarint([]byte{seconds}, uint64(t.Unix())), nanoseconds, 0)
}
