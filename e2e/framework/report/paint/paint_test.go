package paint_test

import (
	"maps"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report/paint"
)

func TestColoursAreForTerminalsUnlessSomebodySaysOtherwise(t *testing.T) {
	const red = "\x1b[1;31mx\x1b[0m"
	for name, c := range map[string]struct {
		refused, terminal bool
		env               map[string]string
		want              string
	}{
		"a terminal":                       {terminal: true, want: red},
		"a file":                           {want: "x"},
		"--no-color":                       {terminal: true, refused: true, want: "x"},
		"NO_COLOR":                         {terminal: true, env: map[string]string{"NO_COLOR": "1"}, want: "x"},
		"an empty NO_COLOR":                {terminal: true, env: map[string]string{"NO_COLOR": ""}, want: red},
		"a dumb terminal":                  {terminal: true, env: map[string]string{"TERM": "dumb"}, want: "x"},
		"a terminal of no kind":            {terminal: true, env: map[string]string{"TERM": ""}, want: "x"},
		"CLICOLOR=0":                       {terminal: true, env: map[string]string{"CLICOLOR": "0"}, want: "x"},
		"a file, and somebody insists":     {env: map[string]string{"CLICOLOR_FORCE": "1"}, want: red},
		"somebody insists on nothing":      {env: map[string]string{"CLICOLOR_FORCE": "0"}, want: "x"},
		"insisting does not help the flag": {refused: true, env: map[string]string{"CLICOLOR_FORCE": "1"}, want: "x"},
		"nor NO_COLOR":                     {env: map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, want: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{"TERM": "xterm-256color"}
			maps.Copy(env, c.env)
			p := paint.For(paint.Place{Refused: c.refused, Terminal: c.terminal, Getenv: func(name string) string { return env[name] }})
			gomega.NewWithT(t).Expect(p.Bad("x")).To(gomega.Equal(c.want))
		})
	}
}

func TestEachLineHasItsColourAndAnEmptyOneNone(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(paint.Colours().Good("a\n\nb")).To(gomega.Equal("\x1b[32ma\x1b[0m\n\n\x1b[32mb\x1b[0m"))
	g.Expect(paint.Paint{}.Good("a\n\nb")).To(gomega.Equal("a\n\nb"))
	g.Expect(paint.Colours().Strong("")).To(gomega.BeEmpty())
}
