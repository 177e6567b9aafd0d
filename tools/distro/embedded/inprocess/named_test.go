package inprocess

import (
	"net/http"
	"testing"
)

func TestAPartSpeaksUnderTheNameOfItsProgram(t *testing.T) {
	saw := ""
	transport := NewTransport()
	transport.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { saw = r.Header.Get("User-Agent") }))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/api", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", "embedded/v1.37.2 (linux/amd64) kubernetes/abc/replicaset-controller")
	answer, err := (&http.Client{Transport: &Named{Inner: transport, Program: "kube-controller-manager"}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "kube-controller-manager/v1.37.2 (linux/amd64) kubernetes/abc/replicaset-controller"; saw != want {
		t.Errorf("the server saw %q, not %q", saw, want)
	}
	if own := request.Header.Get("User-Agent"); own[:9] != "embedded/" {
		t.Errorf("the caller's own request became one of %q", own)
	}
}
