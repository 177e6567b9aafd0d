package acceptance

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestWrongInputIsNamedAndNothingIsLeft(t *testing.T) {
	occupied, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = occupied.Close() }()
	address := occupied.Addr().String()
	port := address[strings.LastIndex(address, ":")+1:]
	files := t.TempDir()
	file := filepath.Join(files, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(files, "older")
	if err := os.Mkdir(older, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(older, "version"), []byte("v1.36.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		arguments []string
		code      int
		says      string
	}{
		{"unknown flag", []string{"--colour"}, 2, "flag provided but not defined: -colour"},
		{"argument", []string{"start"}, 2, `unexpected argument "start"`},
		{"no node", []string{"--nodes", "0"}, 2, "--nodes 0: it must be between 1 and 250"},
		{"no number", []string{"--nodes", "many"}, 2, `invalid value "many" for flag -nodes: parse error`},
		{"no port", []string{"--port", "65536"}, 2, "--port 65536: it must be between 0 and 65535"},
		{"negative level", []string{"--log-level", "-1"}, 2, "--log-level -1: it must not be negative"},
		{"port taken", []string{"--port", port}, 1, "listening on 127.0.0.1:" + port + ": address already in use"},
		{"data folder is a file", []string{"--data", file}, 1, `making data folder "` + file + `": mkdir ` + file + ": not a directory"},
		{"data folder cannot be made", []string{"--data", "/proc/none"}, 1, `making data folder "/proc/none": mkdir /proc/none: no such file or directory`},
		{"data folder of another version", []string{"--data", older}, 1, `data folder "` + older + `" was made by Kubernetes v1.36.0, and this is ` + kubernetesVersion(t) + ": name another folder, or remove that one"},
		{"kubeconfig in no folder", []string{"--kubeconfig", file + "/k"}, 1, `writing "` + file + `/k": `},
		{"log in no folder", []string{"--log", file + "/l"}, 1, "opening the log: open " + file + "/l: not a directory"},
		{"bad token", []string{"--token-file", file}, 1, `token file "` + file + `" holds no token: it needs one word of at least 16 letters and digits; without the file, one is made`},
	} {
		t.Run(test.name, func(t *testing.T) {
			temporary := t.TempDir()
			command := exec.CommandContext(t.Context(), binary(t), append(test.arguments, "--stay")...)
			command.Env = append(os.Environ(), "TMPDIR="+temporary)
			var complaint strings.Builder
			command.Stderr = &complaint
			output, err := command.Output()
			exit := (*exec.ExitError)(nil)
			if !errors.As(err, &exit) || exit.ExitCode() != test.code {
				t.Errorf("got %v, want exit code %d", err, test.code)
			}
			if len(output) > 0 {
				t.Errorf("it printed %q", output)
			}
			if want := "embedded: " + test.says; !strings.HasPrefix(complaint.String(), want) || strings.Count(complaint.String(), "\n") != 1 {
				t.Errorf("it complained:\n%s\nwant one line that begins with:\n%s", complaint.String(), want)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("left over: %v, %v", left, err)
			}
		})
	}
}

func TestADataFolderInUseIsRefused(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	p := launch(t, "--data", folder)
	out, err := exec.CommandContext(t.Context(), binary(t), "--data", folder, "--stay").CombinedOutput()
	want := `embedded: data folder "` + folder + `" is in use by process ` + strconv.Itoa(p.PID) + "\n"
	if err == nil || string(out) != want {
		t.Errorf("got %v and %s, want %s", err, out, want)
	}
	p.end(t)
}

func TestItTellsItsVersion(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), binary(t), "--version").Output()
	if err != nil || !regexp.MustCompile(`^v1\.\d+\.\d+\n$`).Match(out) {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestALongDataFolderIsNoProblem(t *testing.T) {
	p := launch(t, "--data", filepath.Join(t.TempDir(), strings.Repeat("a-rather-long-name/", 8)))
	p.end(t)
}
