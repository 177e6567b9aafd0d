package wait

import "strings"

// longest bounds a text from the cluster; image pull errors repeat themselves at length.
const longest = 400

// joined writes the parts that are not empty, with colons between.
func joined(parts ...string) string {
	var full []string
	for _, p := range parts {
		if p = oneLine(p); p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, ": ")
}

// oneLine makes a text from the cluster fit a line of a list.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "..."
	}
	return text
}
