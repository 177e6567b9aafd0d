package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// probeTimeout bounds the probe of one engine; a healthy one needs two seconds.
	probeTimeout = 90 * time.Second
	// stepGrace is how long a step may go on after the probe was cancelled: an engine that is killed while it makes
	// something can make it after the clean-up has looked.
	stepGrace = 10 * time.Second
)

// probe runs a node-like container with one engine.
type probe struct {
	engine *Engine
	image  *probeImage
	log    *slog.Logger
}

// run proves the engine, and removes what killed probes have left.
func (p *probe) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout, fmt.Errorf("no answer within %s", probeTimeout))
	defer cancel()
	if err := p.prove(ctx); err != nil {
		return err
	}
	return p.sweep(ctx, time.Now())
}

// prove proves the engine, fills in what it learns about it and leaves nothing but the image behind.
func (p *probe) prove(ctx context.Context) error {
	if err := p.checkRights(ctx); err != nil {
		return err
	}
	if err := p.loadImage(ctx); err != nil {
		return err
	}
	subnet, err := randomSubnet()
	if err != nil {
		return err
	}
	err = p.attempt(ctx, subnet)
	p.engine.IPv6 = err == nil
	if aboutIPv6(err) {
		return p.attempt(ctx, "")
	}
	return err
}

// attempt runs one container on a network of its own, with an IPv6 subnet unless that is empty.
func (p *probe) attempt(ctx context.Context, subnet string) (err error) {
	name, err := probeName(time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.remove(ctx, name)) }()
	network, args := networkArgs(name, subnet), runArgs(p.engine, name, p.image.tag.String())
	if _, err := p.step(ctx, network...); err != nil {
		return err
	}
	_, warnings, err := p.attentively(ctx, args...)
	if err != nil {
		return p.repeatable(err, network)
	}
	if p.engine.DNS, err = p.resolvesNames(ctx, name, warnings); err != nil {
		return err
	}
	return p.checkContainer(ctx, name, args)
}

// checkContainer waits for the end of the container and judges it.
func (p *probe) checkContainer(ctx context.Context, name string, args []string) error {
	status, err := p.step(ctx, "wait", name)
	if err != nil {
		return err
	}
	output, err := p.step(ctx, "logs", name)
	if err != nil {
		return err
	}
	code, err := strconv.Atoi(strings.TrimSpace(status))
	if err == nil && code == 0 && strings.TrimSpace(output) == probeWord {
		return nil
	}
	failed := &RunError{Command: p.engine.pasteable(args), ExitCode: code}
	switch {
	case err != nil:
		failed.Err = fmt.Errorf("the probe container ended with status %q", status)
	case code == 0:
		failed.Err = fmt.Errorf("the probe container said %q instead of %q", output, probeWord)
	case strings.TrimSpace(output) == probeWord:
		failed.Err = fmt.Errorf("the probe container may not make its mounts shared: %w", syscall.Errno(code))
	default:
		failed.Err = fmt.Errorf("the probe container ended with status %d, saying %q", code, output)
	}
	return failed
}

// repeatable lets the command of a failed call be repeated although the network for it is gone again.
func (p *probe) repeatable(err error, network []string) error {
	if run, ok := errors.AsType[*RunError](err); ok {
		run.Command = p.engine.pasteable(network) + " && " + run.Command
	}
	return err
}

// checkRights asks the engine about itself, which also is the first call that needs its daemon.
func (p *probe) checkRights(ctx context.Context) error {
	args := []string{"info", "--format", "{{json .}}"}
	text, err := p.step(ctx, args...)
	if err != nil {
		return err
	}
	about, err := parseInfo(text)
	if err != nil {
		return &RunError{Command: p.engine.pasteable(args), Err: err}
	}
	p.engine.Rootless = about.rootless()
	if lacks := about.lacksForRootless(); p.engine.Rootless && len(lacks) > 0 {
		return &RunError{
			Command: p.engine.pasteable(args),
			Err:     fmt.Errorf("it is rootless and lacks what rootless nodes need: %s", strings.Join(lacks, ", ")),
		}
	}
	return nil
}

// loadImage hands the probe image to the engine unless it has it.
func (p *probe) loadImage(ctx context.Context) error {
	if _, err := p.step(ctx, inspectArgs(p.image)...); err == nil {
		return nil
	}
	archive, err := p.image.archive()
	if err != nil {
		return err
	}
	ctx, cancel := outliving(ctx, stepGrace)
	defer cancel()
	return p.engine.Stream(ctx, archive, nil, "load")
}

// resolvesNames tells whether containers of a network find each other by name. Podman decides that per network, and
// warns when it starts a container without aardvark-dns; the others always see to it.
func (p *probe) resolvesNames(ctx context.Context, network, warnings string) (bool, error) {
	if p.engine.Name != podman {
		return true, nil
	}
	if major(p.engine.Version) < netavarkMajor || strings.Contains(warnings, "dns will not be enabled") {
		return false, nil
	}
	enabled, err := p.step(ctx, "network", "inspect", "--format", "{{.DNSEnabled}}", network)
	return strings.TrimSpace(enabled) == "true", err
}

// step makes one call of the engine and lets it finish when ctx ends.
func (p *probe) step(ctx context.Context, args ...string) (string, error) {
	output, _, err := p.attentively(ctx, args...)
	return output, err
}

// attentively is a step that also returns the engine's warnings.
func (p *probe) attentively(ctx context.Context, args ...string) (output, warnings string, err error) {
	p.log.DebugContext(ctx, "probing a container engine", "engine", p.engine.Name, "step", strings.Join(args, " "))
	if ctx.Err() != nil {
		return "", "", &RunError{Command: p.engine.pasteable(args), ExitCode: -1, Err: context.Cause(ctx)}
	}
	ctx, cancel := outliving(ctx, stepGrace)
	defer cancel()
	var out strings.Builder
	warnings, err = p.engine.call(ctx, nil, &out, args)
	return out.String(), warnings, err
}

// outliving returns a context that ends a while after its parent, with the same cause.
func outliving(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(parent))
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		stop()
		cancel(context.Canceled)
	}
}

// aboutIPv6 tells whether an engine failed because of IPv6, e.g. because the kernel has none.
func aboutIPv6(err error) bool {
	run, ok := errors.AsType[*RunError](err)
	if !ok {
		return false
	}
	words := strings.ToLower(run.Stderr)
	return strings.Contains(words, "ipv6") || strings.Contains(words, "ip6")
}

// randomSubnet returns an IPv6 subnet of the kind that everybody may use and nobody else will have chosen.
func randomSubnet() (string, error) {
	var id [5]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", fmt.Errorf("choosing a subnet: %w", err)
	}
	return fmt.Sprintf("fd%02x:%02x%02x:%02x%02x::/64", id[0], id[1], id[2], id[3], id[4]), nil
}

// probeName names the container, the network and the volume of one attempt. It carries the time, so that what a killed
// process has left can be told from what a running one is using.
func probeName(now time.Time) (string, error) {
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", fmt.Errorf("choosing a name: %w", err)
	}
	return fmt.Sprintf("%s%d-%s", probePrefix, now.Unix(), hex.EncodeToString(id[:])), nil
}
