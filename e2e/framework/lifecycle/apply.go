package lifecycle

// createAll makes objects that are not there. Helm goes on past those that are refused.
func (r *run) createAll(target manifest) bool {
	well := true
	for k := range kinds {
		var all []func()
		for _, name := range target.ofKind(k) {
			well = well && !target[name].refused
			all = append(all, r.creation(name, target[name]))
		}
		r.sideBySide(all)
	}
	return well
}

func (r *run) creation(name string, made Object) func() {
	return func() {
		if !made.refused {
			r.state.Objects[name] = made
		}
	}
}

// updateAll makes the objects what target says: kube.Client.update. It goes on past objects that cannot be changed, but not
// past one that cannot be made, and deletes what is only in the original manifest if all went well. What it made, or tried to,
// is returned even so.
func (r *run) updateAll(original, target manifest) (created manifest, well bool) {
	created, well = manifest{}, true
	for k := range kinds {
		var all []func()
		ended := false
		for _, name := range target.ofKind(k) {
			if _, there := r.state.Objects[name]; !there {
				created[name] = target[name]
				ended = ended || target[name].refused
				all = append(all, r.creation(name, target[name]))
				continue
			}
			c := r.change(name, original, target)
			well = well && !c.refused
			all = append(all, c.request(r, name)...)
		}
		r.sideBySide(all)
		if ended {
			return created, false
		}
	}
	if well {
		r.deleteRest(original, target)
	}
	return created, well
}

// change is what becomes of an object that is there.
func (r *run) change(name string, original, target manifest) change {
	was, known := original[name]
	if !known || r.force {
		return replace(target[name], r.state.Objects[name])
	}
	return merge(was, target[name], r.state.Objects[name])
}

// request is the one that makes the change, if there is one.
func (c change) request(r *run, name string) []func() {
	if !c.sent {
		return nil
	}
	return []func(){func() { r.state.Objects[name] = c.after }}
}

func (r *run) deleteRest(original, target manifest) {
	for k := range kinds {
		var all []func()
		for _, name := range original.ofKind(k) {
			_, stays := target[name]
			live, there := r.state.Objects[name]
			if !stays && there && !live.kept {
				all = append(all, func() { delete(r.state.Objects, name) })
			}
		}
		r.sideBySide(all)
	}
}

// deleteAll deletes objects, the last made first or in the order of their making. Those that are gone are asked for all the same.
func (r *run) deleteAll(all manifest, order []kind) {
	for _, k := range order {
		var deletions []func()
		for _, name := range all.ofKind(k) {
			deletions = append(deletions, func() { delete(r.state.Objects, name) })
		}
		r.sideBySide(deletions)
	}
}
