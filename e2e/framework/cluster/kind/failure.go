package kind

import (
	"errors"
	"fmt"
	"regexp"

	kindexec "sigs.k8s.io/kind/pkg/exec"

	"seatrial/e2e/framework/engine"
)

// cause is something a creation can fail of, recognised by what podman, docker,
// nerdctl, kind or kubeadm print.
type cause struct {
	words *regexp.Regexp
	// remedy is for the person who reads the error.
	remedy string
}

func (c cause) of(err error) bool { return c.words.MatchString(output(err)) }

// causes is a function to keep the list out of global state; the order matters,
// since the first that fits is reported.
func causes() []cause {
	return []cause{diskFull(), portTaken(), networkGone(), nodeTaken(), noNodeImage(), neverBooted(), nodeGone(), notPrivileged()}
}

func diskFull() cause {
	return cause{
		regexp.MustCompile(`(?i)no space left on device|disk quota exceeded`),
		"the disk is full: free some space where the engine keeps its images and containers, for example with its `system prune`",
	}
}

func portTaken() cause {
	return cause{
		regexp.MustCompile(`(?i)address already in use|port is already allocated|ports are not available`),
		"the port chosen for the API server was taken by another program: try again",
	}
}

func networkGone() cause {
	return cause{
		regexp.MustCompile(`(?i)unable to find network|network not found|network ` + networkName + ` not found`),
		"the network was removed meanwhile: try again",
	}
}

func nodeTaken() cause {
	return cause{
		regexp.MustCompile(`(?i)container name .* is already in use`),
		"another container has the name of a node: remove it, or choose another cluster name",
	}
}

func noNodeImage() cause {
	return cause{
		regexp.MustCompile(`(?i)/kind/version: no such file|executable file .* not found|executable file not found|exec format error`),
		`the image is no node image for this machine: run "make prepare", or name another image`,
	}
}

func neverBooted() cause {
	return cause{
		regexp.MustCompile(`could not find a log line that matches`),
		"a node did not boot in time: its image may be none for this machine",
	}
}

func nodeGone() cause {
	return cause{
		regexp.MustCompile(`(?i)no container with name or id|no such container|container state improper|` +
			`daemon: container \S+ is not running|exit status 137`),
		"a node went away while it was needed: somebody removed or stopped it, or the engine was restarted",
	}
}

func notPrivileged() cause {
	return cause{
		regexp.MustCompile(`(?i)unable to apply caps|oci permission denied`),
		"the engine may not start privileged containers here: choose another engine",
	}
}

// isCollision reports failures that another try may not meet again.
func isCollision(err error) bool { return portTaken().of(err) || networkGone().of(err) }

// sameName is what kind says before it has made anything.
var sameName = regexp.MustCompile(`node\(s\) already exist for a cluster with the name`)

// explain says of an error of kind what happened, and what to do about it where
// that is known.
func explain(step string, err error) error {
	if sameName.MatchString(err.Error()) {
		return fmt.Errorf("%w: a cluster of that name appeared meanwhile, choose another", errTaken)
	}
	for _, c := range causes() {
		if c.of(err) {
			return fmt.Errorf("%s: %s: %w", step, c.remedy, condense(err))
		}
	}
	return fmt.Errorf("%s: %w", step, condense(err))
}

// output is everything an error says and hides.
func output(err error) string {
	text := err.Error()
	if call := findCall(err); call != nil {
		text += "\n" + string(call.Output)
	}
	return text
}

// findCall looks for a call in an error of kind, whose way of wrapping is older
// than [errors.As].
func findCall(err error) *kindexec.RunError {
	if call, ok := errors.AsType[*kindexec.RunError](err); ok {
		return call
	}
	return kindexec.RunErrorForError(err)
}

// The answers of an engine that its callers expect.
var (
	there  = regexp.MustCompile(`(?i)already exists|already used`)
	inUse  = regexp.MustCompile(`(?i)being used|in use|active endpoints`)
	absent = regexp.MustCompile(`(?i)not found|no such|not known|unable to find|does not exist`)
)

func isTaken(err error) bool  { return there.MatchString(output(err)) }
func isInUse(err error) bool  { return inUse.MatchString(output(err)) }
func isAbsent(err error) bool { return absent.MatchString(output(err)) }

var _ runner = (*engine.Engine)(nil)
