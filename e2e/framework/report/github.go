package report

import (
	"fmt"
	"strings"
)

// Annotations writes the findings as workflow commands of GitHub Actions, which shows each at its line of the file. The
// escapes are those of its toolkit: percent signs and line ends everywhere, colons and commas in properties too. It shows
// no more than ten of a severity for a step, so that what was found on several paths of a chart is told once.
func Annotations(run Run) string {
	var out strings.Builder
	for _, g := range gathered(run.Subjects) {
		for _, f := range g.findings {
			title := g.name
			if paths := f.onPaths(); paths != "" && len(f.paths) == 1 {
				title += ": " + paths
			} else if paths != "" {
				f.Remedy = strings.TrimPrefix(f.Remedy+"\nFound on: "+paths, "\n")
			}
			annotate(&out, f.Finding, title)
		}
	}
	for i := range run.Tables {
		for k := range run.Tables[i].Rows {
			if row := &run.Tables[i].Rows[k]; !row.Held {
				annotate(&out, Finding{Severity: Error, Text: row.Sentence()}, run.Tables[i].Title)
			}
		}
	}
	if run.Trouble != "" {
		annotate(&out, Finding{Severity: Error, Text: run.Trouble}, "seatrial")
	}
	return out.String()
}

func annotate(out *strings.Builder, f Finding, title string) {
	command := map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}[f.Severity]
	properties := []string{"title=" + escapeProperty(title)}
	if f.File != "" {
		properties = append(properties, "file="+escapeProperty(f.File))
		if f.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", f.Line))
		}
	}
	text := f.Text
	if f.Word != "" {
		text = f.Word + ": " + text
	}
	if f.Remedy != "" {
		text += "\n" + f.Remedy
	}
	fmt.Fprintf(out, "::%s %s::%s\n", command, strings.Join(properties, ","), escapeData(text))
}

func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func escapeProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(text))
}

// Markdown writes a summary for a job's page or a comment on a pull request: the verdict, a table of subjects, and the
// findings of those that failed.
func Markdown(run Run) string {
	var out strings.Builder
	fmt.Fprintf(&out, "## %s %s\n\n", sign(run.Verdict), run.Sentence())
	if run.Where.Provider != "" {
		fmt.Fprintf(&out, "On provider `%s`, Kubernetes %s, in %.1f s.\n\n", run.Where.Provider, run.Where.Kubernetes, run.Ended.Sub(run.Started).Seconds())
	}
	if run.Trouble != "" {
		fmt.Fprintf(&out, "**Could not be found out:** %s\n\n", cell(run.Trouble))
	}
	subjectsInMarkdown(&out, run.Subjects)
	for _, g := range gathered(run.Subjects) {
		findingsInMarkdown(&out, g)
	}
	for i := range run.Tables {
		fmt.Fprintf(&out, "\n### %s\n\n%s", cell(run.Tables[i].Title), run.Tables[i].Markdown())
	}
	return out.String()
}

// Markdown is the table as a document has it.
func (t Table) Markdown() string {
	var out strings.Builder
	out.WriteString("| | done | expected | happened |\n| --- | --- | --- | --- |\n")
	for i := range t.Rows {
		row := &t.Rows[i]
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", row.Word(), cell(row.Done), cell(row.Expected), cell(row.Happened))
	}
	return out.String()
}

func subjectsInMarkdown(out *strings.Builder, all []Subject) {
	if len(all) == 0 {
		return
	}
	out.WriteString("| | what | steps | time |\n| --- | --- | --- | --- |\n")
	for i := range all {
		subject := &all[i]
		passed := 0
		for k := range subject.Steps {
			if subject.Steps[k].Verdict == Passed {
				passed++
			}
		}
		fmt.Fprintf(out, "| %s | %s | %d of %d | %.1f s |\n", sign(subject.Verdict), cell(subject.Name()), passed, len(subject.Steps), subject.Ended.Sub(subject.Started).Seconds())
	}
}

func findingsInMarkdown(out *strings.Builder, g gathering) {
	if len(g.findings) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### %s\n\n| | where | what | promised | seen |\n| --- | --- | --- | --- | --- |\n", cell(g.name))
	for _, f := range g.findings {
		where := f.Object
		if f.Field != "" {
			where += " " + f.Field
		}
		if f.Line > 0 {
			where = strings.TrimSpace(fmt.Sprintf("line %d %s", f.Line, where))
		}
		text := cell(f.Text)
		if f.Word != "" {
			text = "**" + f.Word + "** " + text
		}
		if paths := f.onPaths(); paths != "" {
			text += "<br>on " + cell(paths)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", f.Severity, cell(where), text, cell(f.Expected), cell(f.Actual))
	}
}

func sign(v Verdict) string {
	return map[Verdict]string{Passed: "✅", Failed: "❌", Skipped: "⏭️", NotRun: "⏸️", Undecided: "❓"}[v]
}

// cell makes a text fit for a cell of a table in Markdown, where neither its lines nor its marks may be taken for
// the table's, nor anything in it for HTML.
func cell(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\r", "", "\n", "<br>", "*", "\\*", "_", "\\_", "`", "\\`").Replace(text)
}
