package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// parts run side by side; the first that ends by itself ends them all.
type parts struct{ ended chan error }

func newParts() *parts { return &parts{ended: make(chan error, 1)} }

// run starts a part.
func (p *parts) run(ctx context.Context, name string, part func(ctx context.Context) error) {
	go func() {
		err := part(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("it has stopped")
		}
		p.end(fmt.Errorf("running the %s: %w", name, err))
	}()
}

func (p *parts) end(err error) {
	select {
	case p.ended <- err:
	default:
	}
}

// wait returns nil when ctx ends, and before that the error of a part that has ended.
func (p *parts) wait(ctx context.Context) error {
	select {
	case err := <-p.ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// plain drops the operation and address from an error of the network: they are told before.
func plain(err error) error {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno
	}
	if operation := (*net.OpError)(nil); errors.As(err, &operation) {
		return operation.Err
	}
	return err
}
