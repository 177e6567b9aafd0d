package trial

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/shell"
)

// kubectl is a fake: it follows, serves and answers as the real one does, without a cluster.
const kubectl = `#!/bin/bash
case "$*" in
*"get pods -w"*)
  echo 'NAME   READY   STATUS    RESTARTS   AGE'
  echo 'web    0/1     Pending   0          0s'
  echo 'web    1/1     Running   0          3s'
  exec sleep 600 ;;
*"logs -f"*) echo 'ready'; exec sleep 600 ;;
*"get pods -o name"*) echo pod/web-5fb44d67c9-9bpxj ;;
*"get pods"*) echo 'NAME   READY   STATUS    RESTARTS   AGE'; echo 'web    1/1     Running   0          3s' ;;
*"logs web-5fb44d67c9-9bpxj"*) echo 'the real one' ;;
*port-forward*)
  echo $$ >> serving
  echo 'Forwarding from 127.0.0.1:8080 -> 80'
  exec sleep 600 ;;
*) echo "error: no such pod" >&2; exit 1 ;;
esac
`

// onStage plays a document in a real shell with the fake kubectl.
func onStage(t *testing.T, lines ...string) (performance *Performance, home string) {
	t.Helper()
	g := gomega.NewWithT(t)
	home = t.TempDir()
	bin := filepath.Join(home, "bin")
	g.Expect(os.Mkdir(bin, 0o700)).To(gomega.Succeed())
	g.Expect(os.WriteFile(filepath.Join(bin, "kubectl"), []byte(kubectl), 0o700)).To(gomega.Succeed()) //nolint:gosec // It is a program.
	reader, err := shell.Start(shell.Options{Home: home, Path: []string{bin}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { g.Expect(reader.Close()).To(gomega.Succeed()) })
	player := &Player{Shell: reader, Timeout: time.Minute, Patience: time.Minute}
	return play(t, player, document(t, lines...)), home
}

func TestWhatNeverEndsIsLookedAtForAMoment(t *testing.T) {
	g := gomega.NewWithT(t)
	performance, _ := onStage(t,
		"```console", "$ kubectl get pods -w", "NAME   READY   STATUS              RESTARTS   AGE", "web    0/1     ContainerCreating   0          1s",
		"web    1/1     Running             0          4s", "^C", "```", "",
		"```console", "$ kubectl logs -f web", "ready", "```", "",
		"```console", "$ watch -n 1 kubectl get pods", "NAME   READY   STATUS    RESTARTS   AGE", "web    1/1     Running   0          9s", "```")
	g.Expect(texts(performance)).To(gomega.BeEmpty())
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"passed", "passed", "passed"}))
}

func TestAWatchThatNeverShowsItFails(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```console", "$ kubectl get pods -w", "NAME   READY   STATUS    RESTARTS   AGE", "web    0/1     Failed    0          1s", "```")
	stage := &scripted{answers: map[string][]shell.Result{lasting("kubectl get pods -w", firstMoment): {{
		Output: "NAME   READY   STATUS    RESTARTS   AGE\nweb    0/1     Failed    0          1s\nweb    1/1     Running   0          3s\n",
	}}}}
	found := texts(play(t, &Player{Shell: stage, Patience: time.Millisecond}, doc))
	g.Expect(found).To(gomega.ContainElement(gomega.ContainSubstring("STATUS: document says Failed, cluster says Running")))
}

func TestWhatServesGoesOnUntilAnotherTakesItsPort(t *testing.T) {
	g := gomega.NewWithT(t)
	performance, home := onStage(t,
		"```console", "$ kubectl port-forward svc/web 8080:80", "Forwarding from 127.0.0.1:8080 -> 80", "Handling connection for 8080", "```", "",
		"```sh", "kill -0 $(tail -n 1 serving)", "```", "",
		"```sh", "kubectl port-forward svc/web 8080:80 &", "```", "",
		"```sh", "runs() { [ -n \"$(tr -d '\\0' 2>/dev/null < /proc/$1/cmdline)\" ]; }", "```", "",
		"```sh", "while runs $(head -n 1 serving); do sleep 0.1; done; runs $(tail -n 1 serving)", "```")
	g.Expect(texts(performance)).To(gomega.BeEmpty())
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"passed", "passed", "passed", "passed", "passed"}))
	g.Expect(filepath.Join(home, "serving")).To(gomega.BeAnExistingFile())
}

func TestAPodOfTheDocumentIsTheOneThatTookItsPlace(t *testing.T) {
	g := gomega.NewWithT(t)
	performance, _ := onStage(t, "```console", "$ kubectl logs web-586b4c847c-tkfj5", "the real one", "```")
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{"passed"}))
	g.Expect(performance.Plays[0].Note).To(gomega.Equal("with web-5fb44d67c9-9bpxj instead of web-586b4c847c-tkfj5"))
}

func TestWhatNeedsAPersonOrAValueIsSkippedWithTheReason(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```sh", "vi values.yaml", "kubectl exec -it web -- bash", "kubectl get pods -n <namespace>", "```")
	stage := &scripted{}
	g.Expect(verdicts(play(t, &Player{Shell: stage}, doc))).To(gomega.Equal([]string{
		"skipped it opens an editor (vi), which needs a person",
		"skipped it opens a shell in a container, which needs a person",
		`skipped it has the placeholder "<namespace>": say at the top of the document what to put there, with <!-- seatrial: set="<namespace>=VALUE" -->`,
	}))
	g.Expect(stage.ran).To(gomega.BeEmpty())
}

func TestWithoutContainersNothingIsServedAndNothingVisited(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```sh", "kubectl port-forward svc/web 8080:80", "curl http://localhost:8080/", "kubectl get pods", "```")
	performance := play(t, &Player{Shell: &scripted{}, Has: []string{"loadBalancer"}}, doc)
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{
		"skipped this cluster has no containers", "skipped the step of line 2, which serves port 8080, was not run", "passed",
	}))
}

func TestWhatWasNotStartedIsNotEnded(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := document(t, "```sh", "kill 4711", "kubectl port-forward svc/web 8080:80 &", "kill %1", "pkill -f port-forward", "kubectl get pods", "```")
	performance := play(t, &Player{Shell: &scripted{}, Has: []string{"loadBalancer"}}, doc)
	g.Expect(verdicts(performance)).To(gomega.Equal([]string{
		"passed", "skipped this cluster has no containers", "skipped the step of line 3, which it ends, was not run",
		"skipped the step of line 3, which it ends, was not run", "passed",
	}))
}
