package proxy

import (
	"context"
	"io"
	"sync"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// tornAfter is how much of an answer passes before its connection breaks.
const tornAfter = 64

// torn is an answer that breaks off.
type torn struct {
	io.ReadCloser

	left int
}

func (t *torn) Read(p []byte) (int, error) {
	if t.left == 0 {
		return 0, errReset
	}
	n, err := t.ReadCloser.Read(p[:min(t.left, len(p))])
	t.left -= n
	return n, err
}

// stale is a watch of which nothing comes until it is no longer held.
type stale struct {
	io.ReadCloser

	held <-chan struct{}
}

func (s *stale) Read(p []byte) (int, error) {
	<-s.held
	return s.ReadCloser.Read(p)
}

// held is closed after a time, or when the request ends.
func held(ctx context.Context, d time.Duration) <-chan struct{} {
	limited, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(limited, cancel)
	return limited.Done()
}

// short is a watch that ends properly after a time.
type short struct {
	body io.ReadCloser
	over chan struct{}
	once sync.Once
	stop *time.Timer
}

func newShort(body io.ReadCloser, d time.Duration) *short {
	s := &short{body: body, over: make(chan struct{})}
	s.stop = time.AfterFunc(d, s.end)
	return s
}

// end closes the watch below, which wakes whoever reads from it.
func (s *short) end() {
	s.once.Do(func() {
		close(s.over)
		_ = s.body.Close() // It is thrown away.
	})
}

func (s *short) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	select {
	case <-s.over:
		return n, io.EOF
	default:
		return n, err
	}
}

func (s *short) Close() error {
	s.stop.Stop()
	s.end()
	return nil
}

func (w *way) close() {
	utilnet.CloseIdleConnectionsFor(w.usual)
	utilnet.CloseIdleConnectionsFor(w.upgrade)
}
