package audit

import (
	"path/filepath"

	"github.com/mingjian/mingjian/internal/claim"
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

// ProgramOf names the program that a month's findings were judged with, "" when it was not audited.
func (s *Store) ProgramOf(m claim.Month) (string, error) {
	l, err := s.ledger()
	if err != nil {
		return "", err
	}
	return l.Months[m.String()].Program, nil
}
