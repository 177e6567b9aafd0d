package helm

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/storage/driver"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
)

// Stored is an object in which Helm records a revision, as the cluster holds it. Unlike
// [Release] it is read without decoding the record.
type Stored struct {
	// Kind is "Secret" or "ConfigMap".
	Kind string
	Name string
	// Type is that of a Secret, "helm.sh/release.v1"; a ConfigMap has none.
	Type   string
	Labels map[string]string
	// Revision and Status are what the labels say; 0 and "" where they say nothing.
	Revision int
	Status   Status
	// Size of the record in bytes. The cluster refuses objects above about 1 MiB.
	Size int
}

// Recorded is the history of a release as it was at one moment.
type Recorded struct {
	// Releases are the revisions.
	Releases []Release
	// Stored are the objects in which they are recorded.
	Stored []Stored
	// Version is the resource version of the cluster at that moment.
	Version string
}

// Recorded returns the revisions of a release and the objects in which they are recorded, both oldest first and read with
// one request; nothing if there is no release.
func (c *Client) Recorded(ctx context.Context, name string) (Recorded, error) {
	return c.RecordedSince(ctx, name, "")
}

// RecordedSince does the same for whoever knows a resource version from after all that matters, such as
// [Release.RecordVersion]: the API server need not ask its store what may have happened since, which takes up to a tenth of
// a second.
func (c *Client) RecordedSince(ctx context.Context, name, version string) (Recorded, error) {
	const verb = "reading the history of"
	if err := chartutil.ValidateReleaseName(name); err != nil {
		return Recorded{}, c.failed(verb, name, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return Recorded{}, c.failed(verb, name, err)
	}
	held, err := s.stored(ctx, name, version)
	if err == nil {
		s.records.Driver = held.driver
		_, err = s.action.Releases.History(name)
	}
	if err != nil && !errors.Is(err, driver.ErrReleaseNotFound) {
		return Recorded{}, c.failed(verb, name, s.explain(ctx, err))
	}
	recorded := Recorded{Stored: held.stored, Version: held.version}
	for _, rel := range s.records.found {
		recorded.Releases = append(recorded.Releases, *toRelease(rel))
	}
	return recorded, nil
}

// held is a list of records that was read.
type held struct {
	stored  []Stored // the oldest revision first
	version string
	// driver decodes the records, and makes no request.
	driver driver.Driver
}

// stored lists by the labels that Helm itself finds the records of a release by, as they were at a version, if there is one,
// or later.
func (s *session) stored(ctx context.Context, name, version string) (held, error) {
	options := metav1.ListOptions{LabelSelector: labels.Set{"owner": "helm", "name": name}.String(), ResourceVersion: version}
	if version != "" {
		options.ResourceVersionMatch = metav1.ResourceVersionMatchNotOlderThan
	}
	all := held{stored: []Stored{}}
	if s.client.driver == ConfigMaps {
		list, err := s.core.ConfigMaps(s.client.namespace).List(ctx, options)
		if err != nil {
			return held{}, err
		}
		for i := range list.Items {
			all.stored = append(all.stored, toStored("ConfigMap", &list.Items[i], len(list.Items[i].Data["release"])))
		}
		configMaps := driver.NewConfigMaps(heldConfigMaps{list: list})
		configMaps.Log = s.debug
		all.driver, all.version = configMaps, list.ResourceVersion
	} else {
		list, err := s.core.Secrets(s.client.namespace).List(ctx, options)
		if err != nil {
			return held{}, err
		}
		for i := range list.Items {
			one := toStored("Secret", &list.Items[i], len(list.Items[i].Data["release"]))
			one.Type = string(list.Items[i].Type)
			all.stored = append(all.stored, one)
		}
		secrets := driver.NewSecrets(heldSecrets{list: list})
		secrets.Log = s.debug
		all.driver, all.version = secrets, list.ResourceVersion
	}
	slices.SortFunc(all.stored, func(a, b Stored) int { return a.Revision - b.Revision })
	return all, nil
}

// heldSecrets answers Helm's driver, which alone can decode a record, with a list that was read already.
type heldSecrets struct {
	corev1client.SecretInterface

	list *corev1.SecretList
}

func (h heldSecrets) List(context.Context, metav1.ListOptions) (*corev1.SecretList, error) {
	return h.list, nil
}

// heldConfigMaps does the same for records in ConfigMaps.
type heldConfigMaps struct {
	corev1client.ConfigMapInterface

	list *corev1.ConfigMapList
}

func (h heldConfigMaps) List(context.Context, metav1.ListOptions) (*corev1.ConfigMapList, error) {
	return h.list, nil
}

func toStored(kind string, object metav1.Object, size int) Stored {
	given := object.GetLabels()
	revision, err := strconv.Atoi(given["version"])
	if err != nil {
		revision = 0
	}
	return Stored{
		Kind: kind, Name: object.GetName(), Labels: given,
		Revision: revision, Status: Status(given["status"]), Size: size,
	}
}
