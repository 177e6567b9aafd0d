package match

// stretch is a part of each side that has no equal on the other: lines i to k of one, j to l of the other.
type stretch struct{ i, k, j, l int }

// different leaves out what both begin and end with.
func (c *comparison) different(want, got []line) (restOfWant, restOfGot []line) {
	for len(want) > 0 && len(got) > 0 && c.sameLine(want[0], got[0]) {
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && c.sameLine(want[len(want)-1], got[len(got)-1]) {
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	return want, got
}

// alignment is what it costs to find the longest common subsequence of two lists.
func alignment(want, got []line) int {
	const steps = 4
	if len(want)*len(got)*steps > mostEffort {
		return mostEffort + 1
	}
	length := 0
	for i := range got {
		length += len(got[i].text)
	}
	return len(want) * (len(got)*steps + length/atOnce)
}

// aligned finds where two lists of lines differ, so that as many lines as possible are equal: it finds their longest
// common subsequence.
func aligned(want, got []sentence) []stretch {
	rows, columns := len(want), len(got)
	length := make([][]int32, rows+1)
	for x := range length {
		length[x] = make([]int32, columns+1)
	}
	for x := rows - 1; x >= 0; x-- {
		for y := columns - 1; y >= 0; y-- {
			if want[x].says(got[y].meaning) {
				length[x][y] = length[x+1][y+1] + 1
			} else {
				length[x][y] = max(length[x+1][y], length[x][y+1])
			}
		}
	}
	var out []stretch
	var open stretch
	flush := func(i, j int) {
		if open.i < open.k || open.j < open.l {
			out = append(out, open)
		}
		open = stretch{i, i, j, j}
	}
	x, y := 0, 0
	for x < rows && y < columns {
		switch {
		case want[x].says(got[y].meaning):
			x, y = x+1, y+1
			flush(x, y)
		case length[x+1][y] >= length[x][y+1]:
			x++
			open.k = x
		default:
			y++
			open.l = y
		}
	}
	open.k, open.l = rows, columns
	flush(0, 0)
	return out
}
