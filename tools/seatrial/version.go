package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/assets"
	"seatrial/tools/seatrial/internal/choices"
)

// versions are those of this program and of what it is made of and works with.
type versions struct {
	Seatrial string `json:"seatrial"`
	// Revision is that of the source, if the build recorded it.
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	// Kubernetes is that of the control planes that are prepared, or that would be.
	Kubernetes string `json:"kubernetes,omitempty"`
	Client     string `json:"client"`
	Helm       string `json:"helm"`
	Kind       string `json:"kind"`
}

func versionCommand() *cobra.Command {
	c := choices.New()
	var output format
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Says which versions of what are at work",
		Example: `  seatrial version
  seatrial version --output json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := versionsOf(debug.ReadBuildInfo())
			v.Kubernetes = kubernetesVersion(c)
			return output.write(cmd, v, v.text)
		},
	}
	output.register(cmd)
	return cmd
}

//nolint:revive // It is what ReadBuildInfo returns.
func versionsOf(info *debug.BuildInfo, known bool) versions {
	v := versions{Seatrial: "unknown", Go: runtime.Version(), Client: "unknown", Helm: "unknown", Kind: "unknown"}
	if !known {
		return v
	}
	v.Seatrial = cmp.Or(info.Main.Version, "(devel)")
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			v.Revision = setting.Value
		}
	}
	for _, module := range info.Deps {
		for path, at := range map[string]*string{"k8s.io/client-go": &v.Client, "helm.sh/helm/v3": &v.Helm, "sigs.k8s.io/kind": &v.Kind} {
			if module.Path == path {
				*at = module.Version
			}
		}
	}
	return v
}

// kubernetesVersion is that of what is prepared, or else what a source tree would prepare.
func kubernetesVersion(c *choices.Choices) string {
	if prepared, err := assets.Load(c.Settings().Want); err == nil {
		return prepared.EmbeddedKubernetes
	}
	root, err := assets.Root()
	if err != nil {
		return ""
	}
	pinned, err := assets.DistroVersion(root, "k8s.io/kubernetes")
	if err != nil {
		return ""
	}
	return pinned
}

func (v versions) text(out io.Writer) {
	for _, line := range [][2]string{
		{"seatrial", v.Seatrial},
		{"revision", v.Revision},
		{"Kubernetes", cmp.Or(v.Kubernetes, "nothing is prepared")},
		{"client-go", v.Client},
		{"Helm", v.Helm},
		{"kind", v.Kind},
		{"Go", v.Go},
	} {
		if line[1] != "" {
			fmt.Fprintf(out, "%-12s%s\n", line[0], line[1])
		}
	}
}
