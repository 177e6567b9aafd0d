// Package browser is the suite that looks at this project's web pages in a real browser: the page of a run, opened from
// a file, and the guestbook's, served by the application in the cluster.
package browser
