package match

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	// largestYAML and largestJSON are where either goes on to be compared as text, which is quicker than to build the tree.
	largestYAML = 1 << 20
	largestJSON = 2 << 20
)

// serverFields are what a server fills in for itself, or what only tells of time.
var serverFields = setOf(
	"uid", "resourceVersion", "managedFields", "selfLink", "creationTimestamp", "lastTransitionTime", "lastProbeTime",
	"lastUpdateTime", "lastHeartbeatTime", "startTime", "startedAt", "finishedAt", "containerID", "imageID", "generation",
	"observedGeneration", "nodeName", "hostIP", "hostIPs", "podIP", "podIPs", "clusterIP", "clusterIPs", "nodePort",
	"lastScheduleTime", "lastSuccessfulTime", "completionTime", "deletionTimestamp", "renewTime", "acquireTime",
	"firstTimestamp", "lastTimestamp", "eventTime",
)

// defaultFields are what a server fills in for the author of an object, and which of them depends on its version. A
// document without them misleads nobody.
var defaultFields = setOf(
	"ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "externalTrafficPolicy", "allocateLoadBalancerNodePorts",
	"sessionAffinity", "status", "terminationMessagePath", "terminationMessagePolicy", "dnsPolicy", "schedulerName",
	"restartPolicy", "securityContext", "terminationGracePeriodSeconds", "imagePullPolicy", "enableServiceLinks",
	"preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations", "qosClass", "resources",
	"progressDeadlineSeconds", "revisionHistoryLimit", "podReplacementPolicy", "completionMode", "backoffLimit", "suspend",
	"manualSelector", "minReadySeconds", "podManagementPolicy", "persistentVolumeClaimRetentionPolicy", "volumeMode",
	"protocol", "defaultMode", "kubernetes.io/metadata.name", "recursiveReadOnly", "allocatedResources", "ready", "started",
	"terminatingReplicas", "ephemeralContainers", "generateName", "user", "loadBalancer",
)

// data is a document of JSON or YAML, or an output of them.
type data struct {
	value any
	// elided tells that dots stood for fields or elements.
	elided bool
	// at has the lines on which each key stands; it is made when it is first needed.
	at    map[string][]line
	lines []line
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
	c.values(w, nil, w.value, g.value)
	return true
}

func (c *comparison) decode(lines []line) (*data, bool) {
	begin, size := beginOf(lines)
	switch {
	case begin == "":
		return nil, false
	case begin[0] == '{' || begin[0] == '[':
		d, texts := readData(lines)
		if d.elided {
			withoutLastCommas(texts)
		}
		return d, json.Unmarshal([]byte(strings.Join(texts, "\n")), &d.value) == nil && d.value != nil
	case size <= largestYAML && (c.command.format == "yaml" || strings.HasPrefix(begin, "apiVersion:")):
		d, texts := readData(lines)
		text := strings.Join(texts, "\n")
		if strings.Contains(text, "\n---") {
			return nil, false
		}
		return d, yaml.Unmarshal([]byte(text), &d.value) == nil && d.value != nil
	default:
		return nil, false
	}
}

// beginOf is the first line, unless there is more than is read.
func beginOf(lines []line) (begin string, size int) {
	for _, l := range lines {
		if size += len(l.text) + 1; size > largestJSON {
			return "", size
		}
		if begin == "" && !isDots(l.text) {
			begin = strings.TrimSpace(l.text)
		}
	}
	return begin, size
}

// readData leaves the dots out.
func readData(lines []line) (d *data, texts []string) {
	d = &data{lines: lines}
	texts = make([]string, 0, len(lines))
	for _, l := range lines {
		if isDots(l.text) {
			d.elided = true
			continue
		}
		texts = append(texts, l.text)
	}
	return d, texts
}

// withoutLastCommas takes off the commas that are left over where dots stood for the rest.
func withoutLastCommas(texts []string) {
	for i := range len(texts) - 1 {
		if next := strings.TrimSpace(texts[i+1]); strings.HasPrefix(next, "}") || strings.HasPrefix(next, "]") {
			texts[i] = strings.TrimSuffix(texts[i], ",")
		}
	}
}

// values compares two trees. Keys and elements that only one side has are differences, except those of a server, and
// those that dots of the document stand for.
func (c *comparison) values(in *data, path *fieldPath, want, got any) {
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
		c.differs(in, path, want, got)
	}
}

