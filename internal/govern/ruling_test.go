package govern

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
)

// imported imports an invented sheet of days of payment into a folder.
func imported(t *testing.T, dir, text string) *knowledge.Base {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("药品通用名,国标代码,药品说明,限定类型,限定值域\n丙丁丸,XZZ1,"+text+",限定支付疗程,15天\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ks := must(knowledge.Open(dir))(t)
	if _, err := ks.Import([]string{path}, knowledge.Options{}); err != nil {
		t.Fatal(err)
	}
	return ks.Base()
}

// A row that waits is ruled on by two; the ruling holds through the next import, and a row that says otherwise waits again.
func TestRulingOnARow(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		dir := t.TempDir()
		base := imported(t, dir, "支付不超过14天。")
		row := base.Pendings[0].Row()
		say := knowledge.Ruling{Value: knowledge.Value{Limit: "14", Scope: "疾病过程"}}
		for _, x := range []struct {
			who  string
			row  string
			say  knowledge.Ruling
			why  string
			want error
		}{{"li", row, say, "同意", ErrForbidden}, {"wang", "A015-0", say, "同意", store.ErrNotFound}, {"wang", row, knowledge.Ruling{}, "按原文", nil}, {"wang", row, say, "", nil},
			{"wang", row, knowledge.Ruling{Codes: []string{"XZZ9"}, Value: say.Value}, "按原文", nil}} {
			who := wang
			if x.who == "li" {
				who = li
			}
			if _, err := r.RequestRuling(ctx, who, base, x.row, x.say, x.why); err == nil || (x.want != nil && !errors.Is(err, x.want)) {
				t.Errorf("%+v: %v", x, err)
			}
		}
		before := must(r.Stamp(ctx))(t)
		x := must(r.RequestRuling(ctx, wang, base, row, say, "按原文"))(t)
		if _, err := r.RequestRuling(ctx, wang, base, row, say, "再来"); !errors.Is(err, ErrState) {
			t.Errorf("a row is ruled on twice: %v", err)
		}
		if _, err := r.ConfirmRuling(ctx, wang, x.ID); !errors.Is(err, ErrForbidden) {
			t.Errorf("who asked confirms: %v", err)
		}
		points := func(base *knowledge.Base) *knowledge.Base {
			t.Helper()
			return must(must(r.Live(ctx))(t).Points(base))(t)
		}
		if b := points(base); len(b.Points) != 0 || len(b.Pendings) != 1 {
			t.Errorf("a ruling that waits holds: %+v", b)
		}
		if _, err := r.Expecting(7).ConfirmRuling(ctx, li, x.ID); !errors.Is(err, store.ErrConflict) {
			t.Errorf("another version is confirmed: %v", err)
		}
		must(r.ConfirmRuling(ctx, li, x.ID))(t)
		if now := must(r.Stamp(ctx))(t); now == before {
			t.Error("the stamp does not tell")
		}
		if b := points(base); len(b.Pendings) != 0 || len(b.Points) != 1 || b.Points[0].Says() != "疾病过程，14 天" || b.Points[0].ID != base.Pendings[0].Point.ID {
			t.Errorf("%+v", b)
		}
		same := imported(t, dir, "支付不超过14天。") // the sheet comes again
		if b := points(same); len(b.Points) != 1 || len(b.Pendings) != 0 {
			t.Errorf("the ruling is lost: %+v", b)
		}
		other := imported(t, dir, "支付不超过14天，限二级以上。") // and says otherwise
		if b := points(other); len(b.Points) != 0 || len(b.Pendings) != 1 {
			t.Errorf("the ruling holds for a row that says otherwise: %+v", b)
		}
		must(r.VoidRuling(ctx, li, x.ID, "原文变了"))(t)
		if b := points(same); len(b.Points) != 0 || len(b.Pendings) != 1 {
			t.Errorf("a void ruling holds: %+v", b)
		}
		drop := must(r.RequestRuling(ctx, wang, other, other.Pendings[0].Row(), knowledge.Ruling{Drop: true}, "本地不执行"))(t)
		must(r.ConfirmRuling(ctx, li, drop.ID))(t)
		if b := points(other); len(b.Points) != 0 || len(b.Pendings) != 0 {
			t.Errorf("%+v", b)
		}
	})
}

// Sheets are brought by one and approved by another, on what was looked at.
func TestSheetsByTwo(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		files := []SheetFile{{ID: "u1", Name: "第九批.xlsx", Size: 10}}
		rep := &knowledge.Report{Changed: true, Version: 3}
		if _, err := r.BringSheets(ctx, li, "i0", files, "", ""); !errors.Is(err, ErrForbidden) {
			t.Errorf("%v", err)
		}
		x := must(r.BringSheets(ctx, wang, "i1", files, "2025-01-01", "第九批"))(t)
		if _, err := r.ApproveSheets(ctx, li, x.ID, 3); !errors.Is(err, ErrState) {
			t.Errorf("what was not checked is approved: %v", err)
		}
		if err := r.SheetsSeen(ctx, x.ID, rep, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ApproveSheets(ctx, wang, x.ID, 3); !errors.Is(err, ErrForbidden) {
			t.Errorf("who brought approves: %v", err)
		}
		if _, err := r.ApproveSheets(ctx, li, x.ID, 4); !errors.Is(err, ErrState) {
			t.Errorf("the knowledge changed since: %v", err)
		}
		if x = must(r.ApproveSheets(ctx, li, x.ID, 3))(t); x.State != SheetsTaking || x.Approver != li.Name {
			t.Errorf("%+v", x)
		}
		if err := r.SheetsTaken(ctx, x.ID, nil, errors.New("磁盘满")); err != nil {
			t.Fatal(err)
		}
		if x = must(r.SheetImport(ctx, x.ID))(t); x.State != string(Submitted) || x.Approver != "" {
			t.Errorf("after a failure %+v", x)
		}
		must(r.ApproveSheets(ctx, li, x.ID, 3))(t)
		rep.Version = 4
		if err := r.SheetsTaken(ctx, x.ID, rep, nil); err != nil {
			t.Fatal(err)
		}
		if x = must(r.SheetImport(ctx, x.ID))(t); x.State != string(Live) || x.Result != 4 {
			t.Errorf("%+v", x)
		}
		if _, err := r.DropSheets(ctx, li, x.ID, "反悔"); !errors.Is(err, ErrState) {
			t.Errorf("what was done is dropped: %v", err)
		}
	})
}
