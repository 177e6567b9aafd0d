package lifecycle

import "maps"

// Object is what the model knows of an object.
type Object struct {
	Data map[string]string

	kind kind
	// immutable objects cannot be given other data.
	immutable bool
	// kept objects are not deleted by Helm.
	kept bool
	// refused objects cannot be created.
	refused bool
}

// kind orders objects: Helm makes those of one kind after those of another, and deletes them the other way round.
type kind int

const (
	secret kind = iota
	configMap
	service
	kinds
)

// manifest are the objects of a revision, by name.
type manifest map[string]Object

const (
	nameA     = Release + "-a"
	nameB     = Release + "-b"
	nameFixed = Release + "-fixed"
	nameKept  = Release + "-kept"
	nameHook  = Release + "-hook"
)

// manifest are the objects that the chart makes of values, without its hook.
func (v Values) manifest() manifest {
	all := manifest{nameA: {kind: configMap, Data: map[string]string{"value": "1"}}}
	if v.A != "" {
		all[nameA].Data["value"] = v.A
	}
	if v.Key != "" {
		all[nameA].Data[v.Key] = "added"
	}
	for name, object := range map[string]struct {
		value string
		Object
	}{
		nameB:     {v.B, Object{kind: configMap}},
		nameFixed: {v.Fixed, Object{kind: configMap, immutable: true}},
		nameKept:  {v.Kept, Object{kind: configMap, kept: true}},
	} {
		if object.value != "" {
			object.Data = map[string]string{"value": object.value}
			all[name] = object.Object
		}
	}
	switch v.Trouble {
	case Early:
		all[Release+"-early"] = Object{kind: secret, refused: true}
	case Late:
		all[Release+"-late"] = Object{kind: service, refused: true}
	}
	return all
}

// hook is the object of the hook.
func (v Values) hook() Object {
	value := v.A
	if value == "" {
		value = "1"
	}
	return Object{kind: configMap, Data: map[string]string{"value": value}, refused: v.Trouble == InHook}
}

// ofKind are the names of the objects of one kind, in order.
func (m manifest) ofKind(k kind) []string {
	var names []string
	for _, name := range sortedNames(m) {
		if m[name].kind == k {
			names = append(names, name)
		}
	}
	return names
}

// change is what an update makes of an object.
type change struct {
	after Object
	// sent tells whether a request is made for it at all.
	sent bool
	// refused tells that the API server does not accept the change.
	refused bool
}

// merge is Helm's three-way merge: what the new manifest says is set, and what the original one said and the new one does not
// is removed; all else that the live object has stays. See createPatch in helm.sh/helm/v3/pkg/kube.
func merge(original, target, live Object) change {
	data := maps.Clone(live.Data)
	sent := false
	for key, value := range target.Data {
		if was, there := data[key]; !there || was != value {
			sent = true
		}
		data[key] = value
	}
	for key := range original.Data {
		if _, stays := target.Data[key]; !stays {
			sent = true
			delete(data, key)
		}
	}
	return changed(live, target, data, sent)
}

// replace is what --force does, and what becomes of an object that a rollback finds although no manifest has it: it is then
// made what the target says, whatever was in it. See update in helm.sh/helm/v3/pkg/kube.
func replace(target, live Object) change { return changed(live, target, maps.Clone(target.Data), true) }

func changed(live, target Object, data map[string]string, sent bool) change {
	if live.immutable && !maps.Equal(live.Data, data) {
		return change{after: live, sent: true, refused: true}
	}
	after := target
	after.Data = data
	return change{after: after, sent: sent}
}
