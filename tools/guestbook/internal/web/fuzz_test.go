package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"seatrial/tools/guestbook/internal/store"
)

const maxText = 4096

// escape writes every byte as an escape, as the most careful client would.
func escape(text string) string {
	var escaped strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&escaped, "%%%02X", text[i])
	}
	return escaped.String()
}

func usable(text string) bool {
	return text != "" && len(text) <= maxText && utf8.ValidString(text)
}

// FuzzEntryPath checks that whatever is sent in a path is stored under exactly that key as exactly that entry, or
// not at all.
func FuzzEntryPath(f *testing.F) {
	for _, seed := range [][2]string{
		{"guestbook", "Ada"},
		{"guestbook", "a/b"},
		{"..", "."},
		{"%2F", "%"},
		{"0", "/"},
		{"/", "a//b/"},
		{"a+b", "?c=d#e"},
		{"é", "\x00\r\n<script>"},
		{"guestbook", "\xff"},
		{"", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		entries := store.NewMemory()
		site := newSite(entries)
		target := "/rpush/" + escape(key) + "/" + escape(value)
		recorder := httptest.NewRecorder()
		site.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody))

		listing, err := entries.List(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		// net/http takes a segment that is an escaped slash for the end of the path.
		if !usable(key) || !usable(value) || key == "/" {
			if recorder.Code == http.StatusOK || len(listing.Entries) > 0 {
				t.Fatalf("%q was answered with %d and stored %q", target, recorder.Code, listing.Entries)
			}
			return
		}
		if recorder.Code != http.StatusOK {
			t.Fatalf("%q was answered with %d: %s", target, recorder.Code, recorder.Body)
		}
		var answered []string
		if err := json.Unmarshal(recorder.Body.Bytes(), &answered); err != nil {
			t.Fatal(err)
		}
		for _, got := range [][]string{answered, listing.Entries} {
			if diff := cmp.Diff([]string{value}, got); diff != "" {
				t.Fatalf("entries (-want +got):\n%s", diff)
			}
		}
	})
}
