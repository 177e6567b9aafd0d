package history

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/helm"
)

// told is a history of some operations that ends with the transition returned.
func told(t *rapid.T) Transition {
	m := &model{
		limit:  rapid.SampledFrom([]int{-1, 1, 2, 3, 10}).Draw(t, "limit"),
		driver: rapid.SampledFrom([]string{"Secret", "ConfigMap"}).Draw(t, "driver"),
		clock:  time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC),
	}
	var last Transition
	for range rapid.IntRange(1, 12).Draw(t, "operations") {
		last = m.step(t)
		if broken := Check(last); len(broken) > 0 {
			t.Fatalf("%s: %v\nbefore %v\nafter %v", last.Action, broken, last.Before, last.After)
		}
	}
	return last
}

func TestWhatHelmDoesKeepsTheLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { told(t) })
}

// mutation spoils a transition in one place. It returns false where there is nothing to spoil.
type mutation struct {
	law   string
	spoil func(*rapid.T, *Transition) bool
}

// ofOlder spoils a revision that was there before.
func ofOlder(spoil func(*helm.Release)) func(*rapid.T, *Transition) bool {
	return func(t *rapid.T, tr *Transition) bool {
		older := tr.older()
		if len(older) == 0 {
			return false
		}
		revision := rapid.SampledFrom(older).Draw(t, "older")[1].Revision
		i := slices.IndexFunc(tr.After, func(r helm.Release) bool { return r.Revision == revision })
		spoil(&tr.After[i])
		return true
	}
}

// ofMade spoils the new revision, where want allows.
func ofMade(want func(Transition) bool, spoil func(*helm.Release)) func(*rapid.T, *Transition) bool {
	return func(_ *rapid.T, tr *Transition) bool {
		made := tr.made()
		if len(made) == 0 || !want(*tr) {
			return false
		}
		i := slices.IndexFunc(tr.After, func(r helm.Release) bool { return r.Revision == made[0].Revision })
		spoil(&tr.After[i])
		return true
	}
}

// ofStored spoils an object.
func ofStored(spoil func(*helm.Stored)) func(*rapid.T, *Transition) bool {
	return func(t *rapid.T, tr *Transition) bool {
		if len(tr.Stored) == 0 {
			return false
		}
		spoil(&tr.Stored[rapid.IntRange(0, len(tr.Stored)-1).Draw(t, "object")])
		return true
	}
}

func always(Transition) bool        { return true }
func succeeded(tr Transition) bool  { return !tr.failed() }
func failedOnce(tr Transition) bool { return tr.failed() && !tr.undid() }
func isRollback(tr Transition) bool { return tr.Action == Rollback }
func isRendered(tr Transition) bool { return tr.Rendered != "" }
func pending(r *helm.Release)       { r.Status = helm.StatusPendingUpgrade }
func otherManifest(r *helm.Release) { r.Manifest += "other: true\n" }
func removed(all []helm.Release, i int) []helm.Release {
	return slices.Delete(slices.Clone(all), i, i+1)
}

