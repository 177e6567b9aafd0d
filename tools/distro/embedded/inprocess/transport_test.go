package inprocess

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const patience = 20 * time.Second

func serve(handler http.HandlerFunc) *http.Client {
	transport := NewTransport()
	transport.Serve(handler)
	return &http.Client{Transport: transport}
}

func get(ctx context.Context, t *testing.T, client *http.Client, url string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return client.Do(request)
}

func TestARequestArrivesAsOverAConnection(t *testing.T) {
	client := serve(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Saw", r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("X-Sent")+" "+string(body))
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Late", "not sent any more")
		_, _ = io.WriteString(w, "short and stout")
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://host:1/a%2Fb?c=d", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Sent", "header")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil || string(content) != "short and stout" {
		t.Errorf("got %q, %v", content, err)
	}
	if answer.StatusCode != http.StatusTeapot || answer.Header.Get("X-Late") != "" {
		t.Errorf("got %s with %v", answer.Status, answer.Header)
	}
	if saw := answer.Header.Get("X-Saw"); saw != "POST host:1 /a%2Fb?c=d header body" {
		t.Errorf("the handler saw %q", saw)
	}
}

func TestARequestWaitsForTheHandler(t *testing.T) {
	transport := NewTransport()
	client := &http.Client{Transport: transport}
	answered := make(chan error)
	go func() {
		answer, err := get(t.Context(), t, client, "http://x/")
		if err == nil {
			err = answer.Body.Close()
		}
		answered <- err
	}()
	transport.Serve(http.NotFoundHandler())
	if err := <-answered; err != nil {
		t.Error(err)
	}

	never := &http.Client{Transport: NewTransport()}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	answer, err := get(ctx, t, never, "http://x/")
	if err == nil {
		_ = answer.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAWatchIsReadWhileItIsWritten(t *testing.T) {
	next := make(chan string)
	client := serve(func(w http.ResponseWriter, r *http.Request) {
		flusher, can := w.(http.Flusher)
		if !can {
			t.Error("the API server refuses to watch without it")
			return
		}
		flusher.Flush()
		for {
			select {
			case line := <-next:
				_, _ = io.WriteString(w, line+"\n")
				flusher.Flush()
			case <-r.Context().Done():
				close(next)
				return
			}
		}
	})
	answer, err := get(t.Context(), t, client, "http://x/")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(answer.Body)
	for _, want := range []string{"one", "two"} {
		next <- want
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-next:
	case <-time.After(patience):
		t.Error("the handler does not know that nobody reads any more")
	}
}

func TestAReaderIsReleasedWhenItsContextEnds(t *testing.T) {
	client := serve(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	answer, err := get(ctx, t, client, "http://x/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	cancel()
	if _, err := io.ReadAll(answer.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatIsBrokenOffIsNotTakenForAWholeOne(t *testing.T) {
	client := serve(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of")
		panic(http.ErrAbortHandler)
	})
	answer, err := get(t.Context(), t, client, "http://x/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if string(content) != "half of" || err == nil {
		t.Errorf("got %q, %v", content, err)
	}
}

func TestALongAnswerWaitsForItsReader(t *testing.T) {
	const pieces, size = 64, 64 << 10
	client := serve(func(w http.ResponseWriter, _ *http.Request) {
		for range pieces {
			_, _ = w.Write(make([]byte, size))
		}
	})
	answer, err := get(t.Context(), t, client, "http://x/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	read, err := io.Copy(io.Discard, answer.Body)
	if err != nil || read != pieces*size {
		t.Errorf("read %d bytes, %v", read, err)
	}
}

func TestDiscoveryIsHeldBackUntilTheServerIsComplete(t *testing.T) {
	for path, held := range map[string]bool{
		"/api": true, "/api/v1": true, "/apis": true, "/apis/apps": true, "/apis/apps/v1": true, "/apis/": true,
		"/api/v1/pods": false, "/apis/apps/v1/deployments": false, "/readyz": false, "/": false,
	} {
		transport := NewTransport()
		transport.Serve(http.NotFoundHandler())
		client := &http.Client{Transport: &Gate{Inner: transport, Open: make(chan struct{})}}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		answer, err := get(ctx, t, client, "http://x"+path)
		if err == nil {
			_ = answer.Body.Close()
		}
		if got := discovers(path); got != held {
			t.Errorf("%s: held back %v, want %v", path, got, held)
		}
		open := make(chan struct{})
		close(open)
		client = &http.Client{Transport: &Gate{Inner: transport, Open: open}}
		answer, err = get(t.Context(), t, client, "http://x"+path)
		if err != nil {
			t.Errorf("%s through the open gate: %v", path, err)
			continue
		}
		_ = answer.Body.Close()
	}
}
