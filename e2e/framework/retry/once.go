package retry

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// once makes one attempt. The answer to a read that has an end is read to it, so that a connection that breaks in the middle
// is noticed while the request can still be made again.
func (t *transport) once(request *http.Request) (*http.Response, error) {
	if !isRead(request) || isStream(request) {
		return t.next.RoundTrip(request)
	}
	ctx, cancel := context.WithTimeoutCause(request.Context(), AnswerTimeout, errNoAnswer)
	defer cancel()
	response, err := t.next.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, noAnswerOr(ctx, err)
	}
	whole, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // All of it was read, or the error of reading counts.
	if err != nil {
		return nil, noAnswerOr(ctx, err)
	}
	response.Body = io.NopCloser(bytes.NewReader(whole))
	return response, nil
}

func noAnswerOr(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errNoAnswer) {
		return cause
	}
	return err
}

func isRead(request *http.Request) bool {
	return (request.Method == http.MethodGet || request.Method == http.MethodHead) && request.Header.Get("Upgrade") == ""
}

// isStream tells whether the answer may have no end, or is somebody else's: watches, logs, and what goes through the API
// server to a pod, a Service or a node.
func isStream(request *http.Request) bool {
	query := request.URL.Query()
	for _, key := range []string{"watch", "follow"} {
		if value := query.Get(key); value == "true" || value == "1" {
			return true
		}
	}
	path := request.URL.Path + "/"
	for _, part := range []string{"/log/", "/proxy/", "/exec/", "/attach/", "/portforward/"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

func asksHealth(request *http.Request) bool {
	for _, path := range []string{"/readyz", "/livez", "/healthz"} {
		if strings.HasSuffix(request.URL.Path, path) || strings.Contains(request.URL.Path, path+"/") {
			return true
		}
	}
	return false
}

// isRefused tells whether a request never left: nobody accepted its connection.
func isRefused(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}

// isFinal tells whether an error comes again: a server that is not trusted is not so the next time.
func isFinal(err error) bool {
	_, distrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return distrusted || errors.Is(err, context.Canceled)
}

// isPassing tells whether an answer may be another one soon.
func isPassing(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// longestPause bounds what a server can ask for.
const longestPause = 30 * time.Second

// wanted is when the server wants to be asked again; 0 if it does not say, or nothing is wrong.
func wanted(response *http.Response) time.Duration {
	if response == nil || !isPassing(response) {
		return 0
	}
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds <= 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longestPause)
}
