package match

import "strings"

// lineOf looks for the line that shows a value under its key, or at least for the key.
func (c *comparison) lineOf(in *data, path *fieldPath, value any) int {
	if in.at == nil {
		in.at = map[string][]line{}
		for _, l := range in.lines {
			key := keyOn(l.text)
			in.at[key] = append(in.at[key], l)
		}
	}
	text := leaf(value)
	for ; path != nil && c.spend(1); path = path.above() {
		lines := in.at[path.lastKey()]
		for _, l := range lines {
			if text != "" && c.spend(1+len(l.text)) && strings.Contains(l.text, text) {
				return l.number
			}
		}
		if len(lines) > 0 {
			return lines[0].number
		}
	}
	return -1
}

// keyOn is the key that a line of JSON or YAML begins with.
func keyOn(text string) string {
	text = strings.TrimLeft(text, " -{[")
	key, _, found := strings.Cut(text, ":")
	if !found {
		return ""
	}
	return strings.Trim(key, `"`)
}
