package podnet

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConflist(t *testing.T) {
	for _, test := range []struct {
		golden string
		ranges []string
	}{
		{"ipv4.conflist", []string{"10.244.1.0/24"}},
		{"ipv6.conflist", []string{"fd00:10:244:1::/64"}},
		{"dual.conflist", []string{"10.244.1.0/24", "fd00:10:244:1::/64"}},
	} {
		t.Run(test.golden, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", test.golden))
			if err != nil {
				t.Fatal(err)
			}
			got, err := conflist(test.ranges)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != strings.TrimSuffix(string(want), "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// newWriter writes its CNI file into a folder of the test.
func newWriter(t *testing.T) *writer {
	t.Helper()
	return &writer{
		settings: settings{node: "here", cniFile: filepath.Join(t.TempDir(), "10-seatrial.conflist")},
		log:      slog.New(slog.DiscardHandler),
	}
}

func TestTheConfigurationIsWrittenWhenItChangesAndOnlyThen(t *testing.T) {
	w := newWriter(t)
	write := func(ranges ...string) string {
		t.Helper()
		if err := w.writeCNI(ranges); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(w.cniFile)
		if err != nil {
			return ""
		}
		return string(content)
	}
	if got := write(); got != "" {
		t.Errorf("a node without a range has the configuration %s", got)
	}
	first := write("10.244.1.0/24")
	if !strings.Contains(first, `"10.244.1.0/24"`) {
		t.Errorf("the range is not in %s", first)
	}
	if err := os.WriteFile(w.cniFile, []byte("touched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := write("10.244.1.0/24"); got != "touched" {
		t.Error("the same range was written again")
	}
	if got := write("10.244.2.0/24"); !strings.Contains(got, `"10.244.2.0/24"`) {
		t.Errorf("the new range is not in %s", got)
	}
	entries, err := os.ReadDir(filepath.Dir(w.cniFile))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the configuration there are %v, %v", entries, err)
	}
}

// The runtime reads the file while it is written: it must never see a part of one, nor
// take the unfinished file for another configuration.
func TestTheConfigurationAppearsInOneStep(t *testing.T) {
	w := newWriter(t)
	before, err := conflist([]string{"10.244.1.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.cniFile, before, 0o600); err != nil {
		t.Fatal(err)
	}
	// A second name of the file that is there: writing into it would show under both.
	second := filepath.Join(t.TempDir(), "second")
	if err := os.Link(w.cniFile, second); err != nil {
		t.Fatal(err)
	}

	if err := w.writeCNI([]string{"10.244.2.0/24"}); err != nil {
		t.Fatal(err)
	}

	if content, err := os.ReadFile(second); err != nil || !bytes.Equal(content, before) {
		t.Errorf("the file was written into: %s, %v", content, err)
	}
}

func TestAConfigurationThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	w := newWriter(t)
	folder := filepath.Dir(w.cniFile)
	w.cniFile = filepath.Join(folder, "missing", "10-seatrial.conflist")
	err := w.writeCNI([]string{"10.244.1.0/24"})
	if err == nil || !strings.HasPrefix(err.Error(), "writing the CNI configuration: ") {
		t.Fatalf("the error is %v", err)
	}
	w.cniFile = filepath.Join(folder, "10-seatrial.conflist")
	if err := w.writeCNI([]string{"10.244.1.0/24"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(w.cniFile); err != nil {
		t.Error(err)
	}
}
