package told

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

func at(day, hour int) claim.Time {
	return claim.Time(int64(claim.DayOf(2026, 3, day))*86_400_000_000 + int64(hour)*3_600_000_000)
}

// said writes a call's orders: "id item count", "-" before those of the context.
func said(t claim.Time, orders ...string) store.CallVisit {
	s := remind.Said{At: t}
	for _, o := range orders {
		f := strings.Fields(strings.TrimPrefix(o, "-"))
		n := claim.Qty(0)
		for _, c := range f[2] {
			n = n*10 + claim.Qty(c-'0')
		}
		s.Orders = append(s.Orders, remind.SaidOrder{ID: f[0], Item: f[1], Cnt: n * claim.QtyOne, Context: strings.HasPrefix(o, "-")})
	}
	return store.CallVisit{Call: "c1", Mdtrt: "M1", At: 7, Diags: "I10", Orders: s.Text()}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	line := func(typ int, mdtrt, sn, item string, day int, cnt claim.Qty) Line {
		return Line{Type: typ, Inst: "H1", Mdtrt: mdtrt, Sn: sn, Known: true, Item: item, At: at(day, 9), Cnt: cnt * claim.QtyOne}
	}
	f := func(ls ...Line) *finding { return &finding{id: "f1", rule: "A001", mdtrt: "M1", inst: "H1", lines: ls} }
	shown := store.Reminder{Call: "c1", JrID: "j1", Finding: "f1", Mdtrt: "M1", Rule: "A001", Subject: "X", At: 7, Shown: true}
	change := func(g func(*store.Reminder)) store.Reminder { r := shown; g(&r); return r }
	one := f(line(1, "M1", "rx1", "X", 2, 2))
	call := said(at(2, 10), "rx1 X 2", "rx2 Y 1")
	for name, c := range map[string]struct {
		f       *finding
		rs      []store.Reminder
		visits  []store.CallVisit
		call    store.Call
		stages  string // of the card; "" = both
		diags   []string
		told    string
		equal   bool
		missing string
	}{
		"reminded":                    {f: one, rs: []store.Reminder{shown}, visits: []store.CallVisit{call}, told: Reminded, equal: true},
		"reminded by other numbers":   {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Finding = "other" })}, visits: []store.CallVisit{call}, told: Reminded, equal: true},
		"another item's reminder":     {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Finding, r.Subject = "other", "Y" })}, visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"another rule's reminder":     {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Finding, r.Rule = "other", "B001" })}, visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"kept quiet":                  {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Shown, r.QuietOf = false, "j0" })}, visits: []store.CallVisit{call}, told: Reminded, equal: true, missing: "此前已提醒"},
		"held back":                   {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Shown, r.Why = false, remind.HeldMany })}, visits: []store.CallVisit{call}, told: Missed, equal: true, missing: remind.HeldMany},
		"held back, then shown":       {f: one, rs: []store.Reminder{change(func(r *store.Reminder) { r.Shown = false }), shown}, visits: []store.CallVisit{call}, told: Reminded, equal: true},
		"not found by the engine":     {f: one, visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"out of time":                 {f: one, visits: []store.CallVisit{call}, call: store.Call{Partial: true}, told: Missed, equal: true, missing: "时间预算"},
		"not judged":                  {f: one, visits: []store.CallVisit{call}, call: store.Call{NotJudged: "A000=x\nA001=缺 lab.rslt_val"}, told: Lacking, missing: "缺 lab"},
		"the card speaks afterwards":  {f: one, visits: []store.CallVisit{call}, stages: "-", told: Lacking, missing: "事后"},
		"only the wrong stage called": {f: one, visits: []store.CallVisit{call}, call: store.Call{Stage: "事前"}, stages: "事中", told: Lacking, missing: "规则在事中判，这次上传是事前"},
		"the card's own stage called": {f: one, visits: []store.CallVisit{call}, call: store.Call{Stage: "事中"}, stages: "事中", told: Missed, equal: true, missing: "没有判出"},
		"never sent":                  {f: one, visits: []store.CallVisit{said(at(2, 10), "rx9 Z 1")}, told: Unsent},
		"sent as context only":        {f: one, visits: []store.CallVisit{said(at(2, 10), "-rx1 X 2")}, told: Unsent},
		"no call at all":              {f: one, told: Unsent},
		"more than was asked":         {f: one, visits: []store.CallVisit{said(at(2, 10), "rx1 X 1")}, told: Lacking, missing: "数量由 1 增到 2"},
		"asked twice":                 {f: one, visits: []store.CallVisit{said(at(2, 10), "rx1 X 1"), said(at(2, 11), "rx1 X 2")}, told: Missed, equal: true, missing: "没有判出"},
		"other numbers, same item":    {f: f(line(1, "M1", "fee-9", "X", 2, 2)), visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"one line of two":             {f: f(line(1, "M1", "rx1", "X", 2, 2), line(1, "M1", "rx3", "W", 2, 1)), visits: []store.CallVisit{call}, told: Lacking, missing: "没有上传：rx3"},
		"involved line came later":    {f: f(line(1, "M1", "rx1", "X", 2, 2), line(2, "M1", "rx3", "W", 3, 1)), visits: []store.CallVisit{call}, told: Lacking, missing: "涉及"},
		"elsewhere, before":           {f: f(line(1, "M1", "rx1", "X", 2, 2), line(2, "M0", "z", "X", 1, 1)), visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"elsewhere, later":            {f: f(line(1, "M1", "rx1", "X", 2, 2), line(2, "M0", "z", "X", 5, 1)), visits: []store.CallVisit{call}, told: Lacking, missing: "在提醒之后发生"},
		"diagnosis changed":           {f: one, visits: []store.CallVisit{call}, diags: []string{"I10", "E11"}, told: Lacking, missing: "诊断"},
		"the same diagnoses":          {f: one, visits: []store.CallVisit{call}, diags: []string{"I10"}, told: Missed, equal: true, missing: "没有判出"},
		"about the visit":             {f: f(Line{Type: 1, Inst: "H1", Mdtrt: "M1"}), visits: []store.CallVisit{call}, told: Missed, equal: true, missing: "没有判出"},
		"a visit, reminded":           {f: f(Line{Type: 1, Inst: "H1", Mdtrt: "M1"}), rs: []store.Reminder{change(func(r *store.Reminder) { r.Finding, r.Subject = "other", "" })}, visits: []store.CallVisit{call}, told: Reminded, equal: true},
	} {
		c.call.ID = "c1"
		stages := []string{"事前", "事中"}
		switch c.stages {
		case "-":
			stages = nil
		case "事中":
			stages = []string{c.stages}
		}
		got, err := decide(c.f, &log{c.rs, c.visits, map[string]store.Call{"c1": c.call}, map[string][]store.Choice{"j1": {{Way: "继续", Code: "01"}}}}, facts{stages, c.diags})
		if err != nil || got.Told != c.told || got.Equal != c.equal || !strings.Contains(got.Missing, c.missing) || (c.missing == "" && got.Missing != "") {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if want := c.told == Missed; Blocks(got) != want {
			t.Errorf("%s: blocks recovery %v", name, Blocks(got))
		}
		if (got.Call == "") != (c.told == Unsent) {
			t.Errorf("%s: call %q", name, got.Call)
		}
	}
}

// TestOwnersInbox: what was held back on purpose is one question a rule and month, what was missed one each.
func TestOwnersInbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { db.Close(); os.RemoveAll(dir) }()
	areas, err := remind.NewAreas(nil)
	if err != nil {
		t.Fatal(err)
	}
	u := &update{opt: Options{Areas: areas, Now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}}
	n := 0
	err = db.Update(context.Background(), func(tx *store.Tx) error {
		for _, id := range []string{"f1", "f2", "f1"} {
			for _, x := range []store.Told{{Finding: id, Told: Missed, Equal: true, Missing: "没有判出"}, {Finding: id, Told: Missed, Equal: true, Missing: "已判出而没有弹出：超过条数", JrID: "j" + id},
				{Finding: id, Told: Lacking}, {Finding: id, Told: Reminded, Equal: true}} {
				ok, err := u.owner(tx, &finding{id: id, rule: "A001", inst: "H1"}, x, "990101")
				if err != nil {
					return err
				}
				if ok {
					n++
				}
			}
		}
		ws, err := tx.Wrongs("", "")
		if len(ws) != 3 || n != 3 || ws[0].Due != "2026-03-09" || ws[0].Kind != remind.KindMissed {
			t.Errorf("%d new, %+v", n, ws)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
