package store

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestOnlyASynchronisedSlaveIsTrusted(t *testing.T) {
	cases := map[string]struct{ info, problem string }{
		"in step":      {"# Replication\r\nrole:slave\r\nmaster_link_status:up\r\n", ""},
		"link down":    {"# Replication\r\nrole:slave\r\nmaster_link_status:down\r\n", `"down"`},
		"a master":     {"# Replication\r\nrole:master\r\nconnected_slaves:0\r\n", `"master"`},
		"no link line": {"role:slave\r\n", `""`},
		"nothing":      {"", "role"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			err := followsMaster(test.info)
			if test.problem == "" {
				g.Expect(err).NotTo(gomega.HaveOccurred())
				return
			}
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.problem)))
		})
	}
}
