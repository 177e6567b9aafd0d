package harness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/artifacts"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/matcher"
)

// crashesOnce is a Deployment whose program has two logs, of the run that crashed and of the one after.
const crashesOnce = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: crashing}
spec:
  selector: {matchLabels: {app: crashing}}
  template:
    metadata: {labels: {app: crashing}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: app
        image: localhost/seatrial/redis:7
        imagePullPolicy: Never
        command: [sh, -c, "if mkdir /scratch/once; then echo the first run; exit 3; fi; echo the second run; sleep 600"]
        volumeMounts: [{name: scratch, mountPath: /scratch}]
      volumes: [{name: scratch, emptyDir: {}}]
`

var _ = Describe("The artifacts of a failure", Label("artifacts"), func() {
	It("are events, logs, objects and history, without secrets", func(ctx SpecContext) {
		needs(cluster.Features{Containers: true})
		b := newBench(ctx)
		b.create(ctx, crashesOnce, `
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: hunter2}
`)
		Eventually(b.pods).WithContext(ctx).WithTimeout(readyTimeout).Should(HaveExactElements(And(
			matcher.BeReady(), Not(matcher.BeReady().WithoutRestarts()))))

		dir := GinkgoT().TempDir()
		Expect(artifacts.Collect(ctx, b.config, artifacts.Request{
			Dir: dir, Namespaces: []string{b.namespace},
			History: func(context.Context, string) ([]helm.Release, error) {
				return []helm.Release{{Name: "story", Revision: 1, Status: helm.StatusFailed, ChartName: "notes", ChartVersion: "0.1.0"}}, nil
			},
		})).To(Succeed())

		file := func(path ...string) string {
			GinkgoHelper()
			text, err := os.ReadFile(filepath.Join(append([]string{dir, b.namespace}, path...)...))
			Expect(err).NotTo(HaveOccurred())
			return string(text)
		}
		pod := b.pods(ctx)[0].Name
		Expect(file("events.txt")).To(And(HavePrefix("LAST SEEN"), ContainSubstring("Started"), ContainSubstring("Pod/"+pod)))
		Expect(file("logs", pod, "app.log")).To(ContainSubstring("the second run"))
		Expect(file("logs", pod, "app.previous.log")).To(ContainSubstring("the first run"))
		Expect(file("objects", "Deployment", "crashing.yaml")).To(And(ContainSubstring("the first run"), Not(ContainSubstring("managedFields"))))
		Expect(file("objects", "Namespace", b.namespace+".yaml")).To(ContainSubstring("phase: Active"))
		Expect(file("objects", "Secret", "key.yaml")).To(And(ContainSubstring("password: (redacted"), Not(ContainSubstring("aHVudGVyMg"))))
		Expect(file("history.json")).To(ContainSubstring(`"status": "failed"`))
		Expect(file("history.txt")).To(ContainSubstring("notes-0.1.0"))
		Expect(filepath.Join(dir, "collect-errors.txt")).NotTo(BeAnExistingFile())
	})

	It("are what could be had, and a list of what could not", func(ctx SpecContext) {
		b := newBench(ctx)
		unserved := rest.CopyConfig(b.config)
		unserved.Host = "https://127.0.0.1:1"
		broken := errors.New("the records are unreadable")
		dir := GinkgoT().TempDir()
		err := artifacts.Collect(ctx, unserved, artifacts.Request{
			Dir: dir, Namespaces: []string{b.namespace}, Timeout: 10 * time.Second,
			History: func(context.Context, string) ([]helm.Release, error) { return nil, broken },
		})
		Expect(err).To(MatchError(broken))
		told, readErr := os.ReadFile(filepath.Join(dir, "collect-errors.txt"))
		Expect(readErr).NotTo(HaveOccurred())
		Expect(string(told)).To(And(ContainSubstring("connection refused"), ContainSubstring("the records are unreadable")))
	})
})
