package workshop

import (
	"slices"
	"strings"
)

// Typo compares two commands that differ in nothing but one word, and in that by so little that one of both is likely
// mistyped. It returns the two words. Words that differ in a digit are another thing, not another spelling.
func Typo(a, b string) (first, second string, found bool) {
	x, y := same(Words(a)), same(Words(b))
	if len(x) != len(y) || len(x) == 0 {
		return "", "", false
	}
	differs := -1
	for i := range x {
		if x[i] == y[i] {
			continue
		}
		if differs >= 0 {
			return "", "", false
		}
		differs = i
	}
	if differs < 0 || !misspelt(x[differs], y[differs]) {
		return "", "", false
	}
	return x[differs], y[differs], true
}

// misspelt says that two words are so alike that one is likely meant for the other.
func misspelt(a, b string) bool {
	if len(a) > 200 || len(b) > 200 || min(len(a), len(b)) < 3 || digits(a) != digits(b) {
		return false
	}
	allowed := 1
	if min(len(a), len(b)) >= 8 {
		allowed = 2
	}
	return distance(a, b) <= allowed
}

func digits(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, word)
}

// distance counts the letters to insert, delete, replace or swap to get from one word to the other.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	last := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			replace := last[j]
			if x[i] != y[j] {
				replace++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replace)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// nearest returns the known word that a word was likely meant to be, or nothing.
func nearest(word string, known []string) string {
	if len(word) > 40 {
		return ""
	}
	best := slices.MinFunc(known, func(a, b string) int { return distance(word, a) - distance(word, b) })
	if distance(word, best) > max(1, len(best)/3) {
		return ""
	}
	return best
}
