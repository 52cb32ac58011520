package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// SpecialCase is an application for special review of a stay (特例单议). Money is fen; Times is in 1/1 000 000.
type SpecialCase struct {
	ID        string `json:"special_id"`
	Inst      string `json:"fixmedins_code"`
	Visit     string `json:"mdtrt_id"` // mdtrt_id; one application a stay
	Insutype  string `json:"insutype"`
	Kind      string `json:"pay_kind"` // DRG or DIP
	Period    string `json:"period"`   // quarter of the settlement, 2025Q1
	Reason    string `json:"reason"`
	Materials string `json:"materials"` // JSON array of file names by kind
	Asked     string `json:"asked"`     // 按项目 or 按标准
	Cost      int64  `json:"medfee_sumamt"`
	Fund      int64  `json:"fund"`
	Standard  int64  `json:"standard"`
	State     string `json:"state"`
	Problems  string `json:"problems"` // JSON array
	Times     int64  `json:"times"`
	Cut       int64  `json:"cut"`
	Paid      int64  `json:"paid"`
	Seed      string `json:"seed"` // of the draw of experts
	Author    string `json:"author"`
	MadeAt    int64  `json:"made_at"`
	DecidedAt int64  `json:"decided_at"`
	Version   int64  `json:"version"`
}

func (c *SpecialCase) fields() []any {
	return []any{&c.ID, &c.Inst, &c.Visit, &c.Insutype, &c.Kind, &c.Period, &c.Reason, &c.Materials, &c.Asked, &c.Cost, &c.Fund, &c.Standard, &c.State, &c.Problems,
		&c.Times, &c.Cut, &c.Paid, &c.Seed, &c.Author, &c.MadeAt, &c.DecidedAt, &c.Version}
}

var specialColumns = strings.Join(specialTable.names(), ", ")

// AddSpecialCase adds an application; ErrExists when the stay has one.
func (tx *Tx) AddSpecialCase(c *SpecialCase) error {
	return tx.load(specialTable.name, specialTable.names(), 1, func(int) []any {
		return []any{c.ID, c.Inst, c.Visit, c.Insutype, c.Kind, c.Period, c.Reason, c.Materials, c.Asked, c.Cost, c.Fund, c.Standard, c.State, c.Problems, c.Times, c.Cut,
			c.Paid, c.Seed, c.Author, c.MadeAt, c.DecidedAt, int64(1)}
	})
}

// ChangeSpecialCase writes what may change of an application, if it is of the version read.
func (tx *Tx) ChangeSpecialCase(c *SpecialCase) error {
	return tx.execOne("UPDATE special_case SET reason = $1, materials = $2, state = $3, problems = $4, times = $5, cut_fen = $6, paid_fen = $7, seed = $8, decided_at = $9, "+
		"version = version + 1 WHERE special_id = $10 AND version = $11",
		c.Reason, c.Materials, c.State, c.Problems, c.Times, c.Cut, c.Paid, c.Seed, c.DecidedAt, c.ID, c.Version)
}

// SpecialCase reads an application; ErrNotFound.
func (tx *Tx) SpecialCase(id string) (*SpecialCase, error) {
	var c SpecialCase
	if err := tx.one(c.fields(), "SELECT "+specialColumns+" FROM special_case WHERE special_id = $1", id); err != nil {
		return nil, fmt.Errorf("特例单议 %s %w", id, err)
	}
	return &c, nil
}

// SpecialCases lists the applications of a period ("" = all), oldest first.
func (tx *Tx) SpecialCases(period string) ([]SpecialCase, error) {
	var out []SpecialCase
	err := tx.query(func(r *sql.Rows) error {
		var c SpecialCase
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, "SELECT "+specialColumns+" FROM special_case WHERE $1 = '' OR period = $2 ORDER BY made_at, special_id", period, period)
	return out, err
}

// SpecialFilter chooses applications; empty fields choose all.
type SpecialFilter struct {
	ID, Period, State, Inst string
	Expert                  string // who has a seat
}

// SpecialCasesIn lists the applications within a scope, newest first.
func (tx *Tx) SpecialCasesIn(s Scope, f SpecialFilter, p Page) ([]SpecialCase, error) {
	w := p.where("special_id")
	w.ofInst("fixmedins_code", s)
	w.equal("special_id", f.ID)
	w.equal("period", f.Period)
	w.equal("state", f.State)
	w.equal("fixmedins_code", f.Inst)
	if f.Expert != "" {
		w.add("EXISTS (SELECT 1 FROM special_seat x WHERE x.special_id = special_case.special_id AND x.expert = "+w.bind(f.Expert)+")", true)
	}
	var out []SpecialCase
	err := tx.query(func(r *sql.Rows) error {
		var c SpecialCase
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, "SELECT "+specialColumns+" FROM special_case"+w.text()+" ORDER BY special_id DESC"+w.limit(p), w.args...)
	return out, err
}

// SpecialSeat is one expert drawn for an application. Vote is "" until given; a recused expert's seat stays.
type SpecialSeat struct {
	Case    string `json:"special_id"`
	Expert  string `json:"expert"`
	Seat    int64  `json:"seat"` // order of the draw
	Vote    string `json:"vote"`
	Cut     int64  `json:"cut"`
	Note    string `json:"note"`
	DrawnAt int64  `json:"drawn_at"`
	VotedAt int64  `json:"voted_at"`
	Version int64  `json:"version"`
}

// AddSpecialSeats adds drawn experts.
func (tx *Tx) AddSpecialSeats(seats []SpecialSeat) error {
	return tx.load(seatTable.name, seatTable.names(), len(seats), func(i int) []any {
		s := &seats[i]
		return []any{s.Case, s.Expert, s.Seat, s.Vote, s.Cut, s.Note, s.DrawnAt, s.VotedAt, int64(1)}
	})
}

// ChangeSpecialSeat writes a vote or a recusal, if the seat is of the version read.
func (tx *Tx) ChangeSpecialSeat(s *SpecialSeat) error {
	return tx.execOne("UPDATE special_seat SET vote = $1, cut_fen = $2, note = $3, voted_at = $4, version = version + 1 WHERE special_id = $5 AND expert = $6 AND version = $7",
		s.Vote, s.Cut, s.Note, s.VotedAt, s.Case, s.Expert, s.Version)
}

// SpecialSeats lists the experts of an application in the order of the draw.
func (tx *Tx) SpecialSeats(id string) ([]SpecialSeat, error) {
	var out []SpecialSeat
	err := tx.query(func(r *sql.Rows) error {
		var s SpecialSeat
		err := r.Scan(&s.Case, &s.Expert, &s.Seat, &s.Vote, &s.Cut, &s.Note, &s.DrawnAt, &s.VotedAt, &s.Version)
		out = append(out, s)
		return err
	}, "SELECT "+strings.Join(seatTable.names(), ", ")+" FROM special_seat WHERE special_id = $1 ORDER BY seat", id)
	return out, err
}
