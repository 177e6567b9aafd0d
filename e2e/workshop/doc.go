// Package workshop is the suite that plays the Helm workshop on a real cluster: it
// installs the guestbook chart, upgrades it, rolls back, and holds everything the
// document promises against what is there. The promises themselves are in package story.
package workshop
