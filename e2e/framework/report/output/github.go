package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"seatrial/e2e/framework/report"
)

// InActions tells whether this process runs as a step of a GitHub workflow. The variables are those that its runner
// documents.
func InActions(getenv func(string) string) bool { return getenv("GITHUB_ACTIONS") == "true" }

// ToActions writes annotations to the log, and adds the summary to the job's page, if there is one.
func ToActions(run report.Run, getenv func(string) string, log io.Writer) (err error) {
	run = inWorkspace(run, getenv("GITHUB_WORKSPACE"))
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

// inWorkspace is a run whose files have the names that GitHub knows them by: from the workspace, wherever the step runs.
func inWorkspace(run report.Run, workspace string) report.Run {
	if workspace == "" {
		return run
	}
	run.Subjects = slices.Clone(run.Subjects)
	for i := range run.Subjects {
		subject := &run.Subjects[i]
		subject.File = below(workspace, subject.File)
		subject.Findings = findingsBelow(workspace, subject.Findings)
		subject.Steps = slices.Clone(subject.Steps)
		for k := range subject.Steps {
			subject.Steps[k].Findings = findingsBelow(workspace, subject.Steps[k].Findings)
		}
	}
	return run
}

func findingsBelow(workspace string, findings []report.Finding) []report.Finding {
	all := slices.Clone(findings)
	for i := range all {
		all[i].File = below(workspace, all[i].File)
	}
	return all
}

// below is a file as seen from a folder, if it is in there.
func below(folder, file string) string {
	whole, err := filepath.Abs(file)
	if file == "" || err != nil {
		return file
	}
	relative, err := filepath.Rel(folder, whole)
	if err != nil || !filepath.IsLocal(relative) {
		return file
	}
	return filepath.ToSlash(relative)
}
