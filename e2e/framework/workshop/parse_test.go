package workshop

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/workshop/hostile"
)

// The workshop that everything began with shows each of its four commands twice: alone, then with its output.
func TestEachPairOfBlocksIsOneStep(t *testing.T) {
	g := gomega.NewWithT(t)
	doc, err := Load("testdata/rollback.md")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	var commands []string
	for _, s := range doc.Steps {
		commands = append(commands, s.Command)
		g.Expect(s.Repeats).To(gomega.HaveLen(1), s.Command)
		g.Expect(s.Repeats[0].Differs).To(gomega.Equal(false), s.Command)
		g.Expect(s.Expected).NotTo(gomega.BeNil(), s.Command)
	}
	g.Expect(commands).To(gomega.Equal([]string{
		"helm history guestbook-demo -n helm-demo",
		"helm rollback guestbook-demo 1 -n helm-demo",
		"helm history guestbook-demo -n helm-demo",
		"kubectl get all --namespace helm-demo",
	}))
	g.Expect(doc.NotCovered).To(gomega.BeEmpty())
	third := doc.Steps[2].Expected.Lines[3]
	g.Expect(third.Text).To(gomega.HaveSuffix("Rollback to 1"))
	g.Expect(third.Number).To(gomega.Equal(50))
	g.Expect(doc.source[third.Span.Start:third.Span.End]).To(gomega.Equal(third.Text))
}

// outline is a short form of the steps of a document: the commands, with "=>" and the output after those that show one.
func outline(t *testing.T, markdown string) string {
	t.Helper()
	doc, err := Parse("x.md", []byte(markdown))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range doc.Steps {
		line := s.Command
		if s.Expected != nil {
			line += " => " + s.Expected.Text()
		}
		out = append(out, line)
	}
	for _, n := range doc.NotCovered {
		out = append(out, "("+string(n.Kind)+": "+n.Text+")")
	}
	return strings.Join(out, "\n")
}

func fence(info string, lines ...string) string {
	return "```" + info + "\n" + strings.Join(lines, "\n") + "\n```\n\n"
}

