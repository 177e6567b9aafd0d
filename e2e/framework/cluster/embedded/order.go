package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"seatrial/e2e/framework/cluster"
)

const (
	keepPrefix = "seatrial-keep-embedded-"
	// ownPrefix begins the names that we make.
	ownPrefix = "seatrial-embedded-"
	// nameSuffix marks the file that is locked while a cluster has a name, or is being
	// made or removed under it.
	nameSuffix = ".busy"
)

// order is a cluster.Spec with everything decided.
type order struct {
	name       string
	chosen     bool // The name is the caller's own.
	keep       bool
	nodes      int
	balanced   bool // Services of type LoadBalancer get an address, which nobody answers at.
	kubernetes string
	images     []string
	timeout    time.Duration
	say        func(format string, args ...any)
}

func newOrder(spec cluster.Spec) (*order, error) {
	o := &order{
		name: spec.Name, chosen: spec.Name != "", keep: spec.Keep, nodes: 1 + spec.Workers, balanced: spec.Wants.LoadBalancer,
		kubernetes: spec.KubernetesVersion, images: spec.Images, timeout: spec.ReadyTimeout, say: spec.Say(),
	}
	if o.timeout <= 0 {
		o.timeout = readyTimeout
	}
	if spec.Workers < 0 {
		return nil, fmt.Errorf("%d workers: want none or more", spec.Workers)
	}
	if strings.HasPrefix(o.name, ownPrefix) {
		return nil, fmt.Errorf("name %q: those that begin with %s are made here: choose another", o.name, ownPrefix)
	}
	if o.keep {
		o.name = keptName(o)
	}
	if problems := validation.IsDNS1123Label(o.name); o.name != "" && len(problems) > 0 {
		return nil, fmt.Errorf("name %q: %s", o.name, strings.Join(problems, "; "))
	}
	return o, nil
}

// keptName is made of the caller's word or of the shape, so that runs which want the same
// cluster find the same.
func keptName(o *order) string {
	if o.name == "" {
		shape := sha256.Sum256(fmt.Appendf(nil, "%s %d %t", o.kubernetes, o.nodes, o.balanced))
		return keepPrefix + hex.EncodeToString(shape[:4])
	}
	return keepPrefix + strings.TrimPrefix(o.name, keepPrefix)
}
