package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// name is what the process inside is called until it becomes the program that was meant; by that, it knows what to do.
const name = "seatrial-sandbox"

// channel is the descriptor of the process inside at which it hears and tells.
const channel = 3

// Start starts a command inside, as its own Start does outside; whoever calls it waits for the command, too. What the command
// says of namespaces and users is replaced; its session stays as it is.
func (s *Sandbox) Start(cmd *exec.Cmd) error {
	o, err := s.order(cmd)
	if err != nil {
		return fmt.Errorf("starting %q in a sandbox: %w", cmd.Path, err)
	}
	ours, theirs, err := pair()
	if err != nil {
		return fmt.Errorf("starting %q in a sandbox: %w", cmd.Path, err)
	}
	defer func() { _ = ours.Close() }()
	self, err := os.Executable()
	if err != nil {
		return errors.Join(fmt.Errorf("starting %q in a sandbox: %w", cmd.Path, err), theirs.Close())
	}
	cmd.Path, cmd.Args, cmd.Dir = self, []string{name}, "/"
	cmd.Env = environment(cmd.Environ())
	cmd.ExtraFiles = []*os.File{theirs}
	confine(cmd)
	err = cmd.Start()
	_ = theirs.Close()
	if err != nil {
		return fmt.Errorf("starting %q in a sandbox: %w", o.Program, explain(err))
	}
	if err := s.introduce(ours, o); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // It was killed; that is not what went wrong.
		return fmt.Errorf("starting %q in a sandbox: %w", o.Program, explain(err))
	}
	return nil
}

// confine asks for namespaces: who is root needs none for users.
func confine(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWIPC
	if os.Geteuid() == 0 {
		return
	}
	cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
}

// pair are the two ends of a channel that keeps messages apart and carries descriptors.
func pair() (ours *net.UnixConn, theirs *os.File, err error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("making a channel: %w", err)
	}
	theirs = os.NewFile(uintptr(ends[1]), "sandbox")
	file := os.NewFile(uintptr(ends[0]), "sandbox")
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("making a channel: %w", err), theirs.Close())
	}
	ours, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("making a channel: it is a %T", conn), theirs.Close(), conn.Close())
	}
	return ours, theirs, nil
}

// introduce tells the process inside what to do and takes what it listens on. It returns when the process has become the
// program that was meant, or with the reason why not.
func (s *Sandbox) introduce(conn *net.UnixConn, o order) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if _, err := conn.Write(text); err != nil {
		return err
	}
	next := &relays{}
	if len(o.Ports) > 0 {
		listeners, err := receive(conn, len(o.Ports))
		if err != nil {
			return err
		}
		for i, listener := range listeners {
			next.serve(listener, s.ports[o.Ports[i]])
		}
	}
	if err := prepared(conn); err != nil {
		next.close()
		return err
	}
	s.replace(next)
	return nil
}

// ready is what the process inside tells before it becomes another program.
var ready = []byte("ready")

// prepared waits until the process inside has become the program. An exec that succeeds closes the channel; one that does not
// is told.
func prepared(conn *net.UnixConn) error {
	told, err := hear(conn)
	if err != nil {
		return err
	}
	if !bytes.Equal(told, ready) {
		return fmt.Errorf("it ended while the sandbox was made, having said %q", told)
	}
	_, err = hear(conn)
	return err
}

// longest is more than any message has.
const longest = 64 << 10

// failed begins a message that tells why there is no sandbox.
var failed = []byte("failed: ")

// hear takes one message; none is the end.
func hear(conn *net.UnixConn) ([]byte, error) {
	message := make([]byte, longest)
	n, err := conn.Read(message)
	if err != nil {
		return nil, nil //nolint:nilerr // The end of a channel is how the process inside says that all is well.
	}
	if reason, bad := bytes.CutPrefix(message[:n], failed); bad {
		return nil, errors.New(string(reason))
	}
	return message[:n], nil
}

// receive takes the sockets that were opened inside.
func receive(conn *net.UnixConn, count int) ([]net.Listener, error) {
	const size = 4 // of a descriptor
	message, rights := make([]byte, longest), make([]byte, unix.CmsgSpace(size*count))
	n, got, _, _, err := conn.ReadMsgUnix(message, rights)
	if err != nil {
		return nil, fmt.Errorf("hearing from inside: %w", err)
	}
	if reason, bad := bytes.CutPrefix(message[:n], failed); bad {
		return nil, errors.New(string(reason))
	}
	controls, err := unix.ParseSocketControlMessage(rights[:got])
	if err != nil || len(controls) != 1 {
		return nil, fmt.Errorf("hearing from inside: it ended before it had made the sandbox (%q): %w", message[:n], err)
	}
	descriptors, err := unix.ParseUnixRights(&controls[0])
	if err != nil {
		return nil, fmt.Errorf("hearing from inside: %w", err)
	}
	var listeners []net.Listener
	for _, descriptor := range descriptors {
		unix.CloseOnExec(descriptor)
		file := os.NewFile(uintptr(descriptor), "inside")
		listener, err := net.FileListener(file)
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("taking over a socket from inside: %w", err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

// explain says what helps where namespaces are refused.
func explain(err error) error {
	text := err.Error()
	if strings.HasPrefix(text, "running ") || strings.HasPrefix(text, "entering ") {
		return err // The sandbox itself was made.
	}
	for _, sign := range []string{"operation not permitted", "no space left on device", "invalid argument", "function not implemented", "permission denied"} {
		if !strings.Contains(text, sign) {
			continue
		}
		return fmt.Errorf("%w: %w: it needs root, or user namespaces: `sysctl kernel.unprivileged_userns_clone` and "+
			"`user.max_user_namespaces` must not be 0, `kernel.apparmor_restrict_unprivileged_userns` not 1, and a container "+
			"that this runs in must be privileged", ErrUnavailable, err)
	}
	return err
}
