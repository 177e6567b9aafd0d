package web

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestSecretsAreNotShown(t *testing.T) {
	for pair, want := range map[string]string{ //nolint:gosec // These passwords are invented.
		"PATH=/bin:/usr/bin":                      "/bin:/usr/bin",
		"REDIS_MASTER_SERVICE_PASSWORD=hunter2":   redacted,
		"api_token=hunter2":                       redacted,
		"AWS_SECRET_ACCESS_KEY=a=b":               redacted,
		"GOOGLE_APPLICATION_CREDENTIALS=/c.json":  redacted,
		"EMPTY_SECRET=":                           "",
		"ODD":                                     "",
		"REDIS_URL=redis://ada:hunter2@db:6379/0": "redis://ada:xxxxx@db:6379/0",
		"BROKEN_URL=redis://ada:hunter2@db:port":  redacted,
		"EQUATION=a=b":                            "a=b",
	} {
		t.Run(pair, func(t *testing.T) {
			g := gomega.NewWithT(t)
			shown := redact([]string{pair})
			g.Expect(shown).To(gomega.HaveLen(1))
			for _, value := range shown {
				g.Expect(value).To(gomega.Equal(want))
			}
		})
	}
}
