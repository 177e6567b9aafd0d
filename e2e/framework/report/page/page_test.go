package page_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/page"
)

// run is one document with one wrong cell, and one path with a rollback.
func run() report.Run {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	recorder := &report.Recorder{}
	stream := report.NewStream(func() time.Time { now = now.Add(time.Second); return now }, recorder)
	stream.Begin("seatrial", "workshop", "exercise-3.md")
	end := stream.Phase("bring up the cluster")
	stream.Settle(report.Where{Provider: "embedded", Kubernetes: "v1.37.2"})
	end()
	stream.BeginSubject("d", 2, report.Subject{Kind: report.Document, Title: "Exercise 3", File: "exercise-3.md", Prose: []report.Prose{
		{HTML: "<p>Look at the <strong>history</strong>.</p>"}, {Step: 1}, {HTML: "<p>And at the end:</p>"},
	}})
	stream.EndStep("d", report.Step{
		Number: 1, Command: "helm history guestbook-demo", Line: 38, Verdict: report.Failed, Seconds: 1,
		Expected: "REVISION DESCRIPTION\n3 Rollback to 2\n", Output: "REVISION DESCRIPTION\n3 Rollback to 1\n",
		Findings:    []report.Finding{{Severity: report.Error, File: "exercise-3.md", Line: 40, Object: "revision 3", Field: "DESCRIPTION", Expected: "Rollback to 2", Actual: "Rollback to 1", Text: "the document says Rollback to 2"}},
		Attachments: []report.Attachment{{Title: "events", Text: "Warning BackOff <pod>"}},
	})
	stream.EndStep("d", report.Step{Number: 2, Command: "helm status guestbook-demo", Verdict: report.Passed, Output: "STATUS: deployed\n"})
	stream.EndSubject("d", report.Subject{})
	stream.BeginSubject("p", 1, report.Subject{Kind: report.Path, Group: "guestbook", Title: "roll back"})
	stream.EndStep("p", report.Step{Number: 1, Name: "install", Verdict: report.Passed, Seconds: 1})
	stream.EndSubject("p", report.Subject{Revisions: []report.Revision{
		{Number: 1, Description: "Install complete", Objects: []report.Object{{Name: "Service/redis-slave", Fate: report.Came}}},
		{Number: 2, Objects: []report.Object{{Name: "Service/redis-slave", Fate: report.Went}}},
		{Number: 3, Description: "Rollback to 1", Objects: []report.Object{{Name: "Service/redis-slave", Fate: report.Returned}}},
	}})
	stream.Finish(nil)
	return recorder.Run()
}

// parse reads a page as a browser does.
func parse(t *testing.T, content []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(content))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return root
}

