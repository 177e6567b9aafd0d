package helm

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

// A process that was killed does not record its failure: neither may a client whose transport is dead.
func TestAClientSetsNothingRightThroughADeadTransport(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := newFakeClient(t)
	killed := errors.New("killed")
	dead := false
	through := client.Through(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			dead = dead || request.Method == http.MethodPost && strings.HasSuffix(request.URL.Path, "/configmaps")
			if dead {
				return nil, killed
			}
			return next.RoundTrip(request)
		})
	})

	_, err := through.Install(t.Context(), "story", load(t, "plain"), nil)

	g.Expect(err).To(gomega.MatchError(killed))
	g.Expect(client.Status(t.Context(), "story")).To(gomega.HaveField("Status", StatusPendingInstall))
}
