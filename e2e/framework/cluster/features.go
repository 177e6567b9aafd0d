package cluster

import (
	"fmt"
	"strings"
)

// Features says what a cluster can do. As a requirement, it says what a
// scenario needs.
type Features struct {
	// Containers: pods really run.
	Containers bool `json:"containers"`
	// PodNetwork: pods reach each other, services and cluster DNS.
	PodNetwork bool `json:"podNetwork"`
	// LoadBalancer: services of that type get an address.
	LoadBalancer bool `json:"loadBalancer"`
	// Volumes: claims of the default storage class are bound; with containers, pods
	// can write to them.
	Volumes bool `json:"volumes"`
	// NodeFaults: nodes can be stopped and started under the workload.
	NodeFaults bool `json:"nodeFaults"`
}

type feature struct {
	name string
	set  *bool
}

// all is the one list of features and of the words they go by.
func (f *Features) all() []feature {
	return []feature{
		{"containers", &f.Containers},
		{"podNetwork", &f.PodNetwork},
		{"loadBalancer", &f.LoadBalancer},
		{"volumes", &f.Volumes},
		{"nodeFaults", &f.NodeFaults},
	}
}

// ParseFeatures reads the words that [Features.Names] writes.
func ParseFeatures(names ...string) (Features, error) {
	var f Features
	for _, name := range names {
		known := false
		for _, candidate := range f.all() {
			if candidate.name == name {
				*candidate.set = true
				known = true
			}
		}
		if !known {
			var every Features
			return Features{}, fmt.Errorf("parsing feature %q: want one of %s", name, strings.Join(every.words(), ", "))
		}
	}
	return f, nil
}

// Names returns the features that are there, in a fixed order.
func (f Features) Names() []string {
	var names []string
	for _, candidate := range f.all() {
		if *candidate.set {
			names = append(names, candidate.name)
		}
	}
	return names
}

// Missing returns the names of the features that are needed and not there.
func (f Features) Missing(need Features) []string {
	var missing []string
	here := f.all()
	for i, candidate := range need.all() {
		if *candidate.set && !*here[i].set {
			missing = append(missing, candidate.name)
		}
	}
	return missing
}

func (f *Features) words() []string {
	all := f.all()
	words := make([]string, 0, len(all))
	for _, candidate := range all {
		words = append(words, candidate.name)
	}
	return words
}
