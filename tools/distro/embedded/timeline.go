package embedded

import "time"

// reached notes in the log how long after the start of [Run] a step was done: the first
// thing to look at when a start has become slower.
func (p *plane) reached(step string) {
	p.log.Slog.Info("reached", "step", step, "after", time.Since(p.began).Round(time.Millisecond))
}
