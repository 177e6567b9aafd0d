package apt

import (
	"os"
	"slices"
	"strings"
)

// OSRelease is what /etc/os-release says about a distribution.
type OSRelease struct {
	// ID is its short name, e.g. "debian".
	ID string
	// Like names the distributions it comes from.
	Like []string
	// Name is how it calls itself before people.
	Name string
}

// ThisSystem reads /etc/os-release. Without that file this is no distribution that we know, which is what the empty
// value says.
func ThisSystem() OSRelease {
	text, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return OSRelease{}
	}
	return ParseOSRelease(string(text))
}

// ParseOSRelease reads the text of /etc/os-release, which is a list of shell assignments; anything else in it is
// ignored.
func ParseOSRelease(text string) OSRelease {
	var release OSRelease
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			release.ID = value
		case "ID_LIKE":
			release.Like = strings.Fields(value)
		case "PRETTY_NAME":
			release.Name = value
		}
	}
	return release
}

// HasAPT tells whether the distribution has Debian's packages and tools.
func (r OSRelease) HasAPT() bool {
	return slices.ContainsFunc(append([]string{r.ID}, r.Like...), func(id string) bool {
		return id == "debian" || id == "ubuntu"
	})
}

// String names the distribution for people.
func (r OSRelease) String() string {
	for _, name := range []string{r.Name, r.ID} {
		if name != "" {
			return name
		}
	}
	return "an unknown system"
}
