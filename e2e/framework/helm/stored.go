package helm

import (
	"context"
	"slices"
	"strconv"

	"helm.sh/helm/v3/pkg/chartutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
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

// Stored returns the objects in which the revisions of a release are recorded, by the
// client's [Driver], oldest revision first; an empty list if there are none.
func (c *Client) Stored(ctx context.Context, name string) ([]Stored, error) {
	const verb = "reading the records of"
	if err := chartutil.ValidateReleaseName(name); err != nil {
		return nil, c.failed(verb, name, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return nil, c.failed(verb, name, err)
	}
	found, err := s.stored(ctx, name)
	if err != nil {
		return nil, c.failed(verb, name, s.explain(ctx, err))
	}
	slices.SortFunc(found, func(a, b Stored) int { return a.Revision - b.Revision })
	return found, nil
}

// stored lists by the labels that Helm itself finds the records of a release by.
func (s *session) stored(ctx context.Context, name string) ([]Stored, error) {
	options := metav1.ListOptions{LabelSelector: labels.Set{"owner": "helm", "name": name}.String()}
	all := []Stored{}
	if s.client.driver == ConfigMaps {
		list, err := s.core.ConfigMaps(s.client.namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			all = append(all, toStored("ConfigMap", &list.Items[i], len(list.Items[i].Data["release"])))
		}
		return all, nil
	}
	list, err := s.core.Secrets(s.client.namespace).List(ctx, options)
	if err != nil {
		return nil, err
	}
	for i := range list.Items {
		one := toStored("Secret", &list.Items[i], len(list.Items[i].Data["release"]))
		one.Type = string(list.Items[i].Type)
		all = append(all, one)
	}
	return all, nil
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