func TestWhatIsOneStep(t *testing.T) {
	again := fence("console", "$ helm list", "NAME")
	for name, c := range map[string]struct{ document, want string }{
		"the same command alone and in a transcript": {
			fence("console", "helm list") + "You see:\n\n" + again, "helm list => NAME",
		},
		"not across a heading": {
			fence("console", "helm list") + "# Then\n\n" + again, "helm list\nhelm list => NAME",
		},
		"twice with outputs is twice": {again + again, "helm list => NAME\nhelm list => NAME"},
		"twice alone is twice": {
			fence("sh", "helm list") + fence("sh", "helm list"), "helm list\nhelm list",
		},
		"a transcript of the last of several": {
			fence("sh", "cd a", "helm list") + again, "cd a\nhelm list => NAME",
		},
		"a transcript that leaves out what prints nothing": {
			fence("sh", "cd a", "helm list", "cd ..") + again, "cd a\nhelm list => NAME\ncd ..",
		},
		"a transcript of more": {
			fence("sh", "helm list") + fence("", "$ helm list", "NAME", "$ helm env", "A=b"), "helm list => NAME\nhelm env => A=b",
		},
		"another revision is another command": {
			fence("sh", "helm rollback x 1") + fence("", "$ helm rollback x 2", "Rollback was a success!"),
			"helm rollback x 1\nhelm rollback x 2 => Rollback was a success!",
		},
		"a text block shows what the command before it prints": {
			fence("sh", "helm list") + fence("text", "$ helm list", "NAME"), "helm list => NAME",
		},
		"a text block is not run": {fence("text", "$ helm list", "NAME"), "(text block: helm list)"},
		"a terminal's block after a command is its output": {
			fence("console", "./greet.sh") + fence("console", "hello world"), "./greet.sh => hello world",
		},
		"a file between command and transcript": {
			fence("sh", "kubectl apply -f a.yaml") + fence("yaml", "a: b") + fence("", "$ kubectl apply -f a.yaml", "pod/a created"),
			"kubectl apply -f a.yaml => pod/a created\n(contents of a file: a: b)",
		},
		"what only sets the scene prints nothing": {
			fence("sh", "cd guestbook") + fence("", "NAME   READY"), "cd guestbook\n(output without a command: NAME   READY)",
		},
		"the rest of a shortened output": {
			fence("console", "$ helm list", "NAME", "...") + fence("", "OTHER   COLUMN", "x"),
			"helm list => NAME\n...\nOTHER   COLUMN\nx",
		},
		"comments in a transcript": {
			fence("", "# first", "$ helm list", "NAME", "", "# second", "$ helm env", "A=b"), "helm list => NAME\nhelm env => A=b",
		},
		"a quote that never ends does not swallow the rest": {
			fence("", "$ echo don't", "oops", "$ helm list", "NAME"), "echo don't => oops\nhelm list => NAME",
		},
		"a diagram is not run":  {fence("", "browser -> guestbook", "guestbook -> redis"), "(text block: browser -> guestbook)"},
		"a sentence is not run": {fence("", "make sure that the pods run"), "(text block: make sure that the pods run)"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(t, c.document)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// Of two spellings, the one is run whose word the document has more often.
func TestMistypedCommandIsOneStep(t *testing.T) {
	g := gomega.NewWithT(t)
	right := "kubectl get pods --namespace helm-demo"
	wrong := "kubectl get pods --namespace helm-dem"
	first := fence("sh", "helm list -n helm-demo")
	for _, blocks := range []string{
		fence("sh", right) + fence("", "$ "+wrong, "NAME"),
		fence("sh", wrong) + fence("", "$ "+right, "NAME"),
	} {
		doc, err := Parse("x.md", []byte(first+"and\n\n"+blocks))
		g.Expect(err).NotTo(gomega.HaveOccurred())
		g.Expect(doc.Steps).To(gomega.HaveLen(2))
		g.Expect(doc.Steps[1].Command).To(gomega.Equal(right))
		g.Expect(doc.Steps[1].Repeats).To(gomega.HaveLen(1))
		g.Expect(doc.Steps[1].Repeats[0].Command).To(gomega.Equal(wrong))
		g.Expect(doc.Steps[1].Repeats[0].Differs).To(gomega.Equal(true))
	}
}

func TestAllMistakesInHintsAreReported(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := Parse("dir/x.md", []byte(strings.Join([]string{
		"# X",
		"<!-- seatrial: timout=5s -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: exit=256 skip -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: output=contain -->",
		"```sh", "helm list", "```",
		"<!-- seatrail: exit=1 -->",
		"<!-- seatrial: exit=1 exit=2 -->",
		"<!-- seatrial: exit=1 -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: background -->",
		"Prose.",
		"",
		"<!-- seatrial: wibble -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: setup",
		"  teardown -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: exit=1 -->",
		"```yaml", "a: b", "```",
		"<!-- seatrial: -->",
		"<!-- seatrial: setup=yes timeout=0s requires=A_B -->",
		"```sh", "helm list", "```",
		"<!-- seatrial: background -->",
	}, "\n")))
	want := strings.Join([]string{
		`dir/x.md:2: unknown hint "timout"; did you mean "timeout"?`,
		`dir/x.md:6: hint "exit" needs an exit code from 0 to 255, such as exit=1`,
		`dir/x.md:6: hint "skip" needs a reason, such as skip="needs a browser"`,
		`dir/x.md:10: hint "output" needs one of ignore, exact, contains; did you mean "contains"?`,
		`dir/x.md:14: unknown comment "seatrail:": did you mean "seatrial:"?`,
		`dir/x.md:15: hint "exit" is given twice`,
		`dir/x.md:16: hint "exit" is given twice`,
		`dir/x.md:20: hint "background" belongs to no block: put it directly before the block it is for`,
		`dir/x.md:23: unknown hint "wibble"; the known ones are any-order, background, exit, output, requires, set, setup, skip, teardown, timeout`,
		`dir/x.md:27: a step is either setup or teardown`,
		`dir/x.md:32: hint "exit" belongs to no command: the block in line 34 is not run`,
		`dir/x.md:36: the comment has no hint: write one, or remove it`,
		`dir/x.md:37: hint "setup" takes no value`,
		`dir/x.md:37: hint "timeout" needs a duration, such as timeout=90s or timeout=5m`,
		`dir/x.md:37: hint "requires" needs names of features, such as requires=containers,volumes`,
		`dir/x.md:41: hint "background" belongs to no block: put it directly before the block it is for`,
	}, "\n")
	g.Expect(err).To(gomega.HaveOccurred())
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// Four times the document takes four times the memory, in objects and in bytes: nothing is read or kept again and again.
// How long ten megabytes take is for the measurements to say.
func TestNoDocumentTakesMoreThanItsShare(t *testing.T) {
	const (
		size, times = 1 << 15, 4
		// Memory is asked for in steps, and parts of a document may be the first of their kind.
		tolerance, objects, bytes = 1.5, 3_000, 1 << 19
	)
	for _, name := range hostile.Names() {
		small, large := memoryFor(hostile.Document(name, size)), memoryFor(hostile.Document(name, times*size))
		if bound := tolerance*times*float64(small.Mallocs) + objects; float64(large.Mallocs) > bound {
			t.Errorf("%s: %d objects for %d bytes, but %d for %d", name, small.Mallocs, size, large.Mallocs, times*size)
		}
		if bound := tolerance*times*float64(small.TotalAlloc) + bytes; float64(large.TotalAlloc) > bound {
			t.Errorf("%s: %d bytes of memory for %d bytes, but %d for %d", name, small.TotalAlloc, size, large.TotalAlloc, times*size)
		}
	}
}

// memoryFor is what reading a document asks for.
func memoryFor(content []byte) runtime.MemStats {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	// Some are refused as too much, which counts as read.
	_, _ = Parse("x.md", content)
	runtime.ReadMemStats(&after)
	return runtime.MemStats{Mallocs: after.Mallocs - before.Mallocs, TotalAlloc: after.TotalAlloc - before.TotalAlloc}
}

func TestADocumentOfTooManyMarksIsAnErrorWithItsLine(t *testing.T) {
	g := gomega.NewWithT(t)
	doc, err := Parse("x.md", hostile.Document("items", 4*mostMarks+4))
	g.Expect(err).To(gomega.MatchError("x.md:250001: more than 250000 lines begin with a mark, such as those of lists, headings and " +
		"code blocks: split the document"))
	g.Expect(doc.Steps).To(gomega.BeEmpty())
}

// What people write stays far below the limit, also at ten megabytes.
func TestLargeDocumentsAreRead(t *testing.T) {
	g := gomega.NewWithT(t)
	part := "# Again\n\n" + fence("console", "helm history guestbook-demo") + "Some `code` here.\n\n" +
		fence("console", "$ helm history guestbook-demo", "REVISION   UPDATED", "1          Mon Feb 24")
	doc, err := Parse("x.md", []byte(strings.Repeat(part, 4_000_000/len(part))))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(doc.Steps).To(gomega.HaveLen(4_000_000 / len(part)))
}
