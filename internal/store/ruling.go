package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// Ruling is what people decided on a row of a national sheet that waits for one. Row names the row by all it says, so that a row that says
// otherwise is another.
type Ruling struct {
	ID        string
	Row       string
	Rule      string
	Name      string // generic name or item
	Basis     string // the row in the sheet's words
	Asked     string // why it waited
	Decision  string // JSON of knowledge.Ruling
	Reason    string
	State     string
	Author    string
	Approver  string
	MadeAt    int64
	DecidedAt int64
	Version   int64
}

func (r *Ruling) fields() []any {
	return []any{&r.ID, &r.Row, &r.Rule, &r.Name, &r.Basis, &r.Asked, &r.Decision, &r.Reason, &r.State, &r.Author, &r.Approver, &r.MadeAt, &r.DecidedAt, &r.Version}
}

var rulingColumns = strings.Join(rulingTable.names(), ", ")

// AddRuling adds a ruling.
func (tx *Tx) AddRuling(r *Ruling) error {
	return tx.load(rulingTable.name, rulingTable.names(), 1, func(int) []any {
		return []any{r.ID, r.Row, r.Rule, r.Name, r.Basis, r.Asked, r.Decision, r.Reason, r.State, r.Author, r.Approver, r.MadeAt, r.DecidedAt, int64(1)}
	})
}

// ChangeRuling writes state and approver of a ruling, if it is of the version read.
func (tx *Tx) ChangeRuling(r *Ruling) error {
	return tx.execOne("UPDATE ruling SET state = $1, approver = $2, decided_at = $3, version = version + 1 WHERE ruling_id = $4 AND version = $5",
		r.State, r.Approver, r.DecidedAt, r.ID, r.Version)
}

// Ruling reads a ruling; ErrNotFound.
func (tx *Tx) Ruling(id string) (*Ruling, error) {
	var r Ruling
	if err := tx.one(r.fields(), "SELECT "+rulingColumns+" FROM ruling WHERE ruling_id = $1", id); err != nil {
		return nil, fmt.Errorf("裁决 %s %w", id, err)
	}
	return &r, nil
}

// Rulings lists all rulings, oldest first.
func (tx *Tx) Rulings() ([]Ruling, error) {
	var out []Ruling
	err := tx.query(func(rows *sql.Rows) error {
		var r Ruling
		err := rows.Scan(r.fields()...)
		out = append(out, r)
		return err
	}, "SELECT "+rulingColumns+" FROM ruling ORDER BY made_at, ruling_id")
	return out, err
}

// SheetImport is an import of national sheets by two persons.
type SheetImport struct {
	ID        string
	Files     string // JSON: names and where they lie
	ValidFrom string // yyyy-MM-dd, "" = the usual first day
	Reason    string
	State     string
	Said      string // how it ended, or why it could not be done
	Base      int64  // version of the knowledge it was checked against
	Result    int64  // version it made
	Job       string // the job that works on it, or did
	Author    string
	Approver  string
	MadeAt    int64
	DecidedAt int64
	Version   int64
}

func (x *SheetImport) fields() []any {
	return []any{&x.ID, &x.Files, &x.ValidFrom, &x.Reason, &x.State, &x.Said, &x.Base, &x.Result, &x.Job, &x.Author, &x.Approver, &x.MadeAt, &x.DecidedAt, &x.Version}
}

var sheetImportColumns = strings.Join(sheetImportTable.names(), ", ")

// AddSheetImport adds an import.
func (tx *Tx) AddSheetImport(x *SheetImport) error {
	return tx.load(sheetImportTable.name, sheetImportTable.names(), 1, func(int) []any {
		return []any{x.ID, x.Files, x.ValidFrom, x.Reason, x.State, x.Said, x.Base, x.Result, x.Job, x.Author, x.Approver, x.MadeAt, x.DecidedAt, int64(1)}
	})
}

// ChangeSheetImport writes what changes of an import, if it is of the version read.
func (tx *Tx) ChangeSheetImport(x *SheetImport) error {
	return tx.execOne("UPDATE sheet_import SET state = $1, said = $2, base = $3, result = $4, job_id = $5, approver = $6, decided_at = $7, version = version + 1 WHERE import_id = $8 AND version = $9",
		x.State, x.Said, x.Base, x.Result, x.Job, x.Approver, x.DecidedAt, x.ID, x.Version)
}

// SheetImport reads an import; ErrNotFound.
func (tx *Tx) SheetImport(id string) (*SheetImport, error) {
	var x SheetImport
	if err := tx.one(x.fields(), "SELECT "+sheetImportColumns+" FROM sheet_import WHERE import_id = $1", id); err != nil {
		return nil, fmt.Errorf("导入 %s %w", id, err)
	}
	return &x, nil
}

// SheetImports lists imports, newest first.
func (tx *Tx) SheetImports(most int) ([]SheetImport, error) {
	var out []SheetImport
	err := tx.query(func(rows *sql.Rows) error {
		var x SheetImport
		err := rows.Scan(x.fields()...)
		out = append(out, x)
		return err
	}, "SELECT "+sheetImportColumns+" FROM sheet_import ORDER BY import_id DESC LIMIT $1", most)
	return out, err
}
