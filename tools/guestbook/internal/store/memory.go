package store

import (
	"context"
	"slices"
	"sync"
)

// InMemory is what Info answers when there is no Redis.
const InMemory = "In-memory datastore (not redis)"

// MemoryStore keeps lists in this process; they are gone when it ends.
type MemoryStore struct {
	mu    sync.RWMutex
	lists map[string][]string
}

// NewMemory returns an empty store.
func NewMemory() *MemoryStore {
	return &MemoryStore{lists: map[string][]string{}}
}

// List returns the entries of a list.
func (m *MemoryStore) List(_ context.Context, key string) (Listing, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.listing(key), nil
}

// Append adds an entry to the end of a list and returns the whole list.
func (m *MemoryStore) Append(_ context.Context, key, value string) (Listing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lists[key] = append(m.lists[key], value)
	return m.listing(key), nil
}

// Info describes the store.
func (*MemoryStore) Info(context.Context) (string, error) { return InMemory, nil }

// Ready always succeeds.
func (*MemoryStore) Ready(context.Context) error { return nil }

// Close does nothing: there is nothing to give back.
func (*MemoryStore) Close() error { return nil }

// listing copies the entries, so that a reader never sees a later append.
func (m *MemoryStore) listing(key string) Listing {
	return Listing{Entries: slices.Clone(m.lists[key]), From: Memory}
}
