package image

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	t.Parallel()
	digest := "@sha256:" + strings.Repeat("ab", 32)
	for _, test := range []struct{ name, full, id string }{
		{"redis", "docker.io/library/redis:latest", "docker.io/library/redis@sha256:"},
		{"seatrial/guestbook:v1", "docker.io/seatrial/guestbook:v1", "docker.io/seatrial/guestbook@sha256:"},
		{"localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b@sha256:"},
		{"example.org/a" + digest, "example.org/a" + digest, "example.org/a" + digest},
	} {
		full, err := Full(test.name)
		if err != nil || full != test.full {
			t.Errorf("full name of %q: got %q, %v, want %q", test.name, full, err, test.full)
		}
		id, err := ID(test.name)
		if err != nil || !strings.HasPrefix(id, test.id) || !strings.Contains(id, "@") || len(id[max(strings.LastIndex(id, "@"), 0):]) != len(digest) {
			t.Errorf("ID of %q: got %q, %v, want %s and 64 digits", test.name, id, err, test.id)
		}
	}
}

func TestNamesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Redis:1", "a b", "redis:", "example.org/"} {
		if full, err := Full(name); err == nil {
			t.Errorf("full name of %q: got %q, want an error", name, full)
		}
		if id, err := ID(name); err == nil {
			t.Errorf("ID of %q: got %q, want an error", name, id)
		}
	}
}
