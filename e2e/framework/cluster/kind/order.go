package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

const (
	prefix     = "seatrial-"
	keepPrefix = prefix + "keep-"

	// maxName leaves room for "-control-plane" in a host name of 63 characters.
	maxName = 49
)

// order is a cluster.Spec with everything decided but the number that tells
// clusters of one run apart.
type order struct {
	name       string
	chosen     bool // The name is the caller's own, not one we make unique.
	keep       bool
	run        runid.ID
	workers    int
	image      string
	inside     string // The Kubernetes in the image, if the image tells.
	kubernetes string
	images     []string
	timeout    time.Duration
	kubeconfig string
	say        func(format string, args ...any)
}

func newOrder(spec cluster.Spec) (*order, error) {
	o := &order{
		name: spec.Name, chosen: spec.Name != "", keep: spec.Keep, run: runid.Current(), workers: spec.Workers,
		image: spec.NodeImage, kubernetes: spec.KubernetesVersion, images: spec.Images, timeout: spec.ReadyTimeout,
		say: spec.Say(),
	}
	if o.timeout <= 0 {
		o.timeout = cluster.DefaultReadyTimeout
	}
	if o.workers < 0 {
		return nil, fmt.Errorf("%d workers: want none or more", o.workers)
	}
	if o.image == "" {
		return nil, fmt.Errorf(`no node image: run "make prepare" and name the image it made`)
	}
	switch {
	case o.keep:
		o.name = keptName(o)
	case !o.chosen:
		o.name = prefix + o.run.String()
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *order) validate() error {
	if problems := validation.IsDNS1123Label(o.name); len(problems) > 0 {
		return fmt.Errorf("name %q: %s", o.name, strings.Join(problems, "; "))
	}
	if len(o.name) > maxName {
		return fmt.Errorf("name %q: has %d characters, kind's nodes leave room for %d", o.name, len(o.name), maxName)
	}
	return nil
}

// keptName is the caller's word, or one made of the shape, so that runs which
// want the same cluster find the same. The image's tag is no part of it: a new
// image replaces the cluster instead of leaving the old one to run for ever.
func keptName(o *order) string {
	if o.name == "" {
		shape := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", untagged(o.image), o.kubernetes, o.workers))
		return keepPrefix + hex.EncodeToString(shape[:4])
	}
	return keepPrefix + strings.TrimPrefix(o.name, keepPrefix)
}

// untagged is an image's name without tag and digest.
func untagged(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		return name[:i]
	}
	return name
}

// numbered is the name of the run's n-th cluster.
func (o *order) numbered(n int) string {
	if n == 1 {
		return prefix + o.run.String()
	}
	return prefix + o.run.String() + "-" + strconv.Itoa(n)
}

// nodeNames are the names kind gives to the nodes.
func (o *order) nodeNames() []string {
	names := []string{o.name + "-control-plane"}
	for i := 1; i <= o.workers; i++ {
		name := o.name + "-worker"
		if i > 1 {
			name += strconv.Itoa(i)
		}
		names = append(names, name)
	}
	return names
}

// owner reads the run out of a cluster's name; kept clusters and those of
// others have none.
func owner(name string) (runid.ID, bool) {
	rest, ours := strings.CutPrefix(name, prefix)
	parts := strings.Split(rest, "-")
	if !ours || len(parts) < 3 || len(parts) > 4 {
		return runid.ID{}, false
	}
	if len(parts) == 4 {
		if n, err := strconv.Atoi(parts[3]); err != nil || n < 2 || strconv.Itoa(n) != parts[3] {
			return runid.ID{}, false
		}
	}
	id, err := runid.Parse(strings.Join(parts[:3], "-"))
	return id, err == nil
}
