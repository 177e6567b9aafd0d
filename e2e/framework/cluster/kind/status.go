package kind

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"unicode"

	kindlog "sigs.k8s.io/kind/pkg/log"
)

// status is the logger kind writes to. It turns the lines that announce a step
// into progress, remembers the step, and passes everything to a log.
type status struct {
	log *slog.Logger
	say func(format string, args ...any)
	// kubeadm is closed when kubeadm is started.
	kubeadm chan struct{}

	mu   sync.Mutex
	step string
}

// startingKubeadm is the step in which kind runs kubeadm.
const startingKubeadm = "starting control-plane"

var _ kindlog.Logger = (*status)(nil)

func newStatus(log *slog.Logger, say func(string, ...any)) *status {
	return &status{log: log, say: say, kubeadm: make(chan struct{}), step: "starting kind"}
}

// current is the step kind is at.
func (s *status) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.step
}

// Warn is part of kind's logger.
func (s *status) Warn(message string) { s.log.Debug("kind warns", "line", strings.TrimSpace(message)) }

// Warnf is part of kind's logger.
func (s *status) Warnf(format string, args ...any) { s.Warn(fmt.Sprintf(format, args...)) }

// Error is part of kind's logger.
func (s *status) Error(message string) {
	s.log.Warn("kind reports", "line", strings.TrimSpace(message))
}

// Errorf is part of kind's logger.
func (s *status) Errorf(format string, args ...any) { s.Error(fmt.Sprintf(format, args...)) }

// V is part of kind's logger. Only level 0 is for people; level 3 is the whole
// output of kubeadm, which comes with the error if there is one.
func (s *status) V(level kindlog.Level) kindlog.InfoLogger {
	if level > 0 {
		return kindlog.NoopInfoLogger{}
	}
	return info{s}
}

type info struct{ *status }

// Enabled is part of kind's logger.
func (i info) Enabled() bool { return true }

// Infof is part of kind's logger.
func (i info) Infof(format string, args ...any) { i.Info(fmt.Sprintf(format, args...)) }

// Info is part of kind's logger.
func (i info) Info(message string) {
	i.log.Debug("kind says", "line", strings.TrimSpace(message))
	step, ok := announced(message)
	if !ok {
		return
	}
	i.mu.Lock()
	if step == startingKubeadm && i.step != step {
		close(i.kubeadm)
	}
	i.step = step
	i.mu.Unlock()
	i.say("%s", step)
}

// announced reads " • Preparing nodes 📦 📦  ..." as "preparing nodes".
func announced(line string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "•")
	if !ok {
		return "", false
	}
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return r
	}, rest)
	words := strings.Join(strings.Fields(strings.TrimSuffix(strings.TrimSpace(plain), "...")), " ")
	if words == "" {
		return "", false
	}
	return strings.ToLower(words[:1]) + words[1:], true
}
