package helm

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

func TestWhatDoesNotEndIsLeftBehind(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("its time"))

	b := boundsOf(ctx)
	b.stop = 10 * time.Millisecond
	_, err := watched(b, func() (int, error) { <-end; return 1, nil })

	g.Expect(err).To(gomega.MatchError(ErrEndless))
	g.Expect(err).To(gomega.MatchError("the chart's templates loop, or make far too much: they are still at work 10ms after its time"))
}

func TestWhatTakesTooMuchMemoryIsLeftBehind(t *testing.T) {
	g := gomega.NewWithT(t)
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	runtime.GC() // What nobody needs any more would be counted, and then go.
	// It is more than the limit, and less than twice as much, which would end the process.
	_, err := watched(bounds{heap: 48 << 20}, func() ([]byte, error) {
		much := make([]byte, 64<<20)
		<-end
		return much, nil
	})
	g.Expect(err).To(gomega.MatchError(ErrEndless))
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(`they have taken \d+ MiB of memory$`)))
}

func TestWhatEndsIsTakenAsItIsAlsoWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	failed := errors.New("failed")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	made, err := watched(boundsOf(ctx), func() (int, error) { return 2, failed })
	g.Expect(made).To(gomega.Equal(2))
	g.Expect(err).To(gomega.MatchError(failed))
}

// What recurs without end is stopped by Helm or by Go; both name the template.
func TestTemplatesThatCallThemselvesAreErrors(t *testing.T) {
	t.Parallel()
	for name, template := range map[string]string{
		"include":  `{{- define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`,
		"template": `{{- define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`,
		"tpl":      `{{- define "x" }}{{ tpl "{{ include \"x\" . }}" . }}{{ end }}{{ include "x" . }}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			chart, err := Load(inFolder(t, map[string][]byte{"Chart.yaml": metadata("web"), "templates/endless.yaml": []byte(template)}))
			g.Expect(err).ToNot(gomega.HaveOccurred())
			_, err = Render(chart, "story", "place", nil)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(filepath.Join("web", "templates", "endless.yaml"))))
			g.Expect(len(err.Error())).To(gomega.BeNumerically("<", 2*longestError))
		})
	}
}
