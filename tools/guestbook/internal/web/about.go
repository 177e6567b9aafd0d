package web

import (
	"fmt"
	"net/http"
)

// info answers with what the database says about itself.
func (s *Site) info(w http.ResponseWriter, r *http.Request) {
	info, err := s.options.Store.Info(r.Context())
	if err != nil {
		s.unavailable(r.Context(), w, http.StatusBadGateway, err)
		return
	}
	s.sendText(r.Context(), w, info)
}

// environ answers with the environment, without its secrets.
func (s *Site) environ(w http.ResponseWriter, r *http.Request) {
	s.sendJSON(r.Context(), w, redact(s.options.Environ))
}

func (s *Site) hello(w http.ResponseWriter, r *http.Request) {
	s.sendText(r.Context(), w,
		fmt.Sprintf("Hello from guestbook. Your app is up! (Hostname: %s)", s.options.Hostname))
}

// healthy says that the process works, whatever its database does.
func (s *Site) healthy(w http.ResponseWriter, r *http.Request) {
	s.sendText(r.Context(), w, "ok")
}

// ready says whether requests should be sent here.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		http.Error(w, "The guestbook is stopping.", http.StatusServiceUnavailable)
		return
	}
	if err := s.options.Store.Ready(r.Context()); err != nil {
		s.unavailable(r.Context(), w, http.StatusServiceUnavailable, err)
		return
	}
	s.sendText(r.Context(), w, "ok")
}
