// Package compile builds Go programs of a module into a folder and tells how far it
// is. The compiler's own cache makes an interrupted build go on where it stopped.
package compile

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"seatrial/tools/nodeimage/internal/group"
)

// Program is one program to build.
type Program struct {
	Package string // import path, or ./folder of the module
	Name    string // file name of the binary
}

// Build is one run of the compiler. CGO is off and paths are trimmed: the binaries are
// static and the same on every machine.
type Build struct {
	Module   string // folder with the go.mod
	Programs []Program
	LDFlags  string
	Tags     []string
	// Progress hears how many of how many packages are compiled. Packages that the
	// cache holds are not compiled again and never counted, so done may end below total.
	Progress func(done, total int)
}

// settle is how long the compiler gets to stop its children after an interrupt.
const settle = 10 * time.Second

// Into writes the binaries into dir.
func (b Build) Into(ctx context.Context, dir string) error {
	all, err := b.Packages(ctx)
	if err != nil {
		return err
	}
	heard := &listener{total: len(all), progress: b.Progress}
	cmd := b.command(ctx, b.arguments(dir)...)
	cmd.Stderr = heard
	if err := cmd.Run(); err != nil {
		return b.failed(ctx, "compiling", err, heard.said())
	}
	return b.rename(dir)
}

func (b Build) failed(ctx context.Context, step string, err error, said string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: stopped: %w", step, b.names(), context.Cause(ctx))
	}
	return fmt.Errorf("%s %s: %w\n%s", step, b.names(), err, said)
}

// Inputs are all that decides what is built, less the source itself.
func (b Build) Inputs() []string {
	return slices.Concat(b.arguments(""), environment(), []string{b.names()})
}

func (b Build) arguments(dir string) []string {
	return append([]string{
		"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", b.LDFlags,
		"-tags", strings.Join(b.Tags, ","), "-o", dir + string(filepath.Separator),
	}, b.packages()...)
}

// environment keeps GOFLAGS and GOWORK of the user from changing what is built.
func environment() []string { return []string{"CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off"} }

func (b Build) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.Module
	cmd.Env = append(os.Environ(), environment()...)
	cmd.WaitDelay = settle
	group.Own(cmd, syscall.SIGINT)
	return cmd
}

func (b Build) packages() []string {
	var all []string
	for _, program := range b.Programs {
		all = append(all, program.Package)
	}
	return all
}

func (b Build) names() string {
	var all []string
	for _, program := range b.Programs {
		all = append(all, program.Name)
	}
	return strings.Join(all, ", ")
}

// Packages are the import paths of all that is compiled, those of other modules included.
func (b Build) Packages(ctx context.Context) ([]string, error) {
	args := append([]string{"list", "-deps", "-tags", strings.Join(b.Tags, ",")}, b.packages()...)
	cmd := b.command(ctx, args...)
	heard := &listener{}
	cmd.Stderr = heard
	listed, err := cmd.Output()
	if err != nil {
		return nil, b.failed(ctx, "listing the packages of", err, heard.said())
	}
	return strings.Fields(string(listed)), nil
}

// rename gives the binaries their names: the compiler names them after their folder,
// which for a program at the root of a module is the module's name or its version.
func (b Build) rename(dir string) error {
	for _, program := range b.Programs {
		built := filepath.Join(dir, binary(program.Package))
		if err := os.Rename(built, filepath.Join(dir, program.Name)); err != nil {
			return fmt.Errorf("naming the binary of %q: %w", program.Package, err)
		}
	}
	return nil
}

// binary is the file name "go build" chooses: the last element of the import path, or
// the one before it where the last is a major version, which are v2 and above.
func binary(importPath string) string {
	folder, last := path.Split(importPath)
	if folder != "" && regexp.MustCompile(`^v([2-9]|[1-9]\d+)$`).MatchString(last) {
		return path.Base(folder)
	}
	return last
}
