package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestParseSetReadsAssignments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sets []string
		want Values
	}{
		"nothing":             {nil, Values{}},
		"empty":               {[]string{""}, Values{}},
		"the upgrade's flags": {[]string{"redis.slaveEnabled=false,service.type=NodePort"}, Values{"redis": map[string]any{"slaveEnabled": false}, "service": map[string]any{"type": "NodePort"}}},
		"a later one wins":    {[]string{"a=1,b=x", "a=2"}, Values{"a": int64(2), "b": "x"}},
		"a nested one is kept": {[]string{"a.b=1", "a.c=2"}, Values{
			"a": map[string]any{"b": int64(1), "c": int64(2)},
		}},
		"lists and indexes":  {[]string{"a={x,y},b[1]=z"}, Values{"a": []any{"x", "y"}, "b": []any{nil, "z"}}},
		"an escaped comma":   {[]string{`a=x\,y`}, Values{"a": "x,y"}},
		"null deletes later": {[]string{"a=null"}, Values{"a": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			got, err := ParseSet(test.sets...)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(cmp.Diff(test.want, got)).To(gomega.BeEmpty())
		})
	}
}

func TestParseSetTellsWhichAssignmentIsWrong(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"novalue", "a[x]=1", "a[-1]=1"} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			_, err := ParseSet("fine=1", wrong)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("parsing value assignment %q", wrong)))
		})
	}
}

func TestReadValuesReadsOneDocument(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		want    Values
	}{
		"an empty file":              {"", Values{}},
		"comments only":              {"# nothing\n---\n# here\n", Values{}},
		"null":                       {"null\n", Values{}},
		"a document after a comment": {"# licence\n---\na: 1\n", Values{"a": 1.0}},
		"an empty document after it": {"a: 1\n---\n", Values{"a": 1.0}},
		"numbers as Helm reads them": {"a: 3000\nb: 1.5\nc: '3'\n", Values{"a": 3000.0, "b": 1.5, "c": "3"}},
		"dashes in a text":           {"a: |\n  ---\n  x\n", Values{"a": "---\nx\n"}},
		"a key that is a number":     {"1: a\n", Values{"1": "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			got, err := ReadValues(writeFile(t, test.content))
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(cmp.Diff(test.want, got)).To(gomega.BeEmpty())
		})
	}
}

func TestReadValuesTellsFileAndLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"a mistake":                 {"a: 1\nb: [\n", ":2: did not find expected node content"},
		"a mistake after a comment": {"# licence\n---\n\na: 1\n  b: 2\n", ":5: mapping values are not allowed"},
		"a key given twice":         {"a: 1\nb: 2\na: 3\n", `:3: key "a" already set in map`},
		"a second document":         {"a: 1\n---\nb: 2\n", ": a second YAML document"},
		"a list":                    {"- a\n", ": values are a map, not: [a]"},
		"a word":                    {"word\n", ": values are a map, not: word"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			path := writeFile(t, test.content)
			_, err := ReadValues(path)
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading values: %s%s", path, test.want)))
		})
	}
}

func TestReadValuesTellsOfAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, err := ReadValues(filepath.Join(t.TempDir(), "none.yaml"))
	g.Expect(err).To(gomega.MatchError(os.ErrNotExist))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("none.yaml")))
}

func TestMergeLaysTablesUponEachOther(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		layers []Values
		want   Values
	}{
		"nothing":                    {[]Values{nil}, Values{}},
		"a table into a table":       {[]Values{{"a": map[string]any{"b": 1, "c": 2}}, {"a": map[string]any{"c": 3}}}, Values{"a": map[string]any{"b": 1, "c": 3}}},
		"Values are tables too":      {[]Values{{"a": Values{"b": 1}}, {"a": Values{"c": 2}}}, Values{"a": map[string]any{"b": 1, "c": 2}}},
		"a scalar over a table":      {[]Values{{"a": Values{"b": 1}}, {"a": 2}}, Values{"a": 2}},
		"a table over a scalar":      {[]Values{{"a": 2}, {"a": Values{"b": 1}}}, Values{"a": map[string]any{"b": 1}}},
		"a list over a list":         {[]Values{{"a": []string{"x", "y"}}, {"a": []string{"z"}}}, Values{"a": []any{"z"}}},
		"null, to unset a default":   {[]Values{{"a": 1}, {"a": nil}}, Values{"a": nil}},
		"the last of several layers": {[]Values{{"a": 1}, {"a": 2}, {"a": 3}}, Values{"a": 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Merge(test.layers[0], test.layers[1:]...)
			gomega.NewWithT(t).Expect(cmp.Diff(test.want, got)).To(gomega.BeEmpty())
		})
	}
}

func TestMergeSharesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, over := valuesGenerator(3).Draw(t, "base"), valuesGenerator(3).Draw(t, "over")
		baseBefore, overBefore := Values(base.clone()), Values(over.clone())
		scramble(Merge(base, over))
		if diff := cmp.Diff(baseBefore, base); diff != "" {
			t.Fatalf("base was changed: %s", diff)
		}
		if diff := cmp.Diff(overBefore, over); diff != "" {
			t.Fatalf("over was changed: %s", diff)
		}
	})
}

func TestMergeFollowsItsLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := valuesGenerator(3).Draw(t, "a"), valuesGenerator(3).Draw(t, "b"), valuesGenerator(3).Draw(t, "c")
		for law, sides := range map[string][2]Values{
			"nothing changes nothing":      {Merge(a, Values{}), a},
			"upon nothing it is itself":    {Merge(Values{}, a), a},
			"twice is once":                {Merge(a, b, b), Merge(a, b)},
			"the order of merging is free": {Merge(Merge(a, b), c), Merge(a, Merge(b, c))},
		} {
			// A scalar between two tables separates them or not, as order has it.
			if law == "the order of merging is free" && (mixes(a, b) || mixes(b, c) || mixes(a, c)) {
				continue
			}
			if diff := cmp.Diff(sides[1], sides[0]); diff != "" {
				t.Fatalf("%s: %s", law, diff)
			}
		}
	})
}

// mixes tells whether one has a table where the other has none.
func mixes(a, b map[string]any) bool {
	for key := range a {
		if _, both := b[key]; !both {
			continue
		}
		under, isUnder := a[key].(map[string]any)
		above, isAbove := b[key].(map[string]any)
		if isUnder != isAbove || isUnder && mixes(under, above) {
			return true
		}
	}
	return false
}

func valuesGenerator(depth int) *rapid.Generator[Values] {
	scalar := rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(v bool) any { return v }),
		rapid.Map(rapid.Int64(), func(v int64) any { return v }),
		rapid.Map(rapid.StringN(0, 3, -1), func(v string) any { return v }),
		rapid.Map(rapid.SliceOfN(rapid.Bool(), 0, 2), func(v []bool) any {
			list := make([]any, 0, len(v))
			for _, element := range v {
				list = append(list, element)
			}
			return list
		}),
	)
	value := scalar
	if depth > 0 {
		value = rapid.OneOf(scalar, rapid.Map(valuesGenerator(depth-1), func(v Values) any { return map[string]any(v) }))
	}
	// Few keys, so that they meet.
	return rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), value, 0, 3), func(v map[string]any) Values { return v })
}

// scramble changes all that can be changed in place.
func scramble(table map[string]any) {
	for key, value := range table {
		switch typed := value.(type) {
		case map[string]any:
			scramble(typed)
		case []any:
			for i := range typed {
				typed[i] = "scrambled"
			}
		}
		table[key] = "scrambled"
	}
	table["added"] = true
}

func TestDocumentsKeepsLinesWhereTheyAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"---", "--- # x", "a: 1", "", "# c", "----"})).Draw(t, "lines")
		split := documents(strings.Join(lines, "\n"))
		for number, line := range lines {
			text, starts := strings.CutPrefix(line, "---")
			if !starts || strings.HasPrefix(text, "-") {
				text = line
			}
			found := false
			for _, document := range split {
				at := strings.Split(strings.Repeat("\n", document.before)+document.text, "\n")
				found = found || number < len(at) && at[number] == text
			}
			if !found {
				t.Fatalf("line %d, %q, is not there in %+v", number, line, split)
			}
		}
	})
}

// Each document once had all lines before it in front of it: a megabyte of separators became thirty gigabytes.
func TestManyDocumentsTakeNoMoreRoomThanTheirStream(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	stream := strings.Repeat("---\n", 1<<18) + "a: 1\n"
	total := 0
	for _, d := range documents(stream) {
		total += len(d.text)
	}
	g.Expect(total).To(gomega.BeNumerically("<=", len(stream)))
	g.Expect(parseValues([]byte(stream))).To(gomega.Equal(Values{"a": 1.0}))
	_, err := parseValues([]byte(stream + "b: {\n"))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("line 262146")))
}

func TestAFileOfValuesHasAnEnd(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, err := ReadValues(writeFile(t, strings.Repeat("# nothing\n", maxValues/10+1)))
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(`^reading values: .*values\.yaml has more than 5 MiB$`)))
	_, err = ReadValues("/dev/zero")
	g.Expect(err).To(gomega.MatchError("reading values: /dev/zero has more than 5 MiB"))
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
