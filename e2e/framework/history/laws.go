package history

import "slices"

// Laws returns all laws.
func Laws() []Law { return slices.Concat(lawsOfNumbers(), lawsOfStatus(), lawsOfContent()) }

func lawsOfNumbers() []Law {
	return []Law{
		{
			Name: "rise-by-one",
			Text: "An installation makes revision 1, an upgrade or rollback the one after the newest, and so does an installation " +
				"that replaces a release; an uninstallation makes none. One that failed may have made none; an atomic upgrade that failed makes two, the second by rolling back.",
			Source: "helm.sh/helm/v3/pkg/action: Install.createRelease, Upgrade.prepareUpgrade, Rollback.prepareRollback",
			check:  riseByOne,
		},
		{
			Name: "limit",
			Text: "An upgrade or rollback makes room by removing the oldest ones, but never the one that is deployed: so that a limit of 1 keeps 2. " +
				"Nothing else goes; an uninstallation removes all, or none if it keeps history, and so does an installation that undoes itself.",
			Source: "helm.sh/helm/v3/pkg/storage: Create and removeLeastRecent",
			check:  limit,
		},
		{
			Name:   "times",
			Text:   "A later revision was not made before an earlier one.",
			Source: "helm.sh/helm/v3/pkg/release: Info.LastDeployed",
			check:  times,
		},
		{
			Name:   "same-release",
			Text:   "All revisions have the same release name and namespace.",
			Source: "helm.sh/helm/v3/pkg/storage: History selects by name within one namespace",
			check:  sameRelease,
		},
	}
}

func lawsOfStatus() []Law {
	return []Law{
		{
			Name: "one-deployed",
			Text: "At most one revision is deployed, unless an installation has replaced a release whose newest revision failed: that " +
				"leaves an older one deployed.",
			Source: "helm.sh/helm/v3/pkg/storage: Deployed takes more than one for a corrupted history",
			check:  oneDeployed,
		},
		{
			Name: "newest-status",
			Text: "After a success the newest revision is deployed, or uninstalled if it was an uninstallation that keeps history. A " +
				"revision whose operation failed is failed.",
			Source: "helm.sh/helm/v3/pkg/action: Install.performInstall, Upgrade.releasingUpgrade and failRelease, Rollback.performRollback, Uninstall.Run",
			check:  newestStatus,
		},
		{
			Name: "older-status",
			Text: "A success makes the newest deployed revision superseded, and an upgrade from a revision that failed that one; all others " +
				"stay as they are. A failed upgrade changes none. A failed rollback may supersede the revision that was the newest, and an " +
				"installation supersedes the uninstalled one that it replaces.",
			Source: "helm.sh/helm/v3/pkg/action: Upgrade.releasingUpgrade, Rollback.performRollback, Uninstall.Run",
			check:  olderStatus,
		},
		{
			Name:   "settled",
			Text:   "Once an operation has ended, nothing that it made is pending; and once an uninstallation succeeded, its revision is not uninstalling any more.",
			Source: "helm.sh/helm/v3/pkg/release: Status.IsPending; a pending revision blocks every later upgrade",
			check:  settled,
		},
	}
}

func lawsOfContent() []Law {
	return []Law{
		{
			Name:   "description",
			Text:   "The description says what was done, with the revision of a rollback, or why it failed. Those of older revisions stay.",
			Source: `helm.sh/helm/v3/pkg/action: "Install complete", "Upgrade complete", "Rollback to N", "Uninstallation complete", "... failed: ..."`,
			check:  describes,
		},
		{
			Name:   "immutable",
			Text:   "What was recorded of a revision never changes: its chart, values, manifest, hooks, notes and time.",
			Source: "helm.sh/helm/v3/pkg/action: a later operation writes only the status of an earlier revision",
			check:  immutable,
		},
		{
			Name:   "as-rendered",
			Text:   "The manifest that is stored is the one that was rendered.",
			Source: "helm.sh/helm/v3/pkg/action: Configuration.renderResources",
			check:  asRendered,
		},
		{
			Name:   "rollback-copies",
			Text:   "A rollback has the chart, values, manifest, hooks and notes of the revision it goes back to.",
			Source: "helm.sh/helm/v3/pkg/action: Rollback.prepareRollback",
			check:  rollbackCopies,
		},
		{
			Name:   "stored-once",
			Text:   "Each revision is stored in one object, named after it, with labels that say its owner, name, version and status.",
			Source: "helm.sh/helm/v3/pkg/storage: makeKey; storage/driver: newSecretsObject, newConfigMapsObject",
			check:  storedOnce,
		},
	}
}
