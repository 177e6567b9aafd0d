package kind

import (
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

const (
	busyPort = "Error: cannot listen on the TCP port: listen tcp4 127.0.0.1:45992: bind: address already in use\n"
	fullDisk = "Error: creating container storage: mkdir /var/lib/containers/x: no space left on device\n"
	noCaps   = "docker: Error response from daemon: unable to apply caps: operation not permitted\n"
)

// Whatever keeps the engine from starting a node ends in one error that names it, after as
// many tries as could help, and leaves nothing.
func TestANodeThatCannotBeStarted(t *testing.T) {
	for name, test := range map[string]struct {
		refusals string
		runs     int
		want     string
	}{
		"a port that stays taken": {
			strings.Repeat(busyPort, bootAttempts), bootAttempts,
			"the port chosen for the API server was taken by another program: try again: `podman run`: ",
		},
		"a port that was taken only once, and then a full disk": {
			busyPort + fullDisk, 2, "the disk is full: free some space where the engine keeps its images and containers",
		},
		"a full disk": {
			fullDisk, 1, "the disk is full: free some space where the engine keeps its images and containers",
		},
		"an engine without privileges": {
			noCaps, 1, "the engine may not start privileged containers here: choose another engine: `podman run`: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.write("image.json", `[{"Id": "994f7e"}]`)
			f.write("refusals", test.refusals)
			var lines []string

			_, err := f.Create(t.Context(), cluster.Spec{
				Name: "x", NodeImage: someImage, Progress: func(line string) { lines = append(lines, line) },
			})

			f.g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`creating kind cluster "x": preparing nodes: ` + test.want)))
			runs := 0
			for _, call := range f.calls() {
				if strings.HasPrefix(call, "run ") {
					runs++
				}
			}
			f.g.Expect(runs).To(gomega.Equal(test.runs))
			f.g.Expect(strings.Count(strings.Join(lines, "\n"), "something was in the way, trying again: ")).To(gomega.Equal(test.runs - 1))
			f.g.Expect(f.calls()).To(gomega.ContainElement("network rm seatrial"))
			f.g.Expect(named(f.g, f.files.dir)).To(gomega.BeEmpty())
		})
	}
}
