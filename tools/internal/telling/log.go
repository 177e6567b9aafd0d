package telling

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"seatrial/e2e/framework/report"
)

// Log is a log whose warnings are told, and of which everything else is what is being done in a phase.
func (t Telling) Log(phase string) *slog.Logger { return slog.New(&handler{to: t, phase: phase}) }

type handler struct {
	to    Telling
	phase string
	attrs string // that each message ends with
}

// Enabled hears everything: what is being done is shown, and gone with the next.
func (h *handler) Enabled(context.Context, slog.Level) bool { return true }

// Handle tells of one message.
func (h *handler) Handle(_ context.Context, record slog.Record) error {
	text := record.Message + h.attrs
	record.Attrs(func(a slog.Attr) bool {
		text += shown(a)
		return true
	})
	if record.Level >= slog.LevelWarn {
		h.to.Say(text)
		return nil
	}
	h.to.Doing(report.Doing{Phase: h.phase, What: text})
	return nil
}

// WithAttrs is a handler whose messages end with these, too.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	for _, a := range attrs {
		with.attrs += shown(a)
	}
	return &with
}

// WithGroup leaves the name of a group out: a person reads this.
func (h *handler) WithGroup(string) slog.Handler { return h }

// shown is an attribute behind a message: a line has room for its value only.
func shown(a slog.Attr) string {
	return ", " + strings.Join(strings.Fields(fmt.Sprint(a.Value.Any())), " ")
}
