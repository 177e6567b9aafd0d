//go:build linux

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/e2e/framework/sandbox"
)

// patience is for what takes milliseconds.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	if sandbox.Inside() {
		return
	}
	goleak.VerifyTestMain(m)
}

// room makes a sandbox and what runs a command of bash in it, with its output. Home is below a folder that is not inside.
func room(t *testing.T, o sandbox.Options) (home string, run func(script string) (string, error)) {
	t.Helper()
	g := gomega.NewWithT(t)
	home = filepath.Join(t.TempDir(), "home")
	g.Expect(os.Mkdir(home, 0o700)).To(gomega.Succeed())
	o.Home = home
	s, err := sandbox.New(o)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(s.Close)
	bash, err := exec.LookPath("bash")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	return home, func(script string) (string, error) {
		var out strings.Builder
		cmd := exec.CommandContext(t.Context(), bash, "-c", script)
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := s.Start(cmd); err != nil {
			return "", err
		}
		err := cmd.Wait()
		return out.String(), err
	}
}

// needsSandbox skips a test on a machine that has neither root nor user namespaces; it says what would help.
func needsSandbox(t *testing.T) {
	t.Helper()
	_, run := room(t, sandbox.Options{})
	if _, err := run("true"); errors.Is(err, sandbox.ErrUnavailable) {
		t.Skip(err)
	}
}

func TestAProgramInsideReachesOnlyWhatIsNamed(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	named, other := greeter(t), greeter(t)
	_, run := room(t, sandbox.Options{Reach: []string{named}})
	get := func(address string) string {
		return fmt.Sprintf(`exec 3<>/dev/tcp/%s && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && cat <&3`, strings.Replace(address, ":", "/", 1))
	}
	out, err := run(get(named))
	g.Expect(err).ToNot(gomega.HaveOccurred(), out)
	g.Expect(out).To(gomega.ContainSubstring("hello from outside"))

	for _, address := range []string{other, "192.0.2.1:80", "1.1.1.1:53"} {
		out, err = run("timeout 5 bash -c '" + strings.ReplaceAll(get(address), "'", `'\''`) + "'")
		g.Expect(err).To(gomega.HaveOccurred(), address)
		g.Expect(out).To(gomega.MatchRegexp("unreachable|refused"), address)
	}
	out, err = run("cat /proc/net/dev | tail -n +3 | cut -d: -f1")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(strings.Fields(out)).To(gomega.HaveExactElements("lo"))
}

