package lifecycle

import (
	"fmt"
	"slices"

	"seatrial/e2e/framework/helm"
)

// install is action.Install.
func (r *run) install(o Operation) Failure {
	made := Revision{Number: 1, Status: helm.StatusPendingInstall, Description: "Initial install underway", Values: o.Values}
	if last := r.state.last(); last != nil {
		if !o.Replace || last.Status != helm.StatusUninstalled && last.Status != helm.StatusFailed {
			return NameInUse
		}
		made.Number = last.Number + 1
		if last.Status != helm.StatusFailed {
			last.Status, last.Description = helm.StatusSuperseded, "superseded by new release"
			r.update(*last)
		}
	}
	r.create(made, 0)
	if r.performInstall(made) {
		made.Status, made.Description = helm.StatusDeployed, "Install complete"
		r.update(made)
		return None
	}
	if o.Atomic {
		r.uninstall(uninstallOptions{})
		return Refused
	}
	made.Status, made.Description = helm.StatusFailed, fmt.Sprintf("Release %q failed: ", Release)
	r.update(made)
	return Refused
}

// performInstall makes the objects of a new release. Where some are there already, left by an earlier one, all are updated
// instead, with the new manifest as the original.
func (r *run) performInstall(made Revision) bool {
	if !r.hook(made, Before) {
		return false
	}
	target := made.Values.manifest()
	adopted := r.among(target)
	if len(adopted) == 0 {
		return r.createAll(target) && r.hook(made, After)
	}
	_, well := r.updateAll(adopted, target)
	return well && r.hook(made, After)
}

// among are those of the objects that there are already.
func (r *run) among(target manifest) manifest {
	there := manifest{}
	for name, object := range target {
		if _, is := r.state.Objects[name]; is {
			there[name] = object
		}
	}
	return there
}

// upgrade is action.Upgrade.
func (r *run) upgrade(o Operation) Failure {
	last := r.state.last()
	if last == nil {
		return NothingDeployed
	}
	if last.Status.Pending() {
		return Pending
	}
	from := r.state.newest(helm.StatusDeployed)
	if from == nil {
		from = last
		if last.Status != helm.StatusFailed && last.Status != helm.StatusSuperseded {
			return NothingDeployed
		}
	}
	made := Revision{Number: last.Number + 1, Status: helm.StatusPendingUpgrade, Description: "Preparing upgrade", Values: o.Values}
	if made.Values == (Values{}) {
		made.Values = from.Values
	}
	target, original := made.Values.manifest(), from.Values.manifest()
	for name, object := range r.among(target) { // What an earlier revision has left is adopted.
		if _, known := original[name]; !known {
			original[name] = object
		}
	}
	r.create(made, o.limit())
	if !r.hook(made, Before) {
		return r.failUpgrade(made, nil, o)
	}
	created, well := r.updateAll(original, target)
	if !well {
		r.update(*from)
		return r.failUpgrade(made, created, o)
	}
	if !r.hook(made, After) {
		return r.failUpgrade(made, created, o)
	}
	from.Status = helm.StatusSuperseded
	r.update(*from)
	made.Status, made.Description = helm.StatusDeployed, "Upgrade complete"
	r.update(made)
	return None
}

func (r *run) failUpgrade(made Revision, created manifest, o Operation) Failure {
	made.Status, made.Description = helm.StatusFailed, fmt.Sprintf("Upgrade %q failed: ", Release)
	r.update(made)
	if o.CleanupOnFail {
		r.deleteAll(created, inOrder())
	}
	if good := r.state.newest(helm.StatusDeployed, helm.StatusSuperseded); o.Atomic && good != nil {
		r.rollback(good.Number, rollbackOptions{}) // Without a limit, so that nothing is removed.
	}
	return Refused
}

type rollbackOptions struct {
	limit   int
	cleanup bool
}

// rollback is action.Rollback. It does not mind that another operation is pending.
func (r *run) rollback(to int, o rollbackOptions) Failure {
	last := r.state.last()
	if last == nil {
		return NoRelease
	}
	if to == 0 {
		to = last.Number - 1
	}
	target := r.state.find(to)
	if target == nil {
		return NoRevision
	}
	made := Revision{
		Number: last.Number + 1, Status: helm.StatusPendingRollback, Description: fmt.Sprintf("Rollback to %d", to), Values: target.Values,
	}
	r.create(made, o.limit)
	if !r.hook(made, Before) {
		r.settle(made)
		return Refused
	}
	created, well := r.updateAll(last.Values.manifest(), made.Values.manifest())
	if !well {
		last.Status = helm.StatusSuperseded
		r.update(*last)
		made.Status, made.Description = helm.StatusFailed, fmt.Sprintf("Rollback %q failed: ", Release)
		r.update(made)
		if o.cleanup {
			r.deleteAll(created, inOrder())
		}
		return Refused
	}
	if !r.hook(made, After) {
		r.settle(made)
		return Refused
	}
	for _, deployed := range r.state.deployed() {
		deployed.Status = helm.StatusSuperseded
		r.update(deployed)
	}
	made.Status = helm.StatusDeployed
	r.update(made)
	return None
}

type uninstallOptions struct{ keepHistory bool }

// uninstall is action.Uninstall. It deletes the objects of the newest revision only.
func (r *run) uninstall(o uninstallOptions) Failure {
	last := r.state.last()
	if last == nil {
		return NoRelease
	}
	all := slices.Clone(r.state.Revisions)
	if last.Status == helm.StatusUninstalled {
		if o.keepHistory {
			return Gone
		}
		r.purge(all)
		return None
	}
	last.Status, last.Description = helm.StatusUninstalling, "Deletion in progress (or silently failed)"
	if !r.hook(*last, Before) {
		return Refused
	}
	r.update(*last)
	doomed := last.Values.manifest()
	for name, object := range doomed {
		if object.kept {
			delete(doomed, name)
		}
	}
	order := inOrder()
	slices.Reverse(order)
	r.deleteAll(doomed, order)
	end := None
	if !r.hook(*last, After) {
		end = Refused // All else is done nevertheless.
	}
	if !o.keepHistory {
		r.purge(all)
		return end
	}
	last.Status, last.Description = helm.StatusUninstalled, "Uninstallation complete"
	r.update(*last)
	for _, deployed := range r.state.deployed() {
		deployed.Status = helm.StatusSuperseded
		r.update(deployed)
	}
	return end
}

func (r *run) purge(all []Revision) {
	for _, one := range all {
		r.remove(one)
	}
}

func inOrder() []kind { return []kind{secret, configMap, service} }
