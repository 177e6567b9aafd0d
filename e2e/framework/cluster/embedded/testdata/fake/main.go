// Command fake speaks like the embedded control plane, and does wrong what SEATRIAL_FAKE says.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

type fake struct {
	data, kubeconfig, log *string
	nodes                 *int
	stay                  *bool
	version               string
}

func main() {
	f := fake{version: "v1.37.2"}
	f.data = flag.String("data", "", "")
	f.kubeconfig = flag.String("kubeconfig", "", "")
	f.log = flag.String("log", "", "")
	f.nodes = flag.Int("nodes", 1, "")
	f.stay = flag.Bool("stay", false, "")
	flag.Parse()
	if version := os.Getenv("SEATRIAL_FAKE_VERSION"); version != "" {
		f.version = version
	}
	if err := f.run(os.Getenv("SEATRIAL_FAKE")); err != nil {
		fmt.Fprintln(os.Stderr, "embedded:", err)
		os.Exit(1)
	}
}

func (f fake) run(mode string) error {
	if err := os.WriteFile(*f.log, []byte("first line\nstarting etcd\n"), 0o600); err != nil {
		return err
	}
	switch mode {
	case "fails":
		return fmt.Errorf("starting etcd in %q: permission denied", *f.data)
	case "crashes":
		fmt.Fprintln(os.Stderr, "panic: no route to nowhere\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:1\n"+strings.Repeat("frame\n", 100))
		os.Exit(2)
	case "vanishes":
		os.Exit(3)
	case "starves":
		// The runtime's words go to the log, as those of the real one do.
		log, _ := os.OpenFile(*f.log, os.O_APPEND|os.O_WRONLY, 0o600)
		fmt.Fprintln(log, "fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\nmain.main()")
		os.Exit(2)
	case "killed":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hangs":
		select {}
	case "babbles":
		fmt.Println("I0101 00:00:00 starting")
		select {}
	case "floods":
		for {
			fmt.Print(strings.Repeat("x", 1000))
		}
	case "mute":
		os.Stdout.Close()
		select {}
	}
	return f.serve()
}

func (f fake) serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"gitVersion": f.version})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"kind":"List","apiVersion":"v1","metadata":{},"items":[{"kind":"Thing","apiVersion":"v1","metadata":{"name":"x"}}]}`)
	})
	go http.Serve(listener, mux)
	kubeconfig := `{"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],` +
		`"clusters":[{"name":"c","cluster":{"server":"` + server + `"}}],"users":[{"name":"u","user":{"token":"t"}}]}`
	if err := os.WriteFile(*f.kubeconfig, []byte(kubeconfig), 0o600); err != nil {
		return err
	}
	line := map[string]any{
		"ready": true, "server": server, "kubeconfig": *f.kubeconfig, "data": *f.data, "kubernetes": f.version, "pid": os.Getpid(),
	}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	if !*f.stay {
		go func() {
			if _, err := io.Copy(io.Discard, os.Stdin); !errors.Is(err, io.EOF) {
				os.Exit(0)
			}
		}()
	}
	<-signals
	return nil
}
