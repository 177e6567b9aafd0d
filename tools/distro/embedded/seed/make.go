package seed

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

var uid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Make makes a seed of what a control plane that began at a time has in its store.
func Make(stored []Entry, began time.Time) ([]Entry, error) {
	var entries []Entry
	for _, e := range stored {
		if !Belongs(e.Key) {
			continue
		}
		ids := uid.FindAll(e.Value, -1)
		if len(ids) > 1 {
			return nil, fmt.Errorf("%q refers to other objects by their identity, which a seed does not keep", e.Key)
		}
		made := Entry{Key: e.Key, Value: e.Value}
		if len(ids) == 1 {
			made.UID = string(ids[0])
		}
		for second := began.Truncate(time.Second); second.Before(time.Now()); second = second.Add(time.Second) {
			made.Value = retime(made.Value, second, epoch)
		}
		entries = append(entries, made)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	return entries, nil
}

// Write writes the seed of a version of Kubernetes into a folder.
func Write(folder, version string, entries []Entry) error {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(writer).Encode(entries); err != nil {
		return fmt.Errorf("encoding the seed: %w", err)
	}
	if err := writer.Close(); err != nil {
		return fmt.Errorf("packing the seed: %w", err)
	}
	file := filepath.Join(folder, File(version))
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the seed: %w", err)
	}
	return nil
}
