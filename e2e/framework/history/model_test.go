package history

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"seatrial/e2e/framework/helm"
)

// model is a release as Helm keeps it, with as little as it takes to do so rightly. It says what the laws say in another way: it
// does the operations.
type model struct {
	limit    int
	driver   string
	clock    time.Time
	releases []helm.Release
}

// step does one operation that is possible now.
func (m *model) step(t *rapid.T) Transition {
	before := slices.Clone(m.releases)
	tr := Transition{Before: before, MaxHistory: m.limit}
	if rapid.Bool().Draw(t, "fails") {
		tr.Failure = "helming: no such luck"
	}
	switch m.choose(t) {
	case Install:
		tr.Action, tr.Atomic = Install, rapid.Bool().Draw(t, "atomic")
		m.install(t, &tr)
	case Upgrade:
		tr.Action, tr.Atomic = Upgrade, rapid.Bool().Draw(t, "atomic")
		m.upgrade(t, &tr)
	case Rollback:
		tr.Action = Rollback
		m.rollback(t, &tr)
	case Uninstall:
		tr.Action, tr.KeepHistory = Uninstall, rapid.Bool().Draw(t, "keep history")
		m.uninstall(&tr)
	}
	tr.After = slices.Clone(m.releases)
	tr.Stored = m.stored()
	return tr
}

func (m *model) choose(t *rapid.T) Action {
	if len(m.releases) == 0 {
		return Install
	}
	can := []Action{Rollback}
	last := m.releases[len(m.releases)-1]
	if last.Status == helm.StatusUninstalled {
		return rapid.SampledFrom([]Action{Rollback, Install}).Draw(t, "action")
	}
	if m.deployed() != nil || last.Status == helm.StatusFailed || last.Status == helm.StatusSuperseded {
		can = append(can, Upgrade, Upgrade)
	}
	return rapid.SampledFrom(append(can, Uninstall)).Draw(t, "action")
}

func (m *model) install(t *rapid.T, tr *Transition) {
	tr.Replace = len(m.releases) > 0
	if tr.Failure != "" && tr.Atomic {
		m.releases = nil
		return
	}
	if tr.Replace {
		last := &m.releases[len(m.releases)-1]
		last.Status, last.Description = helm.StatusSuperseded, "superseded by new release"
	}
	m.add(m.fresh(t, tr), tr, "Install complete", `Release "story" failed: no such luck`)
}

func (m *model) upgrade(t *rapid.T, tr *Transition) {
	if tr.Failure != "" && rapid.Bool().Draw(t, "nothing made") {
		return
	}
	from := m.deployed()
	if from == nil {
		from = &m.releases[len(m.releases)-1]
	}
	from = new(*from)
	made := m.fresh(t, tr)
	m.prune()
	if tr.Failure == "" {
		m.set(from.Revision, helm.StatusSuperseded)
	}
	m.add(made, tr, "Upgrade complete", `Upgrade "story" failed: no such luck`)
	if tr.Failure != "" && tr.Atomic {
		m.undo(t)
	}
}

// undo rolls back to the newest revision that did not fail. It makes no room for that.
func (m *model) undo(t *rapid.T) {
	for _, r := range slices.Backward(m.releases) {
		if r.Status != helm.StatusDeployed && r.Status != helm.StatusSuperseded {
			continue
		}
		copied := r
		copied.Revision = m.next()
		copied.Updated = m.now(t)
		for i := range m.releases {
			if m.releases[i].Status == helm.StatusDeployed {
				m.releases[i].Status = helm.StatusSuperseded
			}
		}
		copied.Status, copied.Description = helm.StatusDeployed, fmt.Sprintf("Rollback to %d", r.Revision)
		m.releases = append(m.releases, copied)
		return
	}
}

func (m *model) rollback(t *rapid.T, tr *Transition) {
	target := rapid.SampledFrom(m.releases).Draw(t, "target")
	tr.Target = target.Revision
	if previous := m.releases[len(m.releases)-1].Revision - 1; target.Revision == previous && rapid.Bool().Draw(t, "by default") {
		tr.Target = 0
	}
	current := m.releases[len(m.releases)-1].Revision
	made := target
	made.Revision = m.next()
	made.Updated = m.now(t)
	m.prune()
	switch {
	case tr.Failure == "":
		for i := range m.releases {
			if m.releases[i].Status == helm.StatusDeployed {
				m.releases[i].Status = helm.StatusSuperseded
			}
		}
	case rapid.Bool().Draw(t, "an object fails"): // And not a hook.
		m.set(current, helm.StatusSuperseded)
	}
	m.add(made, tr, fmt.Sprintf("Rollback to %d", target.Revision), "Rollback timed out: no such luck")
}

