package main

import (
	"bytes"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/trial"
)

func TestErrorsComeBeforeWarningsEachInTheOrderOfTheLines(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	at := func(line int, warning bool) trial.Finding {
		return trial.Finding{File: doc.Path, Line: line, Warning: warning, Text: "x"}
	}
	found := (&tally{}).add(played(doc, "", at(3, true), at(9, false), at(1, true), at(7, false)))
	g.Expect(found).To(gomega.Equal([]trial.Finding{at(7, false), at(9, false), at(1, true), at(3, true)}))
}

func TestWhatWasNotBegunIsCounted(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	one, other := &tally{}, &tally{}
	one.add(played(doc, "", trial.Finding{File: doc.Path, Line: 9, Text: "x"}))
	other.omit(doc)
	one.merge(other)
	g.Expect(*one).To(gomega.Equal(tally{documents: 2, failed: 1, notRun: 1, errors: 1, notCovered: one.notCovered}))
	g.Expect(one.failures()).To(gomega.Equal(2))
}

func TestWhatGoesSideBySideIsToldInTurn(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	all := inTurn(&out, 3)
	all.end(2, bytes.NewBufferString("three "))
	g.Expect(out.String()).To(gomega.BeEmpty())
	all.end(0, bytes.NewBufferString("one "))
	g.Expect(out.String()).To(gomega.Equal("one "), "as soon as it can be")
	all.end(1, bytes.NewBufferString("two "))
	g.Expect(out.String()).To(gomega.Equal("one two three "))
}