func mutations() map[string]mutation {
	return map[string]mutation{
		"the new revision leaves out a number":            {"rise-by-one", ofMade(always, func(r *helm.Release) { r.Revision += 7 })},
		"a success makes no revision":                     {"rise-by-one", lostNewest},
		"revisions are not in order":                      {"rise-by-one", swapped},
		"a revision has another name":                     {"same-release", ofOlder(func(r *helm.Release) { r.Name = "other" })},
		"a revision is in another namespace":              {"same-release", ofOlder(func(r *helm.Release) { r.Namespace = "other" })},
		"an older revision is deployed as well":           {"one-deployed", deployedToo},
		"a success is superseded":                         {"newest-status", ofMade(succeeded, func(r *helm.Release) { r.Status = helm.StatusSuperseded })},
		"a failure is deployed":                           {"newest-status", ofMade(failedOnce, func(r *helm.Release) { r.Status = helm.StatusDeployed })},
		"an older revision failed afterwards":             {"older-status", ofOlder(otherStatus)},
		"the new revision stays pending":                  {"settled", ofMade(always, pending)},
		"a success has another description":               {"description", ofMade(succeeded, func(r *helm.Release) { r.Description += "!" })},
		"a failure has the description of a success":      {"description", ofMade(failedOnce, func(r *helm.Release) { r.Description = "Upgrade complete" })},
		"a failure has another reason":                    {"description", ofMade(failedOnce, func(r *helm.Release) { r.Description += " at all" })},
		"an older description changes":                    {"description", olderDescription},
		"an older manifest changes":                       {"immutable", ofOlder(otherManifest)},
		"an older value changes":                          {"immutable", ofOlder(func(r *helm.Release) { r.Values["message"] = "OTHER" })},
		"an older chart changes":                          {"immutable", ofOlder(func(r *helm.Release) { r.ChartVersion += "-1" })},
		"an older hook changes":                           {"immutable", ofOlder(func(r *helm.Release) { r.Hooks[0].Manifest = "OTHER" })},
		"an older time changes":                           {"immutable", ofOlder(func(r *helm.Release) { r.Updated = r.Updated.Add(time.Nanosecond) })},
		"another manifest than the rendered one":          {"as-rendered", ofMade(isRendered, otherManifest)},
		"a rollback has another manifest than its target": {"rollback-copies", ofMade(isRollback, otherManifest)},
		"a rollback has other values than its target":     {"rollback-copies", ofMade(isRollback, func(r *helm.Release) { r.Values["message"] = "OTHER" })},
		"a rollback has another chart than its target":    {"rollback-copies", ofMade(isRollback, func(r *helm.Release) { r.ChartName = "other" })},
		"the new revision was made before the older ones": {"times", madeEarlier},
		"a revision is lost":                              {"limit", lostOlder},
		"a revision comes back that had to go":            {"limit", cameBack},
		"an object is missing":                            {"stored-once", func(_ *rapid.T, tr *Transition) bool { return dropObject(tr) }},
		"an object is there twice":                        {"stored-once", twice},
		"an object has another name":                      {"stored-once", ofStored(func(s *helm.Stored) { s.Name += "0" })},
		"an object has another status":                    {"stored-once", ofStored(func(s *helm.Stored) { s.Labels["status"] = "pending" })},
		"an object has another version":                   {"stored-once", ofStored(func(s *helm.Stored) { s.Labels["version"] = "0" })},
		"an object has no owner":                          {"stored-once", ofStored(func(s *helm.Stored) { delete(s.Labels, "owner") })},
		"an object is of another release":                 {"stored-once", ofStored(func(s *helm.Stored) { s.Labels["name"] = "other" })},
		"a Secret has another type":                       {"stored-once", otherType},
	}
}

func TestEachMutationOfARightHistoryBreaksItsLaw(t *testing.T) {
	t.Parallel()
	for name, m := range mutations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoiled := 0
			rapid.Check(t, func(t *rapid.T) {
				tr := clone(told(t))
				if !m.spoil(t, &tr) {
					return
				}
				spoiled++
				broken := Check(tr)
				if !slices.ContainsFunc(broken, func(v Violation) bool { return v.Law == m.law }) {
					t.Fatalf("after the %s no violation of %s but %v\nbefore %v\nafter %v", tr.Action, m.law, broken, tr.Before, tr.After)
				}
			})
			if spoiled == 0 {
				t.Error("no history could be spoiled in this way")
			}
		})
	}
}

func TestEachLawHasAMutation(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	covered := map[string]bool{}
	for _, m := range mutations() {
		covered[m.law] = true
	}
	for _, law := range Laws() {
		g.Expect(covered).To(gomega.HaveKey(law.Name))
		g.Expect(law.Text).To(gomega.HaveSuffix("."))
		g.Expect(law.Source).NotTo(gomega.BeEmpty())
	}
}

