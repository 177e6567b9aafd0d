package trial

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/shell"
	"seatrial/e2e/framework/workshop"
)

// scripted is a fake shell: it answers each command with the next of its results, and the last one
// for ever after.
type scripted struct {
	answers map[string][]shell.Result
	ran     []string
	err     error
}

func (s *scripted) Run(_ context.Context, command string, _ time.Duration) (shell.Result, error) {
	s.ran = append(s.ran, command)
	if s.err != nil {
		return shell.Result{}, s.err
	}
	left := s.answers[command]
	if len(left) == 0 {
		return shell.Result{}, nil
	}
	if len(left) > 1 {
		s.answers[command] = left[1:]
	}
	return left[0], nil
}

func document(t *testing.T, lines ...string) *workshop.Document {
	t.Helper()
	doc, err := workshop.Parse("exercise.md", []byte(strings.Join(lines, "\n")))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return doc
}

// history is a document with one look at a history, and what really comes.
func history(t *testing.T) *workshop.Document {
	t.Helper()
	return document(t, "# Exercise", "", "```console", "$ helm history web",
		"REVISION  UPDATED                   STATUS      CHART      APP VERSION  DESCRIPTION",
		"1         Mon Feb 24 18:08:02 2020  superseded  web-0.1.0               Install complete",
		"2         Tue Feb 25 14:23:27 2020  deployed    web-0.1.0               Upgrade complete", "```")
}

func comes(status string) shell.Result {
	return shell.Result{Output: "REVISION\tUPDATED                 \tSTATUS    \tCHART    \tAPP VERSION\tDESCRIPTION     \n" +
		"1       \tSun Nov 22 09:00:00 2026\tsuperseded\tweb-0.1.0\t           \tInstall complete\n" +
		"2       \tSun Nov 22 09:01:00 2026\t" + fmt.Sprintf("%-10s", status) + "\tweb-0.1.0\t           \tUpgrade complete\n"}
}

func play(t *testing.T, p *Player, doc *workshop.Document) *Performance {
	t.Helper()
	performance, err := p.Play(t.Context(), doc)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return performance
}

func verdicts(p *Performance) []string {
	var all []string
	for i := range p.Plays {
		all = append(all, strings.TrimSpace(string(p.Plays[i].Verdict)+" "+p.Plays[i].Reason))
	}
	return all
}

func texts(p *Performance) []string {
	var all []string
	for _, f := range p.Findings() {
		all = append(all, f.String())
	}
	return all
}

func TestADocumentThatShowsWhatComesPasses(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{answers: map[string][]shell.Result{"helm history web": {comes("deployed")}}}
	performance := play(t, &Player{Shell: stage}, history(t))
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"passed"}))
	g.Expect(performance.Failed()).To(gomega.Equal(false))
}

func TestACellThatIsOtherwiseIsNamedWithItsLine(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{answers: map[string][]shell.Result{"helm history web": {comes("failed")}}}
	performance := play(t, &Player{Shell: stage, Patience: time.Millisecond}, history(t))
	g.Expect(texts(performance)).To(gomega.Equal([]string{
		"exercise.md:7: error: row revision 2: STATUS: document says deployed, cluster says failed",
	}))
	g.Expect(performance.Findings()[0]).To(gomega.And(gomega.HaveField("Heading", "Exercise"), gomega.HaveField("Command", "helm history web")))
	g.Expect(performance.Failed()).To(gomega.Equal(true))
}

func TestWhoIsInAHurryRunsNothingAfterAFailureButWhatTearsDown(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{answers: map[string][]shell.Result{"cat notes": {{Output: "two\n"}}}}
	doc := document(t, "```console", "$ cat notes", "one", "```", "", "```console", "$ helm list", "```", "",
		"<!-- seatrial: teardown -->", "```console", "$ helm uninstall web", "```")
	performance := play(t, &Player{Shell: stage, Patience: time.Millisecond, FailFast: true}, doc)
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"failed", "not run the step of line 2 failed", "passed"}))
}

func TestALookIsRepeatedAndAChangeIsNot(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{answers: map[string][]shell.Result{"helm history web": {comes("pending-upgrade"), comes("pending-upgrade"), comes("deployed")}}}
	performance := play(t, &Player{Shell: stage}, history(t))
	g.Expect(performance.Plays[0]).To(gomega.And(gomega.HaveField("Verdict", Passed), gomega.HaveField("Tries", 3)))

	stage = &scripted{answers: map[string][]shell.Result{"helm rollback web 1": {{Output: "Error: no such release", Exit: 1}, {Output: "Rollback was a success! Happy Helming!"}}}}
	performance = play(t, &Player{Shell: stage}, document(t, "```console", "$ helm rollback web 1", "Rollback was a success! Happy Helming!", "```"))
	g.Expect(performance.Plays[0]).To(gomega.And(gomega.HaveField("Verdict", Failed), gomega.HaveField("Tries", 1)))
}

