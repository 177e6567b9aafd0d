package regression

import (
	"errors"
	"sync"
)

// queue does things one after the other, beside whoever adds them. Once one has failed, the others are left out.
type queue struct {
	last chan struct{} // closed when what was added last is done

	mu  sync.Mutex
	err error
}

// add is for one goroutine only.
func (q *queue) add(do func() error) {
	before, done := q.last, make(chan struct{})
	q.last = done
	go func() {
		defer close(done)
		if before != nil {
			<-before
		}
		if q.failure() != nil {
			return
		}
		err := do()
		q.mu.Lock()
		defer q.mu.Unlock()
		q.err = errors.Join(q.err, err)
	}()
}

// wait returns when all is done that was added, with the error of what has failed.
func (q *queue) wait() error {
	if q.last != nil {
		<-q.last
	}
	return q.failure()
}

func (q *queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}
