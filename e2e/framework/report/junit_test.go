package report_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/report"
)

// element is what an element of a JUnit file may have and must have, as junit-10.xsd of Jenkins' plugin xUnit says: no
// library here reads schemas of that kind.
type element struct {
	below    []string
	must     []string
	may      []string
	hasText  bool
	atMost   map[string]int // of each of those below
	wellTime bool           // its time has to be a number
}

func junitSchema() map[string]element {
	message := element{may: []string{"type", "message"}, hasText: true}
	return map[string]element{
		"testsuites": {below: []string{"testsuite"}, may: []string{"name", "time", "tests", "failures", "errors"}, wellTime: true},
		"testsuite": {
			below: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}, must: []string{"name", "tests", "failures", "errors"},
			may: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"}, wellTime: true,
		},
		"properties": {below: []string{"property"}},
		"property":   {must: []string{"name", "value"}},
		"testcase": {
			below: []string{"skipped", "error", "failure", "system-out", "system-err"}, must: []string{"name"}, may: []string{"time", "classname", "group"},
			atMost: map[string]int{"skipped": 1, "error": 1, "failure": 1}, wellTime: true,
		},
		"failure": message, "error": message, "skipped": message,
		"system-out": {hasText: true}, "system-err": {hasText: true},
	}
}

// surefireTime is the schema's type for times.
var surefireTime = regexp.MustCompile(`^\d*(\.\d*)?$`)

// open is an element that is being read.
type open struct {
	name   string
	counts map[string]int
}

// againstSchema reads a JUnit file and gives the first thing in it that the schema does not know.
func againstSchema(content []byte) error {
	decoder := xml.NewDecoder(strings.NewReader(string(content)))
	above := []open{{counts: map[string]int{}}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := begins(above, t); err != nil {
				return err
			}
			above = append(above, open{name: t.Name.Local, counts: map[string]int{}})
		case xml.EndElement:
			above = above[:len(above)-1]
		case xml.CharData:
			if at := above[len(above)-1].name; strings.TrimSpace(string(t)) != "" && !junitSchema()[at].hasText {
				return fmt.Errorf("%s has a text: %q", at, t)
			}
		}
	}
}

func begins(above []open, t xml.StartElement) error {
	name := t.Name.Local
	known, is := junitSchema()[name]
	parent := above[len(above)-1]
	parent.counts[name]++
	limit, limited := junitSchema()[parent.name].atMost[name]
	switch {
	case !is:
		return fmt.Errorf("there is no element %s", name)
	case parent.name == "" && name != "testsuites":
		return fmt.Errorf("the file begins with %s", name)
	case parent.name != "" && !slices.Contains(junitSchema()[parent.name].below, name):
		return fmt.Errorf("%s stands in %s", name, parent.name)
	case limited && parent.counts[name] > limit:
		return fmt.Errorf("%s has more than %d %s", parent.name, limit, name)
	}
	var seen []string
	for _, a := range t.Attr {
		seen = append(seen, a.Name.Local)
		if !slices.Contains(slices.Concat(known.must, known.may), a.Name.Local) {
			return fmt.Errorf("%s has an attribute %s", name, a.Name.Local)
		}
		if a.Name.Local == "time" && known.wellTime && !surefireTime.MatchString(a.Value) {
			return fmt.Errorf("%s has the time %q", name, a.Value)
		}
	}
	for _, must := range known.must {
		if !slices.Contains(seen, must) {
			return fmt.Errorf("%s has no attribute %s", name, must)
		}
	}
	return nil
}

func TestTheJUnitReportKeepsToThePublishedSchema(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, trouble := range []error{nil, errTrouble} {
		content, err := report.JUnit(told(trouble))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(againstSchema(content)).To(gomega.Succeed())
	}
}

// A check that lets everything pass would prove nothing.
func TestWhatIsNoJUnitReportIsFoundOut(t *testing.T) {
	for content, says := range map[string]string{
		`<testsuite name="a"/>`:                                    "begins with testsuite",
		`<testsuites skipped="1"/>`:                                "attribute skipped",
		`<testsuites><testsuite name="a" tests="1" failures="0"/>`: "no attribute errors",
		`<testsuites><case/></testsuites>`:                         "no element case",
		`<testsuites><testcase name="a"/></testsuites>`:            "testcase stands in testsuites",
		`<testsuites time="soon"/>`:                                `time "soon"`,
		`<testsuites>text</testsuites>`:                            "has a text",
		`<testsuites><properties></testsuites>`:                    "properties stands in testsuites",
	} {
		gomega.NewWithT(t).Expect(againstSchema([]byte(content))).To(gomega.MatchError(gomega.ContainSubstring(says)), content)
	}
}

func TestEveryStepAndEveryRowIsOneCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recorder := &report.Recorder{}
		stream := report.NewStream(clock(), recorder)
		stream.Begin("seatrial")
		cases := 0
		for i := range rapid.IntRange(0, 4).Draw(t, "subjects") {
			id := report.SubjectID(fmt.Sprint(i))
			steps := rapid.IntRange(1, 5).Draw(t, "steps")
			stream.BeginSubject(id, steps, report.Subject{Title: string(id)})
			for k := range steps {
				stream.EndStep(id, report.Step{Number: k + 1, Verdict: rapid.SampledFrom(report.Verdicts()).Draw(t, "verdict")})
				cases++
			}
			stream.EndSubject(id, report.Subject{})
		}
		for k := range rapid.IntRange(0, 5).Draw(t, "rows") {
			stream.Table("table", report.Row{Done: fmt.Sprint(k), Held: rapid.Bool().Draw(t, "held")})
			cases++
		}
		stream.Finish(nil)
		content, err := report.JUnit(recorder.Run())
		if err != nil || againstSchema(content) != nil {
			t.Fatalf("%v %v: %s", err, againstSchema(content), content)
		}
		if got := strings.Count(string(content), "<testcase "); got != cases {
			t.Fatalf("%d cases for %d steps and rows: %s", got, cases, content)
		}
	})
}
