package resilience

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/outcome"
)

const (
	// endlessLimit is what a command may take with templates that do not end: they are given up long before.
	endlessLimit = 2 * helm.RenderTimeout
	// endlessMemory is what the largest process of a command may take, in MiB: what rendering is given, of which a program
	// has up to a quarter more in memory, as its limit is on what it asks the system for.
	endlessMemory = helm.MaxMemory >> 20 * 3 / 2
	// documentMemory is the same for a command of a document.
	documentMemory = 4096 * 3 / 2
	// modestMemory is enough for a command that reads nothing that is too large.
	modestMemory = 768
)

// endless is input that does not end, for a command of its own: templates cannot be interrupted.
type endless struct {
	name string
	// files are those of a chart in ./web; write writes what is not one.
	files map[string]string
	write func(dir string) error
	args  []string
	// told are words of the error, code is the exit code, and memory is in MiB.
	told   string
	code   int
	memory int64
}

func endlessInputs() []endless {
	chart := func(name, told, template string) endless {
		return endless{
			name: "chart: " + name, files: map[string]string{"templates/hostile.yaml": template},
			args: []string{"chart", "web", "--provider", "embedded"}, told: told, code: 1, memory: endlessMemory,
		}
	}
	// What ends by its memory gets the time to take it, on a machine that has little of either.
	document := func(name, told, timeout, template string) endless {
		one := chart(name, told, template)
		one.name = "document: helm template of " + name
		one.write = func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "web.md"), []byte("# Web\n\n```console\n$ helm template ./web\n---\n```\n"), 0o600)
		}
		one.args = []string{"workshop", "web.md", "--provider", "embedded", "--timeout", timeout, "--patience", "1s"}
		one.code, one.memory = 2, documentMemory
		return one
	}
	const (
		rounds  = `{{ range $i := 1000000000000000000 }}{{ end }}`
		letters = `{{ $a := repeat 1000000 "x" }}{{ $b := repeat 8000 $a }}{{ len $b }}`
	)
	return []endless{
		chart("a loop of 10^18 rounds", "templates loop", rounds),
		chart("a list of 10^9 numbers", "templates loop", `{{ range until 1000000000 }}{{ . }}{{ end }}`),
		chart("a text of 8·10^9 letters", "templates loop", letters),
		chart("a text that is doubled forty times", "templates loop", `{{ $s := "x" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}{{ len $s }}`),
		chart("a list that has itself twice, forty times", "templates loop", `{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}`),
		chart("a definition that includes itself twice, sixty times", "templates loop",
			`{{ define "x" }}{{ if lt (len .) 60 }}{{ include "x" (print . "a") }}{{ include "x" (print . "a") }}{{ end }}{{ end }}{{ include "x" "" }}`),
		chart("a definition that includes itself", "hostile.yaml", `{{- define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`),
		document("a loop of 10^18 rounds", "did not end within 10s", "10s", rounds),
		document("a text of 8·10^9 letters", "out of memory", "40s", letters),
		{
			name: "values: a file of 100 MB", args: []string{"chart", "web", "--values", "large.yaml", "--provider", "embedded"},
			told: "more than 5 MiB", code: 1, memory: modestMemory,
			write: func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "large.yaml"), bytes.Repeat([]byte("a: 1234\n"), 100_000_000/8), 0o600)
			},
		},
		{
			name: "chart: a template of 10 MB", args: []string{"chart", "web", "--provider", "embedded"}, told: "maximum file size", code: 1, memory: modestMemory,
			files: map[string]string{"templates/large.yaml": strings.Repeat("# nothing\n", 1_000_000)},
		},
		{
			name: "package: 1 GiB in a few MB", args: []string{"chart", "bomb.tgz", "--provider", "embedded"}, told: "more than 200 MiB", code: 1, memory: modestMemory,
			write: func(dir string) error { return writeBomb(filepath.Join(dir, "bomb.tgz")) },
		},
	}
}

var _ = Describe("Input without end", Label("inputs"), func() {
	It("is given up at a named limit, of time or of memory, and nothing works on it any more", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		inputs := endlessInputs()
		rows := make([]outcome.Row, len(inputs))
		var group errgroup.Group
		group.SetLimit(storiesAtOnce)
		for i, one := range inputs {
			m := newMachine(seatrial)
			group.Go(func() (err error) {
				rows[i], err = one.row(ctx, m)
				return err
			})
		}
		Expect(group.Wait()).To(Succeed())
		table := outcome.New("inputs-without-end", "Input without end, and the memory of the largest process")
		table.Add(rows...)
		publish(table)
	}, NodeTimeout(inputsTimeout))
})

