package match

import "slices"

// square makes a matrix of zeros.
func square(n int) [][]int {
	m := make([][]int, n)
	for i := range m {
		m[i] = make([]int, n)
	}
	return m
}

// cheapest solves the assignment problem for a square matrix: for each row its column, so that the sum is least.
// It is the Hungarian method with potentials; the one of several equal answers is always the same.
//
//nolint:revive // An algorithm with a name is easier to follow in one piece.
func cheapest(cost [][]int) []int {
	n := len(cost)
	const never = 1 << 60
	rowPotential, columnPotential := make([]int, n+1), make([]int, n+1)
	rowOf, before := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		column := 0
		least := slices.Repeat([]int{never}, n+1)
		done := make([]bool, n+1)
		for rowOf[column] != 0 {
			done[column] = true
			r, delta, next := rowOf[column], never, 0
			for j := 1; j <= n; j++ {
				if done[j] {
					continue
				}
				if d := cost[r-1][j-1] - rowPotential[r] - columnPotential[j]; d < least[j] {
					least[j], before[j] = d, column
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := range done {
				if done[j] {
					rowPotential[rowOf[j]] += delta
					columnPotential[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			column = next
		}
		for column != 0 {
			rowOf[column] = rowOf[before[column]]
			column = before[column]
		}
	}
	columnOf := make([]int, n)
	for j := 1; j <= n; j++ {
		columnOf[rowOf[j]-1] = j - 1
	}
	return columnOf
}
