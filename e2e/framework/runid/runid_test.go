package runid

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"
)

// patience bounds the wait for what should happen at once.
const patience = 10 * time.Second

// helperVariable makes the test binary print its own run id and wait.
const helperVariable = "RUNID_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		helper()
		return
	}
	m.Run()
}

// helper says who it is, leaves a folder behind and lives until its input ends.
func helper() {
	dir, err := TempDir("left-behind")
	if err != nil {
		dir = err.Error()
	}
	_, _ = os.Stdout.WriteString(Current().String() + " " + dir + "\n")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

// child starts a helper and returns its id, the folder it made and what ends it
// without leaving it the time to clean up.
func child(t *testing.T) (id ID, dir string, kill func()) {
	t.Helper()
	g := gomega.NewWithT(t)

	program, err := os.Executable()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), helperVariable+"=1")
	output, err := command.StdoutPipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	_, err = command.StdinPipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(command.Start()).To(gomega.Succeed())

	line, err := bufio.NewReader(output).ReadString('\n')
	g.Expect(err).ToNot(gomega.HaveOccurred())
	name, dir, found := strings.Cut(strings.TrimSpace(line), " ")
	g.Expect(found).To(gomega.Equal(true), "what the helper printed: %q", line)
	id, err = Parse(name)
	g.Expect(err).ToNot(gomega.HaveOccurred())

	return id, dir, func() {
		g.Expect(command.Process.Kill()).To(gomega.Succeed())
		_ = command.Wait()
	}
}

func TestCurrentIsStableAliveAndOurs(t *testing.T) {
	g := gomega.NewWithT(t)

	id := Current()

	g.Expect(Current()).To(gomega.Equal(id))
	g.Expect(id.Ours()).To(gomega.Equal(true))
	g.Expect(id.Alive()).To(gomega.Equal(true))
	g.Expect(id.Dead()).To(gomega.Equal(false))
}

func TestAProcessIsAliveUntilItIsKilled(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("TMPDIR", t.TempDir())

	id, _, kill := child(t)
	g.Expect(id).ToNot(gomega.Equal(Current()))
	g.Expect(id.Ours()).To(gomega.Equal(true))
	g.Expect(id.Alive()).To(gomega.Equal(true))

	kill()
	g.Expect(id.Alive()).To(gomega.Equal(false))
	g.Expect(id.Dead()).To(gomega.Equal(true))
}

func TestAZombieIsDead(t *testing.T) {
	g := gomega.NewWithT(t)

	// The process ends and nobody has waited for it yet.
	command := exec.CommandContext(t.Context(), "true")
	g.Expect(command.Start()).To(gomega.Succeed())
	id := ID{host: hostDigest(), pid: command.Process.Pid, start: startDigest(command.Process.Pid)}
	defer func() { _ = command.Wait() }()

	g.Eventually(id.Alive).WithContext(t.Context()).WithTimeout(patience).Should(gomega.Equal(false))
}

func TestAnotherProcessWithTheSameNumberIsNotTheOwner(t *testing.T) {
	g := gomega.NewWithT(t)

	former := Current()
	former.start = digest(startDigits, "the boot before", "1")

	g.Expect(former.Alive()).To(gomega.Equal(false))
	g.Expect(former.Dead()).To(gomega.Equal(true))
}

func TestAForeignRunIsNeverDead(t *testing.T) {
	g := gomega.NewWithT(t)

	foreign := Current()
	foreign.host = digest(hostDigits, "another machine")
	foreign.start = digest(startDigits, "another start")

	g.Expect(foreign.Ours()).To(gomega.Equal(false))
	g.Expect(foreign.Alive()).To(gomega.Equal(true))
	g.Expect(foreign.Dead()).To(gomega.Equal(false))
}

func anyID() *rapid.Generator[ID] {
	return rapid.Custom(func(t *rapid.T) ID {
		return ID{
			host:  rapid.StringMatching(`[0-9a-z]{5}`).Draw(t, "host"),
			pid:   rapid.IntRange(1, 1<<22).Draw(t, "pid"),
			start: rapid.StringMatching(`[0-9a-z]{6}|0`).Draw(t, "start"),
		}
	})
}

func TestEveryIDIsAShortLabelThatParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := anyID().Draw(t, "id")
		text := id.String()

		if problems := validation.IsDNS1123Label(text); len(problems) > 0 {
			t.Fatalf("%q is no DNS label: %v", text, problems)
		}
		if len(text) > 20 {
			t.Fatalf("%q has %d characters", text, len(text))
		}
		if parsed, err := Parse(text); err != nil || parsed != id {
			t.Fatalf("%q parses to %+v, %v; want %+v", text, parsed, err, id)
		}
	})
}

func TestParseRefusesWhatItDidNotWrite(t *testing.T) {
	for _, text := range []string{
		"", "-", "--", "k3f9x", "k3f9x-1a2b", "k3f9x-1a2b-x9z0c1-7", "K3F9X-1a2b-x9z0c1", "k3f9x-01a2-x9z0c1",
		"k3f9x-0-x9z0c1", "k3f9x--1a-x9z0c1", "k3f9x-+1-x9z0c1", "k3f9-1a2b-x9z0c1", "k3f9x-1a2b-x9z0c", "k3f9x-zzzzzzzz-x9z0c1",
	} {
		t.Run(text, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := Parse(text)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("parsing run id")))
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Current().String())
	f.Add("k3f9x-1a2b-x9z0c1")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := Parse(text)
		if err == nil && id.String() != text {
			t.Errorf("%q parses to %q", text, id)
		}
	})
}
