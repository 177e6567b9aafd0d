package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// Bounds, as the project has set them for itself.
const (
	clusterBound = 1.0
	storyBound   = 1.0
	imageLimit   = 1.1e9            // bytes
	coldLimit    = 15 * time.Minute // on two cores
)

// bench has what all measurements share.
type bench struct {
	rounds   int
	settings framework.Settings
	prepared assets.Assets
	engine   *engine.Engine // none until kind clusters are measured
	root     string
	work     string // removed at the end
	kind     string // the kind command
}

// open finds what was prepared, once.
func (b *bench) open() (err error) {
	if b.work != "" {
		return nil
	}
	if b.settings, err = framework.FromEnvironment(); err != nil {
		return err
	}
	b.settings.Keep = false // A kept cluster would be measured as one that was made.
	if b.prepared, err = assets.Load(b.settings.Want); err != nil {
		return err
	}
	if b.root, err = assets.Root(); err != nil {
		return err
	}
	b.work, err = runid.TempDir("bench")
	return err
}

// openNodes finds the engine and builds the kind command, once. Without a node image, the error is [errNoNodes].
func (b *bench) openNodes(ctx context.Context) (err error) {
	if b.kind != "" {
		return nil
	}
	if b.prepared.NodeImage == "" {
		return fmt.Errorf("%w: %s", errNoNodes, b.prepared.WithoutNodes)
	}
	if b.engine, err = assets.FindEngine(ctx, engine.Options{Want: b.prepared.Engine}); err != nil {
		return err
	}
	kind := filepath.Join(b.work, "kind")
	tell("building the kind command")
	if _, err := b.command(ctx, nil, "go", "build", "-o", kind, "sigs.k8s.io/kind"); err != nil {
		return err
	}
	b.kind = kind
	return nil
}

// errNoNodes keeps kind clusters from being measured.
var errNoNodes = errors.New("no node image was prepared")

func (b *bench) close() {
	if b.work != "" {
		_ = os.RemoveAll(b.work)
	}
}

func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// command runs a program at the top of the source tree with the engine's environment.
func (b *bench) command(ctx context.Context, env []string, name string, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), env...)
	if b.engine != nil {
		cmd.Env = append(append(os.Environ(), b.engine.Env...), env...)
	}
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("running %s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return time.Since(start), nil
}

// clusters compares a ready cluster of our provider with "kind create cluster --wait".
func (b *bench) clusters(ctx context.Context) (row, error) {
	var ours, theirs []time.Duration
	for round := range b.rounds {
		took, err := b.kindCluster(ctx)
		if err != nil {
			return row{}, err
		}
		theirs = append(theirs, took)
		start := time.Now()
		environment, err := b.cluster(ctx, nil)
		if err != nil {
			return row{}, err
		}
		ours = append(ours, time.Since(start))
		if err := environment.Close(ctx); err != nil {
			return row{}, err
		}
		tell("cluster, round %d: ours %s, kind %s", round+1, seconds(ours[round]), seconds(theirs[round]))
	}
	return against("a ready cluster, against kind create cluster --wait", ours, theirs, clusterBound), nil
}

// cluster opens ours; images nil leaves it without the workshop's, as kind's is.
func (b *bench) cluster(ctx context.Context, images []string) (*framework.Environment, error) {
	return framework.Open(ctx, framework.Options{Settings: b.settings, Suite: "bench", Images: &images})
}

// kindConfig is the least that lets a current kubelet start on a host with version 1
// control groups; kind's own defaults for everything else.
const kindConfig = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
- |
  kind: KubeletConfiguration
  failCgroupV1: false
