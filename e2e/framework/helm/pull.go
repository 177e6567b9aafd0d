package helm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/repo"
)

const (
	// PullTimeout bounds each request to a chart repository or registry.
	PullTimeout = 2 * time.Minute
	// maxIndex and maxPackage bound what is read of a chart repository, in bytes.
	maxIndex   = 128 << 20
	maxPackage = 64 << 20
)

// ErrChartNotFound tells that a repository or registry has no such chart or version.
var ErrChartNotFound = errors.New("chart not found")

// PullRepository downloads a chart of a chart repository into dir and returns the path
// of the package. Version is one, or a range such as "~1.2", or empty for the newest
// that is no pre-release. The repository's digest of the package has to be right.
func PullRepository(ctx context.Context, repository, chart, version, dir string) (string, error) {
	at, err := pullRepository(ctx, repository, chart, version, dir)
	if err != nil {
		return "", fmt.Errorf("pulling chart %q from repository %q: %w", chart, repository, err)
	}
	return at, nil
}

func pullRepository(ctx context.Context, repository, chart, version, dir string) (string, error) {
	index, err := repositoryIndex(ctx, repository, dir)
	if err != nil {
		return "", err
	}
	entry, err := index.Get(chart, version)
	if err != nil {
		return "", fmt.Errorf("%w: %s: it has %s", ErrChartNotFound, wanted(version), offered(index, chart))
	}
	if len(entry.URLs) == 0 {
		return "", fmt.Errorf("version %s has no URL in the index", entry.Version)
	}
	at, err := repo.ResolveReferenceURL(repository, entry.URLs[0])
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(at, ociScheme) {
		return PullOCI(ctx, at, "", dir)
	}
	content, err := download(ctx, at, maxPackage)
	if err != nil {
		return "", err
	}
	if sum := sha256.Sum256(content); entry.Digest != "" && strings.TrimPrefix(entry.Digest, "sha256:") != hex.EncodeToString(sum[:]) {
		return "", fmt.Errorf("%s is not the package that the index describes: its SHA-256 is %x, not %s", at, sum, entry.Digest)
	}
	return keep(content, dir, fmt.Sprintf("%s-%s.tgz", chart, entry.Version))
}

// repositoryIndex reads the index of a chart repository.
func repositoryIndex(ctx context.Context, repository, dir string) (*repo.IndexFile, error) {
	at, err := repo.ResolveReferenceURL(repository, "index.yaml")
	if err != nil {
		return nil, err
	}
	content, err := download(ctx, at, maxIndex)
	if err != nil {
		return nil, err
	}
	index, err := readIndex(content, dir)
	if err != nil {
		return nil, fmt.Errorf("%s is no index of a chart repository: %w", at, err)
	}
	return index, nil
}

// readIndex reads an index by way of a file in dir: Helm reads none from anywhere else.
func readIndex(content []byte, dir string) (*repo.IndexFile, error) {
	file, err := keep(content, dir, "index-*.yaml")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file) }()
	index, err := repo.LoadIndexFile(file)
	if err != nil {
		return nil, err
	}
	index.SortEntries()
	return index, nil
}

// PullURL downloads a packaged chart into dir and returns its path.
func PullURL(ctx context.Context, address, dir string) (string, error) {
	content, err := download(ctx, address, maxPackage)
	if err != nil {
		return "", fmt.Errorf("pulling chart %q: %w", address, err)
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("pulling chart %q: %w", address, err)
	}
	return keep(content, dir, path.Base(parsed.Path))
}

// download reads what an address has, up to a size.
func download(ctx context.Context, address string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, PullTimeout, &timeoutError{PullTimeout})
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "seatrial-helm")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, fmt.Errorf("reading %s was stopped by %w", address, cause)
		}
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, fmt.Errorf("%w: %s: %s", ErrChartNotFound, address, response.Status)
	default:
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", address, err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%s has more than %d MiB", address, limit>>20)
	}
	return content, nil
}

// keep writes a file into dir; a * in its name is replaced by something new.
func keep(content []byte, dir, name string) (string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	if strings.Contains(name, "*") {
		file, err := os.CreateTemp(dir, name)
		if err != nil {
			return "", err
		}
		_, err = file.Write(content)
		return file.Name(), errors.Join(err, file.Close())
	}
	at := filepath.Join(dir, filepath.Base(name))
	return at, os.WriteFile(at, content, 0o600)
}

func wanted(version string) string {
	if version == "" {
		return "no version that is no pre-release"
	}
	return fmt.Sprintf("no version %q", version)
}

// offered names the versions of a chart that a repository has, or its charts.
func offered(index *repo.IndexFile, chart string) string {
	versions := index.Entries[chart]
	if len(versions) == 0 {
		names := make([]string, 0, len(index.Entries))
		for name := range index.Entries {
			names = append(names, name)
		}
		slices.Sort(names)
		return "the charts " + several(names)
	}
	numbers := make([]string, 0, len(versions))
	for _, version := range versions {
		numbers = append(numbers, version.Version)
	}
	return several(numbers)
}

// several lists the first of many.
func several(texts []string) string {
	const most = 10
	if len(texts) == 0 {
		return "none"
	}
	if len(texts) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
	}
	return strings.Join(texts, ", ")
}
