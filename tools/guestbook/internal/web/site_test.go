package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/tools/guestbook/internal/store"
	"seatrial/tools/guestbook/internal/web"
)

// broken is a database that does not answer.
type broken struct{ reason error }

func (b broken) List(context.Context, string) (store.Listing, error) {
	return store.Listing{}, b.reason
}

func (b broken) Append(context.Context, string, string) (store.Listing, error) {
	return store.Listing{}, b.reason
}
func (b broken) Info(context.Context) (string, error) { return "", b.reason }
func (b broken) Ready(context.Context) error          { return b.reason }

func newSite(entries web.Store, environ ...string) *web.Site {
	return web.New(web.Options{
		Store: entries, Hostname: "guestbook-demo-1", Environ: environ, Log: slog.New(slog.DiscardHandler),
	})
}

// ask sends a request and returns the recorded answer.
func ask(t *testing.T, site http.Handler, method, target string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	recorder := httptest.NewRecorder()
	site.ServeHTTP(recorder, request)
	return recorder
}

func TestEntriesAreAddedAndListed(t *testing.T) {
	g := gomega.NewWithT(t)
	site := newSite(store.NewMemory())

	response := ask(t, site, "GET", "/lrange/guestbook", nil)
	g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
	g.Expect(response).To(gomega.HaveHTTPBody("[]\n"))

	response = ask(t, site, "GET", "/rpush/guestbook/Ada%20Lovelace", nil)
	g.Expect(response).To(gomega.HaveHTTPBody("[\n\"Ada Lovelace\"\n]\n"))
	ask(t, site, "POST", "/rpush/guestbook/%3Cb%3E%2F..", nil)
	response = ask(t, site, "POST", "/rpush/guestbook", url.Values{"value": {"a/b?c=d&é"}})
	g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue("Content-Type", "application/json; charset=utf-8"))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue("Cache-Control", "no-store"))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue(web.ReadFromHeader, "memory"))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue(web.ServedByHeader, "guestbook-demo-1"))
	var entries []string
	g.Expect(json.Unmarshal(response.Body.Bytes(), &entries)).To(gomega.Succeed())
	g.Expect(entries).To(gomega.Equal([]string{"Ada Lovelace", "<b>/..", "a/b?c=d&é"}))
}

func TestUnusableRequestsAreRefused(t *testing.T) {
	long := strings.Repeat("x", 4097)
	cases := []struct {
		name, method, target string
		form                 url.Values
		status               int
	}{
		{"a HEAD that would write", "HEAD", "/rpush/guestbook/x", nil, http.StatusMethodNotAllowed},
		{"a method that nothing takes", "DELETE", "/lrange/guestbook", nil, http.StatusMethodNotAllowed},
		{"no value in the form", "POST", "/rpush/guestbook", url.Values{"entry": {"x"}}, http.StatusBadRequest},
		{"an empty value", "POST", "/rpush/guestbook", url.Values{"value": {""}}, http.StatusBadRequest},
		{"a value that is no text", "GET", "/rpush/guestbook/%FF", nil, http.StatusBadRequest},
		{"a key that is no text", "GET", "/lrange/%FF", nil, http.StatusBadRequest},
		{"a long value", "GET", "/rpush/guestbook/" + long, nil, http.StatusRequestEntityTooLarge},
		{"a long key", "GET", "/lrange/" + long, nil, http.StatusRequestEntityTooLarge},
		{"a long form", "POST", "/rpush/guestbook", url.Values{"value": {long + long + long + long}}, http.StatusRequestEntityTooLarge},
		{"a form that is broken", "POST", "/rpush/guestbook?%zz", url.Values{"value": {"x"}}, http.StatusBadRequest},
		{"no value in the path", "GET", "/rpush/guestbook/", nil, http.StatusBadRequest},
		{"no key", "GET", "/lrange/", nil, http.StatusNotFound},
		{"no such page", "GET", "/secret", nil, http.StatusNotFound},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			entries := store.NewMemory()
			response := ask(t, newSite(entries), test.method, test.target, test.form)
			g.Expect(response).To(gomega.HaveHTTPStatus(test.status))
			g.Expect(entries.List(t.Context(), "guestbook")).To(gomega.HaveField("Entries", gomega.BeEmpty()))
		})
	}
}

