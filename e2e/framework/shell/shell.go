// Package shell keeps one real bash for a document: what a step changes (folder, variables,
// functions) the next one finds, as a reader's terminal would have it.
package shell

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// settleTimeout is how long a bash whose command was ended gets to say so.
const settleTimeout = 2 * time.Second

// Options say where the shell starts and what it has.
type Options struct {
	// Dir is the folder the document assumes. If unset, Home.
	Dir string
	// Home is an existing folder for HOME and for what helm and kubectl write. The caller removes it.
	Home string
	// Path are folders that come before those of the PATH: the commands that are meant to be run.
	Path []string
	// Env are variables, as NAME=value, beyond the few that are taken over from this process.
	Env []string
	// Start starts bash, which may be inside a sandbox. If unset, it is started as it is.
	Start func(*exec.Cmd) error
}

// Shell is one bash. It is not safe for several goroutines: a reader has two hands and one keyboard.
type Shell struct {
	options Options
	work    string // folder for the scripts of steps and for the state
	token   string // what no command prints by chance

	bash *process
}

// process is a bash that runs.
type process struct {
	cmd    *exec.Cmd
	steps  io.WriteCloser // names of scripts to run
	output *os.File
	chunks chan []byte
	ended  chan struct{}
}

// Start starts bash. The caller closes the shell, which ends all that was started in it.
func Start(o Options) (*Shell, error) {
	if o.Dir == "" {
		o.Dir = o.Home
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("starting a shell: %w", err)
	}
	work, err := os.MkdirTemp(o.Home, ".shell-")
	if err != nil {
		return nil, fmt.Errorf("starting a shell: %w", err)
	}
	s := &Shell{options: o, work: work, token: hex.EncodeToString(random)}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a shell in %q: %w", o.Dir, err), os.RemoveAll(work))
	}
	return s, nil
}

// loop is what bash does: it sources one script after the other, so that what they change
// stays. After each it says how the script ended, where only we look, and keeps a copy of its
// state for a successor. Nobody sits at the keyboard, so standard input is at its end. For root,
// sudo changes nothing: the real one, if it is there at all, would take away the PATH and the
// KUBECONFIG that are meant. No command may take more memory than 4 GiB, so that a chart whose
// templates grow without end does not take the machine down; the limit is one that a document can
// lift.
const loop = `
ulimit -Sd 4194304 2>/dev/null
exec 8<&0 9>&1 0</dev/null 2>&1
if [ "$EUID" = 0 ]; then
  sudo() {
    while [[ ${1-} == -* ]]; do
      case $1 in -u | -g | -h | -p) shift ;; esac
      shift
    done
    env "$@"
  }
fi
if [ -f "$1/state" ]; then source "$1/state" 2>/dev/null; fi
while IFS= read -r -u 8 __step; do
  source "$__step" 8<&- 9>&-
  __status=$?
  exec 1>&9 2>&1 0</dev/null
  { declare -p; declare -f; printf 'cd -- %q\n' "$PWD"; } > "$1/state" 2>/dev/null
  printf '\0%s %d\0' "$2" "$__status" >&9
done
`

func (s *Shell) start() error {
	bash, err := exec.LookPath("bash")
	if err != nil {
		return fmt.Errorf("%w: install bash", err)
	}
	//nolint:noctx // The shell outlives the call that starts it; Close ends it.
	cmd := exec.Command(bash, "--noprofile", "--norc", "-c", loop, "bash", s.work, s.token)
	cmd.Dir, cmd.Env = s.options.Dir, s.environment()
	own(cmd)
	steps, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	// A pipe of our own: what stays in the background may hold its other end for ever.
	output, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdout = ours
	begin := s.options.Start
	if begin == nil {
		begin = (*exec.Cmd).Start
	}
	err = begin(cmd)
	_ = ours.Close()
	if err != nil {
		return errors.Join(err, output.Close())
	}
	p := &process{cmd: cmd, steps: steps, output: output, chunks: make(chan []byte), ended: make(chan struct{})}
	go p.read()
	go func() { _ = cmd.Wait(); close(p.ended) }()
	s.bash = p
	return nil
}

// read hands over what is printed, until everybody who could print has ended.
func (p *process) read() {
	const size = 32 << 10
	defer close(p.chunks)
	in := bufio.NewReaderSize(p.output, size)
	for {
		chunk := make([]byte, size)
		n, err := in.Read(chunk)
		if n > 0 {
			p.chunks <- chunk[:n]
		}
		if err != nil {
			return
		}
	}
}

// environment is small on purpose: a document must not work only because of something that its
// author happens to have set.
func (s *Shell) environment() []string {
	home := s.options.Home
	env := []string{
		"HOME=" + home, "PATH=" + strings.Join(append(append([]string(nil), s.options.Path...), os.Getenv("PATH")), string(os.PathListSeparator)),
		"HELM_CACHE_HOME=" + filepath.Join(home, ".cache", "helm"), "HELM_CONFIG_HOME=" + filepath.Join(home, ".config", "helm"),
		"HELM_DATA_HOME=" + filepath.Join(home, ".local", "share", "helm"),
		"TERM=dumb", "NO_COLOR=1", "PAGER=cat", "LANG=C.UTF-8", "PS1=", "PS2=",
	}
	for _, name := range []string{"USER", "LOGNAME", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return append(env, s.options.Env...)
}

// Close ends bash and everything that was started in it, also in the background.
func (s *Shell) Close() error {
	s.bash.stop()
	if err := os.RemoveAll(s.work); err != nil {
		return fmt.Errorf("closing the shell: %w", err)
	}
	return nil
}

// stop kills the whole session and waits until the reader is done.
func (p *process) stop() {
	_ = p.steps.Close()
	kill(p.cmd.Process.Pid)
	<-p.ended
	_ = p.output.Close()
	for range p.chunks {
		continue // What is still in the pipe is nobody's any more.
	}
}

// restart begins a new bash where the last step that ended has left the old one.
func (s *Shell) restart() error {
	s.bash.stop()
	return s.start()
}

// cause is why ctx ended, in words for a reader.
func cause(ctx context.Context) error { return context.Cause(ctx) }
