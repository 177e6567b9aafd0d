package helm

import (
	"context"

	"helm.sh/helm/v3/pkg/release"
)

// keepPolicy is the annotation by which a chart says that an object outlives the
// release: https://helm.sh/docs/howto/charts_tips_and_tricks/
const keepPolicy = "helm.sh/resource-policy"

// Uninstalled is what an uninstallation left.
type Uninstalled struct {
	// Kept are the objects that the chart wants kept, as they are in the manifest.
	Kept []Kept
	// Release is the newest revision as it was recorded last. It can still be read from
	// the cluster if history is kept.
	Release Release
}

// Kept is an object that outlives its release.
type Kept struct{ Kind, Namespace, Name string }

// Uninstall removes a release, its objects and, unless [OperationOptions] keep it, its
// history. It waits for hooks, but not for the objects to be gone. One that was stopped
// can be repeated.
func (c *Client) Uninstall(ctx context.Context, name string) error {
	_, err := c.TakeDown(ctx, name)
	return err
}

// TakeDown does what [Client.Uninstall] does, and tells what is left.
func (c *Client) TakeDown(ctx context.Context, name string) (*Uninstalled, error) {
	made, err := c.change(ctx, uninstalling, name, func(s *session) (*release.Release, error) {
		response, err := c.uninstall(s).Run(name)
		if err != nil {
			// Helm only logs which objects could not be deleted.
			return nil, s.objects.undeleted.or(err)
		}
		return response.Release, nil
	})
	if err != nil {
		return nil, err
	}
	kept, err := made.kept()
	if err != nil {
		return nil, err
	}
	return &Uninstalled{Kept: kept, Release: *made}, nil
}

// kept are the objects of the release that are not deleted with it.
func (r Release) kept() ([]Kept, error) {
	objects, err := r.Objects()
	if err != nil {
		return nil, err
	}
	var left []Kept
	for _, object := range objects {
		// Helm compares the policy with "keep" when it upgrades. When it uninstalls, it
		// leaves whatever has a policy, of which there is only the one.
		if _, kept := object.GetAnnotations()[keepPolicy]; !kept {
			continue
		}
		namespace := object.GetNamespace()
		if namespace == "" {
			namespace = r.Namespace
		}
		left = append(left, Kept{Kind: object.GetKind(), Namespace: namespace, Name: object.GetName()})
	}
	return left, nil
}
