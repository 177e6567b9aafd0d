package helm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Newest are releases as they were at one moment.
type Newest struct {
	// Releases has the newest revision of each, by namespace and name.
	Releases []Release
	// Version is the resource version of the cluster at that moment.
	Version string
}

// Newest returns the newest revision of each release of all namespaces, wherever it is recorded: in Secrets or in
// ConfigMaps. It takes two requests.
func (c *Client) Newest(ctx context.Context) (Newest, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return Newest{}, fmt.Errorf("listing releases: %w", err)
	}
	newest, err := s.newest(ctx)
	if err != nil {
		return Newest{}, fmt.Errorf("listing releases: %w", s.explain(ctx, err))
	}
	return newest, nil
}

func (s *session) newest(ctx context.Context) (Newest, error) {
	options := metav1.ListOptions{LabelSelector: "owner=helm"}
	configMaps, err := s.core.ConfigMaps(metav1.NamespaceAll).List(ctx, options)
	if err != nil {
		return Newest{}, err
	}
	secrets, err := s.core.Secrets(metav1.NamespaceAll).List(ctx, options)
	if err != nil {
		return Newest{}, err
	}
	configMaps.Items = lastOf(configMaps.Items, func(item *corev1.ConfigMap) metav1.Object { return item })
	secrets.Items = lastOf(secrets.Items, func(item *corev1.Secret) metav1.Object { return item })
	inMaps, inSecrets := driver.NewConfigMaps(heldConfigMaps{list: configMaps}), driver.NewSecrets(heldSecrets{list: secrets})
	inMaps.Log, inSecrets.Log = s.debug, s.debug
	all := Newest{Version: secrets.ResourceVersion}
	for _, from := range []driver.Driver{inMaps, inSecrets} {
		found, err := from.List(func(*release.Release) bool { return true })
		if err != nil && !errors.Is(err, driver.ErrReleaseNotFound) {
			return Newest{}, err
		}
		for _, rel := range found {
			all.Releases = append(all.Releases, *toRelease(rel))
		}
	}
	slices.SortFunc(all.Releases, func(a, b Release) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return all, nil
}

// lastOf leaves the record of the newest revision of each release: to decode them all would take long.
func lastOf[T any](items []T, object func(*T) metav1.Object) []T {
	last := map[string]int{}
	for i := range items {
		key := object(&items[i]).GetNamespace() + "/" + object(&items[i]).GetLabels()["name"]
		if at, known := last[key]; !known || revisionOf(object(&items[at])) < revisionOf(object(&items[i])) {
			last[key] = i
		}
	}
	var left []T
	for _, i := range last {
		left = append(left, items[i])
	}
	return left
}

func revisionOf(object metav1.Object) int { return toStored("", object, 0).Revision }
