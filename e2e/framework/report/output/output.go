// Package output writes the reports of a run where its user wants them.
package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/e2e/framework/nearest"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/page"
	"seatrial/e2e/framework/wholefile"
)

// Format is a word for a kind of report.
type Format string

// The formats.
const (
	JSON   Format = "json"
	JUnit  Format = "junit"
	HTML   Format = "html"
	GitHub Format = "github"
)

// Formats are all words that a user may say.
func Formats() []string { return []string{string(JSON), string(JUnit), string(HTML), string(GitHub)} }

// Want is one report that was asked for.
type Want struct {
	Format Format
	// Path of the file, or empty for the standard output.
	Path string
}

// Parse reads what a user says of a report: "junit=out/junit.xml"; "html=page.html,json=report.json"; "github" for the
// standard output, or "report.xml" where the ending says which. Several are separated by commas.
func Parse(text string) ([]Want, error) {
	var all []Want
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		want, err := parse(one)
		if err != nil {
			return nil, err
		}
		all = append(all, want)
	}
	return all, nil
}

func parse(text string) (Want, error) {
	word, path, explicit := strings.Cut(text, "=")
	if explicit && path == "" {
		return Want{}, fmt.Errorf("reading the report %q: there is no file after %q", text, word+"=")
	}
	if slices.Contains(Formats(), word) {
		return Want{Format: Format(word), Path: path}, nil
	}
	if explicit {
		return Want{}, fmt.Errorf("reading the report %q: there is no format %q%s; there are %s", text, word, meant(word), strings.Join(Formats(), ", "))
	}
	format, known := map[string]Format{".json": JSON, ".xml": JUnit, ".html": HTML, ".htm": HTML}[strings.ToLower(filepath.Ext(text))]
	if !known {
		return Want{}, fmt.Errorf("reading the report %q: neither a format (%s) nor a file whose ending says one%s", text, strings.Join(Formats(), ", "), meant(word))
	}
	return Want{Format: format, Path: text}, nil
}

func meant(word string) string {
	if near := nearest.Word(word, Formats()); near != "" {
		return fmt.Sprintf(" (%q?)", near)
	}
	return ""
}

// Write writes every report. One that cannot be written keeps none of the others from being written.
func Write(run report.Run, wants []Want, out io.Writer) error {
	var all error
	for _, want := range wants {
		all = errors.Join(all, write(run, want, out))
	}
	return all
}

func write(run report.Run, want Want, out io.Writer) error {
	content, err := Render(run, want.Format)
	if err != nil {
		return err
	}
	if want.Path == "" {
		if _, err := out.Write(content); err != nil {
			return fmt.Errorf("writing the %s report: %w", want.Format, err)
		}
		return nil
	}
	if err := replace(want.Path, content); err != nil {
		return fmt.Errorf("writing the %s report to %q: %w", want.Format, want.Path, err)
	}
	return nil
}

// Check makes the folders of reports, and finds those that cannot be written.
func Check(wants []Want) error {
	var all error
	for _, want := range wants {
		if want.Path == "" {
			continue
		}
		if err := check(want.Path); err != nil {
			all = errors.Join(all, fmt.Errorf("the %s report cannot be written to %q: %w", want.Format, want.Path, err))
		}
	}
	return all
}

func check(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder: name a file in it")
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	try, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	return errors.Join(try.Close(), os.Remove(try.Name()))
}

// folderMode is that of folders that are made for reports.
const folderMode = 0o750

// Render is a report in one format.
func Render(run report.Run, format Format) ([]byte, error) {
	switch format {
	case JSON:
		return report.JSON(run)
	case JUnit:
		return report.JUnit(run)
	case HTML:
		return page.HTML(run)
	case GitHub:
		return []byte(report.Annotations(run)), nil
	}
	return nil, fmt.Errorf("rendering a report: there is no format %q", format)
}

// replace writes a file as a whole, with the folders above it, so that nobody reads half of it.
func replace(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	// A report is for others too: whoever serves it may be another user.
	return wholefile.Replace(path, content, 0o644)
}
