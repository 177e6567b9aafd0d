package proxy

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/http"
	"time"
)

// Fault is one way in which a request fails, or an answer does.
type Fault string

// The faults. What the API server has not seen can be asked again without any harm; of the others, the client cannot know.
const (
	// Throttled is a 429 that asks to come again after a second. The API server does not see the request.
	Throttled Fault = "429 with Retry-After"
	// Failing is a 500. The API server does not see the request.
	Failing Fault = "500"
	// GatewayTimeout is a 504, while the API server has done what was asked.
	GatewayTimeout Fault = "504 after the request was served"
	// Reset is a connection that breaks before the API server sees the request.
	Reset Fault = "connection reset before the request was served"
	// ResetServed is a connection that breaks when the API server has done what was asked.
	ResetServed Fault = "connection reset after the request was served"
	// Torn is a connection that breaks in the middle of the answer.
	Torn Fault = "connection reset within the answer"
	// Slow is an answer that takes the rule's Delay more.
	Slow Fault = "slow answer"
	// Silent is a request that is never answered, until its client gives up.
	Silent Fault = "no answer"
	// WatchClosed is a watch that ends after the rule's Delay.
	WatchClosed Fault = "watch closed"
	// WatchStale is a watch of which nothing comes for the rule's Delay, and then everything.
	WatchStale Fault = "stale watch"
)

// Requests are those that a rule is about.
type Requests int

// Kinds of requests, which can be added up.
const (
	Reads Requests = 1 << iota
	Writes
	Watches
)

// Rule fails some requests in one way.
type Rule struct {
	Fault Fault
	// On are the requests that the rule is about.
	On Requests
	// Rate is the part of them that is failed, from 0 to 1.
	Rate float64
	// Delay is for the faults that say so.
	Delay time.Duration
	// Limit is how many requests are failed at most; 0 means any number.
	Limit int
}

// Plan is what a proxy fails. Of several rules, the first that hits a request counts. The zero plan fails nothing.
type Plan struct {
	// Seed chooses which requests are failed. The choice depends on it and on the method, the path and how often that was
	// asked before, but not on what else is asked meanwhile, so that it is the same in each run.
	Seed  uint64
	Rules []Rule
}

// String is such as "25 % of reads and watches: 500".
func (r Rule) String() string {
	const percent = 100
	text := fmt.Sprintf("%.0f %% of %s: %s", r.Rate*percent, r.On, r.Fault)
	if r.Delay > 0 {
		text += " (" + r.Delay.String() + ")"
	}
	if r.Limit > 0 {
		text += fmt.Sprintf(", %d at most", r.Limit)
	}
	return text
}

// String is such as "reads and watches".
func (q Requests) String() string {
	text := ""
	for _, one := range []struct {
		kind Requests
		name string
	}{{Reads, "reads"}, {Writes, "writes"}, {Watches, "watches"}} {
		if q&one.kind == 0 {
			continue
		}
		if text != "" {
			text += " and "
		}
		text += one.name
	}
	return text
}

// kindOf tells what sort of request it is.
func kindOf(r *http.Request) Requests {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return Writes
	case r.URL.Query().Get("watch") == "true" || r.URL.Query().Get("watch") == "1":
		return Watches
	default:
		return Reads
	}
}

// pick finds the rule that hits a request, if any, when such a request has come so many times before, and each rule has hit
// so many.
func (p *Plan) pick(r *http.Request, before int, hits []int) *Rule {
	kind := kindOf(r)
	for i := range p.Rules {
		rule := &p.Rules[i]
		if rule.On&kind == 0 || rule.Limit > 0 && hits[i] >= rule.Limit {
			continue
		}
		if p.draw(fmt.Sprintf("%d %s %s %d", i, r.Method, r.URL.Path, before)) < rule.Rate {
			hits[i]++
			return rule
		}
	}
	return nil
}

// draw gives a number from 0 to 1 that depends on the seed and the text alone.
func (p *Plan) draw(text string) float64 {
	const bits = 53 // of a float64's precision
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", p.Seed, text))
	return float64(binary.BigEndian.Uint64(sum[:])>>(64-bits)) / (1 << bits)
}