func TestADatabaseThatIsDownIsABadGateway(t *testing.T) {
	site := newSite(broken{errors.New("connection refused")})
	for target, status := range map[string]int{
		"/lrange/guestbook":  http.StatusBadGateway,
		"/rpush/guestbook/x": http.StatusBadGateway,
		"/info":              http.StatusBadGateway,
		"/readyz":            http.StatusServiceUnavailable,
		"/healthz":           http.StatusOK,
		"/hello":             http.StatusOK,
		"/":                  http.StatusOK,
	} {
		t.Run(target, func(t *testing.T) {
			g := gomega.NewWithT(t)
			response := ask(t, site, "GET", target, nil)
			g.Expect(response).To(gomega.HaveHTTPStatus(status))
			if status >= http.StatusInternalServerError {
				g.Expect(response).To(gomega.HaveHTTPBody("The guestbook's database does not answer: connection refused\n"))
				g.Expect(response.Header()).NotTo(gomega.HaveKey(web.ReadFromHeader))
			}
		})
	}
}

func TestASiteThatStopsIsNotReadyButAnswers(t *testing.T) {
	g := gomega.NewWithT(t)
	site := newSite(store.NewMemory())
	response := ask(t, site, "GET", "/readyz", nil)
	g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
	g.Expect(response).To(gomega.HaveHTTPBody("ok\n"))

	site.Drain()
	response = ask(t, site, "GET", "/readyz", nil)
	g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusServiceUnavailable))
	for _, target := range []string{"/healthz", "/lrange/guestbook"} {
		response = ask(t, site, "GET", target, nil)
		g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
	}
}

func TestTheSiteTellsAboutItself(t *testing.T) {
	g := gomega.NewWithT(t)
	site := newSite(store.NewMemory(), "HOME=/", "REDIS_MASTER_PORT=tcp://10.0.0.1:6379", "DB_PASSWORD=hunter2")
	response := ask(t, site, "GET", "/hello", nil)
	g.Expect(response).To(gomega.HaveHTTPBody("Hello from guestbook. Your app is up! (Hostname: guestbook-demo-1)\n"))
	response = ask(t, site, "GET", "/info", nil)
	g.Expect(response).To(gomega.HaveHTTPBody("In-memory datastore (not redis)\n"))
	response = ask(t, site, "GET", "/env", nil)
	g.Expect(response).To(gomega.HaveHTTPBody(gomega.MatchJSON(
		`{"HOME": "/", "REDIS_MASTER_PORT": "tcp://10.0.0.1:6379", "DB_PASSWORD": "(redacted)"}`)))
}

func TestThePageUsesOnlyItsOwnFiles(t *testing.T) {
	g := gomega.NewWithT(t)
	site := newSite(store.NewMemory())
	response := ask(t, site, "GET", "/", nil)
	g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue("Content-Security-Policy", gomega.ContainSubstring("default-src 'none'")))
	g.Expect(response).To(gomega.HaveHTTPHeaderWithValue("X-Content-Type-Options", "nosniff"))
	page := response.Body.String()
	g.Expect(page).To(gomega.ContainSubstring("<title>Guestbook - v1</title>"))
	g.Expect(page).To(gomega.ContainSubstring("Waiting for database connection..."))
	for file, kind := range map[string]string{
		"guestbook.js": "javascript", "guestbook.css": "text/css", "guestbook.svg": "image/svg+xml",
	} {
		g.Expect(page).To(gomega.ContainSubstring(`"` + file + `"`))
		response := ask(t, site, "GET", "/"+file, nil)
		g.Expect(response).To(gomega.HaveHTTPStatus(http.StatusOK))
		g.Expect(response.Header().Get("Content-Type")).To(gomega.ContainSubstring(kind))
		g.Expect(response).To(gomega.HaveHTTPBody(gomega.Not(gomega.ContainSubstring("https://"))))
	}
	g.Expect(page).NotTo(gomega.ContainSubstring("http"))
}
