// Command peer is one of two containers that find each other by name.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// port is where a peer listens.
const port = "7000"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// run greets whoever connects, or fetches the greeting of the named peer over each of the networks given.
func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return serve(ctx)
	}
	for _, network := range args[1:] {
		greeting, err := ask(ctx, network, args[0])
		if err != nil {
			return fmt.Errorf("asking %q over %s: %w", args[0], network, err)
		}
		fmt.Fprintln(os.Stdout, network, greeting)
	}
	return nil
}

func serve(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", ":"+port)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		fmt.Fprint(connection, "hello")
		connection.Close()
	}
}

// ask tries for a while: the other peer may still be starting.
func ask(ctx context.Context, network, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		connection, err := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(name, port))
		if err == nil {
			defer connection.Close()
			greeting, err := io.ReadAll(connection)
			return string(greeting), err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-retry.C:
		}
	}
}