func (m *model) uninstall(tr *Transition) {
	last := &m.releases[len(m.releases)-1]
	switch {
	case tr.Failure != "":
		last.Status, last.Description = helm.StatusUninstalling, "Deletion in progress (or silently failed)"
	case !tr.KeepHistory:
		m.releases = nil
	default:
		for i := range m.releases {
			if m.releases[i].Status == helm.StatusDeployed {
				m.releases[i].Status = helm.StatusSuperseded
			}
		}
		last.Status, last.Description = helm.StatusUninstalled, "Uninstallation complete"
	}
}

// fresh is a revision that was not there before.
func (m *model) fresh(t *rapid.T, tr *Transition) helm.Release {
	message := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "message")
	r := helm.Release{
		Name: "story", Namespace: "place", Revision: m.next(), Updated: m.now(t),
		ChartName: "notes", ChartVersion: rapid.SampledFrom([]string{"0.1.0", "0.2.0"}).Draw(t, "version"),
		Values:   helm.Values{"message": message},
		Manifest: "kind: ConfigMap\ndata: {message: " + message + "}\n",
		Notes:    message,
		Hooks:    []helm.Hook{{Name: "hook", Kind: "Job", Events: []string{"pre-upgrade"}, Manifest: message}},
	}
	tr.Rendered = r.Manifest
	return r
}

func (m *model) add(made helm.Release, tr *Transition, success, failure string) {
	made.Status, made.Description = helm.StatusDeployed, success
	if tr.Failure != "" {
		made.Status, made.Description = helm.StatusFailed, failure
	}
	m.releases = append(m.releases, made)
}

// prune makes room for one more.
func (m *model) prune() {
	deployed := m.deployed()
	for i := 0; m.limit > 0 && len(m.releases) > m.limit-1 && i < len(m.releases); {
		if deployed != nil && m.releases[i].Revision == deployed.Revision {
			i++
			continue
		}
		m.releases = slices.Delete(slices.Clone(m.releases), i, i+1)
	}
}

func (m *model) deployed() *helm.Release {
	for _, r := range slices.Backward(m.releases) {
		if r.Status == helm.StatusDeployed {
			return &r
		}
	}
	return nil
}

func (m *model) set(revision int, status helm.Status) {
	for i := range m.releases {
		if m.releases[i].Revision == revision {
			m.releases[i].Status = status
		}
	}
}

func (m *model) next() int {
	if len(m.releases) == 0 {
		return 1
	}
	return m.releases[len(m.releases)-1].Revision + 1
}

func (m *model) now(t *rapid.T) time.Time {
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "seconds")) * time.Second)
	return m.clock
}

func (m *model) stored() []helm.Stored {
	all := []helm.Stored{}
	for _, r := range m.releases {
		one := helm.Stored{
			Kind: m.driver, Name: fmt.Sprintf("sh.helm.release.v1.story.v%d", r.Revision), Revision: r.Revision, Status: r.Status,
			Labels: map[string]string{"owner": "helm", "name": "story", "version": strconv.Itoa(r.Revision), "status": string(r.Status)},
		}
		if m.driver == "Secret" {
			one.Type = "helm.sh/release.v1"
		}
		all = append(all, one)
	}
	return all
}

// clone copies a transition so far that a mutation of the copy leaves it alone.
func clone(tr Transition) Transition {
	tr.Before, tr.After, tr.Stored = slices.Clone(tr.Before), slices.Clone(tr.After), slices.Clone(tr.Stored)
	for i := range tr.Stored {
		tr.Stored[i].Labels = maps.Clone(tr.Stored[i].Labels)
	}
	for i := range tr.After {
		tr.After[i].Values = helm.Merge(tr.After[i].Values)
		tr.After[i].Hooks = slices.Clone(tr.After[i].Hooks)
	}
	return tr
}