// texts are those of all elements that have a class.
func texts(root *html.Node, class string) []string {
	var all []string
	for node := range root.Descendants() {
		if strings.Contains(" "+attribute(node, "class")+" ", " "+class+" ") {
			all = append(all, strings.TrimSpace(text(node)))
		}
	}
	return all
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(node *html.Node) string {
	var out strings.Builder
	for below := range node.Descendants() {
		if below.Type == html.TextNode {
			out.WriteString(below.Data)
		}
	}
	return out.String()
}

func TestThePageShowsTheWrongCellBesideWhatWasPromised(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	g.Expect(texts(root, "expected")).To(gomega.Equal([]string{"Rollback to 2"}))
	g.Expect(texts(root, "actual")).To(gomega.Equal([]string{"Rollback to 1"}))
	g.Expect(texts(root, "differs")).To(gomega.Equal([]string{"3 Rollback to 23 Rollback to 1"}), "the other line is the same")
	g.Expect(texts(root, "found")).To(gomega.Equal(texts(root, "differs")), "the finding is about it")
}

func TestThePageTellsWhatWentAndReturned(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	g.Expect(texts(root, "word")).To(gomega.Equal([]string{"came", "went", "returned"}))
}

func TestThePictureOfRevisionsHasAMarkForEachAndALineOnlyWhereSomethingIs(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	var lines, marks, arcs []string
	for node := range parse(t, content).Descendants() {
		switch class := attribute(node, "class"); {
		case node.Data == "line" && class != "rule" && class != "spine" && class != "tick":
			lines = append(lines, class)
		case node.Data == "g" && class == "mark" && attribute(node, "transform") != "":
			marks = append(marks, attribute(node.Parent, "class"))
		case class == "arc":
			arcs = append(arcs, text(node))
		}
	}
	g.Expect(marks).To(gomega.Equal([]string{"came", "went", "returned"}))
	g.Expect(lines).To(gomega.Equal([]string{"there", "gap"}), "it was there up to revision 2, and was missed up to 3")
	g.Expect(arcs).To(gomega.Equal([]string{"revision 3 goes back to revision 1"}))
}

func TestALineThatDiffersButFitsIsNotTakenForAFinding(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.BeginSubject("d", 1, report.Subject{Kind: report.Document, Title: "A"})
	stream.EndStep("d", report.Step{
		Number: 1, Command: "kubectl get \\\n  pods", Line: 10, Verdict: report.Failed,
		Expected: "NAME  AGE\nweb   3m\ndb    4m", Output: "NAME  AGE\nweb   9s\ndv    9s",
		Findings: []report.Finding{
			{Severity: report.Error, Line: 14, Expected: "db", Actual: "dv", Text: "wrong"},
			{Severity: report.Error, Line: 13, Expected: "of another line", Text: "its words are not there"},
			{Severity: report.Warning, Line: 13, Expected: "web", Text: "a typo"},
		},
	})
	stream.EndSubject("d", report.Subject{})
	stream.Finish(nil)
	content, err := page.HTML(recorder.Run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	g.Expect(texts(root, "differs")).To(gomega.HaveLen(2))
	g.Expect(texts(root, "found")).To(gomega.Equal([]string{"db    4mdv    9s"}))
}

func TestThePictureOfRevisionsCanBeHeard(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	for node := range parse(t, content).Descendants() {
		if node.Data == "desc" {
			g.Expect(text(node)).To(gomega.Equal("Revision 1, Install complete: came: Service/redis-slave. Revision 2: went: Service/redis-slave. Revision 3, Rollback to 1: returned: Service/redis-slave."))
			return
		}
	}
	t.Error("the picture has no words")
}

func TestEachReleaseHasAPictureOfItsOwnAndOneThatIsUninstalledSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.BeginSubject("d", 1, report.Subject{Kind: report.Document, Title: "Exercise 4"})
	object := func(fate report.Fate) []report.Object { return []report.Object{{Name: "Service/web", Fate: fate}} }
	stream.EndSubject("d", report.Subject{Revisions: []report.Revision{
		{Release: "one in demo", Number: 1, Status: "failed", Objects: object(report.Came)},
		{Release: "two in demo", Number: 1, Objects: object(report.Came)},
		{Release: "one in demo", Number: 1, Status: report.Uninstalled, Objects: object(report.Went)},
	}})
	stream.Finish(nil)
	content, err := page.HTML(recorder.Run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	var headings []string
	for node := range root.Descendants() {
		if node.Data == "h4" {
			headings = append(headings, text(node))
		}
	}
	g.Expect(headings).To(gomega.Equal([]string{"What each revision of one in demo did to the objects", "What each revision of two in demo did to the objects"}))
	g.Expect(texts(root, "number")).To(gomega.Equal([]string{"1", "×", "1"}))
	g.Expect(texts(root, "note")).To(gomega.Equal([]string{"failed"}))
}

func TestWhatStandsBelowARevisionIsBrokenBetweenWords(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.BeginSubject("d", 1, report.Subject{Kind: report.Path, Title: "upgrade"})
	objects := []report.Object{{Name: "Service/web", Fate: report.Came}}
	stream.EndSubject("d", report.Subject{Revisions: []report.Revision{
		{Number: 1, Status: "superseded", Description: "Initial install underway", Objects: objects},
		{Number: 2, Status: "pending-rollback", Description: "Rollback to 1"},
		{Number: 3, Status: "failed", Description: `Upgrade "guestbook-demo" failed: timed out waiting for the condition`},
	}})
	stream.Finish(nil)
	content, err := page.HTML(recorder.Run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	g.Expect(texts(root, "note")).To(gomega.Equal([]string{"pending-rollback", "failed"}))
	g.Expect(texts(root, "text")).To(gomega.Equal([]string{"Initial install", "underway", "Rollback to 1", "Upgrade", `"guestbook-demo…`}))
}

func TestTheDocumentStandsInItsOrderAndStepsOfNoPlaceComeLast(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.MatchRegexp(`(?s)<strong>history</strong>.*id="subject-1-step-1".*And at the end.*id="subject-1-step-2"`))
}

func TestEveryLinkLeadsSomewhereOnThePageAndEveryNameIsThereOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := page.HTML(run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	ids, links := map[string]int{}, []string{}
	for node := range parse(t, content).Descendants() {
		if id := attribute(node, "id"); id != "" {
			ids[id]++
		}
		if node.Data == "a" {
			links = append(links, attribute(node, "href"))
		}
		for _, reaching := range []string{"src", "srcset", "action", "poster"} {
			g.Expect(attribute(node, reaching)).To(gomega.BeEmpty(), "a page that asks for nothing has no %s", reaching)
		}
	}
	for id, times := range ids {
		g.Expect(times).To(gomega.Equal(1), id)
	}
	g.Expect(links).ToNot(gomega.BeEmpty())
	for _, link := range links {
		g.Expect(ids).To(gomega.HaveKey(strings.TrimPrefix(link, "#")), link)
	}
}

func TestARunThatBrokeOffHasAPageToo(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.Begin("seatrial", "workshop", "a.md")
	stream.Finish(errors.New("no engine can run nodes"))
	content, err := page.HTML(recorder.Run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(texts(parse(t, content), "trouble")).To(gomega.ConsistOf(gomega.ContainSubstring("no engine can run nodes")))
}

// What commands print may be anything, and is never taken for a part of the page.
func TestNothingThatCameBecomesAPartOfThePage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.SampledFrom([]string{
			"</pre><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "{{.}}", "</style><script>alert(1)</script>", "<!--", "]]>", "\x00", "javascript:alert(1)",
		}).Draw(t, "hostile") + rapid.String().Draw(t, "more")
		recorder := &report.Recorder{}
		stream := report.NewStream(nil, recorder)
		stream.Begin(hostile)
		stream.Settle(report.Where{Provider: hostile, Kubernetes: hostile})
		stream.BeginSubject("d", 1, report.Subject{Title: hostile, File: hostile, NotCovered: []report.Place{{Line: 1, Text: hostile}}})
		stream.EndStep("d", report.Step{
			Number: 1, Name: hostile, Command: hostile, Verdict: report.Failed, Expected: hostile, Output: hostile, Reason: hostile,
			Findings:    []report.Finding{{Severity: report.Error, Word: hostile, Object: hostile, Text: hostile, Expected: hostile, Actual: hostile}},
			Attachments: []report.Attachment{{Title: hostile, Text: hostile}},
		})
		stream.EndSubject("d", report.Subject{Revisions: []report.Revision{{Number: 1, Status: hostile, Objects: []report.Object{{Name: hostile, Fate: report.Came, Fields: []string{hostile}}}}}})
		stream.Finish(errors.New(hostile))
		content, err := page.HTML(recorder.Run())
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		scripts := 0
		for node := range root.Descendants() {
			if node.Type == html.ElementNode && node.Data == "script" {
				scripts++
			}
			if node.Type == html.ElementNode && node.Data == "img" || attribute(node, "onerror") != "" {
				t.Fatalf("%q became a part of the page", hostile)
			}
		}
		if scripts != 1 {
			t.Fatalf("%q: %d scripts", hostile, scripts)
		}
	})
}

func TestARowThatDoesNotHoldIsSeenAtOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.Begin("seatrial")
	stream.Table("Faults", report.Row{Done: "a full disk", Expected: "it is said", Happened: "it was said", Held: true})
	stream.Table("Faults", report.Row{Done: "</td><script>alert(1)</script>", Expected: "nothing", Happened: "a script"})
	stream.Finish(nil)
	content, err := page.HTML(recorder.Run())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	root := parse(t, content)
	g.Expect(texts(root, "held")).To(gomega.Equal([]string{"helda full diskit is saidit was said"}))
	g.Expect(texts(root, "broken")).To(gomega.Equal([]string{"broken</td><script>alert(1)</script>nothinga script"}))
	g.Expect(string(content)).To(gomega.MatchRegexp(`<details class="subject failed" id="table-1" tabindex="-1" open>`))
}
