package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/lifecycle"
)

// The soak: one cluster that many releases are made on, none of which is removed. They are spread over namespaces, as to
// find the records of a release takes the API server the longer, the more records its namespace has: with all two hundred in
// one, the last fifth takes 1.2 to 1.4 times as long as the first.
const (
	soakReleases  = 200
	soakRevisions = 10
	soakParts     = 5
	soakRooms     = 4   // namespaces of a part
	soakBound     = 1.2 // of the time that the first part took
	soakMemory    = 1.1 // of what the first part left in memory
)

// part is a fifth of the soak.
type part struct {
	took time.Duration
	// heap and goroutines are what was in use at its end, after what was not had been freed.
	heap       float64
	goroutines int
	// server is the memory of the API server, and of all that is in one process with it.
	server float64
}

// soak makes many releases on one embedded cluster, and compares the last fifth of them with the first.
func (b *bench) soak(ctx context.Context) ([]row, error) {
	settings := b.settings
	settings.Provider = assets.Embedded
	return b.on(ctx, settings, func(on framework.Handle) ([]row, error) {
		parts, err := b.soakOn(ctx, on)
		if err != nil {
			return nil, err
		}
		const mega = 1e6
		first, last := parts[0], parts[soakParts-1]
		what := fmt.Sprintf("%s: the last fifth of %d releases with %d revisions each, against the first", on.Provider, soakReleases, soakRevisions)
		return []row{
			{what: what, ours: seconds(last.took), baseline: seconds(first.took), ratio: last.took.Seconds() / first.took.Seconds(), bound: soakBound},
			{
				what: what + ": memory of the harness", ours: fmt.Sprintf("%.1f MB", last.heap/mega), baseline: fmt.Sprintf("%.1f MB", first.heap/mega),
				ratio: last.heap / first.heap, bound: soakMemory,
			},
			{
				what: what + ": its goroutines", ours: strconv.Itoa(last.goroutines), baseline: strconv.Itoa(first.goroutines),
				ratio: float64(last.goroutines) / float64(first.goroutines), bound: soakMemory,
			},
		}, nil
	})
}

func (b *bench) soakOn(ctx context.Context, on framework.Handle) ([]part, error) {
	connection, err := cluster.Connect(on.Kubeconfig)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	path, err := lifecycle.WriteChart(b.work)
	if err != nil {
		return nil, err
	}
	chart, err := helm.Load(path)
	if err != nil {
		return nil, err
	}
	// The first one pays for what a cluster and a program do only once.
	if err := soakRoom(ctx, connection, on, chart, "soak-first"); err != nil {
		return nil, err
	}
	parts := make([]part, soakParts)
	for i := range parts {
		start := time.Now()
		for room := range soakRooms {
			if err := soakRoom(ctx, connection, on, chart, fmt.Sprintf("soak-%d-%d", i, room)); err != nil {
				return nil, err
			}
		}
		parts[i].took = time.Since(start)
		parts[i].heap, parts[i].goroutines = inUse()
		if parts[i].server, err = serverMemory(ctx, connection); err != nil {
			return nil, err
		}
		const mega = 1e6
		tell("soak, part %d: %.0f operations a second, %.1f MB and %d goroutines in use, %.0f MB in the control plane", i+1,
			soakRevisions*soakReleases/soakParts/parts[i].took.Seconds(), parts[i].heap/mega, parts[i].goroutines, parts[i].server/mega)
	}
	return parts, nil
}

// soakRoom fills a namespace with releases, with a client of its own.
func soakRoom(ctx context.Context, connection *cluster.Connection, on framework.Handle, chart *helm.Chart, name string) error {
	place := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := connection.CoreV1().Namespaces().Create(ctx, place, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("making room for the soak: %w", err)
	}
	client, err := helm.New(helm.Options{Kubeconfig: on.Kubeconfig, Namespace: name})
	if err != nil {
		return err
	}
	for i := range soakReleases / soakParts / soakRooms {
		if err := soakRelease(ctx, client, chart, fmt.Sprintf("release-%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// soakRelease makes a release with all its revisions, and looks at its history as a harness would.
func soakRelease(ctx context.Context, client *helm.Client, chart *helm.Chart, name string) error {
	values := func(revision int) helm.Values { return lifecycle.Values{A: strconv.Itoa(revision), B: "1"}.Helm() }
	if _, err := client.Install(ctx, name, chart, values(1)); err != nil {
		return err
	}
	for revision := 2; revision <= soakRevisions; revision++ {
		if _, err := client.Upgrade(ctx, name, chart, values(revision)); err != nil {
			return err
		}
	}
	state, err := client.Recorded(ctx, name)
	if err != nil {
		return err
	}
	if len(state.Releases) != soakRevisions || len(state.Stored) != soakRevisions {
		return fmt.Errorf("release %q has %d revisions in %d records, and not %d", name, len(state.Releases), len(state.Stored), soakRevisions)
	}
	return nil
}

// inUse is what this process has in use.
func inUse() (heap float64, goroutines int) {
	runtime.GC()
	runtime.GC() // What the first one only put aside.
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return float64(memory.HeapAlloc), runtime.NumGoroutine()
}

var residentMemory = regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`)

// serverMemory asks the API server for its memory.
func serverMemory(ctx context.Context, connection *cluster.Connection) (float64, error) {
	metrics, err := connection.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return 0, fmt.Errorf("asking the API server for its memory: %w", err)
	}
	found := residentMemory.FindSubmatch(metrics)
	if found == nil {
		return 0, errors.New("the API server does not tell its memory")
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
