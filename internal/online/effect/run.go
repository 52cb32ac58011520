package effect

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

// Options of a run.
type Options struct {
	From, To claim.Day // of the reminders; zero = open
	AsOf     claim.Day // the day from which "not settled yet", "within 30 days" are seen
	Areas    *remind.Areas
	Progress func(done, total int)
}

// Report is what a run did.
type Report struct {
	Reminders int              `json:"reminders"`
	Episodes  int              `json:"episodes"`
	Frozen    int              `json:"frozen_before"` // left as they were
	Outcomes  map[string]int64 `json:"outcomes"`      // of the episodes worked out now, pending ones too
	Complied  int64            `json:"complied"`
	Avoided   int64            `json:"avoided_fen"`
	Reopened  int64            `json:"reopened"`
}

type ruleVisit struct{ rule, mdtrt string }

type run struct {
	ctx    context.Context
	db     *store.DB
	snap   *lake.Snapshot
	finds  *audit.Store
	opt    Options
	ds     *claim.Dicts
	atc    map[string]string
	judged map[claim.Month]bool
	hits   map[ruleVisit]map[string]bool // feedetl_sn of violating lines, "" of findings without lines
	rep    Report
}

// Run works out the episodes of the reminders of a time and keeps them. It may be stopped and run again: what is done stays,
// what is frozen is not touched, the rest comes out as the facts then say.
func Run(ctx context.Context, db *store.DB, l *lake.Lake, finds *audit.Store, opt Options) (*Report, error) {
	snap, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, db: db, snap: snap, finds: finds, opt: opt, ds: snap.Dicts(), judged: map[claim.Month]bool{}, rep: Report{Outcomes: map[string]int64{}}}
	es, err := r.episodes()
	if err != nil || len(es) == 0 {
		return &r.rep, err
	}
	if err := r.prepare(es); err != nil {
		return nil, err
	}
	return &r.rep, r.all(es)
}