`

func (b *bench) kindCluster(ctx context.Context) (took time.Duration, err error) {
	config := filepath.Join(b.work, "kind.yaml")
	if err := os.WriteFile(config, []byte(kindConfig), 0o600); err != nil {
		return 0, err
	}
	if err := b.engine.PrepareHost(ctx); err != nil {
		return 0, err
	}
	name := "seatrial-" + runid.Current().String() + "-bench"
	kubeconfig := filepath.Join(b.work, "kubeconfig")
	env := []string{
		"KIND_EXPERIMENTAL_PROVIDER=" + b.engine.Name,
		"KIND_EXPERIMENTAL_PODMAN_NETWORK=" + name, "KIND_EXPERIMENTAL_DOCKER_NETWORK=" + name,
	}
	took, err = b.command(ctx, env, b.kind, "create", "cluster", "--name", name, "--image", b.prepared.NodeImage,
		"--config", config, "--kubeconfig", kubeconfig, "--wait", "5m")
	clean := context.WithoutCancel(ctx)
	if _, deleteErr := b.command(clean, env, b.kind, "delete", "cluster", "--name", name, "--kubeconfig", kubeconfig); err == nil {
		err = deleteErr
	}
	if _, removeErr := b.engine.Run(clean, "network", "rm", name); err == nil {
		err = removeErr
	}
	return took, err
}

// stories compares three chapters with all their promises with a script that a person
// would write, on the same cluster.
func (b *bench) stories(ctx context.Context) (result row, err error) {
	environment, err := b.cluster(ctx, b.prepared.Images)
	if err != nil {
		return row{}, err
	}
	defer func() {
		if closeErr := environment.Close(context.WithoutCancel(ctx)); err == nil {
			err = closeErr
		}
	}()
	var ours, theirs []time.Duration
	for round := range b.rounds + 1 {
		told, scripted, err := b.both(ctx, environment, round)
		if err != nil {
			return row{}, err
		}
		if round == 0 {
			continue // Whoever comes first pays for what nodes do only once.
		}
		theirs, ours = append(theirs, scripted), append(ours, told)
		tell("story, round %d: ours %s, script %s", round, seconds(told), seconds(scripted))
	}
	return against("install, upgrade, roll back with all promises, against a helm and kubectl script", ours, theirs, storyBound), nil
}

// both runs each once. They take turns in who is first: what nodes still have to clean up of
// the one makes the other slower.
func (b *bench) both(ctx context.Context, e *framework.Environment, round int) (told, scripted time.Duration, err error) {
	if round%2 == 0 {
		if scripted, err = b.script(ctx, e); err != nil {
			return 0, 0, err
		}
	}
	phases, err := b.story(ctx, e)
	if err != nil {
		return 0, 0, err
	}
	told = total(phases[1:]) // The script has its namespace already.
	tell("  what each part took: %s", shares(phases[1:]))
	if round%2 == 1 {
		if scripted, err = b.script(ctx, e); err != nil {
			return 0, 0, err
		}
	}
	return told, scripted, nil
}

const script = `set -e
helm install guestbook-demo charts/guestbook -n "$NS"
for d in guestbook-demo redis-master redis-slave; do kubectl rollout status -n "$NS" deployment/$d; done
helm upgrade guestbook-demo charts/guestbook -n "$NS" --set redis.slaveEnabled=false,service.type=NodePort
for d in guestbook-demo redis-master; do kubectl rollout status -n "$NS" deployment/$d; done
kubectl wait -n "$NS" --for=delete pod -l app=redis,role=slave --timeout=60s
helm rollback guestbook-demo 1 -n "$NS"
for d in guestbook-demo redis-master redis-slave; do kubectl rollout status -n "$NS" deployment/$d; done
`

func (b *bench) script(ctx context.Context, e *framework.Environment) (time.Duration, error) {
	kubectl, kubeconfig := e.Assets.Kubectl(), e.Cluster.Kubeconfig()
	env := []string{
		"KUBECONFIG=" + kubeconfig, "NS=" + scriptNamespace, "KUBECACHEDIR=" + filepath.Join(b.work, "kubectl"),
		"PATH=" + e.Assets.Bin + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	if _, err := b.command(ctx, env, kubectl, "create", "namespace", scriptNamespace); err != nil {
		return 0, err
	}
	took, err := b.command(ctx, env, "bash", "-c", script)
	if err != nil {
		return 0, err
	}
	_, err = b.command(ctx, env, kubectl, "delete", "namespace", scriptNamespace)
	return took, err
}

const scriptNamespace = "bench-script"

func (b *bench) size(ctx context.Context) (row, error) {
	printed, err := b.engine.Run(ctx, "image", "inspect", "--format", "{{.Size}}", b.prepared.NodeImage)
	if err != nil {
		return row{}, fmt.Errorf("asking for the size of the node image: %w", err)
	}
	bytes, err := strconv.ParseFloat(strings.TrimSpace(printed), 64)
	if err != nil {
		return row{}, fmt.Errorf("reading the size of the node image: %w", err)
	}
	const mega = 1e6
	return row{
		what: "size of the node image, against the limit", ours: fmt.Sprintf("%.0f MB", bytes/mega),
		baseline: fmt.Sprintf("%.0f MB", imageLimit/mega), ratio: bytes / imageLimit, bound: 1,
	}, nil
}

// cold builds a node image with caches that are empty, modules included.
func (b *bench) cold(ctx context.Context) (row, error) {
	home := filepath.Join(b.work, "cold")
	env := []string{
		"HOME=" + home, "SEATRIAL_CACHE=" + filepath.Join(home, "seatrial"),
		"GOCACHE=" + filepath.Join(home, "build"), "GOMODCACHE=" + filepath.Join(home, "modules"), "GOFLAGS=-modcacherw",
	}
	if err := os.MkdirAll(home, 0o750); err != nil {
		return row{}, err
	}
	if _, err := b.engine.Run(ctx, "rmi", b.prepared.NodeImage); err != nil {
		return row{}, fmt.Errorf("removing the node image, which a build from nothing would find: %w", err)
	}
	tell("building from empty caches")
	took, err := b.command(ctx, env, "go", "run", "./tools/nodeimage")
	if err != nil {
		return row{}, err
	}
	return row{
		what: "from empty caches to a node image, against the limit", ours: seconds(took), baseline: seconds(coldLimit),
		ratio: took.Seconds() / coldLimit.Seconds(), bound: 1,
	}, nil
}
