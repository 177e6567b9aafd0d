package images

import (
	"fmt"
	"io"
	"strings"

	"seatrial/tools/internal/columns"
)

const (
	stateColumn = 9
	kindColumn  = 26
	// digits of a digest are enough to tell two apart by eye.
	digits = 12
)

// Text writes an inventory for a person, with the command that mends what is missing below it.
func (v Inventory) Text(out io.Writer) {
	for i := range v.Items {
		item := &v.Items[i]
		head := fmt.Sprintf("%-*s%-*s", stateColumn, word(item.State), kindColumn-stateColumn, item.Kind)
		paragraph(out, head, item.Name)
		for _, line := range item.lines() {
			paragraph(out, strings.Repeat(" ", kindColumn), line)
		}
		if item.Remedy != "" {
			paragraph(out, strings.Repeat(" ", stateColumn)+"to do: ", item.Remedy)
		}
	}
	fmt.Fprintln(out)
	paragraph(out, "", v.Sentence())
}

func word(s State) string {
	switch s {
	case Missing:
		return "MISSING"
	case Unneeded:
		return "-"
	case Current, Stale:
	}
	return string(s)
}

// lines say more of an item: what it weighs and is known by, where it is, and why it is not current.
func (i *Item) lines() []string {
	var facts, lines []string
	if i.Bytes > 0 {
		facts = append(facts, Size(i.Bytes))
	}
	if i.Digest != "" {
		facts = append(facts, shortDigest(i.Digest))
	}
	if i.Kind == NodeImage && i.Place != "" && i.State != Missing {
		facts = append(facts, "in the store of "+i.Place)
	}
	if len(facts) > 0 {
		lines = append(lines, strings.Join(facts, ", "))
	}
	if i.Detail != "" {
		lines = append(lines, i.Detail)
	}
	return lines
}

func shortDigest(digest string) string {
	algorithm, hash, _ := strings.Cut(digest, ":")
	return algorithm + ":" + hash[:min(digits, len(hash))]
}

// Size is a number of bytes as people say it.
func Size(bytes int64) string {
	const kilo, mega, giga = 1e3, 1e6, 1e9
	switch n := float64(bytes); {
	case n >= giga:
		return fmt.Sprintf("%.1f GB", n/giga)
	case n >= mega:
		return fmt.Sprintf("%.0f MB", n/mega)
	default:
		return fmt.Sprintf("%.0f kB", n/kilo)
	}
}

// Sentence says in a line what there is.
func (v Inventory) Sentence() string {
	count := map[State]int{}
	var size int64
	for i := range v.Items {
		count[v.Items[i].State]++
		if v.Items[i].State == Current {
			size += v.Items[i].Bytes
		}
	}
	if count[Missing] > 0 {
		return fmt.Sprintf("NOT COMPLETE: %d missing, %d current, %d stale", count[Missing], count[Current], count[Stale])
	}
	text := fmt.Sprintf("COMPLETE: %d current, %s", count[Current], Size(size))
	if count[Stale] > 0 {
		text += fmt.Sprintf(", %d stale", count[Stale])
	}
	return text
}

func paragraph(out io.Writer, head, text string) {
	for _, line := range columns.Fill(head, strings.Repeat(" ", len(head)), text) {
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}
