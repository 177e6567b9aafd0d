package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/chartsource"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/scenario"
	"seatrial/tools/seatrial/internal/choices"
)

const (
	chartHelp = `Tries a chart on every way its users take, and finds what goes wrong on the
way. Each revision is installed fresh; each is upgraded to the next one and
rolled back, once and twice. After each step everything must become ready, the
history must be what Helm's rules make of it, and after a rollback every object
must be what it was before, field by field. The chart's own tests are run, and
in the end nothing may be left.

A revision is a chart with values. Without any flag they are the chart's
ci/*-values.yaml, in the order of their names, or else the chart's own values.
With flags, each --values and each --set is one, in their order on the command
line:

  --values lean.yaml             a file
  --values base.yaml,lean.yaml   files, each laid over those before it
  --values '{replicas: 2}'       YAML in one line
  --values defaults              the chart's own
  --set replicas=2,tls=true      assignments, as in helm --set

If that makes only one revision, the chart's own values come before it, where
they are enough. --common adds what the chart needs in every revision, in the
same notation. --old names an older version of the chart to come from: it is
installed with the first of the values. Charts and older versions are one of:

` + chartsource.Syntax + `

With --watch, the cluster stays, and a chart is tried again when a file of it is
saved, of a chart that it depends on by file://, or of its values. Ctrl-C ends
the watch, with the exit code of the last verdict.

With --crash-points, Helm is killed instead at each write of an installation,
an upgrade from the last but one revision to the last, the rollback and an
uninstallation: before the write is sent, and again when the cluster has done
it and the answer is not there yet. After each, a table says what is left and
which ways back work: doing the same again, another operation, removing the
release and installing it again. A state without any is a fault.

Exit code 0: no faults. 1: something could not be run. 2: faults.`

	chartExamples = `  seatrial chart charts/guestbook
  seatrial chart charts/guestbook --set redis.slaveEnabled=false
  seatrial chart charts/guestbook --old charts/guestbook-0.1.0 --keep
  seatrial chart ./web --values small.yaml --values large.yaml --every-pair
  seatrial chart charts --changed --base origin/main
  seatrial chart charts/guestbook --provider embedded --watch
  seatrial chart charts/guestbook --crash-points --provider embedded`
)

// chartTrial is what the flags of "seatrial chart" say.
type chartTrial struct {
	said      *choices.Choices
	values    []string // of one revision each
	common    []string
	old       []string
	everyPair bool
	steady    time.Duration
	linger    time.Duration
	changed   bool
	base      string
	watched   bool
	// crashPoints kills operations instead of going the paths.
	crashPoints bool

	out     io.Writer
	start   time.Time
	fetched string // the folder for charts that are not here yet
	account *account
}

func chartCommand() *cobra.Command {
	said := choices.New()
	t := &chartTrial{start: time.Now(), said: said, account: newAccount(said)}
	t.said.Timeout = regression.DefaultTimeout
	cmd := &cobra.Command{
		Use:     "chart CHART...",
		Short:   "Tries a chart on every way its users take, there and back",
		Long:    chartHelp,
		Example: chartExamples,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t.out = cmd.OutOrStdout()
			if err := fill(cmd, t.said); err != nil {
				return err
			}
			if t.watched {
				return t.watch(cmd, args)
			}
			return t.account.of(cmd, args, func() error { return t.run(cmd.Context(), args) })
		},
	}
	flags := cmd.Flags()
	t.account.flag(flags)
	t.said.Register(flags, choices.Where, choices.Life, choices.Timing, choices.Pace, choices.Evidence, choices.Shown)
	flags.Var(&revisionFlag{all: &t.values}, "values", "`values` of a revision; can be given more than once")
	flags.Var(&revisionFlag{all: &t.values, prefix: "set:"}, "set", "`assignments` that are the values of a revision; can be given more than once")
	flags.StringArrayVar(&t.common, "common", nil, "`values` that lie under those of every revision; can be given more than once")
	flags.StringArrayVar(&t.old, "old", nil, "older version of the chart to upgrade from, the oldest first: a `source` such as a folder or an archive")
	flags.StringArrayVar(&t.old, "from", nil, "the same as --old")
	flags.BoolVar(&t.everyPair, "every-pair", false, "upgrade each revision to every later one, not only to the next")
	flags.DurationVar(&t.steady, "steady", 0, "how long everything must stay ready before it counts")
	flags.DurationVar(&t.linger, "linger", lingerOnReal, "how long a fresh installation is left alone before it is looked who has changed it; on simulated nodes nothing runs that could, and it is looked at once")
	flags.BoolVar(&t.watched, "watch", false, "try a chart again whenever something of it is saved, until Ctrl-C")
	flags.BoolVar(&t.changed, "changed", false, "of the charts named, or in the folders named, only those that have changed")
	flags.BoolVar(&t.crashPoints, "crash-points", false, "kill each operation at each of its writes instead, and find out what is left and what helps")
	flags.StringVar(&t.base, "base", "origin/main", "git `revision` that --changed compares with")
	return cmd
}

