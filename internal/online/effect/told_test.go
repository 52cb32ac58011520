package effect

import (
	"context"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/online/told"
	"github.com/mingjian/mingjian/internal/store"
)

// TestToldOfFindings: real findings of an audit against a real log.
func TestToldOfFindings(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	women, plain := line{item: Women, cnt: 2, pric: 10}, line{item: Plain, cnt: 1, pric: 10}
	bill := func(visit, psn string, diags ...string) {
		w.bill(visit, psn, "H1", "11", callDay, callDay, diags, women, plain)
	}
	ask := func(visit, psn string, hits [][2]string, lines ...line) *remind.Decision {
		return w.call(visit, psn, "H1", callDay, false, []string{"I10"}, hits, lines...)
	}
	w.answer(ask("told", "P1", hit("A001", Women), women, plain), remind.Continue, "01")
	bill("told", "P1", "I10")
	ask("missed", "P2", nil, women, plain)
	bill("missed", "P2", "I10")
	ask("less", "P3", nil, line{item: Women, cnt: 1, pric: 10}, plain)
	bill("less", "P3", "I10")
	ask("other", "P4", nil, plain)
	bill("other", "P4", "I10")
	ask("diagnosed", "P5", nil, women, plain)
	bill("diagnosed", "P5", "I10", "J06.9")
	bill("uncalled", "P6", "I10")
	w.land()
	w.audit()
	w.drained()
	l, err := lake.Open(w.dir)
	w.must(err)
	areas, err := remind.NewAreas(nil)
	w.must(err)
	update := func() *told.Report {
		t.Helper()
		r, err := told.Update(context.Background(), w.db, l, audit.OpenStore(w.dir), w.library(), told.Options{Areas: areas, Now: w.now})
		w.must(err)
		return r
	}
	r := update()
	if r.Findings != 5 || r.Inbox != 1 {
		t.Errorf("%+v", r)
	}
	finds := audit.OpenStore(w.dir)
	months, err := finds.Months()
	w.must(err)
	byVisit := map[string]string{}
	var ids []string
	for _, m := range months {
		rows, err := finds.Rows(m, nil)
		w.must(err)
		for i := range rows {
			byVisit[rows[i].Mdtrt] = rows[i].FindingID
			ids = append(ids, rows[i].FindingID)
		}
	}
	w.must(w.db.View(context.Background(), func(tx *store.Tx) error {
		got, err := tx.ToldOf(ids)
		for visit, want := range map[string]struct{ told, missing, choice string }{"told": {told.Reminded, "", "继续 01"}, "missed": {told.Missed, "没有判出", ""},
			"less": {told.Lacking, "数量由 1 增到 2", ""}, "other": {told.Unsent, "", ""}, "diagnosed": {told.Lacking, "诊断", ""}, "uncalled": {"", "", ""}} {
			x := got[byVisit[visit]]
			if byVisit[visit] == "" || x.Told != want.told || !strings.Contains(x.Missing, want.missing) || x.Choice != want.choice {
				t.Errorf("%s: %+v", visit, x)
			}
		}
		ws, err2 := tx.Wrongs("", "")
		if len(ws) != 1 || ws[0].Finding != byVisit["missed"] || ws[0].Due != "2026-03-09" {
			t.Errorf("%+v %v", ws, err2)
		}
		return err
	}))
	if r := update(); r.Inbox != 0 || r.Findings != 5 {
		t.Errorf("a second time: %+v", r)
	}
}
