package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

// failures is the file that lists the specs that failed, in the suite's folder for
// artifacts. A file, because only one of several processes has the cluster's logs.
const failures = "failed.txt"

// Note writes down a spec that failed, so that the logs of the cluster are kept before it
// is removed. It is for ReportAfterEach.
func Note(report SpecReport, dir string) {
	GinkgoHelper()
	if report.Failed() && dir != "" {
		must(note(dir, report.FullText()))
	}
}

func note(dir, spec string) (err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("noting a failed spec: %w", err)
	}
	list, err := os.OpenFile(filepath.Join(dir, failures), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("noting a failed spec: %w", err)
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	if _, err := fmt.Fprintln(list, spec); err != nil {
		return fmt.Errorf("noting a failed spec: %w", err)
	}
	return nil
}

// noted lists the specs that failed in any process.
func noted(dir string) ([]string, error) {
	list, err := os.ReadFile(filepath.Join(dir, failures))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading which specs failed: %w", err)
	}
	return strings.Split(strings.TrimSpace(string(list)), "\n"), nil
}

// forget removes the list of an earlier run.
func forget(dir string) error {
	if err := os.Remove(filepath.Join(dir, failures)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the list of failed specs of an earlier run: %w", err)
	}
	return nil
}
