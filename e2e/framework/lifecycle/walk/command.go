package walk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"seatrial/e2e/framework/lifecycle"
)

// Command does operations with a real helm command, and looks at them as [Live] does. It cannot cut a client off.
type Command struct {
	*Live

	binary string
}

var _ Performer = (*Command)(nil)

// NewCommand returns a performer that runs a helm command. Close it when it is not needed any more.
func NewCommand(binary string, p Place) (*Command, error) {
	live, err := NewLive(p)
	if err != nil {
		return nil, err
	}
	return &Command{Live: live, binary: binary}, nil
}

// Do does an operation.
func (c *Command) Do(ctx context.Context, o lifecycle.Operation, target int) (Seen, error) {
	if o.Cut != nil {
		return Seen{}, errors.New("a helm command cannot be cut off: draw walks without that")
	}
	cmd := exec.CommandContext(ctx, c.binary, Arguments(o, target, c.place.Chart)...)
	cmd.Env = append(os.Environ(),
		"KUBECONFIG="+c.place.Kubeconfig, "HELM_NAMESPACE="+c.place.Namespace, "HELM_DRIVER="+string(c.place.Driver))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Seen{}, fmt.Errorf("running %q: %w", c.binary, err)
	}
	state, after, err := c.look(ctx)
	if err != nil {
		return Seen{}, err
	}
	seen := Seen{Outcome: lifecycle.Outcome{State: state}}
	if exit != nil {
		seen.Text = strings.TrimSpace(string(out))
		seen.Failure = told(seen.Text)
	}
	c.before = after
	return seen, nil
}

// told tells which end of an operation a helm command reports.
func told(text string) lifecycle.Failure {
	for _, one := range []struct {
		part    string
		failure lifecycle.Failure
	}{
		{"cannot re-use a name that is still in use", lifecycle.NameInUse},
		{"another operation (install/upgrade/rollback) is in progress", lifecycle.Pending},
		{"has no deployed releases", lifecycle.NothingDeployed},
		{"release: not found", lifecycle.NoRelease},
		{"version", lifecycle.NoRevision},
		{"is already deleted", lifecycle.Gone},
		{refusal, lifecycle.Refused},
	} {
		if strings.Contains(text, one.part) {
			return one.failure
		}
	}
	return "it was something else"
}
