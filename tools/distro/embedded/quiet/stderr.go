package quiet

import (
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// KeepStderr gives the program a standard error of its own, where a crash is told too. It
// comes before [Log.TakeStderr].
func KeepStderr() (*os.File, error) {
	kept, err := unix.FcntlInt(os.Stderr.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("keeping the standard error: %w", err)
	}
	stderr := os.NewFile(uintptr(kept), "/dev/stderr")
	if err := debug.SetCrashOutput(stderr, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("keeping the standard error for crashes: %w", err)
	}
	return stderr, nil
}

// TakeStderr sends what is written to the process's standard error to the log. The etcd
// client of Kubernetes has a logger of its own there that nothing else can silence.
func (l *Log) TakeStderr() error {
	if err := unix.Dup2(int(l.file.Fd()), int(os.Stderr.Fd())); err != nil {
		return fmt.Errorf("sending the standard error to the log: %w", err)
	}
	return nil
}
