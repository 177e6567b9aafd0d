package page

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"seatrial/e2e/framework/report"
)

// The measures of the picture of revisions, in the units of its own coordinates. Three columns fit a phone of 360
// pixels, and each has room for Helm's longest status, pending-rollback.
const (
	columnWidth = 106
	firstColumn = 18  // the middle of its marks
	textLeft    = 7   // where texts of the first column begin
	leastWidth  = 332 // so that names have room
	nameWidth   = 7   // of a letter, at most, in the names of objects
	labelWidth  = 6.5 // of a letter, at most, in what stands at a mark or a revision
	headRoom    = 30  // for the arcs of rollbacks
	headHeight  = 50  // of the revisions, without what stands below their numbers
	headLine    = 13  // of what stands below a number
	headLines   = 3   // at most
	laneName    = 14  // from the top of a lane to the foot of its name
	laneTrack   = 27  // to the middle of its marks
	laneLabel   = 44  // to the foot of what stands at them
	laneHeight  = 41
	tallLane    = 56 // with texts at the marks
	arcLeast    = 10 // of the height of an arc
	arcMore     = 6  // for each revision that it goes over
)

// drawing is the graph as a picture: revisions from left to right, and below them a lane for each object.
type drawing struct {
	Width, Height int
	Heads         []head
	Arcs          []arc
	Lanes         []lane
}

// head is a revision at the top.
type head struct {
	X, Y, TextX   int
	Number, Title string
	Lines         []headWords
}

// headWords are a line below the number of a revision.
type headWords struct {
	Y     int
	Text  string
	Class string
}

// arc leads from the revision that was gone back to, to the one that it made.
type arc struct {
	Path, Title string
}

// lane is an object.
type lane struct {
	NameX, NameY, Track int
	Name, Short         string
	Lines               []stretch
	Marks               []mark
}

// stretch is a line from one revision to the next: what is there, or the gap of what is gone and returns.
type stretch struct {
	X1, X2 int
	Class  string
}

// mark is what became of an object at a revision.
type mark struct {
	X, Y, LabelX, LabelY int
	Fate                 report.Fate
	Label, Title         string
}

func columnAt(i int) int { return firstColumn + i*columnWidth }

// draw lays the picture out.
func draw(g graph) drawing {
	d := drawing{Width: max(textLeft+columnWidth*len(g.Revisions)+textLeft, leastWidth)}
	top := 0
	if d.Arcs = arcsOf(g.Revisions); len(d.Arcs) > 0 {
		top = headRoom
	}
	most := 0
	for i := range g.Revisions {
		one := headAt(i, top, g.Revisions[i])
		d.Heads = append(d.Heads, one)
		most = max(most, len(one.Lines))
	}
	y := top + headHeight + max(most-1, 0)*headLine
	for _, row := range g.Rows {
		one, height := laneAt(y, row, g.Revisions)
		one.Short = fit(row.Name, (d.Width-textLeft)/nameWidth)
		d.Lanes = append(d.Lanes, one)
		y += height
	}
	d.Height = y + textLeft
	return d
}

func headAt(i, top int, r report.Revision) head {
	const middle, foot = 14, 40
	h := head{X: columnAt(i), Y: top + middle, TextX: columnAt(i) - firstColumn + textLeft, Number: strconv.Itoa(r.Number), Title: headOf(r)}
	text, note := strings.TrimSuffix(r.Description, " complete"), ""
	switch r.Status {
	case report.Uninstalled:
		h.Number, text = "×", report.Uninstalled
	case "", "deployed", "superseded": // As it should be.
	default:
		note = r.Status
	}
	add := func(class, words string, most int) {
		for _, line := range fold(words, labelLetters(), most) {
			h.Lines = append(h.Lines, headWords{Y: top + foot + len(h.Lines)*headLine, Text: line, Class: class})
		}
	}
	add("note", note, 1)
	add("text", text, headLines-len(h.Lines))
	return h
}