func (e endless) row(ctx context.Context, m *machine) (outcome.Row, error) {
	row := outcome.Row{Done: e.name, Expected: fmt.Sprintf("exit code %d within %s and %d MiB, with %q", e.code, endlessLimit, e.memory, e.told)}
	place := filepath.Join(m.temp, "seatrial-place")
	if err := writeChart(filepath.Join(place, "web"), e.files); err != nil {
		return row, err
	}
	if e.write != nil {
		if err := e.write(place); err != nil {
			return row, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, endlessLimit)
	defer cancel()
	cmd := m.command(limited, e.args...)
	cmd.Dir = place
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took, memory := time.Since(start), largest(cmd)
	own, ownErr := ownMemory(limited)
	if ownErr != nil && limited.Err() == nil {
		return row, ownErr
	}
	row.Happened = fmt.Sprintf("%v after %.0f s and %d MiB: %s", err, took.Seconds(), memory, lastLines(string(out)))
	row.Held = cmd.ProcessState.ExitCode() == e.code && memory <= max(e.memory, own) && strings.Contains(strings.Join(strings.Fields(string(out)), " "), e.told)
	if err := os.RemoveAll(place); err != nil {
		return row, err
	}
	if still := m.outlive(ctx); len(still) > 0 {
		row.Happened, row.Held = row.Happened+"; and these run on: "+strings.Join(still, ", "), false
	}
	return row, nil
}

// largest is how much memory a process that has ended took, or one that it had started and waited for, if that took more;
// in MiB.
func largest(cmd *exec.Cmd) int64 {
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	const kibibytes = 1 << 10
	return usage.Maxrss / kibibytes
}

// ownMemory is the least that [largest] tells of any process that is started here, in MiB: until it is another program, a
// process has the memory of this one, and the system counts that.
func ownMemory(ctx context.Context) (int64, error) {
	nothing := exec.CommandContext(ctx, "true")
	err := nothing.Run()
	if err != nil {
		return 0, err
	}
	return largest(nothing), nil
}

// The library is told by its caller which helm command to render with, and leaves nothing behind either.
var _ = Describe("A chart whose templates do not end, in a program of somebody else's", Label("inputs"), func() {
	It("is ended in a process of its own", func(ctx SpecContext) {
		dir := GinkgoT().TempDir()
		Expect(writeChart(dir, map[string]string{"templates/hostile.yaml": `{{ range until 1000000000 }}{{ . }}{{ end }}`})).To(Succeed())
		chart, err := helm.Load(dir)
		Expect(err).ToNot(HaveOccurred())
		apart := helm.Apart{Command: handle.Assets.Helm(), Release: "web", Namespace: "default"}
		Expect(apart.Render(ctx, chart, nil)).To(MatchError(helm.ErrEndless))
		good, err := helm.Load(chartFolder())
		Expect(err).ToNot(HaveOccurred())
		Expect(apart.Render(ctx, good, helm.Values{"redis": map[string]any{"slaveEnabled": false}})).To(Succeed())
	}, NodeTimeout(inputsTimeout))
})

func lastLines(text string) string {
	const brief = 400
	text = strings.TrimSpace(text)
	return text[max(0, len(text)-brief):]
}

// buildSeatrial makes the command that users run.
func buildSeatrial(ctx SpecContext) string {
	GinkgoHelper()
	root, err := assets.Root()
	Expect(err).ToNot(HaveOccurred())
	program := filepath.Join(GinkgoT().TempDir(), "seatrial")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./tools/seatrial")
	build.Dir = root
	out, err := build.CombinedOutput()
	Expect(err).ToNot(HaveOccurred(), string(out))
	return program
}

// writeBomb writes a package of zeros, of which hundreds take the room of one.
func writeBomb(path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	zipped, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return err
	}
	writer := tar.NewWriter(zipped)
	const size = 1 << 30
	if err := writer.WriteHeader(&tar.Header{Name: "web/zeros", Typeflag: tar.TypeReg, Mode: 0o600, Size: size}); err != nil {
		return err
	}
	_, err = io.CopyN(writer, zeros{}, size)
	return errors.Join(err, writer.Close(), zipped.Close())
}

// zeros are without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
