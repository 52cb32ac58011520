package audit

import (
	"path/filepath"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// Part is the findings of one month and bucket as published: what is taken elsewhere at once.
type Part struct {
	Month  claim.Month
	Bucket int
	File   string // another file is another run's content; the same file never changes
}

// Published lists what is in force, by month and bucket, and the run that published last (0 before the first).
func (s *Store) Published() (run int, parts []Part, err error) {
	l, err := s.ledger()
	if err != nil {
		return 0, nil, err
	}
	months, err := s.Months()
	if err != nil {
		return 0, nil, err
	}
	for _, m := range months {
		files := l.Months[m.String()].Files
		for _, b := range sortedKeys(files) {
			parts = append(parts, Part{m, b, filepath.ToSlash(files[b])})
		}
	}
	return l.Runs, parts, nil
}

// ReadPart reads the rows of a part, hushed ones included, a finding's rows together. A part that a later run replaced in
// the meantime may be gone (fs.ErrNotExist); whoever holds the data directory's lock has no such worry.
func (s *Store) ReadPart(p Part) ([]Row, error) {
	return readRows(filepath.Join(s.dir, filepath.FromSlash(p.File)))
}

// Judged tells whether a month's findings in force were judged on the month's facts as a snapshot holds them. What cards and
// knowledge said then, and what other months hold, is not asked.
func (s *Store) Judged(snap *lake.Snapshot, m claim.Month) (bool, error) {
	l, err := s.ledger()
	if err != nil {
		return false, err
	}
	was, ok := l.Months[m.String()]
	return ok && was.Own == ownID(snap, m), nil
}

// ProgramOf names the program that a month's findings were judged with, "" when it was not audited.
func (s *Store) ProgramOf(m claim.Month) (string, error) {
	l, err := s.ledger()
	if err != nil {
		return "", err
	}
	return l.Months[m.String()].Program, nil
}
