package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/filelock"
)

const (
	// recordFile says what a kept cluster is; it is written when the cluster is ready.
	recordFile = "cluster.json"
	// answerTimeout bounds the wait for the control plane of an earlier run. It is no
	// reason to fail: what does not answer in time is made anew.
	answerTimeout = 5 * time.Second
	// endInterval is how often a process that was killed is looked for.
	endInterval = 5 * time.Millisecond
)

// record is what a later run needs to know of a kept cluster.
type record struct {
	PID        int    `json:"pid"`
	Binary     string `json:"binary"`
	Kubernetes string `json:"kubernetes"`
	Nodes      int    `json:"nodes"`
	Balanced   bool   `json:"balanced"` // It has a load balancer.
}

// createKept takes over what an earlier run has left, or makes it anew. Another run that
// wants the same waits meanwhile.
func (p *Provider) createKept(ctx context.Context, o *order) (_ *embeddedCluster, err error) {
	dir, err := p.keptDir(o.name)
	if err != nil {
		return nil, err
	}
	release, err := p.lock(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()

	c := &embeddedCluster{provider: p, name: o.name, dir: dir, keep: true, release: func() error { return nil }}
	if taken, err := p.takeOver(ctx, o, c); taken || err != nil {
		return c, err
	}
	if err := endKept(ctx, dir); err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of a kept cluster: %w", err)
	}
	if err := p.buildKept(ctx, o, c); err != nil {
		return nil, errors.Join(err, c.end(ctx))
	}
	return c, nil
}

func (p *Provider) buildKept(ctx context.Context, o *order, c *embeddedCluster) error {
	if err := p.build(ctx, o, c); err != nil {
		return err
	}
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	version, err := client.Version(ctx)
	if err != nil {
		return err
	}
	return record{PID: c.child.pid, Binary: p.options.Binary, Kubernetes: version, Nodes: o.nodes, Balanced: o.balanced}.write(c.dir)
}

// keptDir is the folder of a kept cluster, spelled in the one way by which its process
// can be found.
func (p *Provider) keptDir(name string) (string, error) {
	if err := os.MkdirAll(p.options.Dir, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for kept clusters: %w", err)
	}
	dir, err := filepath.EvalSymlinks(p.options.Dir)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return "", fmt.Errorf("finding the folder for kept clusters: %w", err)
	}
	return filepath.Join(dir, name), nil
}

func (p *Provider) lock(ctx context.Context, o *order) (release func() error, err error) {
	return filelock.Take(ctx, filepath.Join(p.options.Dir, o.name+nameSuffix), func() {
		o.say("waiting for another run that is at work on cluster %s", o.name)
	})
}

// takeOver tells whether the kept cluster is there and good. If it is there and not good,
// the reason is told.
func (p *Provider) takeOver(ctx context.Context, o *order, c *embeddedCluster) (bool, error) {
	known, err := readRecord(c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = p.unlike(known, o)
	}
	if err == nil {
		err = c.answers(ctx, known)
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("taking over the kept cluster: %w", context.Cause(ctx))
	}
	if err != nil {
		o.say("kept cluster %s is made anew: %v", o.name, err)
		return false, nil
	}
	o.say("taking over kept cluster %s", o.name)
	if err := c.equip(ctx, o); err != nil {
		return false, err
	}
	return true, c.LoadImages(ctx, o.images...)
}

// unlike says why an existing cluster is not what is ordered.
func (p *Provider) unlike(known record, o *order) error {
	switch {
	case known.Binary != p.options.Binary:
		return fmt.Errorf("it was made by another build, %s", known.Binary)
	case known.Nodes != o.nodes:
		return fmt.Errorf("it has %d nodes instead of %d", known.Nodes, o.nodes)
	case known.Balanced && !o.balanced:
		return errors.New("it has a load balancer, which is not wanted")
	case o.balanced && !known.Balanced:
		return errors.New("it has no load balancer, which is wanted")
	}
	return checkVersion(known.Binary, known.Kubernetes, o.kubernetes)
}

// answers sees that the process of the record runs, and that the server behind the
// kubeconfig is ready and what it was.
func (c *embeddedCluster) answers(ctx context.Context, known record) error {
	if err := c.running(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, fmt.Errorf("no answer within %s", answerTimeout))
	defer cancel()
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Ready(ctx); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	version, err := client.Version(ctx)
	if err == nil && version != known.Kubernetes {
		err = fmt.Errorf("it is Kubernetes %s and was %s", version, known.Kubernetes)
	}
	return err
}

func (c *embeddedCluster) deleteKept(ctx context.Context) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	release, err := filelock.Take(ctx, filepath.Join(c.provider.options.Dir, c.name+nameSuffix), nil)
	if err != nil {
		return err
	}
	var stopped error
	if c.child != nil {
		stopped = c.child.stop(ctx)
	}
	return errors.Join(stopped, endKept(ctx, c.dir), release())
}

// endKept kills the processes that have the folder, and removes it.
func endKept(ctx context.Context, dir string) error {
	ticker := time.NewTicker(endInterval)
	defer ticker.Stop()
	for {
		running, err := holders(dir)
		if err != nil {
			return err
		}
		if len(running) == 0 {
			return os.RemoveAll(dir)
		}
		for _, pid := range running {
			killProcess(pid)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the end of processes %v, which were killed: %w", running, context.Cause(ctx))
		case <-ticker.C:
		}
	}
}

// killProcess fails only for a process that has just ended, or that is not ours: the
// second is still there when the time is up.
func killProcess(pid int) {
	if process, err := os.FindProcess(pid); err == nil {
		_ = process.Kill()
	}
}

func readRecord(dir string) (record, error) {
	var known record
	text, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err == nil {
		err = json.Unmarshal(text, &known)
	}
	if err != nil {
		return known, fmt.Errorf("reading what it is: %w", err)
	}
	return known, nil
}

func (r record) write(dir string) error {
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, recordFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing what the kept cluster is: %w", err)
	}
	return nil
}
