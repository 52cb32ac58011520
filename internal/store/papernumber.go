package store

import "errors"

// PaperNumber is the number that a document was given: of its kind and year, one after the other, none left out.
type PaperNumber struct {
	Kind   string `json:"kind"`
	Year   int    `json:"year"`
	Number int    `json:"number"`
	Object string `json:"object"` // what it is about: a finding, a period
	Title  string `json:"title"`
	Actor  string `json:"actor"`
	At     int64  `json:"at"`
}

func (x *PaperNumber) fields() []any {
	return []any{&x.Kind, &x.Year, &x.Number, &x.Object, &x.Title, &x.Actor, &x.At}
}

// NumberPaper gives the next number of a kind and year, within the caller's transaction: if that fails, the number is not used up. The same document
// (kind and object) keeps the number it has.
func (tx *Tx) NumberPaper(p PaperNumber) (*PaperNumber, error) {
	had, err := only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND object = $2", p.Kind, p.Object)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return had, err
	}
	if err := tx.Lock("文书编号 " + p.Kind); err != nil {
		return nil, err
	}
	// Asked again under the lock: somebody may have been faster.
	if had, err = only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND object = $2", p.Kind, p.Object); err == nil || !errors.Is(err, ErrNotFound) {
		return had, err
	}
	if err := tx.one([]any{&p.Number}, "SELECT COALESCE(MAX(number), 0) + 1 FROM paper_number WHERE kind = $1 AND year = $2", p.Kind, p.Year); err != nil {
		return nil, err
	}
	return &p, insert(tx, &paperNumberTable, p)
}

// PaperNumbers lists the numbers given in a year, by kind and number; kind "" = all.
func (tx *Tx) PaperNumbers(year int, kind string) ([]PaperNumber, error) {
	return list[PaperNumber](tx, &paperNumberTable, "WHERE year = $1 AND (kind = $2 OR $2 = '') ORDER BY kind, number", year, kind)
}
