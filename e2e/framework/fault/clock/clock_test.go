package clock

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

// asked makes this test, started anew, the program that is asked for the time: at each line it tells both its clocks.
const asked = "SEATRIAL_TEST_CLOCK"

func TestAWallClockJumpsAndTheMonotonicOneGoesOn(t *testing.T) {
	if os.Getenv(asked) != "" {
		start := time.Now()
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			fmt.Fprintln(os.Stdout, time.Now().Unix(), int64(time.Since(start).Seconds()))
		}
		return
	}
	t.Parallel()
	g := gomega.NewWithT(t)
	self, err := os.Executable()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	program := exec.CommandContext(t.Context(), self, "-test.run", "^"+t.Name()+"$")
	program.Env = append(os.Environ(), asked+"=1")
	in, err := program.StdinPipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	out, err := program.StdoutPipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	c := &Clock{}
	if err := c.Start(program); errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	told := bufio.NewScanner(out)
	for _, ahead := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour, 0} {
		c.Set(ahead)
		_, err := fmt.Fprintln(in, "what time is it?")
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(told.Scan()).To(gomega.Equal(true))
		var wall, since int64
		_, err = fmt.Sscan(told.Text(), &wall, &since)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(time.Unix(wall, 0)).To(gomega.BeTemporally("~", time.Now().Add(ahead), time.Minute))
		g.Expect(since).To(gomega.BeNumerically("<", 60), "seconds of the monotonic clock")
	}
	g.Expect(in.Close()).To(gomega.Succeed())
	for told.Scan() { // What is told until its end.
	}
	g.Expect(program.Wait()).To(gomega.Succeed())
	g.Expect(c.Asked()).To(gomega.BeNumerically(">=", 4))
}
