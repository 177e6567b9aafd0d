package regression

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"seatrial/e2e/framework/artifacts"
	"seatrial/e2e/framework/helm"
)

// evidenceTimeout is for writing down what explains a path that failed.
const evidenceTimeout = time.Minute

// keepLedger writes the ledger of a revision.
func (w *walk) keepLedger(s *state) error {
	if w.result.Artifacts == "" {
		return nil
	}
	content, err := s.ledger.JSON()
	if err != nil {
		return err
	}
	return w.keep(fmt.Sprintf("ledger-%d.json", s.release.Revision), content)
}

// keep writes a file into the path's folder.
func (w *walk) keep(name string, content []byte) error {
	at := filepath.Join(w.result.Artifacts, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		return fmt.Errorf("making the folder for evidence: %w", err)
	}
	if err := os.WriteFile(at, content, 0o600); err != nil {
		return fmt.Errorf("writing evidence: %w", err)
	}
	return nil
}

// evidence writes events, logs, objects and history as they are when a path has failed, and what was found. That some of
// it could not be had stands beside it, and fails nothing.
func (w *walk) evidence(ctx context.Context) {
	if w.result.Artifacts == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceTimeout)
	defer cancel()
	_ = artifacts.Collect(ctx, w.room.config, artifacts.Request{
		Dir: w.result.Artifacts, Namespaces: []string{w.room.namespace},
		History: func(ctx context.Context, _ string) ([]helm.Release, error) { return w.history(ctx) },
	})
	if content, err := json.MarshalIndent(w.result.Findings, "", "  "); err == nil {
		_ = w.keep("findings.json", append(content, '\n'))
	}
}
