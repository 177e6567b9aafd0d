// Package choices has the flags that commands share, and fills those that nobody gave from the environment and from
// seatrial.yaml.
package choices

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/nearest"
	"seatrial/e2e/framework/report/output"
)

// Choices are what a user can choose for more than one command. Their values before Register are the defaults.
type Choices struct {
	Provider     string
	Kubeconfig   string
	Context      string
	AllowContext string
	Kubernetes   string
	Engine       string
	NodeImage    string
	Keep         bool

	Parallel int
	Timeout  time.Duration
	FailFast bool

	Artifacts string
	Report    string // as output.Parse reads it
	NoColor   bool
	Quiet     bool
	Verbose   bool

	// File is the seatrial.yaml to read, instead of looking for one.
	File string
}

// New are the choices that a user has made who says nothing.
func New() *Choices { return &Choices{Provider: assets.Auto, Engine: engine.Auto} }

// Group is a part of the flags, for commands that have no use for others.
type Group int

// The groups.
const (
	Where    Group = iota // which cluster, and what it is made with
	Which                 // of Where, what leads to clusters that are there
	Made                  // of Where, what decides what is prepared
	Life                  // whether it stays
	Timing                // how long
	Pace                  // how much at a time, and when to stop
	FailFast              // of Pace, only when to stop
	Told                  // what is told, and where
	Reports               // which reports are written
	Evidence              // where evidence goes
	Shown                 // what a terminal shows
	Brief                 // of Shown, only whether it is told what is being done
)

// choice is one flag, which is a key of seatrial.yaml and a variable as well.
type choice struct {
	name, short, usage string
	groups             []Group
	bind               func(c *Choices) pflag.Value
	words              []string
	path               pathKind
}

// every is the one list of them, in the order of their help.
func every() []choice {
	where, made, which, life := []Group{Where}, []Group{Where, Made}, []Group{Where, Which, Made}, []Group{Life}
	pace, shown := []Group{Pace}, []Group{Shown}
	return []choice{
		{name: "provider", groups: which, words: assets.Providers(), usage: "where the cluster comes `from`: " + strings.Join(assets.Providers(), ", "), bind: func(c *Choices) pflag.Value { return (*word)(&c.Provider) }},
		{name: "kubeconfig", groups: where, path: pathList, usage: "`file` that leads to the cluster, for --provider existing (default: what kubectl would use)", bind: func(c *Choices) pflag.Value { return (*text)(&c.Kubeconfig) }},
		{name: "context", groups: where, usage: "`name` of the context in the kubeconfig (default: the current one)", bind: func(c *Choices) pflag.Value { return (*text)(&c.Context) }},
		{name: "allow-context", groups: where, usage: "`name` of a context to use although it does not look disposable", bind: func(c *Choices) pflag.Value { return (*text)(&c.AllowContext) }},
		{name: "kubernetes", groups: made, usage: "`version` that the cluster must have, such as v1.37.2", bind: func(c *Choices) pflag.Value { return (*text)(&c.Kubernetes) }},
		{name: "engine", groups: which, words: append([]string{engine.Auto}, engine.Names()...), usage: "container engine for kind, the only `one` to accept: " + strings.Join(append([]string{engine.Auto}, engine.Names()...), ", "), bind: func(c *Choices) pflag.Value { return (*word)(&c.Engine) }},
		{name: "node-image", groups: made, usage: "kind node `image` to use instead of the one that was prepared", bind: func(c *Choices) pflag.Value { return (*text)(&c.NodeImage) }},
		{name: "keep", groups: life, usage: "let the cluster outlive the run; the next one takes it over", bind: func(c *Choices) pflag.Value { return (*flag)(&c.Keep) }},
		{name: "parallel", groups: pace, usage: "`number` of paths of a chart, or of courses of documents, that go at a time (default: what the cluster is good for)", bind: func(c *Choices) pflag.Value { return (*number)(&c.Parallel) }},
		{name: "timeout", groups: []Group{Timing}, usage: "how long one command or operation may take, such as 90s or 10m", bind: func(c *Choices) pflag.Value { return (*length)(&c.Timeout) }},
		{name: "fail-fast", groups: []Group{Pace, FailFast}, usage: "begin nothing more after something has failed", bind: func(c *Choices) pflag.Value { return (*flag)(&c.FailFast) }},
		{name: "artifacts", groups: []Group{Evidence}, path: pathList, usage: "`folder` for evidence (default: _artifacts)", bind: func(c *Choices) pflag.Value { return (*text)(&c.Artifacts) }},
		{name: "report", groups: []Group{Reports}, path: reportList, usage: "`report` to write: " + strings.Join(output.Formats(), ", ") + ", as html=page.html, or a file whose ending says it; can be given more than once", bind: func(c *Choices) pflag.Value { return (*reports)(&c.Report) }},
		{name: "no-color", groups: shown, usage: "write without colours, as with NO_COLOR in the environment", bind: func(c *Choices) pflag.Value { return (*flag)(&c.NoColor) }},
		{name: "quiet", short: "q", groups: []Group{Shown, Brief}, usage: "tell only what was found", bind: func(c *Choices) pflag.Value { return (*flag)(&c.Quiet) }},
		{name: "verbose", short: "v", groups: shown, usage: "tell also what came for each step, and on standard error each request of seatrial to the API server", bind: func(c *Choices) pflag.Value { return (*flag)(&c.Verbose) }},
	}
}

