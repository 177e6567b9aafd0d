// Package redistest runs real Redis servers on loopback ports for tests.
package redistest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"seatrial/e2e/framework/assets"
)

const (
	// startTimeout is how long a server may take to answer.
	startTimeout = 10 * time.Second
	pollInterval = 10 * time.Millisecond
	// startAttempts covers ports that somebody else takes between choosing and binding.
	startAttempts = 5
)

// ErrLeftOut means that this machine was prepared for simulated nodes only, without a tool that unpacks a Redis: tests that
// need one have to be left out. Where real nodes were prepared, a Redis that is missing is another error.
var ErrLeftOut = errors.New("no redis-server on this machine, which was prepared without one")

// Options describes a server.
type Options struct {
	// Dir is where the server may write.
	Dir string
	// Addr is the loopback address to listen on, as of a server that was stopped; empty chooses one.
	Addr string
	// ReplicaOf is the address of the master to follow, if any.
	ReplicaOf string
	// Password is what clients and replicas have to send, if anything.
	Password string
	// Args are further arguments.
	Args []string
}

// Server is a running redis-server process.
type Server struct {
	// Addr is its host and port.
	Addr string

	cmd      *exec.Cmd
	password string
	exited   chan struct{}
	once     sync.Once
}

// Start returns a server that accepts connections. It ends with Stop, or with this process.
func Start(ctx context.Context, options Options) (*Server, error) {
	binary, err := find()
	if err != nil {
		return nil, err
	}
	var errs []error
	for range startAttempts {
		addr := options.Addr
		if addr == "" {
			if addr, err = freeAddr(ctx); err != nil {
				return nil, err
			}
		}
		server, err := launch(ctx, binary, addr, options)
		if err == nil {
			return server, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil || options.Addr != "" {
			break
		}
	}
	return nil, errors.Join(errs...)
}

// find prefers the server that the workshop's image has, too, to one of this machine.
func find() (string, error) {
	prepared, err := assets.Load(assets.FromEnvironment())
	if err == nil {
		if _, err = os.Stat(prepared.RedisServer()); err == nil {
			return prepared.RedisServer(), nil
		}
	}
	binary, lookErr := exec.LookPath("redis-server")
	if lookErr != nil && errors.Is(err, fs.ErrNotExist) && prepared.NodeImage == "" {
		return "", fmt.Errorf("%w: install it, or mmdebstrap, with which `make prepare` unpacks one", ErrLeftOut)
	}
	if lookErr != nil {
		return "", fmt.Errorf("finding redis-server: install it, or mmdebstrap, with which `make prepare` unpacks one: %w", errors.Join(err, lookErr))
	}
	return binary, nil
}

// Stop kills the server, as a node failure would, and waits for its end.
func (s *Server) Stop() {
	s.once.Do(func() {
		// An error only says that it has ended already.
		_ = s.cmd.Process.Kill()
	})
	<-s.exited
}

// Signal sends a signal, such as the one that suspends the process.
func (s *Server) Signal(signal os.Signal) error {
	if err := s.cmd.Process.Signal(signal); err != nil {
		return fmt.Errorf("signalling redis-server at %q: %w", s.Addr, err)
	}
	return nil
}

func launch(ctx context.Context, binary, addr string, options Options) (*Server, error) {
	args, err := arguments(addr, options)
	if err != nil {
		return nil, err
	}
	// The end of ctx must not kill the server under a test that is still cleaning up.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, args...)
	output := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = output, output
	dieWithParent(cmd)
	server := &Server{Addr: addr, cmd: cmd, password: options.Password, exited: make(chan struct{})}
	if err := server.spawn(); err != nil {
		return nil, fmt.Errorf("starting redis-server at %q: %w", addr, err)
	}
	if err := server.awaitAnswer(ctx); err != nil {
		server.Stop()
		return nil, fmt.Errorf("waiting for redis-server at %q: %w: %s", addr, err, strings.TrimSpace(output.String()))
	}
	return server, nil
}

func arguments(addr string, options Options) ([]string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("reading the address %q: %w", addr, err)
	}
	args := []string{
		"--bind", host, "--port", port, "--dir", options.Dir, "--save", "", "--appendonly", "no",
		"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0",
	}
	if options.ReplicaOf != "" {
		host, port, err := net.SplitHostPort(options.ReplicaOf)
		if err != nil {
			return nil, fmt.Errorf("reading the master's address %q: %w", options.ReplicaOf, err)
		}
		args = append(args, "--replicaof", host, port, "--replica-serve-stale-data", "no")
	}
	if options.Password != "" {
		args = append(args, "--requirepass", options.Password, "--masterauth", options.Password)
	}
	return append(args, options.Args...), nil
}

// spawn starts the process on a thread that lives as long as the process, because the kernel takes the end of the
// thread for the end of the parent.
func (s *Server) spawn() error {
	started := make(chan error, 1)
	go func() {
		defer close(s.exited)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			// How it ended is in its output.
			_ = s.cmd.Wait()
		}
	}()
	return <-started
}

// awaitAnswer waits until the process itself answers on its address: another one may have taken the port.
func (s *Server) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := s.identify(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("it has ended")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-ticker.C:
		}
	}
}

// identify asks for a section of INFO, which a replica answers even while it has no master.
func (s *Server) identify(ctx context.Context) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("dialling %q: %w", s.Addr, err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("limiting the wait: %w", err)
	}
	question := "INFO server\r\n"
	if s.password != "" {
		question = fmt.Sprintf("AUTH %q\r\n%s", s.password, question)
	}
	if _, err := io.WriteString(conn, question); err != nil {
		return fmt.Errorf("asking who answers: %w", err)
	}
	want := fmt.Sprintf("process_id:%d", s.cmd.Process.Pid)
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		switch line := strings.TrimSpace(lines.Text()); {
		case line == want:
			return nil
		case strings.HasPrefix(line, "process_id:"), strings.HasPrefix(line, "-"):
			return fmt.Errorf("asking who answers at %q: got %q, want %q", s.Addr, line, want)
		}
	}
	return fmt.Errorf("asking who answers at %q: %w", s.Addr, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}

// freeAddr gives an address of the loopback network that nobody else is likely to have: a server that was stopped is to find
// its own free again, and the ports of 127.0.0.1 are given to whoever connects to something.
func freeAddr(ctx context.Context) (string, error) {
	//nolint:gosec // Nobody gains anything from knowing the address.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), 1+rand.IntN(254), 1+rand.IntN(254)))
	if err != nil {
		return "", fmt.Errorf("choosing a port: %w", err)
	}
	addr, ok := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		return "", fmt.Errorf("giving the port back: %w", err)
	}
	if !ok {
		return "", fmt.Errorf("choosing a port: got the address %q", listener.Addr())
	}
	return addr.String(), nil
}
