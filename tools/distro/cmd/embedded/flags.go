package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"k8s.io/client-go/kubernetes"

	"seatrial/tools/distro/embedded"
)

const (
	highestPort = 65535
	mostNodes   = 250
)

// asked is what the command line says.
type asked struct {
	options embedded.Options
	nodes   int
	stay    bool
	version bool
	// seed is the folder that the seed is written to.
	seed string
}

func parse(arguments []string) (*asked, error) {
	a := &asked{}
	flags := flag.NewFlagSet("embedded", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&a.nodes, "nodes", 1, "how many nodes to simulate")
	flags.StringVar(&a.options.Data, "data", "", "folder of etcd, certificates and log; kept at the end, and used again by the next run (default: a temporary one)")
	flags.StringVar(&a.options.Kubeconfig, "kubeconfig", "", "where to write the kubeconfig when everything is ready (default: into the data folder)")
	flags.IntVar(&a.options.Port, "port", 0, "port on 127.0.0.1 (default: any)")
	flags.StringVar(&a.options.Log, "log", "", "where to log (default: embedded.log in the data folder)")
	flags.IntVar(&a.options.LogLevel, "log-level", 0, "how much to log, as -v of Kubernetes")
	flags.StringVar(&a.options.TokenFile, "token-file", "", "file with the administrator's token, made if it is not there (default: token in the data folder)")
	flags.BoolVar(&a.stay, "stay", false, "go on when the standard input is closed")
	flags.BoolVar(&a.version, "version", false, "print the version of Kubernetes and end")
	flags.StringVar(&a.seed, "write-seed", "", "write what a first start creates into this folder, and end; for package seed")
	err := flags.Parse(arguments)
	if errors.Is(err, flag.ErrHelp) {
		return nil, errors.New(usage(flags))
	}
	if err != nil {
		return nil, err
	}
	if err := a.check(flags.Args()); err != nil {
		return nil, err
	}
	a.options.OwnStderr = true
	a.options.Nodes = func(client kubernetes.Interface, log *slog.Logger) (embedded.Fleet, error) {
		return newFleet(client, a.nodes, log)
	}
	return a, nil
}

func (a *asked) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case a.nodes < 1 || a.nodes > mostNodes:
		return fmt.Errorf("--nodes %d: it must be between 1 and %d", a.nodes, mostNodes)
	case a.options.Port < 0 || a.options.Port > highestPort:
		return fmt.Errorf("--port %d: it must be between 0 and %d", a.options.Port, highestPort)
	case a.options.LogLevel < 0:
		return fmt.Errorf("--log-level %d: it must not be negative", a.options.LogLevel)
	default:
		return nil
	}
}

func usage(flags *flag.FlagSet) string {
	var text strings.Builder
	text.WriteString("embedded [flags], or embedded kubectl …\n")
	flags.SetOutput(&text)
	flags.PrintDefaults()
	return strings.TrimRight(text.String(), "\n")
}
