package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Inside makes a sandbox around this process and turns it into the program that was meant, if [Sandbox.Start] has started it
// for that. It returns at once if not. If it returns true, no sandbox could be made: whoever waits for it was told, and the
// process should end.
func Inside() bool {
	if len(os.Args) != 1 || os.Args[0] != name {
		return false
	}
	// What is changed below is the thread's, and the thread's is what the program inherits.
	runtime.LockOSThread()
	unix.CloseOnExec(channel)
	_ = tell([]byte(string(failed) + become().Error())) // If nobody listens any more, nobody waits.
	return true
}

// become does not return, or with the reason.
func become() error {
	message := make([]byte, longest)
	n, err := unix.Read(channel, message)
	if err != nil {
		return fmt.Errorf("hearing from outside: %w", err)
	}
	var o order
	if err := json.Unmarshal(message[:n], &o); err != nil {
		return fmt.Errorf("hearing from outside: %w", err)
	}
	if err := furnish(o); err != nil {
		return err
	}
	if err := listen(o.Ports); err != nil {
		return err
	}
	if err := surrender(); err != nil {
		return err
	}
	if err := unix.Chdir(o.Dir); err != nil {
		return fmt.Errorf("entering %q, which has to be in the home: %w", o.Dir, err)
	}
	if err := tell(ready); err != nil {
		return err
	}
	return fmt.Errorf("running %q: %w", o.Program, syscall.Exec(o.Program, o.Args, os.Environ()))
}

func tell(message []byte, descriptors ...int) error {
	var rights []byte
	if len(descriptors) > 0 {
		rights = unix.UnixRights(descriptors...)
	}
	if err := unix.Sendmsg(channel, message, rights, nil, 0); err != nil {
		return fmt.Errorf("telling outside: %w", err)
	}
	return nil
}

// listen brings the loopback interface up, the only one that there is, and hands over what listens there.
func listen(ports []int) error {
	if err := loopback(); err != nil {
		return fmt.Errorf("starting the network inside: %w", err)
	}
	if len(ports) == 0 {
		return nil
	}
	var descriptors []int
	for _, port := range ports {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // It is there at once.
		if err != nil {
			return fmt.Errorf("listening inside: %w", err)
		}
		socket, ok := listener.(*net.TCPListener)
		if !ok {
			return fmt.Errorf("listening inside: it is a %T", listener)
		}
		file, err := socket.File()
		if err != nil {
			return fmt.Errorf("listening inside: %w", err)
		}
		descriptors = append(descriptors, int(file.Fd()))
	}
	return tell([]byte("listening"), descriptors...)
}

func loopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(socket) }()
	flags, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, flags); err != nil {
		return err
	}
	flags.SetUint16(flags.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, flags)
}

// surrender gives up every right beyond those of an ordinary user, for good: who could mount could look behind what is
// mounted.
func surrender() error {
	for capability := uintptr(0); ; capability++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) { // There are no more.
			break
		}
		if err != nil {
			return fmt.Errorf("giving up capability %d: %w", capability, err)
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	none := [2]unix.CapUserData{}
	if err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0]); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	return nil
}
