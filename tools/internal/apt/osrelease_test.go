package apt

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

func TestDistributionsAreTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want OSRelease
		apt  bool
	}{
		"Debian": {
			text: "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n",
			want: OSRelease{ID: "debian", Name: "Debian GNU/Linux 12 (bookworm)"}, apt: true,
		},
		"Ubuntu": {
			text: "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nID=ubuntu\nID_LIKE=debian\n",
			want: OSRelease{ID: "ubuntu", Like: []string{"debian"}, Name: "Ubuntu 24.04.3 LTS"}, apt: true,
		},
		"a descendant of Ubuntu": {
			text: "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
			want: OSRelease{ID: "linuxmint", Like: []string{"ubuntu", "debian"}}, apt: true,
		},
		"Fedora": {
			text: "ID=fedora\nPRETTY_NAME='Fedora Linux 42'\n# a comment\n\n",
			want: OSRelease{ID: "fedora", Name: "Fedora Linux 42"},
		},
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			release := ParseOSRelease(test.text)
			g.Expect(cmp.Diff(test.want, release)).To(gomega.BeEmpty())
			g.Expect(release.HasAPT()).To(gomega.Equal(test.apt))
			g.Expect(release.String()).NotTo(gomega.BeEmpty())
		})
	}
}

func FuzzParseOSRelease(f *testing.F) {
	f.Add("ID=debian\nID_LIKE=\"a b\"\n")
	f.Add("ID=\"")
	f.Fuzz(func(t *testing.T, text string) {
		release := ParseOSRelease(text)
		if release.String() == "" || slices.Contains(release.Like, "") {
			t.Fatalf("%q gave %+v", text, release)
		}
	})
}
