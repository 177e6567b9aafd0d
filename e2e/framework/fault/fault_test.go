package fault

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// server answers everything, and remembers what it was asked.
type server struct {
	mu    sync.Mutex
	asked []string
}

func (s *server) RoundTrip(request *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, request.Method+" "+request.URL.Path)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("done"))}, nil
}

func send(t *testing.T, through http.RoundTripper, method, path, body string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://server"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := through.RoundTrip(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}

const services = "/api/v1/namespaces/place/services"

func TestARecorderTellsWhatWasWritten(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	recorder := NewRecorder()
	through := recorder.Wrap(&server{})

	g.Expect(send(t, through, http.MethodGet, services, "")).To(gomega.Succeed())
	g.Expect(send(t, through, http.MethodPost, services, `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"app": "web"}}}`)).To(gomega.Succeed())
	g.Expect(send(t, through, http.MethodPatch, "/apis/apps/v1/namespaces/place/deployments/web/scale", `{"spec": {}}`)).To(gomega.Succeed())
	g.Expect(send(t, through, http.MethodDelete, "/api/v1/namespaces/place", "")).To(gomega.Succeed())

	g.Expect(recorder.Writes()).To(gomega.Equal([]Write{
		{Method: "POST", Resource: "services", Namespace: "place", Name: "web", Labels: map[string]string{"app": "web"}, Code: http.StatusOK},
		{Method: "PATCH", Resource: "deployments", Subresource: "scale", Namespace: "place", Name: "web", Code: http.StatusOK},
		{Method: "DELETE", Resource: "namespaces", Name: "place", Code: http.StatusOK},
	}))
}

func TestAWriteIsReadFromProtocolBuffersToo(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	info, known := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeProtobuf)
	g.Expect(known).To(gomega.Equal(true))
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "sh.helm.release.v1.web.v1", Labels: map[string]string{"status": "deployed"}}}
	content, err := runtime.Encode(scheme.Codecs.EncoderForVersion(info.Serializer, corev1.SchemeGroupVersion), secret)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	recorder := NewRecorder()

	g.Expect(send(t, recorder.Wrap(&server{}), http.MethodPost, "/api/v1/namespaces/place/secrets", string(content))).To(gomega.Succeed())

	g.Expect(recorder.Writes()).To(gomega.HaveExactElements(gomega.SatisfyAll(
		gomega.HaveField("Name", "sh.helm.release.v1.web.v1"), gomega.HaveField("Labels", gomega.HaveKeyWithValue("status", "deployed")))))
}

func TestAClientIsDeadFromTheCutOn(t *testing.T) {
	t.Parallel()
	const one, two, three = services + "/one", services + "/two", services + "/three"
	for name, test := range map[string]struct {
		cut    Cut
		served []string
		fails  string
	}{
		"before a write":                    {Cut{2, Before}, []string{"GET " + one, "PUT " + one}, two},
		"after a write was served":          {Cut{2, Served}, []string{"GET " + one, "PUT " + one, "PUT " + two}, two},
		"never, if it does not come so far": {Cut{4, Before}, []string{"GET " + one, "PUT " + one, "PUT " + two, "PUT " + three, "GET " + three}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			cutter, behind := NewCutter(test.cut), &server{}
			through := cutter.Wrap(behind)
			dead := false
			for _, request := range []struct{ method, path string }{
				{http.MethodGet, one}, {http.MethodPut, one}, {http.MethodPut, two}, {http.MethodPut, three}, {http.MethodGet, three},
			} {
				dead = dead || request.path == test.fails
				err := send(t, through, request.method, request.path, "")
				if dead {
					g.Expect(err).To(gomega.MatchError(ErrCut), request.path)
				} else {
					g.Expect(err).ToNot(gomega.HaveOccurred(), request.path)
				}
			}
			g.Expect(behind.asked).To(gomega.Equal(test.served))
			g.Expect(cutter.Happened()).To(gomega.Equal(dead))
		})
	}
}

// However many are sent side by side, no more than those before the cut are served.
func TestWritesSideBySideAreCutOneByOne(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	const cut, sent = 7, 40
	cutter, behind := NewCutter(Cut{cut, Served}), &server{}
	through := cutter.Wrap(behind)
	var all sync.WaitGroup
	for range sent {
		all.Go(func() { _ = send(t, through, http.MethodPost, services, "{}") })
	}
	all.Wait()
	g.Expect(behind.asked).To(gomega.HaveLen(cut))
	g.Expect(cutter.Writes()).To(gomega.HaveLen(cut))
}

func TestEveryPointIsBeforeOrAfterAWrite(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(Cuts(2)).To(gomega.Equal([]Cut{{1, Before}, {1, Served}, {2, Before}, {2, Served}}))
	g.Expect(Cut{1, Before}.String()).To(gomega.Equal("before write 1"))
	g.Expect(Cut{1, Served}.String()).To(gomega.Equal("after write 1 was served"))
}

func TestTheFirstOfAChainIsNearestToTheClient(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var order []string
	named := func(name string) Wrapper {
		return func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(request *http.Request) (*http.Response, error) {
				order = append(order, name)
				return next.RoundTrip(request)
			})
		}
	}
	g.Expect(send(t, Chain(named("first"), named("second"))(&server{}), http.MethodGet, services, "")).To(gomega.Succeed())
	g.Expect(order).To(gomega.Equal([]string{"first", "second"}))
}

func TestAGatewayIsForThoseWhoHaveItsKubeconfig(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("Authorization")+" "+r.URL.Path) //nolint:gosec // Nobody looks at it in a browser.
	}))
	defer behind.Close()
	cutter := NewCutter(Cut{1, Served})
	gateway, err := OpenGateway(t.Context(), &rest.Config{Host: behind.URL, BearerToken: "the server's"}, cutter.Wrap)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	path := filepath.Join(t.TempDir(), "kubeconfig")
	g.Expect(gateway.WriteKubeconfig(path, "place")).To(gomega.Succeed())
	config, err := clientcmd.BuildConfigFromFlags("", path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	client, err := rest.HTTPClientFor(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())

	answer := func(method, address string) (string, error) {
		request, err := http.NewRequestWithContext(t.Context(), method, address+services, http.NoBody)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		content, err := io.ReadAll(response.Body)
		return string(content), errors.Join(err, response.Body.Close())
	}
	g.Expect(answer(http.MethodGet, config.Host)).To(gomega.Equal("Bearer the server's " + services))
	address, err := url.Parse(config.Host)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(answer(http.MethodGet, "http://"+address.Host)).To(gomega.Equal("404 page not found\n"))
	g.Expect(answer(http.MethodPost, config.Host)).Error().To(gomega.MatchError(io.EOF))
	g.Expect(cutter.Dead()).To(gomega.BeClosed())
	g.Expect(answer(http.MethodGet, config.Host)).Error().To(gomega.HaveOccurred())
	g.Expect(gateway.Close()).To(gomega.Succeed())
}
