package choices

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// Place is where a command runs.
type Place struct {
	Getenv func(string) string
	Dir    string // the working directory
}

// variable is the name by which the environment has a choice.
func (o choice) variable() string {
	return "SEATRIAL_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// said is a value with the place where somebody said it.
type said struct {
	value string
	where string // as SEATRIAL_KEEP, or seatrial.yaml:3
}

// Fill gives every flag that is not on the command line the value of its variable, or else that of its key in
// seatrial.yaml. All mistakes are told, also those in keys that this command has no flag for.
func (c *Choices) Fill(flags *pflag.FlagSet, from Place) error {
	file, err := read(cmp.Or(c.File, from.Getenv("SEATRIAL_CONFIG")), from.Dir)
	for _, one := range every() {
		registered := flags.Lookup(one.name)
		if registered == nil || registered.Changed {
			continue
		}
		value, found := from.variable(one)
		if !found {
			value, found = file[one.name]
		}
		if !found {
			continue
		}
		if setErr := one.set(registered.Value, value.value); setErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", value.where, setErr))
		}
	}
	if err != nil {
		return err
	}
	c.NoColor = c.NoColor || from.Getenv("NO_COLOR") != ""
	return c.check(flags)
}

// check sees what can only be seen of all choices together, and of those on the command line.
func (c *Choices) check(flags *pflag.FlagSet) error {
	var all error
	for _, one := range every() {
		if registered := flags.Lookup(one.name); registered != nil && registered.Changed {
			if err := one.knows(registered.Value.String()); err != nil {
				all = errors.Join(all, fmt.Errorf("--%s=%s: %w", one.name, registered.Value, err))
			}
		}
	}
	if c.Quiet && c.Verbose {
		all = errors.Join(all, errors.New("--quiet and --verbose say the opposite of each other: leave one out"))
	}
	return all
}

// variable reads the environment. Make passes on what nobody has set as an empty text.
func (p Place) variable(one choice) (said, bool) {
	name := one.variable()
	value := p.Getenv(name)
	if value == "" && one.name == "keep" {
		return p.kept()
	}
	return said{value: value, where: fmt.Sprintf("%s=%q", name, value)}, value != ""
}

// kept is the word that the Makefile and the suites have for --keep.
func (p Place) kept() (said, bool) {
	value := p.Getenv("SEATRIAL_CLUSTER")
	where := fmt.Sprintf("SEATRIAL_CLUSTER=%q: the only word it knows is keep", value)
	if value == "keep" {
		return said{value: "true", where: where}, true
	}
	return said{value: value, where: where}, value != ""
}