// episodes are those begun in the time asked for that are not frozen.
func (r *run) episodes() ([]*episode, error) {
	from, to := int64(0), int64(0)
	if r.opt.From != 0 { // a call may arrive on another day than it is about
		from = remind.Micros(r.opt.From - 3)
	}
	if to = int64(1) << 62; r.opt.To != 0 {
		to = remind.Micros(r.opt.To + 400)
	}
	var out []*episode
	err := r.db.View(r.ctx, func(tx *store.Tx) error {
		shown, err := tx.ShownSince(from, to)
		if err != nil {
			return err
		}
		visits := map[string]bool{}
		for i := range shown {
			visits[shown[i].Mdtrt] = true
		}
		ids := slices.Sorted(maps.Keys(visits))
		for chunk := range slices.Chunk(ids, 500) {
			if out, err = r.of(tx, chunk, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (r *run) of(tx *store.Tx, visits []string, out []*episode) ([]*episode, error) {
	rs, err := tx.RemindersOfVisits(visits)
	if err != nil {
		return nil, err
	}
	vs, err := tx.CallsOfVisits(visits)
	if err != nil {
		return nil, err
	}
	var jrs, calls []string
	for _, x := range rs {
		for i := range x {
			if x[i].Shown {
				jrs, calls = append(jrs, x[i].JrID), append(calls, x[i].Call)
			}
		}
	}
	choices, err := tx.ChoicesOf(jrs)
	if err != nil {
		return nil, err
	}
	areas, err := tx.CallsByID(calls)
	if err != nil {
		return nil, err
	}
	var es []*episode
	for _, m := range visits {
		said := map[string]*store.CallVisit{}
		for i := range vs[m] {
			said[vs[m][i].Call] = &vs[m][i]
		}
		x, err := gather(rs[m], said, choices, areas)
		if err != nil {
			return nil, fmt.Errorf("就诊 %s 的提醒留痕读不了：%w", m, err)
		}
		es = append(es, x...)
	}
	ids := make([]string, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	was, err := tx.EpisodesByID(ids)
	if err != nil {
		return nil, err
	}
	for _, e := range es {
		if e.first < r.opt.From || (r.opt.To != 0 && e.first > r.opt.To) {
			continue
		}
		r.rep.Reminders += e.Times
		r.rep.Episodes++
		if was[e.ID].Frozen {
			r.rep.Frozen++
			continue
		}
		out = append(out, e)
	}
	return out, nil
}

// prepare reads what is needed of findings and catalogue.
func (r *run) prepare(es []*episode) error {
	wanted := map[ruleVisit]bool{}
	items := map[string]bool{}
	for _, e := range es {
		wanted[ruleVisit{e.Rule, e.Mdtrt}] = true
		maps.Copy(items, e.items())
	}
	r.hits = map[ruleVisit]map[string]bool{}
	months, err := r.finds.Months()
	if err != nil {
		return err
	}
	for _, m := range months {
		if r.judged[m], err = r.finds.Judged(r.snap, m); err != nil {
			return err
		}
		err := r.finds.Each(m, func(rows []audit.Row) error {
			for i := range rows {
				k := ruleVisit{rows[i].RuleID, rows[i].Mdtrt}
				if rows[i].Type != 1 || rows[i].Exempt != "" || !wanted[k] {
					continue
				}
				if r.hits[k] == nil {
					r.hits[k] = map[string]bool{}
				}
				r.hits[k][rows[i].Sn] = true
			}
			return r.ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	r.atc = map[string]string{}
	if r.snap.TotalRows("catalogue") == 0 {
		return nil
	}
	b, err := r.snap.Reference("catalogue")
	if err != nil {
		return err
	}
	code, atc := b.Table.MustCol("hilist_code"), b.Table.MustCol("atc")
	for i := range b.N {
		if s := text(b, atc, i, r.ds); s != "" {
			r.atc[r.ds[claim.DictItem].String(b.I32(code, i))] = s
		}
	}
	return nil
}

// text of a column, coded or not.
func text(b *claim.Batch, col, row int, ds *claim.Dicts) string {
	if c := b.Table.Columns[col]; c.Type == claim.Code {
		return ds[c.Dict].String(b.I32(col, row))
	}
	return b.Str(col, row)
}

// all works out the episodes bucket by bucket.
func (r *run) all(es []*episode) error {
	byBucket := map[int][]*episode{}
	first := r.opt.AsOf
	for _, e := range es {
		bucket := -1
		if psn := r.ds[claim.DictPerson].Find(e.Psn); psn > 0 && r.snap.Buckets() > 0 {
			bucket = r.snap.BucketOf(psn)
		}
		byBucket[bucket] = append(byBucket[bucket], e)
		first = min(first, e.first)
	}
	buckets := slices.Sorted(maps.Keys(byBucket))
	for i, b := range buckets {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := r.bucket(b, byBucket[b], first.Month()-1); err != nil {
			return err
		}
		if err := r.keep(byBucket[b]); err != nil {
			return err
		}
		if r.opt.Progress != nil {
			r.opt.Progress(i+1, len(buckets))
		}
	}
	return nil
}

// longestStay is how many months before the first reminder a visit may have begun.
const longestStay = 24

// tables that net lines and settlements are made of.
var tables = []string{"person", "visit", "diagnosis", "settlement", "fee"}

func (r *run) bucket(bucket int, es []*episode, from claim.Month) error {
	by := map[int32][]*episode{}
	for _, e := range es {
		if bucket < 0 {
			r.settle(e, nil)
			continue
		}
		psn := r.ds[claim.DictPerson].Find(e.Psn)
		pers := r.snap.Pers(psn)
		by[pers] = append(by[pers], e)
	}
	if bucket < 0 {
		return nil
	}
	var sources []claim.Source
	for _, table := range tables {
		driver := table != "person" && table != "diagnosis"
		for _, m := range r.snap.TableMonths(table) {
			if m != 0 && (m < from-longestStay || (m < from && (table == "settlement" || table == "fee"))) {
				continue
			}
			b, err := r.snap.Read(table, m, bucket, nil)
			if err != nil {
				return err
			}
			if b.N > 0 {
				sources = append(sources, claim.Source{Batch: b, Driver: driver})
			}
		}
	}
	as := claim.NewAssembler(claim.NewVocab(r.ds), sources, r.opt.AsOf)
	for t, ok := as.Next(); ok; t, ok = as.Next() {
		for _, e := range by[t.Pers] {
			r.settle(e, t)
		}
		delete(by, t.Pers)
	}
	for _, rest := range by {
		for _, e := range rest {
			r.settle(e, nil)
		}
	}
	return nil
}

// keep writes episodes and counts them.
func (r *run) keep(es []*episode) error {
	slices.SortFunc(es, func(a, b *episode) int { return cmp.Compare(a.ID, b.ID) })
	for chunk := range slices.Chunk(es, 500) {
		rows := make([]store.Episode, len(chunk))
		for i, e := range chunk {
			rows[i] = e.Episode
		}
		if err := r.db.Update(r.ctx, func(tx *store.Tx) error { return tx.PutEpisodes(rows) }); err != nil {
			return err
		}
		for i := range rows {
			e := &rows[i]
			r.rep.Outcomes[e.Outcome]++
			r.rep.Avoided += e.Avoided
			if e.Complied {
				r.rep.Complied++
			}
			if e.Reopened {
				r.rep.Reopened++
			}
		}
	}
	return nil
}
