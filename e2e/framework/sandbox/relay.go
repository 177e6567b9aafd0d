package sandbox

import (
	"io"
	"net"
	"sync"
)

// relays carry connections from inside to the addresses that may be reached.
type relays struct {
	running   sync.WaitGroup
	listeners []net.Listener

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
}

// serve takes what comes in at a listener to an address, until it is closed.
func (r *relays) serve(listener net.Listener, address string) {
	r.listeners = append(r.listeners, listener)
	r.running.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			r.running.Go(func() { r.carry(in, address) })
		}
	})
}

// carry copies both ways until both ends have said all.
func (r *relays) carry(in net.Conn, address string) {
	defer r.drop(in)
	if !r.keep(in) {
		return
	}
	out, err := net.Dial("tcp", address) //nolint:noctx // It ends with the relays, which close it.
	if err != nil {
		return
	}
	defer r.drop(out)
	if !r.keep(out) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { pour(out, in) })
	both.Go(func() { pour(in, out) })
	both.Wait()
}

// pour copies one way and passes on the end.
func pour(to, from net.Conn) {
	_, _ = io.Copy(to, from) // The end of either side is no error.
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func (r *relays) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conns == nil {
		r.conns = map[net.Conn]bool{}
	}
	r.conns[conn] = true
	return !r.closed
}

func (r *relays) drop(conn net.Conn) {
	_ = conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
}

// close ends all, and returns when nothing runs any more.
func (r *relays) close() {
	for _, listener := range r.listeners {
		_ = listener.Close()
	}
	r.mu.Lock()
	r.closed = true
	for conn := range r.conns {
		_ = conn.Close()
	}
	r.mu.Unlock()
	r.running.Wait()
}
