package report_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
)

func TestWhatOnlyATerminalUnderstandsIsLeftOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\x1b[1;32mok\x1b[0m":                "ok",
		"\x1b]0;title\x07prompt":             "prompt",
		"\x1b]8;;https://example.org\x1b\\x": "x",
		"up\x1b[2A\x1b[Jdown":                "updown",
		"bell\a and back\b\x00":              "bell and back",
		"a\tb\r\nc":                          "a\tb\nc",
		" 50%\r100%\n":                       " 50%\n100%\n",
		"breaks off \x1b":                    "breaks off ",
		"breaks off \x1b[":                   "breaks off ",
		"\x1b(Bplain":                        "plain",
		"\u009b1mC1":                         "1mC1",
		"日本 é":                               "日本 é",
	} {
		gomega.NewWithT(t).Expect(report.Plain(text)).To(gomega.Equal(want), "%q", text)
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("\x1b[1;32mok\x1b[0m \x1b]0;title\a")
	f.Add("\x1b]\x1b[\x1b")
	f.Fuzz(func(t *testing.T, text string) {
		plain := report.Plain(text)
		if strings.ContainsAny(plain, "\x1b\x07\x00\x7f") || utf8.ValidString(text) && !utf8.ValidString(plain) || len(plain) > len(text)*3 {
			t.Errorf("%q became %q", text, plain)
		}
		if report.Plain(plain) != plain {
			t.Errorf("%q became %q, and then %q", text, plain, report.Plain(plain))
		}
	})
}
