package choices

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"seatrial/e2e/framework/report/output"
)

// The types of values. Their errors say what is wanted, as they stand behind the name of a flag, a variable or a key.
type (
	text    string
	word    string
	reports string
	flag    bool
	number  int
	length  time.Duration
)

var (
	_ pflag.Value = (*text)(nil)
	_ pflag.Value = (*word)(nil)
	_ pflag.Value = (*reports)(nil)
	_ pflag.Value = (*flag)(nil)
	_ pflag.Value = (*number)(nil)
	_ pflag.Value = (*length)(nil)
)

func (v *text) String() string { return string(*v) }

// Type is what pflag asks for.
func (v *text) Type() string { return "string" }

// Set takes any text.
func (v *text) Set(said string) error {
	*v = text(said)
	return nil
}

func (v *word) String() string { return string(*v) }

// Type is what pflag asks for.
func (v *word) Type() string { return "string" }

// Set takes one of the words that any choice has: which of them fits is seen when all is filled.
func (v *word) Set(said string) error {
	*v = word(said)
	return nil
}

func (v *reports) String() string { return string(*v) }

// Type is what pflag asks for.
func (v *reports) Type() string { return "report" }

// Set adds what can be written.
func (v *reports) Set(said string) error {
	if _, err := output.Parse(said); err != nil {
		return err
	}
	*v = reports(strings.TrimPrefix(string(*v)+","+said, ","))
	return nil
}

func (v *flag) String() string { return strconv.FormatBool(bool(*v)) }

// Type is what pflag asks for, and what lets a flag stand without a value.
func (v *flag) Type() string { return "bool" }

// IsBoolFlag lets it stand without a value.
func (v *flag) IsBoolFlag() bool { return true }

// Set takes true and false.
func (v *flag) Set(said string) error {
	if said != "true" && said != "false" {
		return fmt.Errorf("want true or false, not %q", said)
	}
	*v = said == "true"
	return nil
}

func (v *number) String() string { return strconv.Itoa(int(*v)) }

// Type is what pflag asks for.
func (v *number) Type() string { return "int" }

// Set takes whole numbers that are not negative.
func (v *number) Set(said string) error {
	read, err := strconv.Atoi(said)
	if err != nil || read < 0 {
		return fmt.Errorf("want a number such as 4, not %q", said)
	}
	*v = number(read)
	return nil
}

func (v *length) String() string { return time.Duration(*v).String() }

// Type is what pflag asks for.
func (v *length) Type() string { return "duration" }

// Set takes durations above nothing.
func (v *length) Set(said string) error {
	read, err := time.ParseDuration(said)
	if err != nil || read <= 0 {
		return fmt.Errorf("want a duration such as 90s or 10m, not %q", said)
	}
	*v = length(read)
	return nil
}
