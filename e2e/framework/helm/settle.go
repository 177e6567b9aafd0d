package helm

import (
	"context"
	"errors"
	"fmt"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
)

// settle makes the records say what became of the operation that ended with err, and
// returns how it ended in the end. Helm leaves a revision pending, which blocks every
// later upgrade, when its operation is stopped or a hook of a rollback fails; and it
// does not tell when it could not record a success.
func (s *session) settle(ctx context.Context, kind operation, err error) error {
	own := s.records.own
	done := own != nil && own.release.Info.Status == release.StatusDeployed
	var unsettled []*recorded
	switch {
	case own == nil:
		return err
	case done:
		// All was done, and at most the record of it is missing.
		for _, rec := range s.records.unsaved {
			unsettled = append(unsettled, rec)
		}
	case s.records.unsaved[own.key] != nil, own.release.Info.Status.IsPending():
		own.release.SetStatus(release.StatusFailed, epitaph(ctx, kind, err))
		unsettled = append(unsettled, own)
	}
	if len(unsettled) == 0 {
		return err
	}
	switch lost := s.save(ctx, unsettled); {
	case lost == nil && done && !s.records.undone:
		return nil
	case lost == nil:
		return err
	case done:
		return fmt.Errorf("all is done, but recording that fails, so that revision %d stays pending: %w", own.release.Version, lost)
	default:
		return fmt.Errorf("%w; recording the failure fails too, so that revision %d may stay pending: roll back or uninstall the release: %w",
			err, own.release.Version, lost)
	}
}

// epitaph is the description of a revision whose operation failed.
func epitaph(ctx context.Context, kind operation, err error) string {
	if ctx.Err() == nil {
		return fmt.Sprintf("%s failed: %s", kind.noun, err)
	}
	if _, expired := errors.AsType[*timeoutError](context.Cause(ctx)); expired {
		return fmt.Sprintf("%s timed out: %s", kind.noun, err)
	}
	return fmt.Sprintf("%s cancelled: %s", kind.noun, err)
}

// save writes records with a context of its own, as that of the operation may be over.
func (s *session) save(ctx context.Context, unsettled []*recorded) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), RepairTimeout)
	defer cancel()
	repair, err := s.client.session(ctx)
	if err != nil {
		return err
	}
	var failed failures
	for _, rec := range unsettled {
		if err := repair.saveAgain(rec); err != nil {
			failed = append(failed, repair.explain(ctx, err))
		}
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

// saves is how often a record is written at most.
const saves = 3

// saveAgain writes a record, and once more if that fails: to write the same twice does no
// harm, and a release that stays pending does.
func (s *session) saveAgain(rec *recorded) error {
	for n := 1; ; n++ {
		err := s.records.save(rec)
		if err == nil || n == saves || pause(s.link.ctx) != nil {
			return err
		}
	}
}

func (r *records) save(rec *recorded) error {
	if !rec.doubtful {
		return r.Update(rec.key, rec.release)
	}
	stored, err := r.Get(rec.key)
	if errors.Is(err, driver.ErrReleaseNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !stored.Info.LastDeployed.Equal(rec.release.Info.LastDeployed) { // It is another operation's.
		return nil
	}
	return r.Update(rec.key, rec.release)
}