// revisionFlag collects the values of revisions from two flags in one list, so that their order stays.
type revisionFlag struct {
	all    *[]string
	prefix string
}

func (f *revisionFlag) String() string { return "" }

func (f *revisionFlag) Type() string { return "stringArray" }

func (f *revisionFlag) Set(text string) error {
	*f.all = append(*f.all, f.prefix+text)
	return nil
}

// trialled is a chart that is ready to be tried.
type trialled struct {
	name      string
	revisions []regression.Revision
	pairs     regression.Pairs
}

func (t *chartTrial) run(ctx context.Context, args []string) (err error) {
	// What has to be fetched goes here, and is needed until the end.
	if t.fetched, err = runid.TempDir("charts"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(t.fetched)) }()
	if args, err = t.chosen(ctx, args); err != nil {
		return err
	}
	if len(args) == 0 {
		fmt.Fprintf(t.out, "PASSED: no chart has changed since %s\n", t.base)
		return nil
	}
	charts, err := t.charts(ctx, args)
	if err != nil {
		return err
	}
	return t.onCluster(ctx, charts)
}

// chosen are the sources of the charts to try: with --changed, only of those that have changed.
func (t *chartTrial) chosen(ctx context.Context, args []string) ([]string, error) {
	if !t.changed {
		return args, nil
	}
	return chartsource.Changed(ctx, t.base, args...)
}

// charts reads everything before anything runs: a mistake in the last one is said at once.
func (t *chartTrial) charts(ctx context.Context, args []string) ([]trialled, error) {
	var all []trialled
	var wrong error
	for _, arg := range args {
		one, err := t.chart(ctx, arg)
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		all = append(all, one)
	}
	return all, wrong
}

func (t *chartTrial) chart(ctx context.Context, source string) (one trialled, err error) {
	var subject regression.Subject
	if _, missing := os.Stat(filepath.Join(source, scenario.File)); missing == nil {
		read, err := scenario.Load(source)
		if err != nil {
			return one, err
		}
		if read.Kind != scenario.Chart {
			return one, fmt.Errorf("%s is a scenario of documents: play it with seatrial workshop", source)
		}
		if subject, one.pairs, err = regression.OfScenario(ctx, read, t.fetched); err != nil {
			return one, err
		}
	} else if subject.Chart, err = regression.Load(ctx, source, "", t.fetched); err != nil {
		return one, err
	}
	if err := t.given(&subject); err != nil {
		return one, err
	}
	if subject.Old, err = t.older(ctx, source, subject.Old); err != nil {
		return one, err
	}
	one.name = subject.Chart.Name() + " " + subject.Chart.Version()
	if t.everyPair {
		one.pairs = regression.EveryPair
	}
	if one.revisions, err = subject.Revisions(); err != nil {
		return one, err
	}
	return one, t.check(ctx, one.revisions)
}

// older are the versions to come from, those of the command line after others. Of charts that have changed, a new one has
// none in git yet.
func (t *chartTrial) older(ctx context.Context, source string, all []*helm.Chart) ([]*helm.Chart, error) {
	for _, old := range t.old {
		one, err := regression.Load(ctx, old, source, t.fetched)
		if t.changed && errors.Is(err, chartsource.ErrNoChart) {
			fmt.Fprintf(t.out, "%s is new: there is nothing at %s to come from\n", source, old)
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// given are the values of the command line.
func (t *chartTrial) given(subject *regression.Subject) error {
	for _, notation := range t.values {
		v, err := regression.ParseValues(notation)
		if err != nil {
			return err
		}
		subject.Values = append(subject.Values, v)
	}
	for _, notation := range t.common {
		v, err := regression.ParseValues(notation)
		if err != nil {
			return err
		}
		subject.Common = helm.Merge(subject.Common, v.Values)
	}
	return nil
}

// onCluster brings up what the charts need, and takes it down again, also after Ctrl-C.
func (t *chartTrial) onCluster(ctx context.Context, charts []trialled) (err error) {
	environment, err := t.bringUp(ctx)
	if err != nil {
		return err
	}
	defer func() {
		defer t.account.stream.Phase("take down the cluster")()
		err = errors.Join(err, takeDown(ctx, environment))
	}()
	return t.tryAll(ctx, environment.Handle(), charts)
}

func (t *chartTrial) bringUp(ctx context.Context) (*framework.Environment, error) {
	return t.account.bringUp(ctx, onNodes(t.said.Settings()))
}

// onNodes are the options for a cluster to try charts on. Those that are meant to outlive a node want each of their pods
// on another one, as many as members of a quorum: where nodes cost nothing, five.
func onNodes(settings framework.Settings) framework.Options {
	const quorum = 5
	return framework.Options{Settings: settings, Suite: "chart", Simulated: quorum - 1}
}

// takeDown removes a cluster, also when ctx is over.
func takeDown(ctx context.Context, environment *framework.Environment) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), framework.CloseTimeout)
	defer cancel()
	return environment.Close(ctx)
}