func TestAfterAChangeThatFailedNothingMakesSenseButTheTeardown(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "helm install web ./web", "```", "```console", "helm history web", "```",
		"<!-- seatrial: teardown -->", "```console", "kubectl delete namespace web", "```",
		"<!-- seatrial: setup -->", "```console", "kubectl create namespace web", "```")
	stage := &scripted{answers: map[string][]shell.Result{"helm install web ./web": {{Output: "Error: no chart\n", Exit: 1}}}}
	performance := play(t, &Player{Shell: stage}, doc)
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"failed", "not run the step of line 2 failed", "passed", "passed"}))
	g.Expect(stage.ran).To(gomega.Equal([]string{"kubectl create namespace web", "helm install web ./web", "kubectl delete namespace web"}))
	g.Expect(texts(performance)).To(gomega.Equal([]string{"exercise.md:2: error: the command failed with exit code 1: Error: no chart"}))
}

func TestExitCodes(t *testing.T) {
	shown := []string{"```console", "$ helm repo list", "Error: no repositories to show", "```"}
	for name, c := range map[string]struct {
		lines  []string
		result shell.Result
		want   string
	}{
		"a failure that the document shows":         {shown, shell.Result{Output: "Error: no repositories to show\n", Exit: 1}, ""},
		"a failure that the document does not show": {[]string{"```console", "helm repo list", "```"}, shell.Result{Output: "Error: no repositories to show\n", Exit: 1}, "the command failed with exit code 1: Error: no repositories to show"},
		"one that is hinted":                        {append([]string{"<!-- seatrial: exit=3 -->"}, "```console", "helm repo list", "```"), shell.Result{Exit: 3}, ""},
		"one that is hinted and does not come":      {append([]string{"<!-- seatrial: exit=3 -->"}, "```console", "helm repo list", "```"), shell.Result{}, "the command ended with exit code 0 instead of 3"},
		"a question":                                {[]string{"```console", "helm login", "```"}, shell.Result{Output: "Password: ", Exit: 1, Asks: true}, "the command failed with exit code 1; it asks for input, and nobody is there to answer: Password:"},
		"a command that never ends":                 {[]string{"<!-- seatrial: timeout=1s -->", "```console", "helm wait", "```"}, shell.Result{Output: "waiting…\n", TimedOut: true}, `the command did not end within 1s; it last printed "waiting…"`},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			doc := document(t, c.lines...)
			stage := &scripted{answers: map[string][]shell.Result{doc.Steps[0].Command: {c.result}}}
			found := play(t, &Player{Shell: stage, Patience: time.Millisecond}, doc).Findings()
			if c.want == "" {
				g.Expect(found).To(gomega.BeEmpty())
				return
			}
			g.Expect(found).To(gomega.HaveExactElements(gomega.HaveField("Text", c.want)))
		})
	}
}

func TestStepsThatNobodyCanOrShallRunAreSkippedWithTheReason(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "kubectl get pods", "```", `<!-- seatrial: skip="needs a browser" -->`, "```console", "kubectl get services", "```",
		"<!-- seatrial: requires=pod-network -->", "```console", "kubectl get nodes", "```", "```console", "kubectl get events", "```")
	stage := &scripted{}
	performance := play(t, &Player{Shell: stage, From: 2, Has: []string{"containers"}}, doc)
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{
		"skipped the first step to run is 2", "skipped needs a browser", "skipped this cluster has no pod-network", "passed",
	}))
	g.Expect(stage.ran).To(gomega.Equal([]string{"kubectl get events"}))
	g.Expect(play(t, &Player{Shell: stage, Has: []string{"podNetwork"}}, doc).Plays[2].Verdict).To(gomega.Equal(Passed))
}

func TestOutputCanBeComparedInOtherWays(t *testing.T) {
	for hint, want := range map[string]Verdict{"": Failed, "output=contains": Passed, "output=ignore": Passed, "output=exact": Failed} {
		g := gomega.NewWithT(t)
		lines := []string{"```console", "$ show", "one", "three", "```"}
		if hint != "" {
			lines = append([]string{"<!-- seatrial: " + hint + " -->"}, lines...)
		}
		stage := &scripted{answers: map[string][]shell.Result{"show": {{Output: "one\ntwo\nthree\n"}}}}
		g.Expect(play(t, &Player{Shell: stage}, document(t, lines...)).Plays[0].Verdict).To(gomega.Equal(want), hint)
	}
}

