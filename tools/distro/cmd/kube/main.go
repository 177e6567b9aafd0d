// Command kube is every Kubernetes program of a node in one binary.
//
// The name it is called by decides which one runs, as with busybox: link or copy it
// as kube-apiserver, kubelet, kubectl and so on. One binary of 170 MB replaces seven
// of 610 MB together, which a node image would carry twice.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	_ "time/tzdata" // CronJobs name time zones, and the images have no zone files.

	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // version metric
)

func main() {
	// The programs print their own errors; only the exit code is left to pass on.
	os.Exit(run(filepath.Base(os.Args[0])))
}

func run(name string) int {
	// "kube kubelet --flag" works too, for a machine without links.
	if name == "kube" && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = filepath.Base(os.Args[0])
	}
	program, known := programs()[name]
	if !known {
		fmt.Fprintf(os.Stderr, "kube: %q is none of its programs: %s\n", name, strings.Join(names(), ", "))
		return 2
	}
	return program()
}

func names() []string {
	all := make([]string, 0, len(programs()))
	for name := range programs() {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
