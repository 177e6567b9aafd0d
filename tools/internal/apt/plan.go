package apt

import (
	"fmt"
	"slices"

	"seatrial/e2e/framework/engine"
)

// Plan says whether to install podman, or what a person has to do instead.
type Plan struct {
	// Install says to install it.
	Install bool
	// Advice is set if not.
	Advice string
}

// Decide chooses what to do after no engine was usable.
func Decide(release OSRelease, root bool, rejections []engine.Rejection) Plan {
	tried := slices.IndexFunc(rejections, func(rejection engine.Rejection) bool { return rejection.Engine == "podman" })
	switch {
	case tried < 0:
		return Plan{Advice: "only podman can be installed from here: ask for it, or for any engine (-want auto)"}
	case !rejections[tried].Installable:
		return Plan{Advice: "installing packages would not help podman: follow its remedy above"}
	case !release.HasAPT():
		return Plan{Advice: fmt.Sprintf(
			"on %s, packages are not installed from here: with its own package manager install podman (4 or newer), "+
				"runc, crun, netavark, aardvark-dns, iptables and nftables, then repeat this as root", release)}
	case !root:
		return Plan{Advice: "installing podman needs root: repeat this with sudo"}
	default:
		return Plan{Install: true}
	}
}

// choose picks the packages that podman needs, by what the distribution has. Releases without netavark have a podman
// that uses CNI.
func choose(has func(name string) bool) []string {
	names := []string{"podman", "runc", "crun", "uidmap", "iptables"}
	if has("netavark") {
		names = append(names, "netavark", "aardvark-dns", "nftables")
	} else {
		names = append(names, "containernetworking-plugins", "golang-github-containernetworking-plugin-dnsname")
	}
	return slices.DeleteFunc(names, func(name string) bool { return !has(name) })
}
