package told

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// Options of an update.
type Options struct {
	Areas *remind.Areas
	Now   time.Time
}

// Report counts the findings whose visits a call spoke of.
type Report struct {
	Findings int            `json:"findings"`
	Changed  int            `json:"changed"`
	Told     map[string]int `json:"told"`
	Inbox    int            `json:"inbox"` // new ones for rule owners
}

type update struct {
	ctx    context.Context
	db     *store.DB
	snap   *lake.Snapshot
	lib    *rule.Library
	opt    Options
	called map[uint64]bool
	seed   maphash.Seed
	rep    Report
}

// Update finds out what was told of all published findings and keeps it. To run it again changes nothing; the caller holds the data
// directory's lock.
func Update(ctx context.Context, db *store.DB, l *lake.Lake, finds *audit.Store, lib *rule.Library, opt Options) (*Report, error) {
	u := &update{ctx: ctx, db: db, lib: lib, opt: opt, called: map[uint64]bool{}, seed: maphash.MakeSeed(), rep: Report{Told: map[string]int{}}}
	err := db.EachCalledVisit(ctx, func(m string) error { u.called[maphash.String(u.seed, m)] = true; return nil })
	if err != nil || len(u.called) == 0 {
		return &u.rep, err
	}
	if u.snap, err = l.Snapshot(); err != nil {
		return nil, err
	}
	_, parts, err := finds.Published()
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		rows, err := finds.ReadPart(p)
		if errors.Is(err, fs.ErrNotExist) {
			continue // replaced meanwhile: the next update sees it
		}
		if err != nil {
			return nil, err
		}
		if err := u.part(p, rows); err != nil {
			return nil, err
		}
	}
	return &u.rep, nil
}

func (u *update) part(p audit.Part, rows []audit.Row) error {
	var fs []*finding
	at := map[string]*finding{}
	for i := range rows {
		r := &rows[i]
		if r.Hushed || r.Exempt != "" {
			continue
		}
		f := at[r.FindingID]
		if f == nil {
			f = &finding{id: r.FindingID, revision: r.Revision, rule: r.RuleID, version: r.RuleVersion}
			at[r.FindingID] = f
		}
		if f.mdtrt == "" && r.Type == 1 {
			f.mdtrt, f.inst = r.Mdtrt, r.Inst
			if u.called[maphash.String(u.seed, r.Mdtrt)] {
				fs = append(fs, f)
			}
		}
		f.lines = append(f.lines, Line{Type: r.Type, Inst: r.Inst, Mdtrt: r.Mdtrt, Sn: r.Sn})
	}
	if len(fs) == 0 {
		return nil
	}
	diags, err := u.know(p, fs)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(fs, 300) {
		if err := u.chunk(chunk, diags); err != nil {
			return err
		}
	}
	return u.ctx.Err()
}

// know fills in what the lake knows of the lines, and returns the diagnoses of the visits.
func (u *update) know(p audit.Part, fs []*finding) (map[string][]string, error) {
	type key struct{ inst, mdtrt, sn string }
	want := map[key][]*Line{}
	diags := map[string][]string{}
	for _, f := range fs {
		diags[f.mdtrt] = []string{}
		for i := range f.lines {
			if l := &f.lines[i]; l.Sn != "" {
				want[key{l.Inst, l.Mdtrt, l.Sn}] = append(want[key{l.Inst, l.Mdtrt, l.Sn}], l)
			}
		}
	}
	ds := u.snap.Dicts()
	for _, m := range u.snap.TableMonths("fee") {
		if m > p.Month || m < p.Month-12 {
			continue
		}
		b, err := u.snap.Read("fee", m, p.Bucket, []string{"fixmedins_code", "mdtrt_id", "feedetl_sn", "hilist_code", "fee_ocur_time", "cnt", "drord_no", "rxno"})
		if err != nil {
			return nil, err
		}
		col := func(n string) int { return b.Table.MustCol(n) }
		for i := range b.N {
			k := key{ds[claim.DictInst].String(b.I32(col("fixmedins_code"), i)), b.Str(col("mdtrt_id"), i), b.Str(col("feedetl_sn"), i)}
			for _, l := range want[k] {
				l.Known, l.Item = true, ds[claim.DictItem].String(b.I32(col("hilist_code"), i))
				l.At, l.Cnt = claim.Time(b.I64(col("fee_ocur_time"), i)), claim.Qty(b.I64(col("cnt"), i))
				l.Names = []string{b.Str(col("drord_no"), i)}
			}
		}
	}
	for _, m := range u.snap.TableMonths("diagnosis") {
		if m > p.Month {
			continue
		}
		b, err := u.snap.Read("diagnosis", m, p.Bucket, []string{"mdtrt_id", "diag_code"})
		if err != nil {
			return nil, err
		}
		mdtrt, code := b.Table.MustCol("mdtrt_id"), b.Table.MustCol("diag_code")
		for i := range b.N {
			if v := b.Str(mdtrt, i); diags[v] != nil {
				diags[v] = append(diags[v], ds[claim.DictDiag].String(b.I32(code, i)))
			}
		}
	}
	for v, d := range diags {
		if len(d) == 0 {
			diags[v] = nil
		}
	}
	return diags, nil
}

