package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed static
var files embed.FS

// policy lets the page use nothing but its own files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// static serves the page. Its files carry no date, so browsers are asked to check them every time.
func static() http.Handler {
	root, err := fs.Sub(files, "static")
	if err != nil {
		// The name is a constant that fs.Sub accepts.
		panic(err)
	}
	server := http.FileServerFS(root)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", policy)
		server.ServeHTTP(w, r)
	})
}
