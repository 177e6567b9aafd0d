package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"unicode/utf8"

	"seatrial/tools/guestbook/internal/store"
)

const (
	// maxText bounds keys and entries, in bytes.
	maxText = 4096
	// maxBody leaves room for an entry in which every byte is escaped.
	maxBody = 4 * maxText
)

// list answers with the entries of one list.
func (s *Site) list(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if !acceptable(w, "key", key) {
		return
	}
	listing, err := s.options.Store.List(r.Context(), key)
	s.answer(r.Context(), w, listing, err)
}

// append adds an entry given in the path.
func (s *Site) append(w http.ResponseWriter, r *http.Request) {
	s.push(w, r, r.PathValue("value"))
}

// appendForm adds an entry given in the form field "value".
func (s *Site) appendForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			http.Error(w, fmt.Sprintf("The form is longer than %d bytes.", maxBody), http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "The form cannot be read.", http.StatusBadRequest)
		return
	}
	s.push(w, r, r.PostForm.Get("value"))
}

// refuseHead keeps a HEAD, which has to be harmless, from being taken for the GET that adds an entry.
func refuseHead(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, POST")
	w.WriteHeader(http.StatusMethodNotAllowed)
}

func (s *Site) push(w http.ResponseWriter, r *http.Request, value string) {
	key := r.PathValue("key")
	if !acceptable(w, "key", key) || !acceptable(w, "value", value) {
		return
	}
	listing, err := s.options.Store.Append(r.Context(), key, value)
	s.answer(r.Context(), w, listing, err)
}

// acceptable answers the request itself when the text can be no key and no entry.
func acceptable(w http.ResponseWriter, what, text string) bool {
	switch {
	case text == "":
		http.Error(w, "The "+what+" is empty.", http.StatusBadRequest)
	case len(text) > maxText:
		http.Error(w, fmt.Sprintf("The %s is longer than %d bytes.", what, maxText), http.StatusRequestEntityTooLarge)
	case !utf8.ValidString(text):
		// JSON could only answer with something else than what was sent.
		http.Error(w, "The "+what+" is not UTF-8.", http.StatusBadRequest)
	default:
		return true
	}
	return false
}

// answer sends a list as a JSON array with one entry a line.
func (s *Site) answer(ctx context.Context, w http.ResponseWriter, listing store.Listing, err error) {
	if err != nil {
		s.unavailable(ctx, w, http.StatusBadGateway, err)
		return
	}
	entries := listing.Entries
	if entries == nil {
		entries = []string{}
	}
	w.Header().Set(ReadFromHeader, string(listing.From))
	s.sendJSON(ctx, w, entries)
}

// unavailable tells the reader and the log what could not be done, unless the reader has gone.
func (s *Site) unavailable(ctx context.Context, w http.ResponseWriter, status int, err error) {
	if ctx.Err() == nil {
		s.options.Log.ErrorContext(ctx, "answering with an error", slog.Int("status", status), slog.Any("reason", err))
	}
	http.Error(w, "The guestbook's database does not answer: "+err.Error(), status)
}

func (s *Site) sendJSON(ctx context.Context, w http.ResponseWriter, value any) {
	body, err := json.MarshalIndent(value, "", "")
	if err != nil {
		s.unavailable(ctx, w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.send(ctx, w, append(body, '\n'))
}

func (s *Site) sendText(ctx context.Context, w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.send(ctx, w, []byte(text+"\n"))
}

// send writes the answer; nobody is left to be told when that fails.
func (s *Site) send(ctx context.Context, w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.options.Log.DebugContext(ctx, "sending an answer", slog.Any("reason", err))
	}
}
