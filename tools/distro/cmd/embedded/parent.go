package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"seatrial/tools/distro/embedded"
)

// untilClosed ends a context when the parent closes its end of our input, which happens
// also when the parent is killed.
func untilClosed(ctx context.Context, input io.Reader) context.Context {
	open, parentGone := context.WithCancel(ctx)
	go func() {
		defer parentGone()
		_, _ = io.Copy(io.Discard, input)
	}()
	return open
}

// announce prints the one line that this program prints.
func announce(ready embedded.Ready) {
	line, err := json.Marshal(ready)
	if err != nil {
		fmt.Fprintln(os.Stderr, "embedded:", err)
		return
	}
	_, _ = os.Stdout.Write(append(line, '\n'))
}
