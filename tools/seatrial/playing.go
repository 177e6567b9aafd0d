package main

import (
	"context"
	"errors"
	"io"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// playing is a course that is played: where it is written what changes, and what is counted.
type playing struct {
	*rehearsal

	course course
	out    io.Writer
	count  *tally
	// witness sees what becomes of releases, while the course is played.
	witness *witness
}

// perform plays the course on a cluster, and takes away what it has made.
func (p *playing) perform(ctx context.Context, on framework.Handle) (err error) {
	if reason := p.skipped(on); reason != "" {
		return nil
	}
	at, err := p.enter(ctx, on)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.leave(ctx)) }()
	return p.play(ctx, at, on)
}

// skipped says why the course is not for a cluster, if it is not, and tells it.
func (p *playing) skipped(on framework.Handle) string {
	switch {
	case p.enough():
		p.notBegun()
		return stopped
	case p.course.of == nil:
		return ""
	}
	reason := p.course.of.Skip(on.Provider, on.Features)
	if reason == "" {
		return ""
	}
	for _, doc := range p.course.documents {
		p.account.skipped(doc, p.course.title(), reason)
	}
	return reason
}

// stopped is why nothing more is begun.
const stopped = "something before it has failed"

// enough tells whether nothing more is to be begun.
func (p *playing) enough() bool { return p.said.FailFast && p.count.failures() > 0 }

func (p *playing) notBegun() {
	for _, doc := range p.course.documents {
		p.omit(doc)
	}
}

// omit tells of a document that is not begun.
func (p *playing) omit(doc *workshop.Document) {
	p.count.omit(doc)
	p.account.notBegun(doc, p.course.title(), stopped)
}

// play plays all documents of the course.
func (p *playing) play(ctx context.Context, at place, on framework.Handle) error {
	p.witness = newWitness(ctx, on.Kubeconfig)
	defer p.witness.close()
	for i, doc := range p.course.documents {
		if p.enough() {
			p.omit(doc)
			continue
		}
		from := 1
		if i == 0 {
			from = p.from
		}
		if err := p.document(ctx, doc, &trial.Player{Shell: at.shell, Has: on.Features.Names(), From: from}); err != nil {
			return err
		}
	}
	return nil
}

// document plays one document, and tells what was found.
func (p *playing) document(ctx context.Context, doc *workshop.Document, player *trial.Player) error {
	told, err := p.account.document(doc, p.course.title())
	if err != nil {
		return err
	}
	player.Timeout, player.Patience, player.FailFast = p.said.Timeout, p.patience, p.said.FailFast
	player.Told = func(play trial.Play) {
		if play.Verdict != trial.Running && play.Tries > 0 && !match.ReadOnly(play.Step.Command) {
			p.witness.look(ctx)
		}
		told.step(play)
	}
	performance, err := player.Play(ctx, doc)
	if err != nil {
		return err
	}
	revisions, notes := p.witness.tell()
	told.end(p.count.add(performance), revisions, notes)
	if p.update {
		return update(p.out, performance)
	}
	return nil
}
