package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Where the guestbook says that it has read from.
const (
	fromMaster = "master"
	fromSlave  = "slave"
)

const (
	readTimeout  = 20 * time.Second       // until the guestbook reads from where it should
	readInterval = 250 * time.Millisecond // between two reads
)

// write adds an entry as a user of the application does: through the Service, by its
// name in the cluster's DNS, from another pod.
func (w *World) write(ctx context.Context, entry string) error {
	_, err := w.visit(ctx, "/rpush/guestbook/"+entry)
	return err
}

// reads expects that the guestbook shows the entry and has read it from there. A read is
// repeated for a while: an application notices a new or a lost slave when it next looks.
func (w *World) reads(ctx context.Context, from, entry string) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for {
		err := w.read(ctx, from, entry)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, fmt.Errorf("waited %s for another answer", readTimeout))
		case <-time.After(readInterval):
		}
	}
}

func (w *World) read(ctx context.Context, from, entry string) error {
	answer, err := w.visit(ctx, "/lrange/guestbook")
	if err != nil {
		return err
	}
	if answer.from != from {
		return fmt.Errorf("the guestbook has read from %q instead of %q", answer.from, from)
	}
	var entries []string
	if err := json.Unmarshal([]byte(answer.body), &entries); err != nil {
		return fmt.Errorf("reading the guestbook's answer %q: %w", answer.body, err)
	}
	if !slices.Contains(entries, entry) {
		return fmt.Errorf("the guestbook shows %q, without %q", entries, entry)
	}
	return nil
}

type answer struct{ body, from string }

// visit asks the guestbook from inside the redis-master pod, which has a shell: its
// name, the Service and the pod network must all work for an answer.
func (w *World) visit(ctx context.Context, path string) (answer, error) {
	url := fmt.Sprintf("http://%s:3000%s", Release, path)
	script := "wget -q -S -O - '" + url + "' 2>&1"
	printed, err := w.Kubectl(ctx, "exec", "-n", w.Namespace, "deployment/redis-master", "--", "sh", "-c", script)
	if err != nil {
		return answer{}, fmt.Errorf("visiting %s: %w", url, err)
	}
	header := regexp.MustCompile(`(?im)^\s+X-Seatrial-Read-From:\s*(\S+)\s*$`)
	seen := answer{}
	if match := header.FindStringSubmatch(printed); match != nil {
		seen.from = match[1]
	}
	// Headers are printed indented, the body is not.
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "  ") {
			seen.body += line
		}
	}
	return seen, nil
}
