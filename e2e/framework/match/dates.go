package match

import (
	"slices"
	"strconv"
	"strings"
)

// longestDate is more than any date has; mostDateWord counts its words.
const (
	longestDate  = 80
	mostDateWord = 8
)

// isDate tells whether the text is a date and nothing else.
func isDate(s string) bool {
	if len(s) < 10 || len(s) > longestDate || !startsDate(s) {
		return false
	}
	words := strings.Fields(s)
	return dateAt(words) == len(words)
}

// startsDate is cheap, and false for nearly every word.
func startsDate(s string) bool {
	if len(s) >= 10 && s[4] == '-' && s[7] == '-' {
		return allIn(s[:4], digitBytes)
	}
	if len(s) < 3 {
		return false
	}
	return isWeekday(s[:3])
}

var (
	weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	months   = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

func isWeekday(s string) bool { return slices.Contains(weekdays, s) }

// dateAt gives the number of words that are a date at the beginning of words, or 0: dates as Go's layouts have them and
// as date prints them. It reads each word once.
func dateAt(words []string) int {
	if len(words) == 0 || !startsDate(words[0]) {
		return 0
	}
	d := dateReader{words: words[:min(mostDateWord, len(words))]}
	if first := d.words[0]; !isWeekday(first[:3]) {
		return d.numeric()
	} else if strings.HasSuffix(first, ",") {
		return d.mail()
	}
	return d.spoken()
}

// dateReader goes through the words of a date.
type dateReader struct {
	words []string
	at    int
}

// take goes on by a word if it is of the kind.
func (d *dateReader) take(kind func(string) bool) bool {
	if d.at < len(d.words) && kind(d.words[d.at]) {
		d.at++
		return true
	}
	return false
}

// numeric reads 2006-01-02, with or without a time and a zone: RFC 3339, and what Go prints of a time.
func (d *dateReader) numeric() int {
	word := d.words[0]
	if !isCalendarDay(word[:10]) {
		return 0
	}
	d.at = 1
	if len(word) > 10 {
		clock, zone := cutZone(word[11:])
		if word[10] != 'T' || !isTimeOfDay(clock) || zone != "" && zone != "Z" && !isOffset(zone) {
			return 0
		}
		return d.at
	}
	if !d.take(func(s string) bool {
		clock, zone := cutZone(s)
		return isTimeOfDay(clock) && (zone == "" || zone == "Z" || isOffset(zone))
	}) {
		return d.at
	}
	d.take(isOffset)
	d.take(isZone)
	// What Go appends if the clock is monotonic.
	d.take(func(s string) bool { return strings.HasPrefix(s, "m=") })
	return d.at
}

// mail reads Mon, 02 Jan 2006 15:04:05 MST and Monday, 02-Jan-06 15:04:05 MST.
func (d *dateReader) mail() int {
	d.at = 1
	whole := func(s string) bool {
		parts := strings.Split(s, "-")
		return len(parts) == 3 && isDay(parts[0]) && slices.Contains(months, parts[1]) && allIn(parts[2], digitBytes)
	}
	if !d.take(whole) && (!d.take(isDay) || !d.take(isMonth) || !d.take(isYear)) {
		return 0
	}
	if !d.take(isTimeOfDay) || !d.take(isZone) && !d.take(isOffset) {
		return 0
	}
	return d.at
}

// spoken reads Mon Jan 2 15:04:05 2006, with a zone before the year, and Mon 2 Jan 2006 15:04:05 AM MST.
func (d *dateReader) spoken() int {
	if !isWeekday(d.words[0]) {
		return 0
	}
	d.at = 1
	if d.take(isDay) {
		if !d.take(isMonth) {
			return 0
		}
	} else if !d.take(isMonth) || !d.take(isDay) {
		return 0
	}
	year := d.take(isYear)
	if !d.take(isTimeOfDay) {
		return 0
	}
	d.take(func(s string) bool { return s == "AM" || s == "PM" })
	_ = d.take(isOffset) || d.take(isZone)
	if !year && !d.take(isYear) {
		return 0
	}
	return d.at
}

func isMonth(s string) bool { return slices.Contains(months, s) }

func isYear(s string) bool { return len(s) == 4 && allIn(s, digitBytes) }

func isDay(s string) bool {
	const most = 31
	n, err := strconv.Atoi(s)
	return len(s) <= 2 && err == nil && n >= 1 && n <= most
}

func isCalendarDay(s string) bool {
	const mostMonths = 12
	month, err := strconv.Atoi(s[5:7])
	return err == nil && month >= 1 && month <= mostMonths && isDay(s[8:])
}

// cutZone parts a time of day from the zone that sticks to it.
func cutZone(s string) (clock, zone string) {
	if i := strings.IndexAny(s, "Z+-"); i > 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// isTimeOfDay takes 15:04:05, with a fraction of a second or without.
func isTimeOfDay(s string) bool { return isClock(s) && s[:2] < "25" && s[3:5] < "60" && s[6:8] <= "60" }

// isOffset takes +0200 and +02:00.
func isOffset(s string) bool {
	const short, long = 5, 6
	return (len(s) == short || len(s) == long && s[3] == ':') && (s[0] == '+' || s[0] == '-') &&
		allIn(s[1:3]+s[len(s)-2:], digitBytes)
}

// isZone takes UTC and CEST, and what Go prints for zones without a name.
func isZone(s string) bool {
	if len(s) > 1 && (s[0] == '+' || s[0] == '-') {
		return len(s) <= 5 && allIn(s[1:], digitBytes)
	}
	return len(s) >= 1 && len(s) <= 5 && allIn(s, capitalBytes)
}

// isClock tells whether a word is a time of day.
func isClock(s string) bool {
	return len(s) >= 8 && s[2] == ':' && s[5] == ':' && allIn(s[:2]+s[3:5]+s[6:8], digitBytes) &&
		(len(s) == 8 || len(s) <= 18 && s[8] == '.' && allIn(s[9:], digitBytes))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