func TestAViolationIsASentence(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	first := helm.Release{Name: "story", Revision: 1, Status: helm.StatusDeployed, Description: "Install complete"}
	stillDeployed := []helm.Release{first, {Name: "story", Revision: 2, Status: helm.StatusDeployed, Description: "Upgrade complete"}}
	broken := Check(Transition{Action: Upgrade, Before: []helm.Release{first}, After: stillDeployed})
	texts := make([]string, 0, len(broken))
	for _, v := range broken {
		texts = append(texts, v.String())
	}
	g.Expect(texts).To(gomega.Equal([]string{
		`revision 1 breaks the law "one-deployed": expected at most one revision to be deployed, seen: 1, 2 are`,
		`revision 1 breaks the law "older-status": expected it to be superseded, as it was deployed before an upgrade that succeeded, seen: it is deployed`,
	}))
}

func TestAManifestThatDiffersIsToldByItsFirstLine(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	after := []helm.Release{{Name: "story", Revision: 1, Status: helm.StatusDeployed, Description: "Install complete", Manifest: "a\nb\n"}}
	g.Expect(Check(Transition{Action: Install, After: after, Rendered: "a\nc\n"})).To(gomega.Equal([]Violation{{
		Law: "as-rendered", Revision: 1, Expected: "the manifest that was rendered", Seen: `line 2 is "b", not "c"`,
	}}))
}

func lostNewest(_ *rapid.T, tr *Transition) bool {
	if len(tr.made()) == 0 || tr.failed() {
		return false
	}
	tr.After = tr.After[:len(tr.After)-1]
	return true
}

func swapped(_ *rapid.T, tr *Transition) bool {
	if len(tr.After) < 2 {
		return false
	}
	tr.After[0], tr.After[1] = tr.After[1], tr.After[0]
	return true
}

func deployedToo(_ *rapid.T, tr *Transition) bool {
	if len(tr.After) < 2 || countDeployed(tr.After) == 0 {
		return false
	}
	for i := range tr.After {
		if tr.After[i].Status != helm.StatusDeployed {
			tr.After[i].Status = helm.StatusDeployed
			return true
		}
	}
	return false
}

// otherStatus is one that no operation gives an older revision.
func otherStatus(r *helm.Release) { r.Status = helm.StatusPendingInstall }

func olderDescription(t *rapid.T, tr *Transition) bool {
	if tr.Action == Uninstall && tr.failed() {
		return false // Its newest revision may say anything.
	}
	return ofOlder(func(r *helm.Release) { r.Description = "touched" })(t, tr)
}

func madeEarlier(_ *rapid.T, tr *Transition) bool {
	if len(tr.After) < 2 || len(tr.made()) == 0 {
		return false
	}
	tr.After[len(tr.After)-1].Updated = tr.After[0].Updated.Add(-time.Second)
	return true
}

func lostOlder(_ *rapid.T, tr *Transition) bool {
	older := tr.older()
	if len(older) == 0 || tr.mayLose(older[0][0].Revision) {
		return false
	}
	i := slices.IndexFunc(tr.After, func(r helm.Release) bool { return r.Revision == older[0][0].Revision })
	tr.After = removed(tr.After, i)
	return true
}

func cameBack(_ *rapid.T, tr *Transition) bool {
	for _, before := range tr.Before {
		if find(tr.After, before.Revision) == nil && !tr.failed() {
			tr.After = slices.Concat([]helm.Release{before}, tr.After)
			return true
		}
	}
	return false
}

func dropObject(tr *Transition) bool {
	if len(tr.Stored) == 0 {
		return false
	}
	tr.Stored = slices.Delete(tr.Stored, 0, 1)
	return true
}

func twice(_ *rapid.T, tr *Transition) bool {
	if len(tr.Stored) == 0 {
		return false
	}
	tr.Stored = append(tr.Stored, tr.Stored[0])
	return true
}

func otherType(t *rapid.T, tr *Transition) bool {
	if len(tr.Stored) == 0 || !strings.HasPrefix(tr.Stored[0].Kind, "Secret") {
		return false
	}
	return ofStored(func(s *helm.Stored) { s.Type = "Opaque" })(t, tr)
}
