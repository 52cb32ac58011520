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

	VoidedAt int64  `json:"voided_at"` // 0 = in force
	VoidedBy string `json:"voided_by"`
	VoidWhy  string `json:"void_why"`
}

func (x *PaperNumber) fields() []any {
	return []any{&x.Kind, &x.Year, &x.Number, &x.Object, &x.Title, &x.Actor, &x.At, &x.VoidedAt, &x.VoidedBy, &x.VoidWhy}
}

// NumberPaper gives the next number of a kind and year, within the caller's transaction: if that fails, the number is not used up. The same document
// (kind and object) keeps the number it has.
func (tx *Tx) NumberPaper(p PaperNumber) (*PaperNumber, error) {
	had, err := only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND object = $2 AND voided_at = 0", p.Kind, p.Object)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return had, err
	}
	if err := tx.Lock("文书编号 " + p.Kind); err != nil {
		return nil, err
	}
	// Asked again under the lock: somebody may have been faster.
	if had, err = only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND object = $2 AND voided_at = 0", p.Kind, p.Object); err == nil || !errors.Is(err, ErrNotFound) {
		return had, err
	}
	if err := tx.one([]any{&p.Number}, "SELECT COALESCE(MAX(number), 0) + 1 FROM paper_number WHERE kind = $1 AND year = $2", p.Kind, p.Year); err != nil {
		return nil, err
	}
	return &p, insert(tx, &paperNumberTable, p)
}

// PaperNumberOf is the number in force of a document; ErrNotFound.
func (tx *Tx) PaperNumberOf(kind, object string) (*PaperNumber, error) {
	return only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND object = $2 AND voided_at = 0", kind, object)
}

// VoidPaper voids a number for good: it stays in the register with who did it and why, and is never given again. ErrNotFound, ErrConflict when it is voided.
func (tx *Tx) VoidPaper(kind string, year, number int, by, why string, now int64) (*PaperNumber, error) {
	x, err := only[PaperNumber](tx, &paperNumberTable, "文书", "WHERE kind = $1 AND year = $2 AND number = $3", kind, year, number)
	if err != nil {
		return nil, err
	}
	x.VoidedAt, x.VoidedBy, x.VoidWhy = now, by, why
	return x, tx.execOne("UPDATE paper_number SET voided_at = $1, voided_by = $2, void_why = $3 WHERE kind = $4 AND year = $5 AND number = $6 AND voided_at = 0", now, by, why, kind, year, number)
}

// PaperNumbers lists the numbers given in a year, by kind and number; kind "" = all.
func (tx *Tx) PaperNumbers(year int, kind string) ([]PaperNumber, error) {
	return list[PaperNumber](tx, &paperNumberTable, "WHERE year = $1 AND (kind = $2 OR $2 = '') ORDER BY kind, number", year, kind)
}