// tryAll tries charts one after the other.
func (t *chartTrial) tryAll(ctx context.Context, on framework.Handle, charts []trialled) error {
	t.account.where(on)
	if err := t.checkOn(ctx, on, charts); err != nil {
		return err
	}
	if t.crashPoints {
		return t.crashAll(ctx, on, charts)
	}
	var faulty, unfinished []string
	for _, one := range charts {
		result, err := t.try(ctx, on, one)
		if result.Failed() {
			faulty = append(faulty, one.name)
		}
		if err != nil {
			return withFaults(ctx, err, faulty)
		}
		if result.Failed() && t.said.FailFast {
			break
		}
		if !result.Failed() && result.Unfinished() {
			unfinished = append(unfinished, one.name)
		}
	}
	switch {
	case len(faulty) > 0:
		return faultsOf(faulty)
	case len(unfinished) > 0:
		return fmt.Errorf("%w: %s", errUnfinished, strings.Join(unfinished, ", "))
	default:
		return nil
	}
}

// try tries one chart, and tells of it.
func (t *chartTrial) try(ctx context.Context, on framework.Handle, one trialled) (regression.Result, error) {
	if !t.said.Quiet {
		tellRevisions(t.out, one)
	}
	told := t.account.paths(one.name, one.revisions[len(one.revisions)-1].Chart.Path())
	options := t.options(on, one)
	options.Told = told.tell
	result, err := regression.Run(ctx, options)
	told.end(result)
	return result, err
}

func (t *chartTrial) options(on framework.Handle, one trialled) regression.Options {
	o := regression.Options{
		Revisions: one.revisions, Pairs: one.pairs,
		Place:    regression.Place{Kubeconfig: on.Kubeconfig, Features: on.Features, Discarded: on.Provider != assets.Existing && !t.said.Keep},
		Parallel: t.said.Parallel, Timeout: t.said.Timeout, Steady: t.steady, Linger: t.linger, FailFast: t.said.FailFast,
		Artifacts: filepath.Join(on.Artifacts, one.revisions[0].Chart.Name()),
	}
	if on.Provider == assets.Embedded {
		o.Fresh = t.fresh
	}
	if !on.Features.Containers && t.linger == lingerOnReal {
		o.Linger = 0
	}
	if o.Parallel == 0 {
		o.Parallel = abreast(on.Provider)
	}
	return o
}

// lingerOnReal is how long a fresh installation is left alone unless the user says otherwise: programs that put something
// into an object, such as a certificate into a webhook, mostly do so within seconds.
const lingerOnReal = 5 * time.Second

// abreast is how many paths go at a time unless the user says otherwise. Simulated pods cost little, so that paths mostly
// wait for their controllers; real ones share the processors.
func abreast(provider string) int {
	const onSimulated, onReal, least = 4, 2, 4
	if provider == assets.Embedded {
		return onSimulated * runtime.NumCPU()
	}
	return max(onReal*runtime.NumCPU(), least)
}

// fresh brings up another cluster for a single path. Simulated ones are there in no time.
func (t *chartTrial) fresh(ctx context.Context) (regression.Place, func(context.Context) error, error) {
	settings := t.said.Settings()
	settings.Provider, settings.Keep = assets.Embedded, false
	environment, err := framework.Open(ctx, onNodes(settings))
	if err != nil {
		return regression.Place{}, nil, err
	}
	leave := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, framework.CloseTimeout)
		defer cancel()
		return environment.Close(ctx)
	}
	on := environment.Handle()
	return regression.Place{Kubeconfig: on.Kubeconfig, Features: on.Features, Discarded: true}, leave, nil
}
