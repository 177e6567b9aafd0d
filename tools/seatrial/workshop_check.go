package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// check finds what would make a run pointless, before a cluster is brought up for it. Where no command is found at all,
// nothing can be wrong, and nobody should be told that all is right.
func (r *rehearsal) check(all []course) error {
	steps, first := 0, 0
	var paths []string
	var wrong error
	for i, one := range all {
		for k, doc := range one.documents {
			steps += len(doc.Steps)
			paths = append(paths, doc.Path)
			if i == 0 && k == 0 {
				first = len(doc.Steps)
			}
		}
		if one.of == nil && wrong == nil {
			wrong = r.checkDir()
		}
	}
	switch {
	case steps == 0:
		return fmt.Errorf("there is no command to run in %s: one stands in a fenced block behind \"$ \", with what it prints below it", strings.Join(paths, ", "))
	case r.from < 1:
		wrong = errors.Join(wrong, fmt.Errorf("--from-step %d: steps are counted from 1", r.from))
	case r.from > first:
		wrong = errors.Join(wrong, fmt.Errorf("--from-step %d: %s has only %d: `--dry-run` lists them", r.from, paths[0], first))
	}
	return wrong
}

// checkDir looks whether the reader can start in the folder.
func (r *rehearsal) checkDir() error {
	info, err := os.Stat(r.dir)
	if err != nil {
		return fmt.Errorf("--dir %s: the reader cannot start there: %w", r.dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("--dir %s: it is no folder, and the reader starts in one", r.dir)
	}
	return nil
}
