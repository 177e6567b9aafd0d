package ledger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

func TestARecordTellsNoSecret(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	r := Record{
		Release: "web", Revision: 1,
		Values: map[string]any{"password": "hunter2", "list": []any{"hunter2", int64(7)}, "pin": int64(4711), "image": "web:1"},
		Manifest: `---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: key}
data: {password: aHVudGVyMg==}
stringData: {pin: "4711"}
---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
`,
	}
	before := r.Manifest
	l := Ledger{Record: r.digested()}
	text, err := l.JSON()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	for _, secret := range []string{"hunter2", "aHVudGVyMg", "4711"} {
		g.Expect(string(text)).NotTo(gomega.ContainSubstring(secret))
	}
	g.Expect(l.Record.Values).To(gomega.HaveKeyWithValue("image", "web:1"))
	g.Expect(l.Record.Manifest).To(gomega.ContainSubstring("# Source: web/templates/secret.yaml\n"))
	g.Expect(l.Record.Manifest).To(gomega.HaveSuffix(before[strings.LastIndex(before, "---"):]), "what has no Secret stays as it was")
	g.Expect(r.Values).To(gomega.HaveKeyWithValue("password", "hunter2"), "the caller's own record must stay as it is")
}

func TestASecretInAListIsDigestedAndWhatCannotBeReadIsWithheld(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	list := Record{Manifest: "kind: List\nitems:\n- kind: Secret\n  data: {a: aHVudGVyMg==}\n"}
	g.Expect(list.digested().Manifest).To(gomega.And(gomega.ContainSubstring("sha256:"), gomega.Not(gomega.ContainSubstring("aHVu"))))
	broken := Record{Manifest: "kind: Secret\ndata: {a: aHVudGVyMg==\n---\nkind: ConfigMap\n"}
	g.Expect(broken.digested().Manifest).To(gomega.And(gomega.ContainSubstring("withheld"), gomega.HaveSuffix("---\nkind: ConfigMap\n")))
	plain := Record{Manifest: "kind: ConfigMap\ndata: {a: \"no Secret here\"}\n"}
	g.Expect(plain.digested().Manifest).To(gomega.Equal(plain.Manifest))
}

func TestTheActionOfARevision(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, r := range []Record{
		{Revision: 1, Description: "Install complete"},
		{Revision: 2, Description: "Upgrade complete"},
		{Revision: 3, Description: "Rollback to 1"},
		{Revision: 4, Description: `Upgrade "web" failed: timed out`},
	} {
		got[r.Description] = r.Action()
	}
	want := map[string]string{
		"Install complete": "install", "Upgrade complete": "upgrade", "Rollback to 1": "rollback", `Upgrade "web" failed: timed out`: "upgrade",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}
