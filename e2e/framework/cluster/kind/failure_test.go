package kind

import (
	"errors"
	"testing"

	"github.com/onsi/gomega"
	kinderrors "sigs.k8s.io/kind/pkg/errors"
	kindexec "sigs.k8s.io/kind/pkg/exec"

	"seatrial/e2e/framework/engine"
)

// failed is how kind hands on that a call of the engine has failed.
func failed(output string, command ...string) error {
	return kinderrors.Wrap(kinderrors.WithStack(&kindexec.RunError{
		Command: command, Output: []byte(output), Inner: errors.New("exit status 125"),
	}), "failed to do something")
}

var run = []string{"podman", "run", "--name", "x-control-plane", "--label", "a=b", "image"}

func TestExplainNamesTheCauseAndTheRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"disk full, podman": {
			failed("Error: creating container storage: mkdir /var/lib/containers/x: no space left on device", run...),
			"preparing nodes: the disk is full: free some space where the engine keeps its images and containers, for example with its " +
				"`system prune`: `podman run`: Error: creating container storage: mkdir /var/lib/containers/x: no space left on device",
		},
		"disk full, in a node": {
			failed("cp: error writing '/kind/kubeadm.conf': No space left on device", "podman", "exec", "--privileged", "-i", "x-control-plane", "cp", "/dev/stdin", "/kind/kubeadm.conf"),
			"preparing nodes: the disk is full: free some space where the engine keeps its images and containers, for example with its " +
				"`system prune`: `podman exec x-control-plane cp`: cp: error writing '/kind/kubeadm.conf': No space left on device",
		},
		"port, podman": {
			failed("failed to connect to syslog: Initialization\nError: cannot listen on the TCP port: listen tcp4 127.0.0.1:45992: bind: address already in use", run...),
			"preparing nodes: the port chosen for the API server was taken by another program: try again: `podman run`: " +
				"Error: cannot listen on the TCP port: listen tcp4 127.0.0.1:45992: bind: address already in use",
		},
		"port, docker": {
			failed("docker: Error response from daemon: driver failed programming external connectivity on endpoint x: "+
				"Bind for 127.0.0.1:6443 failed: port is already allocated.", "docker", "run", "--name", "x-control-plane"),
			"preparing nodes: the port chosen for the API server was taken by another program: try again: `docker run`: " +
				"docker: Error response from daemon: driver failed programming external connectivity on endpoint x: " +
				"Bind for 127.0.0.1:6443 failed: port is already allocated.",
		},
		"network": {
			failed("Error: unable to find network with name or ID seatrial: network not found", run...),
			"preparing nodes: the network was removed meanwhile: try again: `podman run`: " +
				"Error: unable to find network with name or ID seatrial: network not found",
		},
		"name of a node": {
			failed(`Error: creating container storage: the container name "x-control-plane" is already in use by 90dd. You have to remove`+
				" that container to be able to reuse that name: that name is already in use", run...),
			"preparing nodes: another container has the name of a node: remove it, or choose another cluster name: `podman run`: " +
				`Error: creating container storage: the container name "x-control-plane" is already in use by 90dd. You have to remove` +
				" that container to be able to reuse that name: that name is already in use",
		},
		"no node image": {
			failed("cat: /kind/version: No such file or directory", "podman", "exec", "--privileged", "x-control-plane", "cat", "/kind/version"),
			"preparing nodes: the image is no node image for this machine: run \"make prepare\", or name another image: " +
				"`podman exec x-control-plane cat`: cat: /kind/version: No such file or directory",
		},
		"never booted": {
			kinderrors.Errorf("could not find a log line that matches %q", "Reached target"),
			"preparing nodes: a node did not boot in time: its image may be none for this machine: " +
				`could not find a log line that matches "Reached target"`,
		},
		"node gone": {
			failed("Error: can only create exec sessions on running containers: container state improper", "podman", "exec", "x-worker", "cat", "/kind/version"),
			"preparing nodes: a node went away while it was needed: somebody removed or stopped it, or the engine was restarted: " +
				"`podman exec x-worker cat`: Error: can only create exec sessions on running containers: container state improper",
		},
		"kubeadm": {
			failed("I1123 1 x.go] [init] Using v1.37.2\nThe kubelet is not running\n"+
				"error execution phase wait-control-plane: failed while waiting for the kubelet to start\n"+
				"k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).Run.func1\n\tcmd/workflow/runner.go:262",
				"podman", "exec", "--privileged", "x-control-plane", "kubeadm", "init", "--config=/kind/kubeadm.conf"),
			"preparing nodes: `podman exec x-control-plane kubeadm`: " +
				"error execution phase wait-control-plane: failed while waiting for the kubelet to start",
		},
		"unknown": {errors.New("something else"), "preparing nodes: something else"},
		"silent":  {failed("", run...), "preparing nodes: `podman run`: exit status 125"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			err := explain("preparing nodes", test.err)
			g.Expect(err).To(gomega.MatchError(test.want))
			g.Expect(errors.Is(err, test.err)).To(gomega.Equal(true), "the whole story is kept")
		})
	}
}

func TestANameThatWasTakenMeanwhileIsNotOurs(t *testing.T) {
	g := gomega.NewWithT(t)
	err := explain("starting kind", kinderrors.Errorf("node(s) already exist for a cluster with the name %q", "x"))
	g.Expect(err).To(gomega.MatchError(errTaken))
}

func TestOnlyCollisionsAreTriedAgain(t *testing.T) {
	g := gomega.NewWithT(t)
	collision := explain("preparing nodes", failed("Error: unable to find network with name or ID seatrial: network not found", run...))
	g.Expect(isCollision(collision)).To(gomega.Equal(true))
	g.Expect(isCollision(explain("preparing nodes", failed("Error: no space left on device", run...)))).To(gomega.Equal(false))
	g.Expect(isCollision(errors.New("another"))).To(gomega.Equal(false))
}

func TestWhatIsGoneOrBusyIsToldByTheAnswer(t *testing.T) {
	g := gomega.NewWithT(t)
	says := func(stderr string) error {
		return &engine.RunError{Command: "podman ...", ExitCode: 1, Stderr: stderr, Err: errors.New("exit status 1")}
	}
	for _, text := range []string{
		"Error: unable to find network with name or ID seatrial: network not found", `Error: no volume with name "v" found: no such volume`,
		"Error: inspecting object: localhost/none:1: image not known", "Error response from daemon: network seatrial not found",
		"Error response from daemon: No such image: none:1", "Error: No such network: seatrial",
	} {
		g.Expect(isAbsent(says(text))).To(gomega.Equal(true), text)
		g.Expect(isInUse(says(text))).To(gomega.Equal(false), text)
	}
	for _, text := range []string{
		`Error: "seatrial" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used`,
		"Error response from daemon: error while removing network: network seatrial id 1 has active endpoints",
	} {
		g.Expect(isInUse(says(text))).To(gomega.Equal(true), text)
		g.Expect(isAbsent(says(text))).To(gomega.Equal(false), text)
	}
	g.Expect(isTaken(says("Error: network name seatrial already used: network already exists"))).To(gomega.Equal(true))
	g.Expect(condense(says("Error: one\nError: two\n"))).To(gomega.MatchError("calling the engine: Error: two"))
}
