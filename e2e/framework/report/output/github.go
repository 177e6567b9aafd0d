package output

import (
	"errors"
	"fmt"
	"io"
	"os"

	"seatrial/e2e/framework/report"
)

// InActions tells whether this process runs as a step of a GitHub workflow. The variables are those that its runner
// documents.
func InActions(getenv func(string) string) bool { return getenv("GITHUB_ACTIONS") == "true" }

// ToActions writes annotations to the log, and adds the summary to the job's page, if there is one.
func ToActions(run report.Run, getenv func(string) string, log io.Writer) (err error) {
	if _, err := io.WriteString(log, report.Annotations(run)); err != nil {
		return fmt.Errorf("writing annotations: %w", err)
	}
	path := getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	//nolint:gosec // The runner reads it as another user.
	summary, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("adding to the summary of the job: %w", err)
	}
	defer func() { err = errors.Join(err, summary.Close()) }()
	if _, err := summary.WriteString(report.Markdown(run)); err != nil {
		return fmt.Errorf("adding to the summary of the job: %w", err)
	}
	return nil
}
