package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/page"
	"seatrial/e2e/framework/workshop"
)

// hostile is what no page may take for a part of itself, and what tears pages apart.
const hostile = `</pre></script><script>console.log("taken")</script><img src="http://127.0.0.1:9/x.png" onerror="console.log('taken')">` +
	"\x1b[31mred\x1b[0m \u202Ereversed\u202C \x00 {{.}} "

// longWord has no place where a line could be broken.
var longWord = strings.Repeat("guestbook-demo-7b9474579d-", 30)

// realistic is a run as commands tell it: a document with one wrong cell, a chart with a rollback that left something
// behind, a document that was skipped, and one with texts that nobody would wish for.
func realistic() report.Run {
	GinkgoHelper()
	now := time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	recorder := &report.Recorder{}
	stream := report.NewStream(func() time.Time { now = now.Add(700 * time.Millisecond); return now }, recorder)
	stream.Begin("seatrial", "workshop", "testdata/exercise.md", "charts/guestbook")
	for _, phase := range []string{"bring up the cluster", "load images into the nodes"} {
		stream.Phase(phase)()
	}
	stream.Settle(report.Where{Provider: "embedded", Cluster: "seatrial-1", Kubernetes: "v1.37.2", Why: "no container engine here can run a Kubernetes node"})
	tellDocument(stream)
	tellPath(stream)
	stream.BeginSubject("skipped", 1, report.Subject{Kind: report.Document, Group: "guestbook fr", Title: "Exercice 4. Nettoyer", File: "exercice-4.md"})
	stream.EndSubject("skipped", report.Subject{Verdict: report.Skipped, Reason: "this cluster has no loadBalancer"})
	tellHostile(stream)
	stream.Finish(nil)
	return recorder.Run()
}

// tellDocument tells of the document: the third step has one cell that is wrong, and the fourth needs what is not there.
func tellDocument(stream *report.Stream) {
	GinkgoHelper()
	doc, err := workshop.Load(filepath.Join("testdata", "exercise.md"))
	Expect(err).ToNot(HaveOccurred())
	Expect(doc.Steps).To(HaveLen(5))
	passages, err := doc.Passages()
	Expect(err).ToNot(HaveOccurred())
	subject := report.Subject{
		Kind: report.Document, Group: "guestbook en", Title: doc.Title, File: doc.Path,
		NotCovered: []report.Place{{Line: 49, Text: "named in a sentence: helm uninstall guestbook-demo"}},
	}
	for _, passage := range passages {
		subject.Prose = append(subject.Prose, report.Prose{HTML: passage.HTML, Step: passage.Step + 1})
	}
	stream.BeginSubject("document", len(doc.Steps), subject)
	for i := range doc.Steps {
		step := report.Step{Number: i + 1, Name: doc.Steps[i].Command, Line: doc.Steps[i].Line, Command: doc.Steps[i].Command, Verdict: report.Passed, Seconds: 0.7}
		if doc.Steps[i].Expected != nil {
			step.Expected = doc.Steps[i].Expected.Text()
			step.Output = step.Expected + "\n"
		}
		stream.BeginStep("document", step)
		stream.EndStep("document", played(step))
	}
	object := func(name string, fate report.Fate, fields ...string) report.Object {
		return report.Object{Name: name, Fate: fate, Fields: fields}
	}
	const release = "guestbook-demo in helm-demo"
	all := []report.Revision{{Release: release, Number: 1, Description: "Install complete", Chart: "guestbook-0.2.0", Objects: []report.Object{
		object("Service/guestbook-demo", report.Came), object("Service/redis-slave", report.Came),
	}}}
	for number := 2; number <= 12; number++ {
		fate := report.Went
		if number%2 == 1 {
			fate = report.Returned
		}
		all = append(all, report.Revision{Release: release, Number: number, Description: fmt.Sprintf("Rollback to %d", max(number-2, 1)), Objects: []report.Object{
			object("Service/guestbook-demo", report.Changed, "spec.template.spec.containers[guestbook].livenessProbe.httpGet.port"), object("Service/redis-slave", fate),
		}})
	}
	all = append(all, report.Revision{Release: release, Number: 12, Status: report.Uninstalled, Objects: []report.Object{object("Service/guestbook-demo", report.Went)}},
		report.Revision{Release: "web in a-namespace-with-a-name-of-some-length", Number: 1, Status: "pending-install", Description: "Initial install underway", Objects: []report.Object{
			object("ServiceAccount/"+longWord[:90], report.Came),
		}})
	stream.EndSubject("document", report.Subject{Revisions: all})
}