// greeter is a server outside.
func greeter(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello from outside")
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestAProgramInsideSeesNoFilesOfTheUser(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	secret := filepath.Join(t.TempDir(), "secret")
	g.Expect(os.WriteFile(secret, []byte("canary"), 0o600)).To(gomega.Succeed())
	shown := t.TempDir()
	g.Expect(os.WriteFile(filepath.Join(shown, "tool"), []byte("#!/bin/sh\necho I am the tool\n"), 0o600)).To(gomega.Succeed())
	g.Expect(os.Chmod(filepath.Join(shown, "tool"), 0o755)).To(gomega.Succeed()) //nolint:gosec // A command must be executable.
	home, run := room(t, sandbox.Options{Show: []string{shown}})
	user, err := os.UserHomeDir()
	g.Expect(err).ToNot(gomega.HaveOccurred())

	for script, want := range map[string]string{
		"cat " + secret + " 2>/dev/null; echo end":                            "end\n",
		"ls -A " + user + " 2>/dev/null; echo end":                            "end\n",
		"ls -A /home /root /mnt /srv /run/ 2>/dev/null | grep -v :; echo end": "end\n",
		"cat ~/nothing /etc/shadow /etc/gshadow 2>/dev/null; echo end":        "end\n",
		shown + "/tool": "I am the tool\n",
		"echo kept > ~/file; cat " + home + "/file": "kept\n",
		"touch /tmp/x /var/tmp/y; ls -d /tmp/[xy]":  "/tmp/x\n/tmp/y\n",
		"echo $HOME": home + "\n",
		"touch " + shown + "/x /usr/x /etc/x /x 2>/dev/null; ls /x /usr/x /etc/x " + shown + "/x 2>/dev/null; echo end": "end\n",
	} {
		out, _ := run(script)
		g.Expect(out).To(gomega.Equal(want), script)
	}
	g.Expect(os.ReadFile(filepath.Join(home, "file"))).To(gomega.BeEquivalentTo("kept\n"))
}

func TestAProgramInsideSeesOnlyItself(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	_, run := room(t, sandbox.Options{})
	out, err := run("echo $$; ls -d /proc/[0-9]*; true")
	g.Expect(err).ToNot(gomega.HaveOccurred(), out)
	g.Expect(strings.Fields(out)).To(gomega.And(gomega.ContainElements("1", "/proc/1"), gomega.HaveEach(gomega.MatchRegexp(`^(1|/proc/[1-9])$`))))
	out, err = run("kill -0 " + strconv.Itoa(os.Getpid()+100000) + " || kill -0 " + strconv.Itoa(os.Getpid()))
	g.Expect(err).To(gomega.HaveOccurred(), out)
}

func TestAProgramInsideCannotGetOut(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	_, run := room(t, sandbox.Options{})
	out, err := run("grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | awk '{print $2}' | sort -u; grep NoNewPrivs /proc/self/status")
	g.Expect(err).ToNot(gomega.HaveOccurred(), out)
	g.Expect(strings.Fields(out)).To(gomega.HaveExactElements("0000000000000000", "NoNewPrivs:", "1"))
	for _, script := range []string{
		"mount -t tmpfs none /tmp", "umount /proc", "umount -l /etc", "chroot / true", "cat < /dev/sda", "cat < /dev/mem", "nsenter -t 1 -n true && ls /sys/class",
	} {
		out, err := run(script)
		g.Expect(err).To(gomega.HaveOccurred(), "%s: %s", script, out)
	}
}

func TestWhoEndsTheProgramEndsAllThatItHasStarted(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	home, err := filepath.Abs(t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	s, err := sandbox.New(sandbox.Options{Home: home})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(s.Close)
	ctx, cancel := context.WithCancel(t.Context())
	mark := "7777." + strconv.Itoa(os.Getpid())
	cmd := exec.CommandContext(ctx, "/bin/bash", "-c", "setsid sleep "+mark+" & touch ~/begun; wait")
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	g.Expect(s.Start(cmd)).To(gomega.Succeed())
	g.Eventually(func() error { _, err := os.Stat(filepath.Join(home, "begun")); return err }).WithTimeout(patience).Should(gomega.Succeed())
	cancel()
	g.Expect(cmd.Wait()).ToNot(gomega.Succeed())
	g.Eventually(func() []string { return running(t, mark) }).WithTimeout(patience).Should(gomega.BeEmpty())
}

// running are the processes of this machine with a word in their command line.
func running(t *testing.T, word string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(line), "sleep\x00"+word) {
			found = append(found, file)
		}
	}
	return found
}

func TestWhatCannotBeStartedIsToldWithTheReason(t *testing.T) {
	needsSandbox(t)
	g := gomega.NewWithT(t)
	s, err := sandbox.New(sandbox.Options{Home: t.TempDir()})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(s.Close)
	err = s.Start(exec.CommandContext(t.Context(), "/usr/bin/no-such-program"))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`starting "/usr/bin/no-such-program" in a sandbox: running "/usr/bin/no-such-program": no such file`)))
	g.Expect(err).ToNot(gomega.MatchError(sandbox.ErrUnavailable))
	elsewhere := exec.CommandContext(t.Context(), "/bin/bash")
	elsewhere.Dir = t.TempDir()
	g.Expect(s.Start(elsewhere)).To(gomega.MatchError(gomega.ContainSubstring("which has to be in the home")))
}

func TestTwoAddressesCannotShareAPort(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, err := sandbox.New(sandbox.Options{Reach: []string{"10.0.0.1:443", "10.0.0.2:443"}})
	g.Expect(err).To(gomega.MatchError(`making a sandbox that reaches "10.0.0.2:443": "10.0.0.1:443" has the same port`))
	_, err = sandbox.New(sandbox.Options{Reach: []string{"nowhere"}})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("missing port")))
}
