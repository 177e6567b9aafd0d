package match

import (
	"strconv"
	"strings"
	"time"
)

// dateLayouts are what helm, kubectl and people print. A fraction of a second is taken where the layout has none.
var dateLayouts = []string{
	time.ANSIC, time.UnixDate, time.RFC1123, time.RFC1123Z, time.RFC3339, "2006-01-02 15:04:05 -0700 MST",
	time.RFC850, time.RubyDate, "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05 -0700", "2006-01-02",
}

const (
	longestDate  = 60
	mostDateWord = 6
)

// isDate tells whether the text is a date and nothing else.
func isDate(s string) bool {
	if len(s) < 10 || len(s) > longestDate || !startsDate(s) {
		return false
	}
	// What time.String appends if the clock is monotonic.
	s, _, _ = strings.Cut(s, " m=")
	for _, layout := range dateLayouts {
		if hasDigit(s[:1]) != hasDigit(layout[:1]) || strings.Contains(s, ",") != strings.Contains(layout, ",") {
			continue
		}
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// startsDate is cheap, and false for nearly every word.
func startsDate(s string) bool {
	if len(s) >= 10 && s[4] == '-' && s[7] == '-' {
		return allIn(s[:4], digits)
	}
	if len(s) < 3 {
		return false
	}
	switch s[:3] {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	default:
		return false
	}
}

// dateAt gives the number of words that are a date at the beginning of words, or 0.
func dateAt(words []string) int {
	if !startsDate(words[0]) {
		return 0
	}
	for n := min(mostDateWord, len(words)); n > 0; n-- {
		if isDate(strings.Join(words[:n], " ")) {
			return n
		}
	}
	return 0
}

// isClock tells whether a word is a time of day.
func isClock(s string) bool {
	return len(s) >= 8 && s[2] == ':' && s[5] == ':' && allIn(s[:2]+s[3:5]+s[6:8], digits) &&
		(len(s) == 8 || len(s) <= 18 && s[8] == '.' && allIn(s[9:], digits))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
