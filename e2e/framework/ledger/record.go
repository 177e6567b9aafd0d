package ledger

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Record is what Helm has written about a revision. What is secret in it is only there as a digest once it is in a ledger.
type Record struct {
	Release  string `json:"release"`
	Revision int    `json:"revision"`
	// Status is such as "deployed" or "failed".
	Status string `json:"status"`
	// Description is such as "Rollback to 1".
	Description string `json:"description"`
	// Chart is its name and version, as Helm's tables show them: guestbook-0.2.0.
	Chart      string `json:"chart"`
	AppVersion string `json:"appVersion,omitempty"`
	// Values are those that the user gave.
	Values map[string]any `json:"values,omitempty"`
	// Manifest is the rendered YAML, without the hooks.
	Manifest string    `json:"manifest,omitempty"`
	Updated  time.Time `json:"updated,omitzero"`
}

// Action is the operation that made the revision: "install", "upgrade" or "rollback". Helm only keeps it in the description.
func (r Record) Action() string {
	switch {
	case strings.HasPrefix(r.Description, "Rollback"):
		return "rollback"
	case r.Revision <= 1:
		return "install"
	default:
		return "upgrade"
	}
}

// digested is the record without what its Secrets hold, in the manifest as well as in the values they were made of.
func (r Record) digested() *Record {
	secrets := map[string]bool{}
	documents := strings.SplitAfter(r.Manifest, "\n---")
	for i, d := range documents {
		documents[i] = digestDocument(d, secrets)
	}
	r.Manifest = strings.Join(documents, "")
	if values, ok := digestValues(r.Values, secrets).(map[string]any); ok {
		r.Values = values
	}
	return &r
}

// digestDocument replaces the data of Secrets in one document of a manifest, and notes what it was.
func digestDocument(document string, secrets map[string]bool) string {
	if !strings.Contains(document, "Secret") {
		return document
	}
	body, end := strings.TrimSuffix(document, "---"), ""
	if body != document {
		end = "---"
	}
	var content map[string]any
	if err := yaml.Unmarshal([]byte(body), &content); err != nil {
		return "\n# withheld: it may have a Secret in it, and is no YAML\n" + end
	}
	if !digestSecrets(content, secrets) {
		return document
	}
	written, err := yaml.Marshal(content)
	if err != nil {
		return "\n# withheld: it has a Secret in it that cannot be written again\n" + end
	}
	var comments strings.Builder
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "#") {
			comments.WriteString(line)
		}
	}
	return "\n" + comments.String() + string(written) + end
}

// digestSecrets goes through an object and through lists of objects. It tells whether there was a Secret.
func digestSecrets(object map[string]any, secrets map[string]bool) bool {
	found := false
	if items, ok := object["items"].([]any); ok {
		for _, item := range items {
			if m, isMap := item.(map[string]any); isMap && digestSecrets(m, secrets) {
				found = true
			}
		}
	}
	if object["kind"] != "Secret" {
		return found
	}
	for _, field := range []string{"data", "stringData"} {
		data, _ := object[field].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(data)) {
			text := fmt.Sprint(data[key])
			secrets[text] = true
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil && field == "data" {
				secrets[string(plain)] = true
			}
			data[key] = digest(data[key])
		}
	}
	return true
}

// digestValues gives a copy of values in which what became a Secret is only a digest.
func digestValues(value any, secrets map[string]bool) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = digestValues(e, secrets)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = append(out, digestValues(e, secrets))
		}
		return out
	case string:
		if v != "" && secrets[v] {
			return digest(v)
		}
	case int, int64, float64:
		if secrets[fmt.Sprint(v)] {
			return digest(v)
		}
	}
	return value
}
