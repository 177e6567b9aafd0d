// Package sandbox starts programs where they see of this machine what they need and no more: no network but the addresses
// that are named, no home but a throwaway one, no files of the user's, no other processes.
//
// It needs Linux, and root or user namespaces. A program that uses it calls [Inside] first of all: the sandbox is made by a
// second process of the same program, which then becomes the program that was meant.
package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrUnavailable tells that this machine cannot make sandboxes. What helps is in the error's text.
var ErrUnavailable = errors.New("no sandbox can be made here")

// Options say what is inside.
type Options struct {
	// Home is an existing folder that programs may change, at the same path.
	Home string
	// Show are more folders that are there, at the same paths, to read and run only.
	Show []string
	// Reach are addresses of the world outside, as HOST:PORT. Inside, each is on 127.0.0.1 at the same port, so that no two
	// may have the same.
	Reach []string
}

// Sandbox starts programs. What they are started in is made for each of them anew; only Home stays from one to the next.
type Sandbox struct {
	options Options
	ports   map[int]string // what each port inside leads to

	mu     sync.Mutex
	relays *relays
}

// New describes a sandbox. Nothing is started.
func New(o Options) (*Sandbox, error) {
	s := &Sandbox{options: o, ports: map[int]string{}}
	for _, address := range o.Reach {
		_, text, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("making a sandbox that reaches %q: %w", address, err)
		}
		port, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("making a sandbox that reaches %q: %w", address, err)
		}
		if other, taken := s.ports[port]; taken && other != address {
			return nil, fmt.Errorf("making a sandbox that reaches %q: %q has the same port", address, other)
		}
		s.ports[port] = address
	}
	return s, nil
}

// Close ends the relays of the last program that was started. The programs themselves are their starter's.
func (s *Sandbox) Close() { s.replace(nil) }

func (s *Sandbox) replace(next *relays) {
	s.mu.Lock()
	before := s.relays
	s.relays = next
	s.mu.Unlock()
	if before != nil {
		before.close()
	}
}

// notInside are variables that lead to what is not inside.
var notInside = []string{"TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS"}

// environment takes out what is of no use inside.
func environment(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(notInside, name)
	})
}

// order is what the process inside is told.
type order struct {
	Home string   `json:"home"`
	Show []string `json:"show"`
	// Ports are what it listens on.
	Ports   []int    `json:"ports"`
	Program string   `json:"program"`
	Args    []string `json:"args"`
	Dir     string   `json:"dir"`
}

func (s *Sandbox) order(cmd *exec.Cmd) (order, error) {
	home, err := filepath.Abs(s.options.Home)
	if err != nil {
		return order{}, err
	}
	o := order{Home: home, Program: cmd.Path, Args: cmd.Args, Dir: cmd.Dir}
	if o.Dir == "" {
		o.Dir = home
	}
	for _, folder := range s.options.Show {
		place, err := filepath.Abs(folder)
		if err != nil {
			return order{}, err
		}
		o.Show = append(o.Show, place)
	}
	for port := range s.ports {
		o.Ports = append(o.Ports, port)
	}
	slices.Sort(o.Ports)
	return o, nil
}
