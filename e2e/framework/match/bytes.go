package match

const (
	digits   = "0123456789"
	letters  = "abcdefghijklmnopqrstuvwxyz"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// suffixLetters are what Kubernetes makes the ends of names of: no vowels, nothing that looks like another.
	suffixLetters = "bcdfghjklmnpqrstvwxz2456789"
	// hashLetters are what is left of them in the hash of a pod template: a decimal number in that alphabet.
	hashLetters = "456789bcdf"
)

// byteSet has the bytes that words of a kind are made of.
type byteSet [256]bool

func bytesOf(all string) *byteSet {
	var set byteSet
	for i := range len(all) {
		set[all[i]] = true
	}
	return &set
}

var (
	digitBytes   = bytesOf(digits)
	letterBytes  = bytesOf(letters)
	capitalBytes = bytesOf(capitals)
	lowerBytes   = bytesOf(letters + digits)
	suffixBytes  = bytesOf(suffixLetters)
	hashBytes    = bytesOf(hashLetters)
	blankBytes   = bytesOf("xX*")
	hexBytes     = bytesOf(digits + "abcdef")
)

// allIn gives up at the first byte that is not in the set, which for most words is an early one.
func allIn(s string, set *byteSet) bool {
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return s != ""
}

// indexOf is where the first byte of a set is, or -1.
func indexOf(s string, set *byteSet) int {
	for i := range len(s) {
		if set[s[i]] {
			return i
		}
	}
	return -1
}
