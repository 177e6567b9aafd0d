package crash

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Show writes for a terminal what was found: for each operation a table of the points, what is left, and what works. What
// Helm says is done although it is not, stands below.
func (r Result) Show(out io.Writer) error {
	for _, o := range r.Operations {
		if err := o.show(out); err != nil {
			return fmt.Errorf("writing what crashes of %s left: %w", o.Action, err)
		}
	}
	return nil
}

func (o Operation) show(out io.Writer) error {
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "%s, KILLED AFTER\tHISTORY\tCHANGED\tWORKS\tDOES NOT\n", strings.ToUpper(string(o.Action)))
	for _, s := range o.States {
		fmt.Fprintf(table, "%d/%d %s\t%s\t%d of %d\t%s\t%s\n",
			s.Done, s.Of, s.Last, orDash(s.History), s.Changed, s.Changes, orDash(s.Working()), orDash(s.failing()))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	told := map[string]bool{}
	for _, s := range o.States {
		for _, r := range s.Recoveries {
			line := fmt.Sprintf("  said to be done, but not so: %s (%s)", r.Name, r.Why)
			if r.Outcome == Unproven && !told[line] {
				told[line] = true
				fmt.Fprintln(out, line)
			}
		}
	}
	return nil
}

// failing are the names of the ways back that do not work.
func (s State) failing() []string {
	var all []string
	for _, r := range s.Recoveries {
		if r.Outcome != Works {
			all = append(all, r.Name)
		}
	}
	return all
}

func orDash(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " | ")
}
