package requests_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/requests"
)

// ask makes requests over transports that were wrapped more than once, as configs are.
func ask(ctx context.Context, method, address, token, body string) error {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := requests.Transport(requests.Transport(http.DefaultTransport)).RoundTrip(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}

// server answers with what it was sent.
func server(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/gone") {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.Copy(w, r.Body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestEachRequestIsToldOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	address := server(t)
	var told []requests.Request
	ctx := requests.Tell(t.Context(), func(r requests.Request) { told = append(told, r) })

	g.Expect(ask(ctx, http.MethodGet, address+"/api/v1/namespaces/demo/pods?watch=true", "", "")).To(gomega.Succeed())
	g.Expect(ask(requests.Carry(t.Context(), ctx), http.MethodPost, address+"/apis/apps/v1/gone", "", "")).To(gomega.Succeed())
	g.Expect(ask(ctx, http.MethodGet, "http://127.0.0.1:1/readyz", "", "")).ToNot(gomega.Succeed())
	g.Expect(ask(t.Context(), http.MethodGet, address+"/nobody/listens", "", "")).To(gomega.Succeed())

	var lines []string
	for _, one := range told {
		one.Took = 0
		lines = append(lines, one.String())
	}
	g.Expect(lines).To(gomega.Equal([]string{
		"GET    200      0 ms  /api/v1/namespaces/demo/pods (watch)",
		"POST   404      0 ms  /apis/apps/v1/gone",
		"GET    none     0 ms  /readyz",
	}))
}

// Tokens are in headers, the words of commands in queries, and what a Secret holds in bodies.
func TestNoSecretIsTold(t *testing.T) {
	address, ctx := server(t), t.Context()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Z0-9]{20,40}`).Draw(t, "secret")
		path := rapid.SampledFrom([]string{
			"/api/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/pods/redis/exec?command=redis-cli&command=-a&command=" + secret,
			"/api/v1/namespaces/demo/services/web/proxy/login/" + secret, "/api/v1/nodes/one/proxy/?token=" + secret,
		}).Draw(t, "path")
		var told strings.Builder
		asking := requests.Tell(ctx, func(r requests.Request) { told.WriteString(r.String()) })
		if err := ask(asking, http.MethodPost, address+path, secret, `{"kind":"Secret","stringData":{"password":"`+secret+`"}}`); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(told.String(), secret) || told.Len() == 0 {
			t.Fatalf("told: %q", told.String())
		}
	})
}
