package web

import (
	"net/url"
	"slices"
	"strings"
)

const redacted = "(redacted)"

// redact turns "name=value" pairs into a map, and hides values whose name says that they are secret and passwords
// inside addresses.
func redact(environ []string) map[string]string {
	shown := make(map[string]string, len(environ))
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		shown[name] = redactValue(name, value)
	}
	return shown
}

func redactValue(name, value string) string {
	if value == "" {
		return value
	}
	upper := strings.ToUpper(name)
	marks := []string{"PASS", "TOKEN", "SECRET", "KEY", "CREDENTIAL", "AUTH"}
	if slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(upper, mark) }) {
		return redacted
	}
	address, err := url.Parse(value)
	if err == nil && address.User != nil {
		return address.Redacted()
	}
	if err != nil && strings.Contains(value, "@") && strings.Contains(value, "://") {
		// An address that cannot be taken apart may still hold a password.
		return redacted
	}
	return value
}
