package embedded

import (
	"context"
	"time"

	"seatrial/tools/distro/embedded/seed"
	"seatrial/tools/distro/embedded/store"
)

// starting is etcd on its way. It starts beside the server's preparations, which saves at
// most 50 ms.
type starting struct {
	done chan struct{}
	etcd *store.Etcd
	// complete says that the store has what a first start creates.
	complete bool
	err      error
}

func (p *plane) startStore(ctx context.Context) *starting {
	s := &starting{done: make(chan struct{}), complete: p.folder.Booted()}
	go func() {
		defer close(s.done)
		if s.err = s.start(ctx, p); s.err != nil {
			return
		}
		p.reached("store")
		p.parts.run(ctx, "store", func(ctx context.Context) error {
			select {
			case err := <-s.etcd.Failed():
				return err
			case <-ctx.Done():
				return nil
			}
		})
	}()
	return s
}

func (s *starting) start(ctx context.Context, p *plane) (err error) {
	s.etcd, err = store.Start(ctx, store.Config{Folder: p.folder.Join("etcd"), Sockets: p.sockets, Log: p.log.Zap})
	if err != nil || s.complete || p.options.unseeded {
		return err
	}
	entries, err := seed.For(Version(), time.Now())
	if err != nil {
		return err
	}
	s.complete, err = s.etcd.Sow(ctx, entries)
	return err
}

// close ends etcd before its folder goes: what it writes later would be left.
func (s *starting) close() {
	<-s.done
	if s.etcd != nil {
		s.etcd.Close()
	}
}

// await returns when etcd answers, and says whether it has what a first start creates.
func (s *starting) await(context.Context) (complete bool, failed error) {
	<-s.done
	return s.complete, s.err
}
