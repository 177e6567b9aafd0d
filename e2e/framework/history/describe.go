package history

import (
	"fmt"
	"regexp"
	"strings"

	"seatrial/e2e/framework/helm"
)

// failure is how a description tells why an operation failed: by Helm, or by the door to it where Helm would have left the
// revision pending.
var failure = regexp.MustCompile(`(?s)^(?:Install|Release|Upgrade|Rollback)(?: "[^"]*")? (?:failed|timed out|cancelled): (.+)$`)

func describes(t Transition) []Violation {
	var found []Violation
	for i, r := range t.made() {
		if wrong := t.description(i, r); wrong != "" {
			found = append(found, Violation{Revision: r.Revision, Expected: wrong, Seen: fmt.Sprintf("%q", r.Description)})
		}
	}
	last := newest(t.Before)
	for _, pair := range t.older() {
		before, after := pair[0], pair[1]
		want := before.Description
		if t.Action == Uninstall && before.Revision == last.Revision {
			if t.failed() {
				continue
			}
			want = "Uninstallation complete"
		}
		if t.replaced(before) && after.Status == helm.StatusSuperseded {
			want = "superseded by new release"
		}
		if after.Description != want {
			found = append(found, Violation{Revision: after.Revision, Expected: fmt.Sprintf("the description %q", want), Seen: fmt.Sprintf("%q", after.Description)})
		}
	}
	return found
}

// description returns what is expected of the description of a new revision, or "" if it fits; i is its index among them.
func (t Transition) description(i int, r helm.Release) string {
	undoing := i > 0 // The rollback of an atomic upgrade.
	if t.failed() && (!undoing || r.Status != helm.StatusDeployed) {
		reason := failure.FindStringSubmatch(r.Description)
		if t.Action == Install && r.Status == helm.StatusUninstalling { // Undoing itself has failed, too.
			return ""
		}
		if reason == nil {
			return "a description that tells the failure"
		}
		if !undoing && !strings.Contains(t.Failure, reason[1]) {
			return fmt.Sprintf("a description with the reason of %q", t.Failure)
		}
		return ""
	}
	want := map[Action]string{Install: "Install complete", Upgrade: "Upgrade complete", Rollback: fmt.Sprintf("Rollback to %d", t.target())}[t.Action]
	if undoing {
		if strings.HasPrefix(r.Description, "Rollback to ") {
			return ""
		}
		want = "Rollback to"
	}
	if r.Description == want {
		return ""
	}
	return fmt.Sprintf("the description %q", want)
}
