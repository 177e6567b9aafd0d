package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/cluster"
)

// Where the guestbook says that it has read from.
const (
	fromMaster = "master"
	fromSlave  = "slave"
)

const (
	readTimeout  = 20 * time.Second      // until the guestbook answers, and reads from where it should
	readInterval = 50 * time.Millisecond // between two reads
)

// running is what the application needs to do its work.
func running() cluster.Features { return cluster.Features{Containers: true, PodNetwork: true} }

func writesAndReads(ctx context.Context, w *World) error {
	if err := w.write(ctx); err != nil {
		return err
	}
	return w.reads(ctx, fromSlave)
}

func readsFrom(where string) keep {
	return func(ctx context.Context, w *World) error { return w.reads(ctx, where) }
}

// write adds the greeting as a user of the application does: through the Service, by its
// name in the cluster's DNS, from another pod. It is written once, and only when the
// guestbook answers: a node that does not know a Service yet sends what is for it out of the
// cluster, where anybody may take it or refuse it.
func (w *World) write(ctx context.Context) error {
	if err := w.until(ctx, w.answers); err != nil {
		return err
	}
	_, err := w.visit(ctx, "/rpush/guestbook/"+greeting)
	return err
}

// answers expects that it is the guestbook who answers at its address.
func (w *World) answers(ctx context.Context) error {
	answer, err := w.visit(ctx, "/lrange/guestbook")
	if err == nil && answer.from == "" {
		err = fmt.Errorf("the guestbook does not say where it has read from: %q", answer.body)
	}
	return err
}

// reads expects that the guestbook shows the greeting and has read it from there. An
// application notices a new or a lost slave when it next looks.
func (w *World) reads(ctx context.Context, from string) error {
	return w.until(ctx, func(ctx context.Context) error { return w.read(ctx, from) })
}

// until repeats a look at the application for a while, until it sees what it should.
func (w *World) until(ctx context.Context, look func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for {
		err := look(ctx)
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

func (w *World) read(ctx context.Context, from string) error {
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
	if !slices.Contains(entries, greeting) {
		return fmt.Errorf("the guestbook shows %q, without %q", entries, greeting)
	}
	return nil
}

type answer struct{ body, from string }

// visit asks the guestbook from inside the redis-master pod, which has a shell: its
// name, the Service and the pod network must all work for an answer.
func (w *World) visit(ctx context.Context, path string) (answer, error) {
	url := "http://" + net.JoinHostPort(Release, "3000") + path
	printed, err := w.inside(ctx, "wget -q -S -O - '"+url+"'")
	if err != nil {
		return answer{}, fmt.Errorf("visiting %s: %w", url, err)
	}
	return parseVisit(printed), nil
}

// inside runs a command in the redis-master pod, in a shell that stays open for the next one.
func (w *World) inside(ctx context.Context, command string) (string, error) {
	w.visits.Lock()
	defer w.visits.Unlock()
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	if w.shell == nil {
		masters, err := w.pods(ctx, "app=redis,role=master")
		if err != nil {
			return "", err
		}
		if len(masters) == 0 {
			return "", errors.New("there is no redis-master pod to do it from")
		}
		// It lives until the world ends, longer than the one who needs it first.
		if w.shell, err = w.openShell(context.WithoutCancel(ctx), masters[0].Name); err != nil {
			return "", err
		}
	}
	printed, sane, err := w.shell.run(ctx, command)
	if !sane {
		w.closeShell()
	}
	return printed, err
}

func (w *World) closeShell() {
	if w.shell != nil {
		w.shell.end()
		w.shell = nil
	}
}

// parseVisit takes apart what wget prints with -S: headers, indented by two spaces, and
// the body, which is not.
func parseVisit(printed string) answer {
	header := regexp.MustCompile(`(?im)^\s+X-Seatrial-Read-From:\s*(\S+)\s*$`)
	seen := answer{}
	if match := header.FindStringSubmatch(printed); match != nil {
		seen.from = match[1]
	}
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "  ") {
			seen.body += line
		}
	}
	return seen
}
