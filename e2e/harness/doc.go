// Package harness is the suite that proves the framework itself on a real cluster: what
// it says of a cluster, a release or a wait must be so, also when things go wrong.
package harness
