package match

import "strings"

const (
	suffixLength = 5
	shortestHash = 5
	longestHash  = 10
)

// name is the name of an object, without what Kubernetes generates of it.
type name struct {
	full string
	stem string
	// hash is of a pod template, or the minute of a CronJob; suffix is random. Both may be absent.
	hash, suffix string
}

// generated tells whether any part of the name is another one each time.
func (n name) generated() bool { return n.hash != "" || n.suffix != "" }

// String is the name for people, with a star for what is generated.
func (n name) String() string {
	if n.generated() {
		return n.stem + "-*"
	}
	return n.full
}

// owner is the name of the ReplicaSet or Job of a pod, or nothing.
func (n name) owner() string {
	if n.hash == "" || n.suffix == "" {
		return ""
	}
	return n.stem + "-" + n.hash
}

// readName takes a name apart. It also takes apart names that no cluster generates, if they are meant to be such:
// documents are edited by hand, and the reader sees the right thing all the same.
func readName(kind, full string) name {
	rest, last := cutLast(full)
	if rest == "" {
		return name{full: full, stem: full}
	}
	before, hash := cutLast(rest)
	one := name{full: full, stem: rest, suffix: last}
	two := name{full: full, stem: before, hash: hash, suffix: last}
	paired := before != "" && meantAsHash(hash) && meantAsSuffix(last)
	switch {
	case kind == "pod" && paired:
		return two
	case (kind == "" || kind == "release") && paired && isHash(hash) && hasDigit(hash):
		return two
	case endsGenerated(kind, rest, last):
		if kind == "replicaset" || kind == "controllerrevision" || kind == "job" {
			one.hash, one.suffix = last, ""
		}
		return one
	default:
		return name{full: full, stem: full}
	}
}

// endsGenerated tells whether objects of a kind have such an end that is generated. Those of StatefulSets have a
// number, which is not.
func endsGenerated(kind, rest, last string) bool {
	switch kind {
	case "pod":
		return isSuffix(last) || wasSuffix(last) || isBlank(last)
	case "replicaset", "controllerrevision":
		return meantAsHash(last)
	case "job":
		return isDecimal(last)
	case "endpointslice", "certificatesigningrequest":
		return isSuffix(last)
	case "secret":
		return isSuffix(last) && strings.HasSuffix(rest, "-token")
	case "", "release":
		// What `helm install --generate-name` appends is the second.
		return len(last) == longestHash && isDecimal(last)
	default:
		return false
	}
}

func cutLast(full string) (rest, last string) {
	i := strings.LastIndexByte(full, '-')
	if i <= 0 {
		return "", full
	}
	return full[:i], full[i+1:]
}

// isHash tells whether Kubernetes makes such hashes, now or before 1.9, when they were decimal numbers.
func isHash(s string) bool {
	return len(s) >= shortestHash && len(s) <= longestHash && allIn(s, hashBytes) || isDecimal(s)
}

func isDecimal(s string) bool { return len(s) >= 8 && len(s) <= longestHash && allIn(s, digitBytes) }

// meantAsHash also takes hashes that an author changed or invented.
func meantAsHash(s string) bool {
	return isHash(s) || isBlank(s) || len(s) >= 6 && len(s) <= longestHash+1 && allIn(s, lowerBytes) && count(s, digitBytes) >= 3
}

func isSuffix(s string) bool { return len(s) == suffixLength && allIn(s, suffixBytes) }

// wasSuffix takes suffixes of the years when they had vowels, but no words.
func wasSuffix(s string) bool {
	return len(s) == suffixLength && allIn(s, lowerBytes) && hasDigit(s) && count(s, letterBytes) > 0
}

// meantAsSuffix takes whatever stands behind a hash and has about the right length.
func meantAsSuffix(s string) bool {
	return isBlank(s) || len(s) >= suffixLength-1 && len(s) <= suffixLength+1 && allIn(s, lowerBytes)
}

// isBlank takes what authors write in place of something generated: redis-xxxxx, redis-*.
func isBlank(s string) bool { return s == "*" || len(s) >= 3 && allIn(s, blankBytes) }

func hasDigit(s string) bool {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

func count(s string, set *byteSet) int {
	n := 0
	for i := range len(s) {
		if set[s[i]] {
			n++
		}
	}
	return n
}