// fold breaks words into so many lines of so many letters; what has no room is left out, with a mark.
func fold(words string, letters, most int) []string {
	var lines []string
	rest := strings.Fields(words)
	for len(rest) > 0 {
		if len(lines) == most-1 {
			return append(lines, fit(strings.Join(rest, " "), letters))
		}
		line := fit(rest[0], letters)
		rest = rest[1:]
		for len(rest) > 0 && utf8.RuneCountInString(line+" "+rest[0]) <= letters {
			line += " " + rest[0]
			rest = rest[1:]
		}
		lines = append(lines, line)
	}
	return lines
}

// labelLetters is how many letters have room below a mark.
func labelLetters() int { return int((columnWidth - 2) / labelWidth) }

var goneBack = regexp.MustCompile(`^Rollback to (\d+)$`)

// arcsOf are those of the revisions that Helm's own words call rollbacks.
func arcsOf(revisions []report.Revision) []arc {
	column := map[int]int{}
	var all []arc
	for i, r := range revisions {
		if r.Status == report.Uninstalled {
			continue
		}
		column[r.Number] = i
		found := goneBack.FindStringSubmatch(r.Description)
		if found == nil {
			continue
		}
		number, err := strconv.Atoi(found[1])
		from, known := column[number]
		if err != nil || !known || from == i {
			continue
		}
		const edge = headRoom + 4 // of the circles
		height := min(2*(arcLeast+arcMore*(i-from)), 2*headRoom-4)
		all = append(all, arc{
			Path:  fmt.Sprintf("M%d %d Q%d %d %d %d", columnAt(from), edge, (columnAt(from)+columnAt(i))/2, edge-height, columnAt(i), edge),
			Title: fmt.Sprintf("revision %d goes back to revision %d", r.Number, number),
		})
	}
	return all
}

func laneAt(y int, row graphRow, revisions []report.Revision) (one lane, height int) {
	one = lane{NameX: textLeft, NameY: y + laneName, Track: y + laneTrack, Name: row.Name}
	height = laneHeight
	for i, cell := range row.Cells {
		one.Lines = append(one.Lines, lineTo(i, row.Cells)...)
		if cell.Fate == "" {
			continue
		}
		m := mark{
			X: columnAt(i), Y: one.Track, LabelX: columnAt(i) - firstColumn + textLeft, LabelY: y + laneLabel,
			Fate: cell.Fate, Label: labelOf(i, cell), Title: titleOf(row.Name, revisions[i], cell),
		}
		if m.Label != "" {
			height = tallLane
		}
		one.Marks = append(one.Marks, m)
	}
	return one, height
}

// lineTo is the line that leads to a column: none where the object is not there yet, or gone for good.
func lineTo(i int, cells []graphCell) []stretch {
	before := func(c graphCell) bool { return c.Fate != "" }
	back := func(c graphCell) bool { return c.Fate == report.Came || c.Fate == report.Returned }
	switch {
	case i == 0 || !slices.ContainsFunc(cells[:i], before):
		return nil
	case before(cells[i-1]) && cells[i-1].Fate != report.Went:
		return []stretch{{X1: columnAt(i - 1), X2: columnAt(i), Class: "there"}}
	case slices.ContainsFunc(cells[i:], back):
		return []stretch{{X1: columnAt(i - 1), X2: columnAt(i), Class: "gap"}}
	}
	return nil
}

// labelOf is what stands at a mark: what everybody sees anyway is left out.
func labelOf(column int, cell graphCell) string {
	switch {
	case len(cell.Fields) == 1:
		return fitTail(cell.Fields[0], labelLetters())
	case len(cell.Fields) > 1:
		return fmt.Sprintf("%d fields", len(cell.Fields))
	case cell.Fate == report.Kept, cell.Fate == report.Came && column == 0:
		return ""
	}
	return string(cell.Fate)
}

func titleOf(name string, r report.Revision, cell graphCell) string {
	title := fmt.Sprintf("%s %s: %s", name, cell.Fate, headOf(r))
	return strings.Join(append([]string{title}, cell.Fields...), "\n")
}

// fit cuts a text behind, with a mark.
func fit(text string, letters int) string {
	if runes := []rune(text); len(runes) > letters {
		return string(runes[:letters-1]) + "…"
	}
	return text
}

// fitTail cuts a text before: of the way to a field, the end tells most.
func fitTail(text string, letters int) string {
	if runes := []rune(text); len(runes) > letters {
		return "…" + string(runes[len(runes)-letters+1:])
	}
	return text
}
