// Package quiet sends what all the parts of the control plane log to one file, so that the
// program's own output is only what it means to say.
package quiet

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc/grpclog"
	"k8s.io/client-go/rest"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/klog/v2"
)

// Log is where everything is logged.
type Log struct {
	// Slog is for our own parts.
	Slog *slog.Logger
	// Zap is for etcd.
	Zap *zap.Logger

	file *os.File
}

// Open sends all logs of the process to a file, klog's with the given verbosity. The
// loggers are the process's: the last one that was opened counts.
func Open(path string, level int) (*Log, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	output := forgiving{file}
	if err := redirect(output, level); err != nil {
		return nil, fmt.Errorf("sending logs to %q: %w", path, err)
	}
	etcd := zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(output), zapcore.WarnLevel)
	return &Log{Slog: slog.New(slog.NewTextHandler(output, nil)), Zap: zap.New(etcd), file: file}, nil
}

// forgiving takes a full disk for no reason to end: klog ends the process when it cannot
// write. The file is never closed for the same reason.
type forgiving struct{ inner io.Writer }

func (f forgiving) Write(p []byte) (int, error) {
	_, _ = f.inner.Write(p)
	return len(p), nil
}

func redirect(to io.Writer, level int) error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{
		"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL",
		// Without it, an error is written to the file of each lesser severity as well.
		"one_output": "true",
		"v":          strconv.Itoa(level),
	} {
		if err := flags.Set(name, value); err != nil {
			return err
		}
	}
	klog.SetOutput(to)
	// Each part of Kubernetes would set up logging for its own process, and complain when
	// another has done so before.
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	return nil
}
