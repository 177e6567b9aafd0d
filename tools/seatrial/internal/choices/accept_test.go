package choices

import (
	"testing"

	"github.com/onsi/gomega"
	"github.com/spf13/pflag"
)

func TestACommandTakesTheFlagsItHasNoUseForAndSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	flags := pflag.NewFlagSet("lint", pflag.ContinueOnError)
	New().Register(flags, Shown)
	Accept(flags)
	g.Expect(flags.FlagUsages()).ToNot(gomega.ContainSubstring("--provider"), "its help has only what changes something")

	g.Expect(flags.Parse([]string{"-q", "--provider", "embedded", "--keep", "--parallel", "2"})).To(gomega.Succeed())
	names, err := Ignored(flags)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(names).To(gomega.Equal([]string{"--keep", "--parallel", "--provider"}))
}

func TestAValueThatNoCommandTakesIsAMistakeEverywhere(t *testing.T) {
	g := gomega.NewWithT(t)
	flags := pflag.NewFlagSet("lint", pflag.ContinueOnError)
	Accept(flags)
	g.Expect(flags.Parse([]string{"--provider", "kidn"})).To(gomega.Succeed())
	_, err := Ignored(flags)
	g.Expect(err).To(gomega.MatchError(`--provider=kidn: there is no provider "kidn"; did you mean "kind"?`))
	g.Expect(flags.Parse([]string{"--timeout", "soon"})).ToNot(gomega.Succeed())
}
