package store

import (
	"context"
	"fmt"

	"go.etcd.io/etcd/api/v3/etcdserverpb"

	"seatrial/tools/distro/embedded/seed"
)

// Sow puts a seed into an empty store, all of it or nothing, and says whether it did.
func (e *Etcd) Sow(ctx context.Context, entries []seed.Entry) (bool, error) {
	if len(entries) == 0 {
		return false, nil
	}
	txn := &etcdserverpb.TxnRequest{Compare: []*etcdserverpb.Compare{{
		// No key below the prefix exists.
		Key: []byte(seed.Prefix), RangeEnd: end(seed.Prefix),
		Target: etcdserverpb.Compare_CREATE, Result: etcdserverpb.Compare_EQUAL,
		TargetUnion: &etcdserverpb.Compare_CreateRevision{CreateRevision: 0},
	}}}
	for _, entry := range entries {
		txn.Success = append(txn.Success, &etcdserverpb.RequestOp{Request: &etcdserverpb.RequestOp_RequestPut{
			RequestPut: &etcdserverpb.PutRequest{Key: []byte(entry.Key), Value: entry.Value},
		}})
	}
	answer, err := e.server.Server.Txn(ctx, txn)
	if err != nil {
		return false, fmt.Errorf("putting %d objects into the store: %w", len(entries), err)
	}
	return answer.Succeeded, nil
}

// Keys returns everything that Kubernetes has in the store.
func (e *Etcd) Keys(ctx context.Context) ([]seed.Entry, error) {
	answer, err := e.server.Server.Range(ctx, &etcdserverpb.RangeRequest{Key: []byte(seed.Prefix), RangeEnd: end(seed.Prefix)})
	if err != nil {
		return nil, fmt.Errorf("reading the store: %w", err)
	}
	entries := make([]seed.Entry, 0, len(answer.Kvs))
	for _, kv := range answer.Kvs {
		entries = append(entries, seed.Entry{Key: string(kv.Key), Value: kv.Value})
	}
	return entries, nil
}

// end is the first key after all that have a prefix.
func end(prefix string) []byte {
	after := []byte(prefix)
	after[len(after)-1]++
	return after
}
