package match

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// largestYAML is where YAML goes on to be compared as text, which is linear whatever it holds.
const largestYAML = 1 << 20

// serverFields are what a server fills in for itself, or what only tells of time.
var serverFields = map[string]bool{
	"uid": true, "resourceVersion": true, "managedFields": true, "selfLink": true, "creationTimestamp": true,
	"lastTransitionTime": true, "lastProbeTime": true, "lastUpdateTime": true, "lastHeartbeatTime": true, "startTime": true,
	"startedAt": true, "finishedAt": true, "containerID": true, "imageID": true, "generation": true,
	"observedGeneration": true, "nodeName": true, "hostIP": true, "hostIPs": true, "podIP": true, "podIPs": true,
	"clusterIP": true, "clusterIPs": true, "nodePort": true,
}

// structured compares JSON and YAML by structure, and tells whether both sides are such.
func (c *comparison) structured(want, got []line) bool {
	w, ok := c.decode(want)
	if !ok {
		return false
	}
	g, ok := c.decode(got)
	if !ok {
		return false
	}
	c.values(want, "", w, g)
	return true
}

func (c *comparison) decode(lines []line) (any, bool) {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	text := strings.TrimSpace(strings.Join(texts, "\n"))
	if text == "" {
		return nil, false
	}
	var value any
	if text[0] == '{' || text[0] == '[' {
		return value, json.Unmarshal([]byte(text), &value) == nil && value != nil
	}
	asked := c.command.format == "yaml" || strings.HasPrefix(text, "apiVersion:")
	if !asked || len(text) > largestYAML || slices.ContainsFunc(texts, isDots) || strings.Contains(text, "\n---") {
		return nil, false
	}
	return value, yaml.Unmarshal([]byte(text), &value) == nil && value != nil
}

// values compares two trees. Keys and elements that only one side has are differences, except those of a server.
func (c *comparison) values(in []line, path string, want, got any) {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			c.objects(in, path, w, g)
			return
		}
	case []any:
		if g, ok := got.([]any); ok {
			c.lists(in, path, w, g)
			return
		}
	}
	if !c.sameLeaf(path, want, got) {
		c.tell(Finding{Line: lineOf(in, path, want), Row: path, Kind: Cell, Expected: leaf(want), Actual: leaf(got)})
	}
}

func (c *comparison) objects(in []line, path string, want, got map[string]any) {
	keys := slices.Collect(maps.Keys(want))
	for key := range got {
		if _, both := want[key]; !both {
			keys = append(keys, key)
		}
	}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		w, wanted := want[key]
		g, there := got[key]
		if wanted != there && serverFields[key] {
			continue
		}
		c.values(in, strings.TrimPrefix(path+"."+key, "."), w, g)
	}
}

func (c *comparison) lists(in []line, path string, want, got []any) {
	for i := range max(len(want), len(got)) {
		var w, g any
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		c.values(in, fmt.Sprintf("%s[%d]", path, i), w, g)
	}
}

// sameLeaf compares values: a server's are only there or not, texts are compared as words.
func (c *comparison) sameLeaf(path string, want, got any) bool {
	key := path[strings.LastIndexByte(path, '.')+1:]
	key, _, _ = strings.Cut(key, "[")
	w, wordy := want.(string)
	g, both := got.(string)
	if serverFields[key] && want != nil && got != nil {
		return !wordy || !both || (w == "None") == (g == "None")
	}
	if wordy && both {
		if key == "name" {
			return readName("pod", w).String() == readName("pod", g).String() || c.words.line(w) == c.words.line(g)
		}
		return w == g || c.words.line(w) == c.words.line(g)
	}
	return want == nil && got == nil || leaf(want) == leaf(got) && (want == nil) == (got == nil)
}

func leaf(value any) string {
	if value == nil {
		return ""
	}
	if text, ok := value.(string); ok {
		return text
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// lineOf looks for the line that shows a value under its key, or at least for the key.
func lineOf(in []line, path string, value any) int {
	key := path[strings.LastIndexByte(path, '.')+1:]
	key, _, _ = strings.Cut(key, "[")
	text, found := leaf(value), -1
	for _, l := range in {
		if !strings.Contains(l.text, key) {
			continue
		}
		if found < 0 || text != "" && strings.Contains(l.text, text) {
			found = l.number
		}
		if text != "" && strings.Contains(l.text, text) {
			break
		}
	}
	return found
}
