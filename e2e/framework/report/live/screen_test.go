package live_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/report/live"
)

// terminal is an emulated one, as a program's output comes to it: with line ends that a terminal's driver completes.
type terminal struct {
	mutex         sync.Mutex
	emulator      *vt.Emulator
	width, height int
}

func newTerminal(width, height int) *terminal {
	return &terminal{emulator: vt.NewEmulator(width, height), width: width, height: height}
}

func (t *terminal) Write(text []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	_, err := t.emulator.WriteString(strings.ReplaceAll(string(text), "\n", "\r\n"))
	return len(text), err
}

func (t *terminal) size() (width, height int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.width, t.height
}

func (t *terminal) resize(width, height int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.emulator.Resize(width, height)
	t.width, t.height = width, height
}

// lines are all that can be seen and scrolled back to.
func (t *terminal) lines() []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	var all []string
	back := t.emulator.Scrollback()
	for i := range back.Len() {
		all = append(all, strings.TrimRight(back.Line(i).String(), " "))
	}
	for line := range strings.Lines(t.emulator.String()) {
		all = append(all, strings.TrimRight(line, "\r\n "))
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

func TestLinesThatStayScrollAboveThoseThatChange(t *testing.T) {
	g := gomega.NewWithT(t)
	tty := newTerminal(40, 6)
	screen := live.NewScreen(tty, tty.size)
	out := screen.Writer(tty)
	step := 0
	screen.Show(func(int, int) []string { step++; return []string{fmt.Sprint("now ", step), "of 9"} })
	for i := range 8 {
		fmt.Fprintf(out, "line %d\n", i)
	}
	g.Expect(tty.lines()).To(gomega.Equal([]string{"line 0", "line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "line 7", "now 9", "of 9"}))
	screen.Refresh()
	g.Expect(tty.lines()).To(gomega.HaveLen(10))
	screen.Hide()
	g.Expect(tty.lines()).To(gomega.Equal([]string{"line 0", "line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "line 7"}))
}

func TestALineThatIsNotCompleteIsGoneOnWith(t *testing.T) {
	g := gomega.NewWithT(t)
	tty := newTerminal(40, 6)
	screen := live.NewScreen(tty, tty.size)
	out := screen.Writer(tty)
	screen.Show(func(int, int) []string { return []string{"changing"} })
	fmt.Fprint(out, "half a")
	screen.Refresh()
	g.Expect(tty.lines()).To(gomega.Equal([]string{"half a"}), "nothing stands in its way")
	fmt.Fprint(out, " line\n")
	g.Expect(tty.lines()).To(gomega.Equal([]string{"half a line", "changing"}))
}

func TestOnATinyTerminalThereIsOnlyWhatStays(t *testing.T) {
	g := gomega.NewWithT(t)
	tty := newTerminal(9, 24)
	screen := live.NewScreen(tty, tty.size)
	screen.Show(func(int, int) []string { return []string{"changing"} })
	fmt.Fprint(screen.Writer(tty), "line\n")
	g.Expect(tty.lines()).To(gomega.Equal([]string{"line"}))
}

func TestAWriterKnowsItsScreen(t *testing.T) {
	g := gomega.NewWithT(t)
	screen := live.NewScreen(io.Discard, func() (int, int) { return 80, 24 })
	g.Expect(live.Of(screen.Writer(io.Discard))).To(gomega.BeIdenticalTo(screen))
	g.Expect(live.Of(io.Discard)).To(gomega.BeNil())
}

// Whatever is written, however what changes changes, and however often the terminal gets another size: each line that
// was to stay is there, whole and in its order.
func TestNoLineThatStaysIsEverLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tty := newTerminal(40, 10)
		screen := live.NewScreen(tty, tty.size)
		out, other := screen.Writer(tty), screen.Writer(tty)
		var view, wrote []string
		screen.Show(func(width, _ int) []string {
			var lines []string
			for _, text := range view {
				lines = append(lines, runewidth.Truncate(text, width, ""))
			}
			return lines
		})
		resized := false
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"write", "write", "change", "refresh", "resize"}).Draw(t, "step") {
			case "write":
				text := fmt.Sprintf("%d %s", i, rapid.StringMatching(`[a-zé日本 ]{0,12}[a-z]`).Draw(t, "text"))
				fmt.Fprintln(rapid.SampledFrom([]io.Writer{out, other}).Draw(t, "way"), text)
				wrote = append(wrote, text)
			case "change":
				view = rapid.SliceOfN(rapid.StringMatching(`[~日]{1,60}`), 0, 14).Draw(t, "view")
			case "refresh":
				screen.Refresh()
			case "resize":
				resized = true
				tty.resize(rapid.IntRange(32, 60).Draw(t, "width"), 10) // The emulator forgets lines when it gets lower.
			}
		}
		screen.Hide()
		left := tty.lines()
		stayed := slices.DeleteFunc(slices.Clone(left), func(line string) bool {
			return line == "" || strings.HasPrefix(line, "~") || strings.HasPrefix(line, "日")
		})
		if !slices.Equal(stayed, wrote) {
			t.Fatalf("wrote\n%s\nand there is\n%s", strings.Join(wrote, "\n"), strings.Join(left, "\n"))
		}
		if !resized && !slices.Equal(left, wrote) {
			t.Fatalf("something that changed has stayed:\n%s", strings.Join(left, "\n"))
		}
	})
}