func (c *comparison) differs(in *data, path *fieldPath, want, got any) {
	if want == nil && onlyOfServer(got) {
		return
	}
	severity := Error
	if want == nil && defaultFields[path.lastKey()] {
		severity = Warning
	}
	if !c.full(severity) {
		c.tell(Finding{
			Line: c.lineOf(in, path, want), Row: path.String(), Kind: Cell, Expected: leaf(want), Actual: leaf(got), Severity: severity,
		})
	}
}

// onlyOfServer tells whether a field has nothing in it but what a server fills in.
func onlyOfServer(value any) bool {
	fields, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for key := range fields {
		if !serverFields[key] {
			return false
		}
	}
	return true
}

func (c *comparison) objects(in *data, path *fieldPath, want, got map[string]any) {
	keys := slices.Collect(maps.Keys(want))
	for key := range got {
		if _, both := want[key]; !both && !in.elided {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		w, wanted := want[key]
		g, there := got[key]
		if wanted != there && serverFields[key] {
			continue
		}
		if wanted && !there && w == nil {
			continue
		}
		c.values(in, path.field(key), w, g)
	}
}

// lists compares elements by what they are called if all of them are called something, else in turn.
func (c *comparison) lists(in *data, path *fieldPath, want, got []any) {
	to, named := pairElements(want, got)
	taken := make([]bool, len(got))
	for i, w := range want {
		j := i
		if named {
			j = to[i]
		}
		at := path.element(i)
		if j < 0 || j >= len(got) {
			c.differs(in, at, w, nil)
			continue
		}
		taken[j] = true
		c.values(in, at, w, got[j])
	}
	for j, g := range got {
		if !taken[j] && !in.elided {
			c.differs(in, path.element(j), nil, g)
		}
	}
}

// pairElements gives for each element of the document the one of the same name, or -1.
func pairElements(want, got []any) (to []int, named bool) {
	waiting := map[string][]int{}
	for j, g := range got {
		id := identityOf(g)
		if id == "" {
			return nil, false
		}
		waiting[id] = append(waiting[id], j)
	}
	to = make([]int, len(want))
	for i, w := range want {
		id := identityOf(w)
		if id == "" {
			return nil, false
		}
		to[i] = -1
		if next := waiting[id]; len(next) > 0 {
			to[i], waiting[id] = next[0], next[1:]
		}
	}
	return to, true
}

// identityOf is what an element of a list is called: a kind with a name, the name of a container or port, or the type
// of a condition.
func identityOf(element any) string {
	fields, ok := element.(map[string]any)
	if !ok {
		return ""
	}
	if metadata, isObject := fields["metadata"].(map[string]any); isObject {
		kind, _ := fields["kind"].(string)
		name, _ := metadata["name"].(string)
		namespace, _ := metadata["namespace"].(string)
		return kind + "/" + namespace + "/" + stemOf(name)
	}
	for _, key := range []string{"name", "type"} {
		if called, isText := fields[key].(string); isText && called != "" {
			return key + " " + stemOf(called)
		}
	}
	return ""
}

// stemOf is the name without what may be generated of it, whatever it is the name of.
func stemOf(full string) string {
	if n := readName("pod", full); n.generated() {
		return n.String()
	}
	return readName("replicaset", full).String()
}

// sameLeaf compares values: a server's are only there or not, texts are compared as words.
func (c *comparison) sameLeaf(path *fieldPath, want, got any) bool {
	key := path.lastKey()
	w, wordy := want.(string)
	g, both := got.(string)
	switch {
	case wordy && isDots(w):
		return true
	case serverFields[key] && want != nil && got != nil:
		return !wordy || !both || (w == "None") == (g == "None")
	case wordy && both:
		return w == g || c.sameText(key, w, g)
	default:
		return want == nil && got == nil || (want == nil) == (got == nil) && leaf(want) == leaf(got)
	}
}

// sameText compares texts as words, and names without what is generated of them.
func (c *comparison) sameText(key, want, got string) bool {
	switch {
	case (key == "name" || key == "generateName") && stemOf(want) == stemOf(got):
		return true
	case strings.HasSuffix(key, "-hash"):
		return meantAsHash(want) && meantAsHash(got)
	default:
		before, elided := withoutDots(want)
		plain := c.words.line(got)
		return c.words.line(want) == plain || elided && strings.HasPrefix(plain, c.words.line(before))
	}
}

func leaf(value any) string {
	if value == nil {
		return ""
	}
	if text, ok := value.(string); ok {
		return text
	}
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}
