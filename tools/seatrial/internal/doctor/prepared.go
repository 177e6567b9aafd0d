package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/browser/probe"
	"seatrial/e2e/framework/image"
)

// findNodeImage looks for the node image where it has to be: in the store of an engine.
func (x *examination) findNodeImage(ctx context.Context) {
	x.nodes = Check{Name: "node image", State: Missing, Remedy: prepare(makeNodes)}
	on := x.engine()
	switch {
	case x.unprepared != nil:
		x.nodes.Detail, x.nodes.Remedy = brief(x.unprepared), prepare(makePrepare)
	case x.prepared.NodeImage == "":
		x.nodes.Detail = "none was prepared: " + x.prepared.WithoutNodes
	case on == nil:
		x.nodes.Detail = fmt.Sprintf("%s is in the store of %s, which cannot be used", x.prepared.NodeImage, x.prepared.Engine)
		x.nodes.Remedy = prepare(makeEngine)
	default:
		ctx, cancel := context.WithTimeoutCause(ctx, storeTimeout, fmt.Errorf("no answer within %s", storeTimeout))
		defer cancel()
		if _, err := on.Run(ctx, "image", "inspect", "--format", "{{.Id}}", x.prepared.NodeImage); err != nil {
			x.nodes.Detail = fmt.Sprintf("%s is not in the store of %s", x.prepared.NodeImage, on.Name)
			return
		}
		x.nodes = Check{Name: x.nodes.Name, State: OK, Detail: x.prepared.NodeImage + " in the store of " + on.Name}
	}
	if x.settings.Provider != assets.Kind && !x.canRunNodes() {
		x.nodes.State = Optional // Nothing could be done with it.
	}
}

func (x *examination) canRunNodes() bool {
	for _, found := range x.engines {
		if found.Engine != nil {
			return true
		}
	}
	return false
}

// brief is an error without the remedy, which stands beside it.
func brief(err error) string {
	if errors.Is(err, assets.ErrNotPrepared) {
		return "nothing is prepared for this source tree"
	}
	return err.Error()
}

// program is a command that was prepared, or is of this machine.
type program struct {
	name string
	path string   // empty if it is nowhere
	args []string // how it says its version
}

// examinePrograms asks the prepared commands for their versions: one that is there may still not run.
func (x *examination) examinePrograms(ctx context.Context) []Check {
	if x.unprepared != nil {
		var checks []Check
		for _, name := range []string{"control plane", "helm", "kubectl", "workshop images"} {
			checks = append(checks, Check{Name: name, State: Missing, Detail: brief(x.unprepared), Remedy: prepare(makePrepare)})
		}
		return checks
	}
	all := []program{
		{"control plane", x.prepared.Embedded(), nil},
		{"helm", x.prepared.Helm(), []string{"version", "--short"}},
		{"kubectl", x.prepared.Kubectl(), []string{"version", "--client"}},
	}
	asked := make([]Check, len(all))
	var group sync.WaitGroup
	for i, one := range all {
		group.Go(func() { asked[i] = one.check(ctx, x.prepared.EmbeddedKubernetes) })
	}
	group.Wait()
	return slices.Concat(asked, []Check{x.images(), x.redis()})
}

func (p program) check(ctx context.Context, otherwise string) Check {
	check := Check{Name: p.name, State: OK, Detail: "Kubernetes " + otherwise}
	var err error
	if p.args == nil {
		_, err = exec.LookPath(p.path)
	} else {
		check.Detail, err = firstLine(ctx, p.path, p.args...)
	}
	if err != nil {
		check.State, check.Detail, check.Remedy = Missing, err.Error(), prepare(makePrepare)
		check.Tried = strings.Join(append([]string{p.path}, p.args...), " ")
	}
	return check
}

// firstLine is what a program says first.
func firstLine(ctx context.Context, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, programTimeout, fmt.Errorf("no answer within %s", programTimeout))
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = programTimeout
	said, err := cmd.Output()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("running %s %s: %w", filepath.Base(path), strings.Join(args, " "), err)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	return line, nil
}

// images are what the guestbook chart runs on real nodes.
func (x *examination) images() Check {
	check := Check{Name: "workshop images", State: Optional, Detail: "only nodes of kind need them"}
	if len(x.prepared.Images) == 0 {
		return check
	}
	var names []string
	for _, archive := range x.prepared.Images {
		found, err := image.Names(archive)
		if err != nil {
			return Check{Name: check.Name, State: Missing, Detail: err.Error(), Remedy: prepare(makePrepare)}
		}
		names = append(names, found...)
	}
	check.State, check.Detail = OK, strings.Join(names, ", ")
	return check
}

func (x *examination) redis() Check {
	check := Check{Name: "redis", State: OK, Detail: "redis-server for the guestbook's own tests"}
	if !exists(x.prepared.RedisServer()) {
		check.State, check.Detail = Optional, "only the guestbook's own tests need it"
		check.Remedy = prepare("as root on Debian or Ubuntu: `apt-get install mmdebstrap`, then " + makePrepare)
	}
	return check
}

// browser is what the tests of pages need. It is started: one that is there may still not run.
func (x *examination) findBrowser(ctx context.Context) Check {
	type answer struct {
		found probe.Browser
		err   error
	}
	got := within(ctx, browserTimeout, func(ctx context.Context) answer {
		found, err := probe.Find(ctx)
		return answer{found, err}
	}, func(err error) answer { return answer{err: err} })
	if got.err == nil {
		return Check{Name: "browser", State: OK, Detail: got.found.String()}
	}
	detail := got.err.Error()
	if none, ok := errors.AsType[*probe.NoneError](got.err); ok {
		detail = none.Details()
	}
	return Check{Name: "browser", State: Optional, Detail: "only tests of pages need one: " + detail, Remedy: prepare("`make browser`")}
}

// installing is how a package of a distribution is installed.
func installing(name string) string {
	switch {
	case exists("/usr/bin/apt-get") && os.Geteuid() == 0:
		return "`apt-get install " + name + "`"
	case exists("/usr/bin/apt-get"):
		return "`sudo apt-get install " + name + "`"
	}
	return "install " + name + " as this system installs programs"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// home is a path in the user's own folder, or nothing that exists.
func home(parts ...string) string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}
