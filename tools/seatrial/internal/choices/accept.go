package choices

import (
	"fmt"

	"github.com/spf13/pflag"
)

// unused marks the flags that a command takes and has no use for.
const unused = "seatrial.dev/unused"

// Accept adds, hidden, those of the shared flags that a command has no use for: whoever hands the same flags to every
// command, such as a script, need not know which of them is for which.
func Accept(flags *pflag.FlagSet) {
	nothing := New()
	for _, one := range every() {
		if flags.Lookup(one.name) != nil {
			continue
		}
		one.register(nothing, flags)
		hide(flags.Lookup(one.name))
	}
	if flags.Lookup(configFlag) == nil {
		flags.StringVar(&nothing.File, configFlag, "", configUsage)
		hide(flags.Lookup(configFlag))
	}
}

func hide(f *pflag.Flag) {
	f.Hidden = true
	f.Annotations = map[string][]string{unused: nil}
}

// Ignored lists the flags that were given although the command has no use for them. A value that no command would take
// is an error all the same.
func Ignored(flags *pflag.FlagSet) (names []string, err error) {
	flags.Visit(func(f *pflag.Flag) {
		if _, marked := f.Annotations[unused]; !marked {
			return
		}
		names = append(names, "--"+f.Name)
		for _, one := range every() {
			if wrong := one.knows(f.Value.String()); one.name == f.Name && wrong != nil && err == nil {
				err = fmt.Errorf("--%s=%s: %w", f.Name, f.Value, wrong)
			}
		}
	})
	return names, err
}
