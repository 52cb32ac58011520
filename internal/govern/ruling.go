package govern

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
)

// ErrNoRow is returned for a row that does not wait (any more): its text changed, or it was mended by a later sheet.
var ErrNoRow = refusef(store.ErrNotFound, "没有这一行待裁决的：可能再次导入时原文变了，请看清单里的新行")

// RequestRuling asks that a row which waits be read in a way, or not be used; it holds when another person has confirmed it. base is the
// knowledge as it lies, without what is laid over it.
func (r *Rules) RequestRuling(ctx context.Context, who *auth.Identity, base *knowledge.Base, row string, d knowledge.Ruling, why string) (*store.Ruling, error) {
	if err := allowed(who, "", auth.EditKnowledge); err != nil {
		return nil, err
	}
	if why == "" {
		return nil, errors.New("请写明理由")
	}
	if err := checkDay(d.From); err != nil {
		return nil, err
	}
	var of *knowledge.Pending
	for _, p := range base.Waiting() {
		if p.Row() != row {
			continue
		}
		if of == nil {
			of = &p
		}
		if _, err := d.Points(&p, why); err != nil {
			return nil, err
		}
	}
	if of == nil {
		return nil, ErrNoRow
	}
	if len(d.Codes) > 0 && !of.Asks() {
		return nil, errors.New("这一行有编码，不用再写编码")
	}
	if d.Drop {
		d = knowledge.Ruling{Drop: true}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	x := &store.Ruling{ID: store.NewID(), Row: row, Rule: of.Point.RuleID, Name: of.About(), Basis: of.Point.Basis, Asked: of.Reason, Decision: string(text), Reason: why,
		State: string(Submitted), Author: who.Name, MadeAt: store.Micros(time.Now()), Version: 1}
	return x, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if err := queue(tx); err != nil { // two who ask at once: the later one sees the first
			return nil, err
		}
		all, err := tx.Rulings()
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(o store.Ruling) bool { return o.Row == row && State(o.State) != Dropped }); i >= 0 {
			return nil, refusef(ErrState, "这一行已有裁决 %s，状态“%s”；要改先作废它", all[i].ID, all[i].State)
		}
		if err := tx.AddRuling(x); err != nil {
			return nil, err
		}
		return decided(tx, who, "裁决", x.ID, x.Rule+" "+x.Name, "", x.State, Decided(x)+"；"+why)
	})
}

// ConfirmRuling puts a ruling in force; whoever asked for it cannot.
func (r *Rules) ConfirmRuling(ctx context.Context, who *auth.Identity, id string) (*store.Ruling, error) {
	return r.decideRuling(ctx, who, id, "", func(x *store.Ruling) (State, error) {
		if State(x.State) != Submitted {
			return "", refusef(ErrState, "裁决 %s 已是“%s”", id, x.State)
		}
		if x.Author == who.Name {
			return "", ErrSamePerson
		}
		x.Approver = who.Name
		return Live, nil
	})
}

// VoidRuling takes a ruling back, or refuses one that waits: the row waits again. Who asked may take back what nobody confirmed.
func (r *Rules) VoidRuling(ctx context.Context, who *auth.Identity, id, why string) (*store.Ruling, error) {
	if why == "" {
		return nil, errors.New("请写明理由")
	}
	return r.decideRuling(ctx, who, id, why, func(x *store.Ruling) (State, error) {
		if State(x.State) == Dropped {
			return "", refusef(ErrState, "裁决 %s 已是“%s”", id, x.State)
		}
		return Dropped, nil
	})
}

func (r *Rules) decideRuling(ctx context.Context, who *auth.Identity, id, why string, change func(*store.Ruling) (State, error)) (x *store.Ruling, err error) {
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if err := queue(tx); err != nil {
			return nil, err
		}
		if x, err = tx.Ruling(id); err != nil {
			return nil, err
		}
		if err := r.seen(x.Version); err != nil {
			return nil, err
		}
		from := State(x.State)
		may := []auth.Permission{auth.ApproveRules}
		if from == Submitted && x.Author == who.Name && why != "" {
			may = append(may, auth.EditKnowledge)
		}
		if err := allowed(who, "", may...); err != nil {
			return nil, err
		}
		to, err := change(x)
		if err != nil {
			return nil, err
		}
		x.State, x.DecidedAt = string(to), store.Micros(time.Now())
		if err := tx.ChangeRuling(x); err != nil {
			return nil, err
		}
		x.Version++
		return decided(tx, who, "裁决", id, x.Rule+" "+x.Name, from, x.State, why)
	})
	return x, err
}

// Rulings lists all rulings, oldest first.
func (r *Rules) Rulings(ctx context.Context) (out []store.Ruling, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Rulings(); return err })
	return out, err
}

// Decided says in words what a ruling decided.
func Decided(x *store.Ruling) string {
	d, err := ruling(x)
	if err != nil {
		return x.Decision
	}
	return d.Words(x.Rule)
}

func ruling(x *store.Ruling) (d knowledge.Ruling, err error) {
	if err := json.Unmarshal([]byte(x.Decision), &d); err != nil {
		return d, fmt.Errorf("裁决 %s 已损坏：%w", x.ID, err)
	}
	return d, nil
}

// ruled takes the rows that people decided on out of what waits, and makes the points they decided on.
func (b *Book) ruled(base *knowledge.Base) (*knowledge.Base, []pointPiece, error) {
	if len(b.rulings) == 0 {
		return base, nil, nil
	}
	out := *base
	byDay := map[[2]claim.Day][]knowledge.Point{}
	take := func(ps []knowledge.Pending) (left []knowledge.Pending, err error) {
		for _, p := range ps {
			x := b.rulings[p.Row()]
			if x == nil {
				left = append(left, p)
				continue
			}
			d, err := ruling(x)
			if err != nil {
				return nil, err
			}
			points, err := d.Points(&p, x.Reason)
			if err != nil {
				return nil, fmt.Errorf("裁决 %s：%w", x.ID, err)
			}
			for _, q := range points {
				k := [2]claim.Day{q.From, q.To}
				byDay[k] = append(byDay[k], q)
			}
		}
		return left, nil
	}
	var err error
	if out.Pendings, err = take(base.Pendings); err != nil {
		return nil, nil, err
	}
	if out.Open, err = take(base.Open); err != nil {
		return nil, nil, err
	}
	var pieces []pointPiece
	for k, ps := range byDay {
		pieces = append(pieces, pointPiece{ps, k[0], k[1]})
	}
	slices.SortFunc(pieces, func(x, y pointPiece) int { return int(x.from) - int(y.from) })
	return &out, pieces, nil
}
