package helm

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"helm.sh/helm/v3/pkg/registry"
)

const ociScheme = "oci://"

// PullOCI downloads a chart of a registry into dir and returns the path of the package.
// The reference is "oci://host/path/chart", with ":tag" or "@sha256:digest" or, if
// version is given, without; that is a version or a range such as "~1.2", and if all
// are missing the newest version that is no pre-release. Credentials are those of
// `helm registry login` and `docker login`. A registry on the loopback interface is
// spoken to without TLS, as container engines do.
func PullOCI(ctx context.Context, reference, version, dir string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, PullTimeout, &timeoutError{PullTimeout})
	defer cancel()
	at, err := pullOCI(ctx, reference, version, dir)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("stopped by %w: %w", context.Cause(ctx), err)
	}
	if err != nil {
		return "", fmt.Errorf("pulling chart %q: %w", reference, err)
	}
	return at, nil
}

func pullOCI(ctx context.Context, reference, version, dir string) (string, error) {
	parsed, err := url.Parse(reference)
	if err != nil {
		return "", err
	}
	client, err := registryClient(ctx, parsed.Hostname())
	if err != nil {
		return "", err
	}
	name := strings.TrimPrefix(reference, ociScheme)
	if base := name[strings.LastIndex(name, "/")+1:]; version != "" || !strings.ContainsAny(base, ":@") {
		tag, err := matchingTag(client, name, version)
		if err != nil {
			return "", err
		}
		name += ":" + tag
	}
	pulled, err := client.Pull(name, registry.PullOptWithChart(true))
	if err != nil {
		return "", err
	}
	if pulled.Chart.Size > maxPackage {
		return "", fmt.Errorf("it has more than %d MiB", maxPackage>>20)
	}
	return keep(pulled.Chart.Data, dir, fmt.Sprintf("%s-%s.tgz", pulled.Chart.Meta.Name, pulled.Chart.Meta.Version))
}

func matchingTag(client *registry.Client, name, version string) (string, error) {
	tags, err := client.Tags(name)
	if err != nil {
		return "", fmt.Errorf("listing its versions: %w", err)
	}
	tag, err := registry.GetTagMatchingVersionOrConstraint(tags, version)
	if err != nil {
		return "", fmt.Errorf("%w: %s: it has %s", ErrChartNotFound, wanted(version), several(tags))
	}
	return strings.ReplaceAll(tag, "+", "_"), nil // A tag cannot have a plus: Helm's convention.
}

func registryClient(ctx context.Context, host string) (*registry.Client, error) {
	options := []registry.ClientOption{
		registry.ClientOptWriter(io.Discard),
		registry.ClientOptHTTPClient(&http.Client{Transport: bound{ctx: ctx, next: http.DefaultTransport}}),
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	return registry.NewClient(options...)
}

// bound makes requests that end with a context. Helm's client of registries takes none.
type bound struct {
	ctx  context.Context //nolint:containedctx // The transport is where the context meets code that knows none.
	next http.RoundTripper
}

func (b bound) RoundTrip(request *http.Request) (*http.Response, error) {
	return b.next.RoundTrip(request.WithContext(b.ctx))
}
