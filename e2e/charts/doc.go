// Package charts is the suite of charts: what users do with ours leads back to where they came from, and what charts get
// wrong is found by its name.
package charts
