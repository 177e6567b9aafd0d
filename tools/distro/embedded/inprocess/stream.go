package inprocess

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

// held is how much of an answer is kept for a reader that is slower than the writer, as
// the buffers of a connection would.
const held = 256 << 10

// stream is a pipe with a buffer: the handler of a small answer never waits for its reader.
type stream struct {
	mutex   sync.Mutex
	changed *sync.Cond
	buffer  bytes.Buffer
	// over is why no more can be read once the buffer is empty.
	over   error
	closed bool
	gone   chan bool
	cancel func()
}

func newStream(cancel func()) *stream {
	s := &stream{cancel: cancel, gone: make(chan bool, 1)}
	s.changed = sync.NewCond(&s.mutex)
	return s
}

// Write implements [io.Writer] for the handler.
func (s *stream) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for s.buffer.Len() > held && s.over == nil && !s.closed {
		s.changed.Wait()
	}
	if s.over != nil || s.closed {
		return 0, errors.New("nobody reads this answer any more")
	}
	s.changed.Broadcast()
	return s.buffer.Write(p)
}

// Read implements [io.Reader] for the client.
func (s *stream) Read(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for s.buffer.Len() == 0 && s.over == nil && !s.closed {
		s.changed.Wait()
	}
	if s.closed {
		return 0, errClosed
	}
	if s.buffer.Len() == 0 {
		return 0, s.over
	}
	s.changed.Broadcast()
	return s.buffer.Read(p)
}

// Close implements [io.Closer] for the client: the handler's context ends.
func (s *stream) Close() error {
	s.mutex.Lock()
	s.closed = true
	s.buffer.Reset()
	s.changed.Broadcast()
	s.mutex.Unlock()
	s.leave()
	return nil
}

// end is the regular end of an answer.
func (s *stream) end() { s.finish(io.EOF) }

// fail breaks an answer off.
func (s *stream) fail(err error) {
	s.finish(err)
	s.leave()
}

func (s *stream) finish(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.over == nil {
		s.over = err
		s.changed.Broadcast()
	}
}

func (s *stream) leave() {
	s.cancel()
	select {
	case s.gone <- true:
	default:
	}
}
