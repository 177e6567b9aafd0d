package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"seatrial/tools/seatrial/internal/choices"
	"seatrial/tools/seatrial/internal/images"
)

// errNotComplete means that something is not prepared that a run would need.
var errNotComplete = errors.New("not everything is prepared")

func imagesCommand() *cobra.Command {
	cmd := listImages("images")
	cmd.Short = "Says what is prepared, and carries it to other machines"
	cmd.Example = `  seatrial images
  seatrial images --output json
  seatrial images save seatrial.tar
  seatrial images load seatrial.tar`
	list := listImages("list")
	list.Example = "  seatrial images list --provider kind"
	cmd.AddCommand(list, saveImages(), loadImages())
	return cmd
}

func listImages(use string) *cobra.Command {
	c := choices.New()
	var output format
	cmd := &cobra.Command{
		Use:   use,
		Short: "Lists what is prepared, and what is stale or missing",
		Long: `Lists what is prepared: the kind node image in the store of a container engine,
the images of the workshop, and the programs that take their place on provider
embedded, with size and digest. "current" is what a run takes. "stale" is a node
image that was made from other sources. Below what is missing stands the command
that mends it. Nothing is changed.

Exit code 0: nothing is missing. 1: something is, or it cannot be found out.`,
		Args: cobra.NoArgs,
		RunE: filled(c, func(cmd *cobra.Command, _ []string) error {
			inventory, err := images.Survey(cmd.Context(), c.Settings().Want)
			if err != nil {
				return err
			}
			if err := output.write(cmd, inventory, inventory.Text); err != nil {
				return err
			}
			if !inventory.Complete() {
				return errNotComplete
			}
			return nil
		}),
	}
	c.Register(cmd.Flags(), choices.Made, choices.Timing)
	output.register(cmd)
	return cmd
}

func saveImages() *cobra.Command {
	c := choices.New()
	cmd := &cobra.Command{
		Use:   "save FILE.tar",
		Short: "Writes all of it into a file, for a machine without internet",
		Long: `Writes all that is prepared into one file: the node image, the images of the
workshop, the control plane of provider embedded, helm, kubectl, and this
command itself. Another machine of the same system and processor gets it with

  tar -xf FILE.tar seatrial && ./seatrial images load FILE.tar

and needs no registry, no package and no compiler. With --provider embedded,
what only nodes need is left out, which makes it small.

Exit code 0: it is written. 1: it could not be, and nothing is.`,
		Example: `  seatrial images save seatrial.tar
  seatrial images save small.tar --provider embedded`,
		Args: cobra.ExactArgs(1),
		RunE: filled(c, func(cmd *cobra.Command, args []string) error {
			saved, err := images.Save(cmd.Context(), c.Settings().Want, args[0], c.Teller(cmd.ErrOrStderr()))
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s: %s, %d files\n", args[0], images.Size(saved.Bytes), saved.Files)
			if saved.NodeImage == "" {
				fmt.Fprintf(out, "without a node image: %s\n", saved.Without)
			} else {
				fmt.Fprintf(out, "with node image %s\n", saved.NodeImage)
			}
			return nil
		}),
	}
	c.Register(cmd.Flags(), choices.Made, choices.Timing, choices.Brief)
	return cmd
}

func loadImages() *cobra.Command {
	c := choices.New()
	cmd := &cobra.Command{
		Use:   "load FILE.tar",
		Short: "Prepares this machine with what another one has saved",
		Long: `Prepares this machine with what "seatrial images save" has written on another
one: the node image goes into the store of the container engine, everything else
into the cache folder. Every file is held against its digest first.

After that, all commands work outside of a source tree, and in one with the same
sources. With --provider embedded, what only nodes need is left out, and no
container engine is asked for.

Exit code 0: it is prepared. 1: it could not be.`,
		Example: `  seatrial images load seatrial.tar
  seatrial images load seatrial.tar --provider embedded`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"tar"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: filled(c, func(cmd *cobra.Command, args []string) error {
			return loadFrom(cmd.Context(), c, args[0], cmd.OutOrStdout(), c.Teller(cmd.ErrOrStderr()))
		}),
	}
	c.Register(cmd.Flags(), choices.Made, choices.Timing, choices.Brief)
	return cmd
}

func loadFrom(ctx context.Context, c *choices.Choices, path string, out io.Writer, tell func(string)) error {
	loaded, err := images.Load(ctx, c.Settings().Want, path, tell)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "prepared: the embedded control plane, Kubernetes %s\n", loaded.Assets.EmbeddedKubernetes)
	if loaded.Assets.NodeImage == "" {
		fmt.Fprintf(out, "without a node image: %s\n", loaded.Assets.WithoutNodes)
	} else {
		fmt.Fprintf(out, "prepared: node image %s in %s\n", loaded.Assets.NodeImage, loaded.Assets.Engine)
	}
	if loaded.Flag != "" {
		fmt.Fprintf(out, "runs take that node image with `%s`\n", loaded.Flag)
	}
	if loaded.Elsewhere {
		fmt.Fprintln(out, "This folder is in a source tree with other sources, where it is not taken: work\nelsewhere, or check out what it was made from.")
	}
	return nil
}
