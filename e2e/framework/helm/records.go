package helm

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// records stores revisions for one operation. It reads the history once, where Helm does
// up to four times, and remembers what became of each record: Helm does not always tell
// when one could not be written.
type records struct {
	driver.Driver

	// read is set once the history was read; found is what it held, oldest first, and
	// current is what it holds since.
	read    bool
	found   []*release.Release
	current []*release.Release
	// status is that of the newest revision when it was read: Helm changes what it was given.
	status release.Status
	// removed are the keys of records that the operation has removed.
	removed map[string]bool
	// own is the record of the operation's own revision: of an upgrade that undoes
	// itself, that of the rollback.
	own *recorded
	// undone tells that the operation failed and went on to undo what it did.
	undone bool
	// unsaved are the records whose newest state is not in the cluster.
	unsaved map[string]*recorded
}

type recorded struct {
	key     string
	release *release.Release
	// doubtful records may or may not have been created: the answer was lost.
	doubtful bool
}

// Query finds revisions in the history of the one release that an operation is about.
// Helm asks for all of them, or for those of a status.
func (r *records) Query(labels map[string]string) ([]*release.Release, error) {
	if !r.read {
		history := maps.Clone(labels)
		delete(history, statusLabel)
		releases, err := r.Driver.Query(history)
		if err != nil && !errors.Is(err, driver.ErrReleaseNotFound) {
			return nil, err
		}
		if err == nil && len(releases) == 0 { // Helm leaves out what it cannot decode.
			return nil, errors.New("there are records, but none that can be decoded")
		}
		r.read = true
		r.found = byRevision(releases)
		r.current = slices.Clone(r.found)
		if last := r.last(); last != nil {
			r.status = last.Info.Status
		}
	}
	wanted, limited := labels[statusLabel]
	var matching []*release.Release
	for _, rel := range r.current {
		if !limited || rel.Info.Status.String() == wanted {
			matching = append(matching, rel)
		}
	}
	if len(matching) == 0 {
		return nil, driver.ErrReleaseNotFound
	}
	return matching, nil
}

const statusLabel = "status"

// Get reads one revision. Helm's drivers panic on a record they cannot decode.
func (r *records) Get(key string) (rel *release.Release, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			rel, err = nil, fmt.Errorf("the record %q cannot be decoded", key)
		}
	}()
	return r.Driver.Get(key)
}

// Create stores the operation's own revision.
func (r *records) Create(key string, rel *release.Release) error {
	err := r.Driver.Create(key, rel)
	if errors.Is(err, driver.ErrReleaseExists) || refused(err) {
		return err
	}
	r.undone = r.own != nil
	r.own = &recorded{key: key, release: rel, doubtful: err != nil}
	r.current = append(r.current, rel)
	return err
}

// refused tells whether the API server answered that it will not do what was asked.
func refused(err error) bool {
	status, answered := errors.AsType[*apierrors.StatusError](err)
	return answered && status.Status().Code < http.StatusInternalServerError
}

// Update stores the new state of a revision.
func (r *records) Update(key string, rel *release.Release) error {
	err := r.Driver.Update(key, rel)
	switch {
	case err == nil:
		delete(r.unsaved, key)
	case !r.removed[key]: // Helm also writes what became of a revision that had to make room.
		r.unsaved[key] = &recorded{key: key, release: rel}
	}
	return err
}

// Delete removes a revision.
func (r *records) Delete(key string) (*release.Release, error) {
	deleted, err := r.Driver.Delete(key)
	if err == nil {
		r.current = slices.DeleteFunc(r.current, func(rel *release.Release) bool { return rel.Version == deleted.Version })
		delete(r.unsaved, key)
		r.removed[key] = true
		if r.own != nil && r.own.key == key { // An installation that undoes itself.
			r.own = nil
		}
	}
	return deleted, err
}

// last is the newest revision the operation found, or nil.
func (r *records) last() *release.Release {
	if len(r.found) == 0 {
		return nil
	}
	return r.found[len(r.found)-1]
}

// has tells whether the operation found the revision.
func (r *records) has(revision int) bool {
	for _, rel := range r.found {
		if rel.Version == revision {
			return true
		}
	}
	return false
}

// missing tells whether the operation looked for the release and found none.
func (r *records) missing() bool { return r.read && len(r.found) == 0 }
