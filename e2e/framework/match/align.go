package match

// stretch is a part of each side that has no equal on the other: lines i to k of one, j to l of the other.
type stretch struct{ i, k, j, l int }

// gaps finds where two lists of lines differ, so that as many lines as possible are equal.
func (c *comparison) gaps(want, got []sentence) []stretch {
	start := 0
	for start < len(want) && start < len(got) && want[start].says(&got[start]) {
		start++
	}
	k, l := len(want), len(got)
	for k > start && l > start && want[k-1].says(&got[l-1]) {
		k, l = k-1, l-1
	}
	rows, columns := k-start, l-start
	if rows == 0 && columns == 0 {
		return nil
	}
	if rows == 0 || columns == 0 || !c.spend(alignment(want[start:k], got[start:l])) {
		return inTurn(want, got, stretch{start, k, start, l})
	}
	return aligned(want, got, stretch{start, k, start, l})
}

// alignment is what it costs to find the longest common subsequence of two lists.
func alignment(want, got []sentence) int {
	const steps, atOnce = 4, 16
	length := 0
	for i := range got {
		length += len(got[i].text)
	}
	return len(want) * (len(got)*steps + length/atOnce)
}

func inTurn(want, got []sentence, all stretch) []stretch {
	var out []stretch
	n := min(all.k-all.i, all.l-all.j)
	for x := range n {
		i, j := all.i+x, all.j+x
		if !want[i].says(&got[j]) {
			out = append(out, stretch{i, i + 1, j, j + 1})
		}
	}
	if rest := (stretch{all.i + n, all.k, all.j + n, all.l}); rest.i < rest.k || rest.j < rest.l {
		out = append(out, rest)
	}
	return out
}

// aligned finds the longest common subsequence of lines.
func aligned(want, got []sentence, all stretch) []stretch {
	rows, columns := all.k-all.i, all.l-all.j
	length := make([][]int32, rows+1)
	for x := range length {
		length[x] = make([]int32, columns+1)
	}
	for x := rows - 1; x >= 0; x-- {
		for y := columns - 1; y >= 0; y-- {
			if want[all.i+x].says(&got[all.j+y]) {
				length[x][y] = length[x+1][y+1] + 1
			} else {
				length[x][y] = max(length[x+1][y], length[x][y+1])
			}
		}
	}
	var out []stretch
	open := stretch{all.i, all.i, all.j, all.j}
	flush := func(i, j int) {
		if open.i < open.k || open.j < open.l {
			out = append(out, open)
		}
		open = stretch{i, i, j, j}
	}
	x, y := 0, 0
	for x < rows && y < columns {
		i, j := all.i+x, all.j+y
		switch {
		case want[i].says(&got[j]):
			x, y = x+1, y+1
			flush(i+1, j+1)
		case length[x+1][y] >= length[x][y+1]:
			x++
			open.k = i + 1
		default:
			y++
			open.l = j + 1
		}
	}
	open.k, open.l = all.k, all.l
	flush(0, 0)
	return out
}
