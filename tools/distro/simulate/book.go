package simulate

import (
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"seatrial/tools/distro/simulate/rules"
)

// book has the rules that hold at present: the last ones that could be read.
type book struct {
	emitter *emitter
	log     *slog.Logger
	current atomic.Pointer[rules.Rules]

	mu      sync.Mutex
	readers []func()
}

func newBook(e *emitter, log *slog.Logger) *book {
	b := &book{emitter: e, log: log}
	b.current.Store(&rules.Rules{})
	return b
}

func (b *book) rules() *rules.Rules { return b.current.Load() }

// onChange lets f be called after each change.
func (b *book) onChange(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readers = append(b.readers, f)
}

// events is to be told of every change of a ConfigMap.
func (b *book) events() cache.ResourceEventHandler {
	return cache.FilteringResourceEventHandler{
		FilterFunc: func(o any) bool {
			if gone, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = gone.Obj
			}
			c, ok := o.(*corev1.ConfigMap)
			return ok && c.Namespace == rules.Namespace && c.Name == rules.ConfigMap
		},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc: b.read,
			UpdateFunc: func(old, o any) {
				before, okBefore := old.(*corev1.ConfigMap)
				now, okNow := o.(*corev1.ConfigMap)
				if okBefore && okNow && before.Data[rules.Key] == now.Data[rules.Key] {
					return
				}
				b.read(o)
			},
			DeleteFunc: func(any) { b.set(&rules.Rules{}) },
		},
	}
}

// read takes new rules over; if they cannot be read, the old ones stay, and whoever wrote them is told.
func (b *book) read(o any) {
	c, ok := o.(*corev1.ConfigMap)
	if !ok {
		return
	}
	all, err := rules.Parse(c.Data[rules.Key])
	if err != nil {
		b.log.Warn("the last good rules stay", "configMap", c.Namespace+"/"+c.Name, "error", err)
		message := strings.ReplaceAll(err.Error(), "\n", "; ") + "; the last good rules stay"
		b.emitter.ofObject(c, corev1.EventTypeWarning, "InvalidRules", message)
		return
	}
	b.set(all)
}

func (b *book) set(all *rules.Rules) {
	b.current.Store(all)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, tell := range b.readers {
		tell()
	}
}
