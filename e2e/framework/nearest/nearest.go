// Package nearest finds the known word that a mistyped one was meant to be.
package nearest

import "slices"

// longest is more than any known word has: nobody mistypes a whole sentence.
const longest = 40

// Word returns the known word that a word was likely meant to be, or nothing.
func Word(word string, known []string) string {
	if len(word) > longest || len(known) == 0 {
		return ""
	}
	best := slices.MinFunc(known, func(a, b string) int { return Distance(word, a) - Distance(word, b) })
	if Distance(word, best) > max(1, len(best)/3) {
		return ""
	}
	return best
}

// Distance counts the letters to insert, remove, replace or swap with their neighbour to make one word of the other.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			replaced := rows[i-1][j-1]
			if from[i-1] != to[j-1] {
				replaced++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replaced)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
