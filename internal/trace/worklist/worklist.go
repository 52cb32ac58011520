// Package worklist puts doubtful sales of boxes on the work list of clues that institutions state themselves on. It decides nothing: what is
// doubtful package trace says, what becomes of a clue the people who work it.
package worklist

import (
	"encoding/json"
	"time"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace"
)

// DaysToState is how many days an institution usually has for its statement.
const DaysToState = 18

// rules are the cards whose finding tells the same fact as a clue, the main one first.
var rules = []string{"T001", "T002", "T003", "T004", "T005", "T006", "T007", "T017", "T015", "T010", "T008"}

// List is what is to be put on the work list.
type List struct {
	rows  []store.Clue
	clues []trace.Clue
}

// Of keeps the clues that nothing explains, each with the life of its box.
func Of(f *trace.Facts, clues []trace.Clue, now time.Time, days int) (*List, error) {
	l := &List{}
	stories, err := f.Lives(clues)
	if err != nil {
		return nil, err
	}
	for i := range clues {
		x := &clues[i]
		if x.Explained != "" {
			continue
		}
		detail, err := json.Marshal(map[string]any{"clue": x, "life": stories[x.Code]})
		if err != nil {
			return nil, err
		}
		l.clues = append(l.clues, *x)
		l.rows = append(l.rows, store.Clue{ID: x.ID(), Code: x.Code, Inst: x.Inst, Area: x.Area, Class: x.Class, Proof: x.Proof, Detail: string(detail),
			MadeAt: now.UnixMicro(), DueAt: now.AddDate(0, 0, days).UnixMicro()})
	}
	return l, nil
}

// Len is the number of clues.
func (l *List) Len() int { return len(l.rows) }

// Add writes what is not on the list yet, leaves what is as it stands, and says of each clue which finding carries its money: a clue on the
// same code and line is the same fact. It returns the number of new ones.
func (l *List) Add(tx *store.Tx) (added int64, err error) {
	if added, err = tx.AddClues(l.rows); err != nil {
		return 0, err
	}
	for i := range l.clues {
		c := &l.clues[i]
		if c.Sn == "" {
			continue
		}
		id, err := tx.FindingOfLine(c.Inst, c.Sn, rules)
		if err == nil && id != "" {
			err = tx.LinkClue(c.ID(), id)
		}
		if err != nil {
			return 0, err
		}
	}
	return added, nil
}