// played is what came of a step.
func played(step report.Step) report.Step {
	switch step.Number {
	case 3:
		step.Verdict, step.Tries, step.Seconds = report.Failed, 31, 60
		step.Output = strings.NewReplacer("Rollback to 2", "Rollback to 1", "Mon Nov 23 22:19:47", "Mon Nov 30 09:00:12").Replace(step.Expected) + "\n"
		step.Findings = []report.Finding{{
			Severity: report.Error, File: "testdata/exercise.md", Line: step.Line + 4, Object: "3", Field: "DESCRIPTION", Expected: "Rollback to 2", Actual: "Rollback to 1",
			Text: `row "3": DESCRIPTION: document says "Rollback to 2", cluster says "Rollback to 1"`, Remedy: "run it again with --update to have the document corrected",
		}}
		step.Attachments = []report.Attachment{{Title: "events of namespace helm-demo", Text: "2m  Warning  BackOff  pod/redis-slave-5d9c  " + longWord}}
	case 4:
		step.Verdict, step.Reason, step.Output, step.Seconds = report.Skipped, "this cluster has no loadBalancer", "", 0
	case 5:
		var log strings.Builder
		for i := range 400 {
			fmt.Fprintf(&log, "{\"time\":\"2026-11-30T09:00:%02d.%03dZ\",\"level\":\"INFO\",\"msg\":\"serving\",\"request\":%d}\n", i/60, i, i)
		}
		step.Output = log.String()
	}
	return step
}

// tellPath tells of a chart whose rollback left a port behind.
func tellPath(stream *report.Stream) {
	stream.BeginSubject("path", 3, report.Subject{Kind: report.Path, Group: "charts/guestbook", Title: "without slaves and back", File: "charts/guestbook"})
	for i, operation := range []string{"install", "upgrade with redis.slaveEnabled=false", "rollback to revision 1"} {
		step := report.Step{Number: i + 1, Name: operation, Verdict: report.Passed, Seconds: 1.4}
		stream.BeginStep("path", step)
		if i == 2 {
			step.Verdict = report.Failed
			step.Findings = []report.Finding{{
				Severity: report.Error, Word: "list-element-left", File: "charts/guestbook/templates/service.yaml", Line: 12, Object: "Service/guestbook-demo", Field: "spec.ports[metrics]",
				Actual: "9090", Text: "a port of revision 2 is still there after the rollback to 1", Remedy: "give each port a number of its own",
			}, {Severity: report.Warning, Word: "image-latest", Object: "Deployment/redis-slave", Text: "the image has the tag latest: a rollback does not bring back what ran"}}
		}
		stream.EndStep("path", step)
	}
	object := func(name string, fate report.Fate, fields ...string) report.Object {
		return report.Object{Name: name, Fate: fate, Fields: fields}
	}
	stream.EndSubject("path", report.Subject{Revisions: []report.Revision{
		{Number: 1, Status: "superseded", Description: "Install complete", Objects: []report.Object{
			object("Deployment/guestbook-demo", report.Came), object("Deployment/redis-slave", report.Came), object("Service/guestbook-demo", report.Came), object("Service/redis-slave", report.Came),
		}},
		{Number: 2, Status: "superseded", Description: "Upgrade complete", Objects: []report.Object{
			object("Deployment/guestbook-demo", report.Kept), object("Deployment/redis-slave", report.Went), object("Service/guestbook-demo", report.Changed, "spec.type", "spec.ports[metrics]"), object("Service/redis-slave", report.Went),
		}},
		{Number: 3, Status: "deployed", Description: "Rollback to 1", Objects: []report.Object{
			object("Deployment/guestbook-demo", report.Kept), object("Deployment/redis-slave", report.Returned), object("Service/guestbook-demo", report.Changed, "spec.type"), object("Service/redis-slave", report.Returned),
		}},
	}})
}

// tellHostile tells of a document in which nothing is as one would wish.
func tellHostile(stream *report.Stream) {
	stream.BeginSubject("hostile", 2, report.Subject{Kind: report.Document, Title: hostile, File: longWord + ".md"})
	stream.EndStep("hostile", report.Step{
		Number: 1, Name: hostile, Command: "cat <<'END'\n" + hostile + "\nEND", Line: 7, Verdict: report.Failed, Exit: 3, Expected: hostile + "\nsame", Output: longWord + "\nsame",
		Findings:    []report.Finding{{Severity: report.Error, File: "hostile.md", Line: 9, Text: hostile, Expected: hostile, Actual: longWord}},
		Attachments: []report.Attachment{{Title: hostile, Text: hostile}},
	})
	stream.EndStep("hostile", report.Step{Number: 2, Name: longWord, Command: longWord, Verdict: report.NotRun, Reason: "a step before it has failed"})
	stream.EndSubject("hostile", report.Subject{})
}

// pageOf writes a run as a page, beside the pictures of it, and gives the address of the file.
func pageOf(run report.Run, name string) (address string) {
	GinkgoHelper()
	content, err := page.HTML(run)
	Expect(err).ToNot(HaveOccurred())
	file, err := filepath.Abs(filepath.Join(handle.Artifacts, "pages", name+".html"))
	Expect(err).ToNot(HaveOccurred())
	Expect(os.MkdirAll(filepath.Dir(file), 0o750)).To(Succeed())
	Expect(os.WriteFile(file, content, 0o600)).To(Succeed())
	return "file://" + filepath.ToSlash(file)
}
