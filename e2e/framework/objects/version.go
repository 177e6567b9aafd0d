package objects

import "strconv"

// Older tells whether a resource version comes before another one of the same store. They are numbers:
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions. What is no number is not comparable, and
// so not older either.
func Older(a, b string) bool {
	first, firstErr := strconv.ParseUint(a, 10, 64)
	second, secondErr := strconv.ParseUint(b, 10, 64)
	return firstErr == nil && secondErr == nil && first < second
}