// Register adds the flags of some groups to those of a command.
func (c *Choices) Register(flags *pflag.FlagSet, groups ...Group) {
	for _, one := range every() {
		if slices.ContainsFunc(one.groups, func(g Group) bool { return slices.Contains(groups, g) }) {
			one.register(c, flags)
		}
	}
	flags.StringVar(&c.File, configFlag, "", configUsage)
}

const (
	configFlag  = "config"
	configUsage = "`file` with the same keys as these flags (default: the nearest seatrial.yaml)"
)

func (o choice) register(c *Choices, flags *pflag.FlagSet) {
	added := flags.VarPF(o.bind(c), o.name, o.short, o.usage)
	if added.DefValue == "0s" {
		added.DefValue = "" // None is not told.
	}
	if _, ok := added.Value.(*flag); ok {
		added.NoOptDefVal = "true"
	}
}

// Settings are the choices as the framework knows them.
func (c *Choices) Settings() framework.Settings {
	return framework.Settings{
		Want: assets.Want{Provider: c.Provider, Kubernetes: c.Kubernetes, NodeImage: c.NodeImage, Engine: c.Engine},
		Keep: c.Keep, Artifacts: c.Artifacts, Kubeconfig: c.Kubeconfig, Context: c.Context, AllowContext: c.AllowContext,
	}
}

// Teller tells on a terminal what is being done, line by line; nothing if that is not wanted.
func (c *Choices) Teller(out io.Writer) func(line string) {
	return func(line string) {
		if !c.Quiet {
			fmt.Fprintln(out, line)
		}
	}
}

// Words are what a user may say for a choice; none if it is open.
func Words(name string) []string {
	for _, one := range every() {
		if one.name == name {
			return one.words
		}
	}
	return nil
}

// set sets a choice, and refuses what it has no place for in words that fit a flag, a variable and a key.
func (o choice) set(value pflag.Value, said string) error {
	if err := o.knows(said); err != nil {
		return err
	}
	return value.Set(said)
}

// knows refuses a word that is none of those that there are.
func (o choice) knows(said string) error {
	if o.words == nil || slices.Contains(o.words, said) {
		return nil
	}
	return fmt.Errorf("there is no %s %q%s", strings.ReplaceAll(o.name, "-", " "), said, meant(said, o.words))
}

// meant is what to put after an error about a word.
func meant(said string, known []string) string {
	if near := nearest.Word(said, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; there are " + strings.Join(known, ", ")
}