func (u *update) chunk(fs []*finding, diags map[string][]string) error {
	added := 0
	var told []store.Told
	err := u.db.Update(u.ctx, func(tx *store.Tx) error {
		added, told = 0, nil
		l, err := read(tx, fs)
		if err != nil {
			return err
		}
		ids := make([]string, len(fs))
		for i, f := range fs {
			ids[i] = f.id
		}
		was, err := tx.ToldOf(ids)
		if err != nil {
			return err
		}
		var put []store.Told
		for _, f := range fs {
			x := facts{stages: u.stages(f.rule), diags: diags[f.mdtrt]}
			t, err := decide(f, l.of(f), x)
			if err != nil {
				return fmt.Errorf("疑点 %s：%w", f.id, err)
			}
			told = append(told, t)
			w := was[f.id]
			if t.MadeAt = w.MadeAt; t == w {
				continue
			}
			t.MadeAt = store.Micros(u.opt.Now)
			put = append(put, t)
			if ok, err := u.owner(tx, f, t, l.calls[t.Call].Admdvs); err != nil {
				return err
			} else if ok {
				added++
			}
		}
		return tx.PutTold(put)
	})
	for _, t := range told {
		u.rep.Findings++
		u.rep.Told[t.Told]++
	}
	u.rep.Inbox += added
	return err
}

// stages are those before and during payment in which a card speaks; of a card that is not known, both.
func (u *update) stages(id string) []string {
	c := u.lib.Card(id)
	var out []string
	for _, s := range []string{"事前", "事中"} {
		if c == nil || slices.Contains(c.Stages, s) {
			out = append(out, s)
		}
	}
	return out
}

// owner puts what was sent with equal facts and not reminded of into the rule owner's inbox: each finding that was not found
// in time; of what was found and held back on purpose one a rule, reason and month, for that is one decision.
func (u *update) owner(tx *store.Tx, f *finding, t store.Told, area string) (bool, error) {
	if !Blocks(t) {
		return false, nil
	}
	p := u.opt.Areas.Of(area)
	w := store.Wrong{Kind: remind.KindMissed, Rule: f.rule, RuleVersion: f.version, Inst: f.inst, Actor: "系统", Finding: f.id, JrID: t.JrID, ReceivedAt: store.Micros(u.opt.Now),
		Said: t.Missing}
	if t.JrID != "" {
		w.JrID, w.Finding = "", ""
		w.Said = fmt.Sprintf("%s %s：%s", f.rule, u.opt.Now.Format("2006-01"), t.Missing)
		w.Inst = ""
	}
	return remind.AddWrong(tx, w, p.Owner, p.WrongDays)
}

// logs is the reminder log of several findings.
type logs struct {
	byVisit   map[string][]store.Reminder
	byFinding map[string][]store.Reminder
	visits    map[string][]store.CallVisit
	calls     map[string]store.Call
	choices   map[string][]store.Choice
}

func read(tx *store.Tx, fs []*finding) (*logs, error) {
	var ids, mdtrts []string
	for _, f := range fs {
		ids, mdtrts = append(ids, f.id), append(mdtrts, f.mdtrt)
	}
	slices.Sort(mdtrts)
	mdtrts = slices.Compact(mdtrts)
	var l logs
	var err error
	if l.byVisit, err = tx.RemindersOfVisits(mdtrts); err != nil {
		return nil, err
	}
	if l.byFinding, err = tx.RemindersOfFindings(ids); err != nil {
		return nil, err
	}
	if l.visits, err = tx.CallsOfVisits(mdtrts); err != nil {
		return nil, err
	}
	var calls, jrs []string
	for _, vs := range l.visits {
		for i := range vs {
			calls = append(calls, vs[i].Call)
		}
	}
	for _, m := range []map[string][]store.Reminder{l.byVisit, l.byFinding} {
		for _, rs := range m {
			for i := range rs {
				jrs, calls = append(jrs, rs[i].JrID), append(calls, rs[i].Call)
				if rs[i].QuietOf != "" {
					jrs = append(jrs, rs[i].QuietOf)
				}
			}
		}
	}
	if l.calls, err = tx.CallsByID(calls); err != nil {
		return nil, err
	}
	l.choices, err = tx.ChoicesOf(jrs)
	return &l, err
}

func (l *logs) of(f *finding) *log {
	rs := append(slices.Clone(l.byVisit[f.mdtrt]), l.byFinding[f.id]...)
	slices.SortStableFunc(rs, func(a, b store.Reminder) int {
		if a.At != b.At {
			return int(min(1, max(-1, a.At-b.At)))
		}
		return 0
	})
	return &log{rs, l.visits[f.mdtrt], l.calls, l.choices}
}
