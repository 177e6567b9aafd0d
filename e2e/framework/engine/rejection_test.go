package engine

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

// What engines were recorded to say, without the names and numbers of the occasion.
const (
	noDockerDaemon = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
	dockerWantsAll = "docker: Error response from daemon: unable to apply caps: operation not permitted"
	crunHybrid     = "Error: OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers from cgroupv2"
	crunLimits     = "Error: crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted: OCI permission denied"
	runcLimits     = "Error: runc: runc create failed: unable to start container process: error during container init: " +
		"error setting rlimits for ready process: error setting rlimit type 7: operation not permitted: OCI permission denied"
	runcSystemd = "time=\"2026-11-23T17:43:40Z\" level=warning msg=\"Failed to add conmon to systemd sandbox cgroup: " +
		"dial unix /run/systemd/private: connect: no such file or directory\"\nError: OCI runtime error: runc: " +
		"runc create failed: systemd not running on this host, cannot use systemd cgroups manager"
	noCNIPlugin = "Error: plugin type=\"bridge\" failed (add): failed to find plugin \"bridge\" in path " +
		"[/usr/local/libexec/cni /usr/libexec/cni /usr/local/lib/cni /usr/lib/cni /opt/cni/bin]"
	noIptables = "Error: netavark: No such file or directory (os error 2)"
	noNetavark = "Error: could not find \"netavark\" in one of [/nope].  To resolve this error, set the helper_binaries_dir " +
		"key in the `[engine]` section of containers.conf to the directory containing your helper binaries."
	noRuntime    = "Error: default OCI runtime \"kata\" not found: invalid argument"
	noSpace      = "Error: write /var/tmp/storage1: no space left on device"
	rootlessInfo = `{"host":{"cgroupVersion":"v1","cgroupControllers":[],"security":{"rootless":true}}}`
)

// anonymous replaces what differs between runs of the same probe.
func anonymous(text string, f *finder, stand fakes) string {
	text = strings.NewReplacer(f.dir, "<dir>", stand.dir, "<bin>").Replace(text)
	text = regexp.MustCompile(`seatrial-probe-\d+-[0-9a-f]{8}`).ReplaceAllString(text, "<probe>")
	text = regexp.MustCompile(`seatrial/probe:[0-9a-f]{12}`).ReplaceAllString(text, "seatrial/probe:<digest>")
	return regexp.MustCompile(`fd[0-9a-f:]+::/64`).ReplaceAllString(text, "<subnet>") + "\n"
}

// Golden texts of machines that this one is not, with fake engines.
func TestRejectionsExplainThemselves(t *testing.T) {
	notRoot := limitedHost()
	notRoot.Root = false
	for name, test := range map[string]struct {
		host           Host
		docker, podman []answer
	}{
		"docker-client-without-daemon": {host: freeHost(), docker: []answer{
			{call: "--version", stdout: "Docker version 28.2.2, build e6534b4"},
			{call: "info", stdout: `{"ServerErrors":["..."]}`, stderr: noDockerDaemon, code: 1},
		}},
		"docker-wants-a-missing-capability": {host: limitedHost(), docker: []answer{
			{call: "--version", stdout: "Docker version 20.10.24+dfsg1, build 297e128"},
			{call: "info", stdout: `{"SecurityOptions":["name=seccomp,profile=default"],"CgroupVersion":"1"}`},
			{call: "run", stderr: dockerWantsAll, code: 126},
		}},
		"podman-not-root": {host: notRoot, podman: but(answer{call: "info", stdout: rootlessInfo})},
		"podman-without-iptables": {
			host: limitedHost(), podman: but(answer{call: "run", stderr: noIptables, code: 126}),
		},
		"podman-systemd-missing":   {host: limitedHost(), podman: but(answer{call: "run", stderr: runcSystemd, code: 126})},
		"podman-restricted-mounts": {host: freeHost(), podman: but(answer{call: "wait", stdout: "13"})},
	} {
		t.Run(name, func(t *testing.T) {
			stand := onlyFakes(t)
			if test.docker != nil {
				stand.add(t, docker, test.docker...)
			}
			if test.podman != nil {
				stand.add(t, podman, test.podman...)
			}
			f := finderOn(t, test.host)
			_, err := f.find(t.Context(), Names())
			golden(t, name+".txt", anonymous(as[*NotUsableError](t, err).Error(), f, stand))
		})
	}
}

func TestRemediesFitWhatEnginesSay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		words, remedy string
		installable   bool
	}{
		"no daemon":         {words: noDockerDaemon, remedy: "start the docker service"},
		"no right to it":    {words: "permission denied while trying to connect to the Docker daemon socket", remedy: "group"},
		"capabilities":      {words: dockerWantsAll, remedy: "use podman"},
		"crun on hybrid":    {words: crunHybrid, remedy: "install runc", installable: true},
		"crun's rlimits":    {words: crunLimits, remedy: "default_ulimits"},
		"runc's rlimits":    {words: runcLimits, remedy: "default_ulimits"},
		"systemd":           {words: runcSystemd, remedy: "cgroupfs"},
		"CNI":               {words: noCNIPlugin, remedy: "netavark", installable: true},
		"iptables":          {words: noIptables, remedy: "iptables", installable: true},
		"no netavark":       {words: noNetavark, remedy: "install netavark", installable: true},
		"no runtime":        {words: noRuntime, remedy: "install runc or crun", installable: true},
		"no space":          {words: noSpace, remedy: "free some space"},
		"no subordinate id": {words: "no subuid ranges found for user \"nobody\" in /etc/subuid", remedy: "uidmap"},
		"containerd":        {words: "cannot access containerd socket \"/run/containerd/containerd.sock\"", remedy: "containerd"},
		"something new":     {words: "the flux compensator is empty", remedy: "repeat the command above"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			rejection := reject(podman, &RunError{Command: "podman run", Stderr: test.words, Err: errors.New("exit status 1")})
			g.Expect(rejection.Remedy).To(gomega.ContainSubstring(test.remedy))
			g.Expect(rejection.Installable).To(gomega.Equal(test.installable))
			g.Expect(rejection.Tried).To(gomega.Equal("podman run"))
		})
	}
}

func TestOnlyTheReasonIsRepeated(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	run := &RunError{Stderr: "failed to connect to syslog: Initialization\n" + runcSystemd + "\n\nRun 'docker run --help' for more information", Err: errors.New("exit status 126")}
	g.Expect(ownWords(run)).To(gomega.HavePrefix("OCI runtime error"))
	g.Expect(ownWords(run)).NotTo(gomega.ContainSubstring("\n"))
	run.Stderr = "time=\"now\" level=warning msg=\"odd\""
	g.Expect(ownWords(run)).To(gomega.Equal("exit status 126"))
}

func TestOnlyPodmanIsInstalled(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(reject(podman, errNotInstalled).Installable).To(gomega.BeTrueBecause("it needs no daemon"))
	g.Expect(reject(docker, errNotInstalled).Installable).To(gomega.BeFalseBecause("it does"))
}

func TestHangingEngineIsToldFromABrokenOne(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("no answer within 1m30s"))
	_, err := shell(t).Run(ctx, "-c", "echo")
	g.Expect(reject(docker, err).Remedy).To(gomega.HavePrefix("the engine hangs"))
}
