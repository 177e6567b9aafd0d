package match

import (
	"regexp"
	"strings"
)

var (
	generatedWord = regexp.MustCompile(`[a-z0-9]+(-[a-z0-9.]+)+`)
	addressWord   = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`)
	portWord      = regexp.MustCompile(`:(\d{5})\b`)
	mappedPort    = regexp.MustCompile(`\d+:(\d+)/`)
)

// Real writes a command of the document with what the cluster has in place of names, addresses and ports that an
// earlier output of the document has shown, as far as there is but one that can be meant. What it replaces is returned
// beside it, by what the document has.
func (m *Memory) Real(command string) (actual string, replaced map[string]string) {
	if m == nil || len(m.real)+len(m.values) == 0 {
		return command, nil
	}
	known := m.certain()
	replaced = map[string]string{}
	swap := func(word string) string {
		now, found := known[word]
		if !found || now == word {
			return word
		}
		replaced[word] = now
		return now
	}
	actual = generatedWord.ReplaceAllStringFunc(command, swap)
	actual = addressWord.ReplaceAllStringFunc(actual, swap)
	actual = portWord.ReplaceAllStringFunc(actual, func(word string) string { return ":" + swap(word[1:]) })
	return actual, replaced
}

// certain has what a name, an address or a node port of the document turned out to be, if it is always the same.
func (m *Memory) certain() map[string]string {
	known, unsure := map[string]string{}, map[string]bool{}
	learn := func(shown, now string) {
		if was, before := known[shown]; before && was != now {
			unsure[shown] = true
		}
		known[shown] = now
	}
	for key, s := range m.real {
		learn(key[strings.LastIndexByte(key, 0)+1:], s.name)
	}
	for key, now := range m.values {
		shown := key[strings.LastIndexByte(key, 0)+1:]
		if addressWord.FindString(shown) == shown && addressWord.FindString(now) == now {
			learn(shown, now)
		}
		before, after := mappedPort.FindAllStringSubmatch(shown, -1), mappedPort.FindAllStringSubmatch(now, -1)
		for i := 0; i < len(before) && len(before) == len(after); i++ {
			learn(before[i][1], after[i][1])
		}
	}
	for shown := range unsure {
		delete(known, shown)
	}
	return known
}

// Stem is the name of a pod without what is generated of it, and whether anything is.
func Stem(pod string) (stem string, generated bool) {
	n := readName("pod", pod)
	return n.stem, n.generated()
}
