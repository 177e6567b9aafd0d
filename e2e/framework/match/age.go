package match

import "strings"

// isAge tells whether a word is a length of time as kubectl prints it, now or long ago.
func isAge(s string) bool {
	if s == "<invalid>" || s == "<unknown>" {
		return true
	}
	_, ok := readAge(s)
	return ok
}

// ageUnits are in the order in which they may follow each other.
const ageUnits = "ydhms"

var unitSeconds = [...]int64{365 * 24 * 3600, 24 * 3600, 3600, 60, 1}

// readAge gives the seconds of an age.
func readAge(s string) (int64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' || len(s) > 20 {
		return 0, false
	}
	var total int64
	for last := -1; s != ""; {
		n := 0
		var value int64
		for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
			value = value*10 + int64(s[n]-'0')
			n++
		}
		if n == 0 || n == len(s) {
			return 0, false
		}
		unit := strings.IndexByte(ageUnits, s[n])
		if unit <= last {
			return 0, false
		}
		total += value * unitSeconds[unit]
		last, s = unit, s[n+1:]
	}
	return total, true
}

// printedAge is how kubectl prints a length of time today: fewer units the longer it is.
func printedAge(seconds int64) string {
	const minute, hour, day, year = 60, 3600, 24 * 3600, 365 * 24 * 3600
	switch {
	case seconds < 2*minute:
		return number(seconds) + "s"
	case seconds < 10*minute:
		return number(seconds/minute) + "m" + part(seconds%minute, "s")
	case seconds < 3*hour:
		return number(seconds/minute) + "m"
	case seconds < 8*hour:
		return number(seconds/hour) + "h" + part(seconds%hour/minute, "m")
	case seconds < 2*day:
		return number(seconds/hour) + "h"
	case seconds < 8*day:
		return number(seconds/day) + "d" + part(seconds%day/hour, "h")
	case seconds < 2*year:
		return number(seconds/day) + "d"
	case seconds < 8*year:
		return number(seconds/year) + "y" + part(seconds%year/day, "d")
	default:
		return number(seconds/year) + "y"
	}
}

func part(value int64, unit string) string {
	if value == 0 {
		return ""
	}
	return number(value) + unit
}
