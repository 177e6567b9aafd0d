package helm

import (
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/release"
)

// OperationOptions change how operations on a release are done. The zero value is what
// the helm command does without flags. Each is named like the flag it stands for; what
// an operation has no use for, it ignores.
type OperationOptions struct {
	// Wait makes an operation wait, at most as long as [Options.Timeout], until what it
	// made is ready in Helm's sense: a Service of type LoadBalancer needs an address.
	Wait bool
	// WaitForJobs does the same for Jobs. It has no effect without Wait.
	WaitForJobs bool
	// Atomic undoes an installation or upgrade that fails: the one is uninstalled, the
	// other rolled back to the last revision that did not fail. It includes Wait.
	Atomic bool
	// CleanupOnFail deletes what an upgrade or rollback that fails has created.
	CleanupOnFail bool
	// SkipCRDs leaves out what the chart has in crds/.
	SkipCRDs bool
	// NoHooks runs no hooks.
	NoHooks bool
	// ResetValues makes an upgrade forget the values of the deployed revision. Without
	// it an upgrade that brings no values keeps them.
	ResetValues bool
	// ReuseValues lays the values of an upgrade upon those of the deployed revision.
	ReuseValues bool
	// Force replaces objects that cannot be changed, instead of failing.
	Force bool
	// KeepHistory makes an uninstallation keep the records of the release.
	KeepHistory bool
	// Replace lets an installation take the name of a release that failed or is uninstalled, as its next revision.
	Replace bool
}

// With returns a client that works as c does, but with these options. Both share what
// they have learned of the cluster.
func (c *Client) With(o OperationOptions) *Client {
	with := *c
	with.options = o
	return &with
}

// In returns a client that works as c does, but on the releases of another namespace. Both share what they have learned of
// the cluster.
func (c *Client) In(namespace string) *Client {
	in := *c
	in.namespace, in.loader = namespace, c.loaderIn(namespace)
	return &in
}

// Storing returns a client that works as c does, but with the history in objects of another kind. Both share what they have
// learned of the cluster.
func (c *Client) Storing(d Driver) *Client {
	storing := *c
	storing.driver = d
	return &storing
}

func (c *Client) install(s *session, name string) *action.Install {
	install := action.NewInstall(s.action)
	install.ReleaseName = name
	install.Namespace = c.namespace
	install.Timeout = c.timeout
	install.Wait = c.options.Wait
	install.WaitForJobs = c.options.WaitForJobs
	install.Atomic = c.options.Atomic
	install.SkipCRDs = c.options.SkipCRDs
	install.DisableHooks = c.options.NoHooks
	install.Force = c.options.Force
	install.Replace = c.options.Replace
	return install
}

func (c *Client) upgrade(s *session) *action.Upgrade {
	upgrade := action.NewUpgrade(s.action)
	upgrade.Namespace = c.namespace
	upgrade.Timeout = c.timeout
	upgrade.MaxHistory = c.maxHistory
	upgrade.Wait = c.options.Wait
	upgrade.WaitForJobs = c.options.WaitForJobs
	upgrade.Atomic = c.options.Atomic
	upgrade.CleanupOnFail = c.options.CleanupOnFail
	upgrade.SkipCRDs = c.options.SkipCRDs
	upgrade.DisableHooks = c.options.NoHooks
	upgrade.ResetValues = c.options.ResetValues
	upgrade.ReuseValues = c.options.ReuseValues
	upgrade.Force = c.options.Force
	return upgrade
}

func (c *Client) rollback(s *session) *action.Rollback {
	rollback := action.NewRollback(s.action)
	rollback.Timeout = c.timeout
	rollback.MaxHistory = c.maxHistory
	rollback.Wait = c.options.Wait
	rollback.WaitForJobs = c.options.WaitForJobs
	rollback.CleanupOnFail = c.options.CleanupOnFail
	rollback.DisableHooks = c.options.NoHooks
	rollback.Force = c.options.Force
	return rollback
}

func (c *Client) uninstall(s *session) *action.Uninstall {
	uninstall := action.NewUninstall(s.action)
	uninstall.Timeout = c.timeout
	uninstall.Wait = c.options.Wait
	uninstall.DisableHooks = c.options.NoHooks
	uninstall.KeepHistory = c.options.KeepHistory
	uninstall.DeletionPropagation = "background"
	return uninstall
}

// replaces tells whether an installation may take the place of a release, by the status of its newest revision.
func (o OperationOptions) replaces(newest release.Status) bool {
	return o.Replace && (newest == release.StatusUninstalled || newest == release.StatusFailed)
}
