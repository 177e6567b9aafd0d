// Package regression takes a chart every way that its users take: installed fresh, upgraded, rolled back, both twice, and
// removed; and finds by name what charts get wrong on the way.
package regression
