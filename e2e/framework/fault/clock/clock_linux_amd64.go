package clock

import (
	"encoding/binary"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Start starts a program with this clock, in place of its own Start. The clock works until the program, and all that it
// has started, has ended.
func (c *Clock) Start(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	// A filter is for a thread and what it starts, for good. So this thread ends with its goroutine.
	go func() {
		runtime.LockOSThread()
		started <- c.start(cmd)
	}()
	return <-started
}

func (c *Clock) start(cmd *exec.Cmd) error {
	listener, err := filter()
	if err != nil {
		return fmt.Errorf("%w: seccomp: %w", ErrUnavailable, err)
	}
	go c.answer(listener)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Ptrace = true // It waits for us before its first instruction.
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	if err := unmap(pid); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // It was killed.
		return fmt.Errorf("%w: ptrace: %w", ErrUnavailable, err)
	}
	return nil
}

// The offsets in struct seccomp_data.
const (
	atNumber   = 0
	atArch     = 4
	atArgument = 16 // the lower half of the first one
)

// filter hands this thread's questions for the wall clock, and those of what it starts, to a listener.
func filter() (listener int, err error) {
	const (
		load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		end   = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: load, K: atArch},
		{Code: equal, K: unix.AUDIT_ARCH_X86_64, Jf: 5},
		{Code: load, K: atNumber},
		{Code: equal, K: unix.SYS_CLOCK_GETTIME, Jf: 3},
		{Code: load, K: atArgument},
		{Code: equal, K: unix.CLOCK_REALTIME, Jf: 1},
		{Code: end, K: unix.SECCOMP_RET_USER_NOTIF},
		{Code: end, K: unix.SECCOMP_RET_ALLOW},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, err
	}
	whole := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]} //nolint:gosec // It is short.
	//nolint:gosec // The kernel reads it, and keeps nothing.
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&whole)))
	if errno != 0 {
		return 0, errno
	}
	return int(fd), nil
}

// question is struct seccomp_notif, and reply is struct seccomp_notif_resp.
type (
	question struct {
		id        uint64
		pid, _    uint32
		_, _      uint32
		_         uint64
		arguments [6]uint64
	}
	reply struct {
		id          uint64
		_           int64
		errno, flag int32
	}
)

// answer answers until nobody is left who could ask.
func (c *Clock) answer(listener int) {
	defer func() { _ = unix.Close(listener) }()
	for {
		ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}} //nolint:gosec // Numbers of files are small.
		_, err := unix.Poll(ready, -1)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil || ready[0].Revents&unix.POLLIN == 0:
			return
		}
		var asked question
		if control(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&asked)) != nil { //nolint:gosec // The kernel fills it.
			continue // Who asked has ended.
		}
		told := reply{id: asked.id}
		if err := c.tell(int(asked.pid), uintptr(asked.arguments[1])); err != nil {
			told.errno = -int32(unix.EFAULT)
		}
		_ = control(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&told)) //nolint:gosec // The kernel reads it. Who asked may have ended.
	}
}

// tell writes the time into a program.
func (c *Clock) tell(pid int, at uintptr) error {
	now := c.now()
	text := binary.NativeEndian.AppendUint64(nil, uint64(now.Unix()))       //nolint:gosec // As in struct timespec.
	text = binary.NativeEndian.AppendUint64(text, uint64(now.Nanosecond())) //nolint:gosec // As above.
	local := []unix.Iovec{{Base: &text[0]}}
	local[0].SetLen(len(text))
	_, err := unix.ProcessVMWritev(pid, local, []unix.RemoteIovec{{Base: at, Len: len(text)}}, 0)
	return err
}

func control(fd int, request uintptr, argument unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(argument)); errno != 0 {
		return errno
	}
	return nil
}

// word is the size of what is on the stack of a program that begins: the number of its arguments, these, its environment,
// each with a zero behind it, and then what the kernel tells it, in pairs.
const word = 8

// unmap hides from a program that has stopped at its beginning that it could look the time up in memory, and lets it go on.
func unmap(pid int) error {
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil {
		return err
	}
	if !status.Stopped() {
		return fmt.Errorf("it did not stop at its beginning, but is %#x", uint32(status))
	}
	var registers unix.PtraceRegs
	if err := unix.PtraceGetRegs(pid, &registers); err != nil {
		return err
	}
	at := uintptr(registers.Rsp) + word
	for zeros := 0; zeros < 2; at += word {
		value, err := peek(pid, at)
		if err != nil {
			return err
		}
		if value == 0 {
			zeros++
		}
	}
	const last, ignored, lookup = 0, 1, 33 // AT_NULL, AT_IGNORE and AT_SYSINFO_EHDR
	for ; ; at += 2 * word {
		switch kind, err := peek(pid, at); {
		case err != nil:
			return err
		case kind == lookup:
			if _, err := unix.PtracePokeData(pid, at, binary.NativeEndian.AppendUint64(nil, ignored)); err != nil {
				return err
			}
		case kind == last:
			return unix.PtraceDetach(pid)
		}
	}
}

func peek(pid int, at uintptr) (uint64, error) {
	value := make([]byte, word)
	if _, err := unix.PtracePeekData(pid, at, value); err != nil {
		return 0, err
	}
	return binary.NativeEndian.Uint64(value), nil
}
