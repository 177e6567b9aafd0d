package history

import (
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/helm"
)

func oneDeployed(t Transition) []Violation {
	var deployed []helm.Release
	for _, r := range t.After {
		if r.Status == helm.StatusDeployed {
			deployed = append(deployed, r)
		}
	}
	most := countDeployed(t.Before)
	if t.Replace { // It supersedes none.
		most++
	}
	if len(deployed) <= max(most, 1) {
		return nil
	}
	return []Violation{{Revision: deployed[0].Revision, Expected: "at most one revision to be deployed", Seen: numbers(deployed) + " are"}}
}

func newestStatus(t Transition) []Violation {
	var found []Violation
	made := t.made()
	for i, r := range made {
		if want := t.madeStatus(i, made); !slices.Contains(want, r.Status) {
			found = append(found, wrongStatus(r, want, fmt.Sprintf(" after %s %s", article(t.Action), t.outcome())))
		}
	}
	last := newest(t.After)
	if t.Action == Uninstall && !t.failed() && last != nil && last.Status != helm.StatusUninstalled {
		found = append(found, wrongStatus(*last, []helm.Status{helm.StatusUninstalled}, " after an uninstall that keeps history"))
	}
	return found
}

// madeStatus are the statuses that a new revision may have; i is its index in made.
func (t Transition) madeStatus(i int, made []helm.Release) []helm.Status {
	switch {
	case !t.failed():
		return []helm.Status{helm.StatusDeployed}
	case t.undid() && i > 0:
		return []helm.Status{helm.StatusDeployed, helm.StatusFailed}
	case t.undid() && made[1].Status == helm.StatusFailed:
		return []helm.Status{helm.StatusFailed, helm.StatusSuperseded} // A failed rollback supersedes what was the newest.
	case t.Action == Install && t.Atomic:
		return []helm.Status{helm.StatusFailed, helm.StatusUninstalling} // It is there at all only if undoing it failed too.
	default:
		return []helm.Status{helm.StatusFailed}
	}
}

func olderStatus(t Transition) []Violation {
	var found []Violation
	for _, pair := range t.older() {
		before, after := pair[0], pair[1]
		if want := t.olderStatus(before); !slices.Contains(want, after.Status) {
			found = append(found, wrongStatus(after, want, fmt.Sprintf(", as it was %s before %s %s", before.Status, article(t.Action), t.outcome())))
		}
	}
	return found
}

// olderStatus are the statuses that a revision of before may have afterwards.
func (t Transition) olderStatus(before helm.Release) []helm.Status {
	isNewest := before.Revision == newest(t.Before).Revision
	switch {
	case t.Action == Uninstall:
		return t.uninstallStatus(before)
	case t.replaced(before) && t.failed() && len(t.made()) == 0:
		return []helm.Status{before.Status, helm.StatusSuperseded}
	case t.replaced(before):
		return []helm.Status{helm.StatusSuperseded}
	case t.undid() && t.made()[1].Status == helm.StatusDeployed:
		return superseded(before)
	case t.failed() && t.Action == Rollback && isNewest && len(t.made()) > 0:
		return []helm.Status{before.Status, helm.StatusSuperseded}
	case t.failed():
		return []helm.Status{before.Status}
	case t.Action == Upgrade && isNewest && countDeployed(t.Before) == 0:
		return []helm.Status{helm.StatusSuperseded}
	case t.Action == Install, t.Action == Upgrade && before.Revision != newestDeployed(t.Before):
		return []helm.Status{before.Status}
	default:
		return superseded(before)
	}
}

func (t Transition) uninstallStatus(before helm.Release) []helm.Status {
	isNewest := before.Revision == newest(t.Before).Revision
	switch {
	case isNewest && t.failed():
		return []helm.Status{before.Status, helm.StatusUninstalling, helm.StatusUninstalled}
	case isNewest:
		return []helm.Status{helm.StatusUninstalled}
	case t.failed():
		return append(superseded(before), before.Status)
	default:
		return superseded(before)
	}
}

// superseded is what becomes of a revision when another one takes its place.
func superseded(before helm.Release) []helm.Status {
	if before.Status == helm.StatusDeployed {
		return []helm.Status{helm.StatusSuperseded}
	}
	return []helm.Status{before.Status}
}

func countDeployed(all []helm.Release) int {
	count := 0
	for _, r := range all {
		if r.Status == helm.StatusDeployed {
			count++
		}
	}
	return count
}

// newestDeployed is its number, or 0.
func newestDeployed(all []helm.Release) int {
	newest := 0
	for _, r := range all {
		if r.Status == helm.StatusDeployed {
			newest = max(newest, r.Revision)
		}
	}
	return newest
}

func settled(t Transition) []Violation {
	var found []Violation
	for _, r := range t.made() {
		if r.Status.Pending() {
			found = append(found, Violation{Revision: r.Revision, Expected: "an end once the operation has ended", Seen: "it is " + string(r.Status)})
		}
	}
	last := newest(t.After)
	if t.Action == Uninstall && !t.failed() && last != nil && last.Status == helm.StatusUninstalling {
		found = append(found, Violation{Revision: last.Revision, Expected: "an end once the operation has ended", Seen: "it is " + string(last.Status)})
	}
	return found
}

func wrongStatus(r helm.Release, want []helm.Status, when string) Violation {
	texts := make([]string, 0, len(want))
	for _, status := range want {
		if text := string(status); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return Violation{Revision: r.Revision, Expected: "it to be " + strings.Join(texts, " or ") + when, Seen: "it is " + string(r.Status)}
}

func article(a Action) string {
	if a == Rollback {
		return "a " + string(a)
	}
	return "an " + string(a)
}

func (t Transition) outcome() string {
	if t.failed() {
		return "that failed"
	}
	return "that succeeded"
}
