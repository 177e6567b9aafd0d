package doctor

import (
	"fmt"
	"io"
	"strings"

	"seatrial/tools/internal/columns"
)

// The columns of the table begin here.
const (
	nameColumn   = 9
	detailColumn = 26
)

// Text writes a diagnosis for a person: a table for each part, and below what is missing the command that mends it.
func (d Diagnosis) Text(out io.Writer) {
	for _, part := range []struct {
		title  string
		checks []Check
	}{
		{"Providers: where clusters come from", d.Providers},
		{"Container engines: what nodes of kind run in", d.Engines},
		{"Prepared: what `make prepare` has made", d.Prepared},
		{"This machine", d.Machine},
	} {
		fmt.Fprintln(out, part.title)
		for i, check := range part.checks {
			row(out, check)
			// What one command mends together has it once, below the last.
			if last := i+1 == len(part.checks) || part.checks[i+1].Remedy != check.Remedy; check.Remedy != "" && last {
				cell(out, strings.Repeat(" ", nameColumn)+"to do: ", check.Remedy)
			}
		}
		fmt.Fprintln(out)
	}
	for _, line := range columns.Fill("", "", d.Sentence()) {
		fmt.Fprintln(out, line)
	}
}

func row(out io.Writer, check Check) {
	word := map[State]string{OK: "ok", Missing: "MISSING", Optional: "-"}[check.State]
	cell(out, fmt.Sprintf("%-*s%-*s ", nameColumn, word, detailColumn-nameColumn-1, check.Name), check.Detail)
}

func cell(out io.Writer, head, text string) {
	lines := strings.Split(text, "\n")
	margin := strings.Repeat(" ", len(head))
	for i, line := range lines {
		if i > 0 {
			head = margin
		}
		for _, filled := range columns.Fill(head, margin, strings.TrimSpace(line)) {
			fmt.Fprintln(out, filled)
		}
	}
}

// Sentence says what can be done here, in a line.
func (d Diagnosis) Sentence() string {
	switch {
	case !d.Usable && d.Asked == anyProvider:
		return "NOT READY: no provider can be used here; " + d.remedy()
	case !d.Usable:
		return fmt.Sprintf("NOT READY: provider %s cannot be used here; %s", d.Asked, d.remedy())
	case d.Asked != anyProvider:
		return fmt.Sprintf("READY: provider %s can be used", d.Asked)
	case d.Choice == "":
		return fmt.Sprintf("READY: with `--provider %s`", d.first())
	}
	return fmt.Sprintf("READY: unless told otherwise, seatrial takes provider %s here", d.Choice)
}

// remedy is what helps first: of the provider that was asked for, or of the one that needs least.
func (d Diagnosis) remedy() string {
	wanted := d.Asked
	if wanted == anyProvider {
		wanted = easiest
	}
	for _, check := range d.Providers {
		if check.Name == wanted && check.Remedy != "" {
			return "what to do first: " + check.Remedy
		}
	}
	return "see above what to do"
}

func (d Diagnosis) first() string {
	for _, check := range d.Providers {
		if check.State == OK {
			return check.Name
		}
	}
	return anyProvider
}