func TestACommandInTheBackgroundIsNotWaitedFor(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{}
	play(t, &Player{Shell: stage}, document(t, "<!-- seatrial: background -->", "```console", "kubectl port-forward svc/web 8080:80", "```"))
	g.Expect(stage.ran).To(gomega.HaveExactElements(gomega.MatchRegexp(`(?s)^\{\nkubectl port-forward svc/web 8080:80\n\} .*&$`)))
}

func TestAShellThatIsGoneIsAnError(t *testing.T) {
	g := gomega.NewWithT(t)
	stage := &scripted{err: errors.New("the shell takes no more commands")}
	performance, err := (&Player{Shell: stage}).Play(t.Context(), history(t))
	g.Expect(err).To(gomega.MatchError("exercise.md:4: the shell takes no more commands"))
	g.Expect(performance.Failed()).To(gomega.Equal(true))
}

func TestEachStepIsToldBeforeAndAfter(t *testing.T) {
	g := gomega.NewWithT(t)
	var told []Verdict
	stage := &scripted{answers: map[string][]shell.Result{"helm history web": {comes("deployed")}}}
	play(t, &Player{Shell: stage, Told: func(p Play) { told = append(told, p.Verdict) }}, history(t))
	g.Expect(told).To(gomega.Equal([]Verdict{Running, Passed}))
}

func TestLintFindsWhatADocumentHasWrongByItself(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "kubectl get pods -n helm-demo", "```", "```console", "$ kubectl get pods -n helm-dem",
		"NAME                     READY   STATUS    RESTARTS   AGE", "web-6c9cf8b9-zddn        1/1     Running   0          20h", "```")
	var found []string
	for _, f := range Lint(doc) {
		found = append(found, f.String())
	}
	g.Expect(found).To(gomega.HaveExactElements(
		`exercise.md:5: warning: this is the command of line 2, but has "helm-dem" where that has "helm-demo"`,
		gomega.And(gomega.HavePrefix("exercise.md:7: warning: "), gomega.ContainSubstring("zddn of 4 characters"))))
}

func TestAPodThatIsInTroubleIsExplainedByItsEvents(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "$ kubectl get pods -n demo", "NAME                     READY   STATUS    RESTARTS   AGE",
		"redis-slave-586b4c847c-tkfj5   1/1     Running   0          5m", "```")
	stage := &scripted{answers: map[string][]shell.Result{
		"kubectl get pods -n demo": {{Output: "NAME                           READY   STATUS             RESTARTS   AGE\n" +
			"redis-slave-586b4c847c-xxrdn   0/1     ImagePullBackOff   0          9s\n"}},
		warnings + " --namespace=demo": {{Output: "redis-master-5d8b66464f-g7sh6\tBackOff: another pod\n" +
			"redis-slave-586b4c847c-xxrdn\tFailed: there is no such image in any registry\nredis-slave-586b4c847c-xxrdn\tFailed: Error: ImagePullBackOff\n"}},
	}}
	found := texts(play(t, &Player{Shell: stage, Patience: time.Millisecond}, doc))
	g.Expect(found).To(gomega.ContainElement(gomega.And(
		gomega.ContainSubstring("STATUS: document says Running, cluster says ImagePullBackOff"),
		gomega.HaveSuffix(" (event: Failed: there is no such image in any registry)"))))
}

func TestAWorkloadWithoutItsPodsIsExplainedOnceByWhatKeptThemAway(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "$ kubectl get deploy -n demo", "NAME   READY   UP-TO-DATE   AVAILABLE   AGE",
		"web    2/2     2            2           5m", "db     1/1     1            1           5m", "```")
	stage := &scripted{answers: map[string][]shell.Result{
		"kubectl get deploy -n demo": {{Output: "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n" +
			"web    0/2     0            0           9s\ndb     0/1     1            0           9s\n"}},
		warnings + " --namespace=demo": {{Output: "webserver-77b8c9d56f\tFailedCreate: a workload of another name, which is not meant\n" +
			"web-5fc9f4bf66\tFailedCreate: exceeded quota\n"}},
	}}
	found := texts(play(t, &Player{Shell: stage, Patience: time.Millisecond}, doc))
	g.Expect(found[0]).To(gomega.HaveSuffix("deployment/web: READY: document says 2/2, cluster says 0/2 (event: FailedCreate: exceeded quota)"))
	g.Expect(found[1:]).To(gomega.HaveEach(gomega.Not(gomega.ContainSubstring("event:"))))
}

func TestTheNamespaceIsThatOfTheCommand(t *testing.T) {
	for command, want := range map[string]string{
		"kubectl get pods": "", "kubectl get pods -n demo": " --namespace=demo", "kubectl get all --namespace demo -o wide": " --namespace=demo",
		"kubectl get pods --namespace=demo": " --namespace=demo", "kubectl get pods -n": "",
	} {
		gomega.NewWithT(t).Expect(namespaceOf(command)).To(gomega.Equal(want), command)
	}
}
