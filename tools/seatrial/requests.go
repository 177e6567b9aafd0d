package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/requests"
)

// tellRequests tells of each request that is made to an API server, line by line with the time since now. On a terminal,
// no line is longer than that is wide.
func tellRequests(ctx context.Context, errs io.Writer) context.Context {
	var one sync.Mutex
	start := time.Now()
	return requests.Tell(ctx, func(r requests.Request) {
		line := fmt.Sprintf("%7.1fs  %s", time.Since(start).Seconds(), r)
		if screen := live.Of(errs); screen != nil {
			line = report.Fit(line, screen.Width())
		}
		one.Lock()
		defer one.Unlock()
		fmt.Fprintln(errs, line)
	})
}
