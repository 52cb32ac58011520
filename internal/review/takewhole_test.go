package review_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

const oldHead = "旧编号,旧规则,机构编码,人员编号,就诊号,结算号,明细号,结算月份,违规金额,基金金额,可扣金额,状态,送达日,收回月份,说明\n"

func knownRule(r string) bool { return r == "A001" || r == "B001" }

// read reads files of an older system as a bureau sends them.
func (o *office) read(files map[string]string) (rows []review.OldRow) {
	o.t.Helper()
	var names []string
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		rs, err := review.ReadOld(n, []byte(files[n]))
		o.ok(err)
		rows = append(rows, rs...)
	}
	return rows
}

func (o *office) takeover(files map[string]string) *store.Takeover {
	o.t.Helper()
	t, err := o.desk.NewTakeover(ctx, clerk, []string{"files"}, o.read(files), knownRule)
	o.ok(err)
	return t
}

// fates are the rows by old number (or rule, or reference) and what becomes of them.
func (o *office) fates(id string) (fate, why map[string]string) {
	o.t.Helper()
	rs, err := o.desk.TakeoverRows(ctx, clerk, id, "", 0, 1000)
	o.ok(err)
	fate, why = map[string]string{}, map[string]string{}
	for _, r := range rs {
		k := fmt.Sprint(r.Kind, " ", r.OldID)
		if r.OldID == "" || fate[k] != "" {
			k = fmt.Sprint(r.Kind, " @", r.Line)
		}
		fate[k], why[k] = r.Fate, r.Why
	}
	return fate, why
}

// takeAll confirms and takes every row.
func (o *office) takeAll(t *store.Takeover, doubtful ...int) *store.Takeover {
	o.t.Helper()
	_, err := o.desk.ConfirmTakeover(ctx, clerk, t.ID, t.Version, doubtful)
	o.ok(err)
	for left, tries := 1, 0; left > 0; tries++ {
		left, err = o.desk.TakeRows(ctx, clerk, t.ID)
		o.ok(err)
		if tries > 100 {
			o.t.Fatal("it does not end")
		}
	}
	return o.takeoverNow(t.ID)
}

func (o *office) takeoverNow(id string) *store.Takeover {
	o.t.Helper()
	vs, err := o.desk.Takeovers(ctx, clerk, id, store.Page{Limit: 1})
	o.ok(err)
	return &vs[0].Takeover
}

// dump is all that the store holds of cases, findings and money, without the take-over's own tables and the trail.
func (o *office) dump() string {
	o.t.Helper()
	var b bytes.Buffer
	keep := []string{"finding", "finding_line", "review_case", "review_line", "review_step", "ledger_post", "refund_else", "rule_alias", "takeover_old", "task"}
	_, err := o.db.Dump(ctx, func(table string) (io.Writer, func() error, error) {
		if slices.Contains(keep, table) {
			fmt.Fprintln(&b, table)
			return &b, func() error { return nil }, nil
		}
		return io.Discard, func() error { return nil }, nil
	})
	o.ok(err)
	return b.String()
}

func TestTakeoverPreview(t *testing.T) {
	t.Parallel()
	o := newOffice(t, engines["sqlite"](t))
	l := func(mdtrt string, vola, scope int64) []store.Line {
		return []store.Line{{Type: 1, Mdtrt: mdtrt, Setl: "S-" + mdtrt, Sn: "1", Vola: vola, Fund: vola / 2, Charged: vola, Scope: scope}}
	}
	o.add(spec{id: "same", lines: l("M-link", 1000, 2000)}, spec{id: "more", lines: l("M-more", 1500, 2000)}, spec{id: "less", lines: l("M-less", 500, 2000)}, spec{id: "work", lines: l("M-work", 1000, 2000)},
		spec{id: "other", rule: "B001", lines: l("M-other", 1000, 2000)})
	o.take("work")
	row := func(id, rule, inst, mdtrt, month, vola, state, more string) string {
		return strings.Join([]string{id, rule, inst, "P1", mdtrt, "S-" + mdtrt, "1", month, vola, "5.00", "20.00", state}, ",") + "," + more + "\n"
	}
	files := map[string]string{
		"z规则.csv": "旧规则,现规则,备注\n3,A001,性别\n3,B001,又写\n9,Z999,没有\n19,B001,\n",
		"旧疑点.csv": oldHead + row("1", "3", hosp1, "M-new", "2024-11", "10.00", "初审", ",,") + row("1", "3", hosp1, "M-new2", "2024-11", "10.00", "初审", ",,") +
			row("2", "3", hosp1, "M-link", "2024-11", "10.00", "初审", ",,") + row("3", "3", hosp1, "M-more", "2024-11", "10.00", "初审", ",,") + row("4", "3", hosp1, "M-less", "2024-11", "10.00", "初审", ",,") +
			row("5", "3", hosp1, "M-work", "2024-11", "10.00", "初审", ",,") + row("6", "3", hosp1, "M-other", "2024-11", "10.00", "初审", ",,") + row("7", "3", hosp1, "M-new", "2024-11", "10.00", "初审", ",,") +
			row("8", "19", hosp1, "M-new", "2024-11", "5.00", "初审", ",,") + row("9", "77", hosp1, "M9", "2024-11", "10.00", "初审", ",,") + row("10", "3", "H0", "M10", "2024-11", "10.00", "初审", ",,") +
			row("11", "3", hosp1, "M11", "2024-13", "10.00", "初审", ",,") + row("12", "3", hosp1, "M12", "2024-11", "十元", "初审", ",,") + row("13", "3", hosp1, "M13", "2024-11", "10.00", "反馈申诉", ",,") +
			row("14", "3", hosp1, "M14", "2024-11", "10.00", "关闭", ",,") + row("15", "3", hosp1, "M15", "2024-11", "10.00", "关闭", ",2024-12,") + row("16", "3", hosp1, "M16", "2024-11", "10.00", "关闭", ",2024-10,") +
			row("17", "3", hosp1, "M17", "2024-11", "10.00", "办着", ",,") + row("18", "3", hosp1, "", "2024-11", "10.00", "初审", ",,"),
		"总额.csv": "机构编码,文号,行号,金额,到账日\n" + hosp1 + ",追1,1,100.00,2024-12-01\n" + hosp2 + ",追2,1,\"1,000.00\",2024/12/01\n" + hosp2 + ",追2,1,1.00,\n" + hosp2 + ",追3,1,-5,\n",
	}
	before := o.dump()
	to := o.takeover(files)
	if o.dump() != before {
		t.Error("looking at files changed something")
	}
	fate, why := o.fates(to.ID)
	for k, want := range map[string][2]string{
		"规则 @2": {"接管", ""}, "规则 @3": {"不收", "已在"}, "规则 @4": {"不收", "Z999 不存在"}, "规则 @5": {"接管", ""},
		"疑点 1": {"接管", ""}, "疑点 @3": {"不收", "旧编号与"}, "疑点 2": {"关联", "同一条疑点"}, "疑点 3": {"存疑", "算得 15.00 元，旧系统 10.00 元"}, "疑点 4": {"存疑", "不是同一口径"}, "疑点 5": {"存疑", "现为“初审”"},
		"疑点 6": {"接管", ""}, "疑点 7": {"存疑", "两条都收会重复"}, "疑点 8": {"存疑", "合计 25.00 元，超过可扣的 20.00 元"}, "疑点 9": {"不收", "没有对应现有规则"}, "疑点 10": {"不收", "没有登记"}, "疑点 11": {"不收", "结算月份"},
		"疑点 12": {"不收", "违规金额“十元”"}, "疑点 13": {"不收", "送达日"}, "疑点 14": {"存疑", "没有写收回月份"}, "疑点 15": {"接管", ""}, "疑点 16": {"不收", "不早于结算月份"}, "疑点 17": {"不收", "状态"}, "疑点 18": {"不收", "就诊号"},
		"总额 追1": {"存疑", "抵减两次"}, "总额 追2": {"接管", ""}, "总额 @4": {"不收", "同一笔"}, "总额 @5": {"不收", "大于零"},
	} {
		if fate[k] != want[0] || !strings.Contains(why[k], want[1]) {
			t.Errorf("%s is %s %q, want %v", k, fate[k], why[k], want)
		}
	}
	if len(fate) != 27 {
		t.Errorf("%d rows: %v", len(fate), fate)
	}
	// The same file in the encoding of an old office program, with field names.
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(files["旧疑点.csv"])
	o.ok(err)
	if rs := o.read(map[string]string{"gb.csv": gb}); len(rs) != 19 || rs[0].Cells["old_id"] != "1" || rs[0].Cells["state"] != "初审" {
		t.Errorf("GB18030: %d rows, %v", len(rs), rs[0])
	}
	for name, text := range map[string]string{"认不出.csv": "a,b\n1,2\n", "缺列.csv": "old_id,state\n1,初审\n", "空.csv": "old_rule,rule_id\n", "坏.xlsx": "PK\x03\x04 no"} {
		_, err := review.ReadOld(name, []byte(text))
		o.refused(review.CodeInput, err)
	}
	// Only who brings the whole area's work over.
	cityClerk := &auth.Identity{Name: "cc", Roles: []string{"经办"}, Scope: auth.Scope{Admdvs: "990101"}}
	for _, x := range []*auth.Identity{second1, h1, lead, cityClerk, expert1} {
		_, err := o.desk.NewTakeover(ctx, x, nil, o.read(files), knownRule)
		o.refused(review.CodePermission, err)
		_, err = o.desk.Takeovers(ctx, x, "", store.Page{Limit: 1})
		o.refused(review.CodePermission, err)
		_, err = o.desk.TakeoverRows(ctx, x, to.ID, "", 0, 1)
		o.refused(review.CodePermission, err)
		_, err = o.desk.ConfirmTakeover(ctx, x, to.ID, to.Version, nil)
		o.refused(review.CodePermission, err)
		_, err = o.desk.TakeRows(ctx, x, to.ID)
		o.refused(review.CodePermission, err)
		_, err = o.desk.UndoTakeover(ctx, x, to.ID, to.Version, "不要了")
		o.refused(review.CodePermission, err)
	}
}

// What names no line is held against the finding of this system on the same visit by the same card: the money is not charged twice.
func TestTakeoverWithoutLines(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		l := func(mdtrt, sn string) store.Line {
			return store.Line{Type: 1, Mdtrt: mdtrt, Setl: "S-" + mdtrt, Sn: sn, Vola: 1000, Fund: 500, Charged: 1000, Scope: 2000}
		}
		o.add(spec{id: "one", lines: []store.Line{l("M-one", "1")}}, spec{id: "two", lines: []store.Line{l("M-two", "1"), l("M-two", "2")}}, spec{id: "less", lines: []store.Line{l("M-less", "1")}},
			spec{id: "other", rule: "B001", lines: []store.Line{l("M-other", "1")}})
		row := func(id, mdtrt, vola string) string {
			return strings.Join([]string{id, "3", hosp1, "P1", mdtrt, "", "", "2024-11", vola, "5.00", "", "初审"}, ",") + ",,,\n"
		}
		to := o.takeover(map[string]string{"规则.csv": "旧规则,现规则\n3,A001\n",
			"旧疑点.csv": oldHead + row("1", "M-one", "10.00") + row("2", "M-two", "10.00") + row("3", "M-less", "20.00") + row("4", "M-other", "10.00")})
		fate, why := o.fates(to.ID)
		for k, want := range map[string][2]string{"疑点 1": {"关联", "同一条疑点"}, "疑点 2": {"存疑", "同一规则有 2 行疑点"}, "疑点 3": {"存疑", "不是同一口径"}, "疑点 4": {"接管", ""}} {
			if fate[k] != want[0] || !strings.Contains(why[k], want[1]) {
				t.Errorf("%s is %s %q, want %v", k, fate[k], why[k], want)
			}
		}
	})
}

func TestTakeoverAndUndo(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		l := []store.Line{{Type: 1, Mdtrt: "M-link", Setl: "S-M-link", Sn: "1", Vola: 1000, Fund: 700, Charged: 1000, Scope: 2000}}
		beside := []store.Line{{Type: 1, Mdtrt: "M-past", Setl: "S-M-past", Sn: "1", Vola: 1500, Fund: 900, Charged: 1500, Scope: 2000}}
		o.add(spec{id: "linked", lines: l}, spec{id: "beside", rule: "B001", lines: beside})
		row := func(id, mdtrt, vola, state, more string) string {
			return id + ",3," + hosp1 + ",P1," + mdtrt + ",S-" + mdtrt + ",1,2024-11," + vola + ",6.00,20.00," + state + "," + more + "\n"
		}
		files := map[string]string{"规则.csv": "old_rule,rule_id\n3,A001\n", "总额.csv": "fixmedins_code,ref_no,amt\n" + hosp2 + ",追9,50\n",
			"疑点.csv": oldHead + row("1", "M-new", "10.00", "初审", ",,") + row("2", "M-link", "10.00", "复审", "2025-02-03,,") + row("3", "M-past", "10.00", "关闭", ",2024-12,") + row("4", "M-doubt", "10.00", "关闭", ",,")}
		before := o.dump()
		to := o.takeover(files)
		_, err := o.desk.TakeRows(ctx, clerk, to.ID)
		o.refused(review.CodeState, err) // nobody has confirmed
		_, err = o.desk.ConfirmTakeover(ctx, clerk, to.ID, to.Version+1, nil)
		o.refused(review.CodeVersion, err)
		_, err = o.desk.ConfirmTakeover(ctx, clerk, to.ID, to.Version, []int{1})
		o.refused(review.CodeInput, err) // not a doubtful one
		now := o.takeAll(to)
		if now.State != review.TakeDone {
			t.Errorf("%+v", now)
		}
		o.healthy()
		// On the finding of this system, with the older one's money; recovered money in its own month; the doubtful row is not there.
		if c := o.c("linked"); c.State != review.Second || c.Charged != 1000 || c.Fund != 600 {
			t.Errorf("the linked one %+v", c)
		}
		posted := func(month string) (n int64) {
			o.ok(o.db.View(ctx, func(tx *store.Tx) error {
				ps, err := tx.PostSums(month)
				for _, p := range ps {
					if p.Book == ledger.Fund && p.To == ledger.Received {
						n += p.Amount
					}
				}
				return err
			}))
			return n
		}
		if posted("2024-12") != 600 || posted("2025-03") != 0 {
			t.Errorf("received %d in its month, %d now", posted("2024-12"), posted("2025-03"))
		}
		// What the same card finds there later is the same fact, although the line has money left; another card may still take that.
		o.add(spec{id: "again", lines: []store.Line{{Type: 1, Mdtrt: "M-past", Setl: "S-M-past", Sn: "1", Vola: 1000, Fund: 600, Charged: 1000, Scope: 2000}}})
		o.take("again", "beside")
		if a, b := o.c("again").Charged, o.c("beside").Charged; a != 0 || b != 1000 {
			t.Errorf("the same fact is charged %d again, the other card %d", a, b)
		}
		o.healthy()
		again := o.takeover(files)
		if fate, _ := o.fates(again.ID); fate["疑点 1"] != "已有" || fate["疑点 2"] != "已有" || fate["疑点 3"] != "已有" || fate["总额 追9"] != "已有" || fate["规则 @2"] != "已有" {
			t.Errorf("again %v", fate)
		}
		_, err = o.desk.UndoTakeover(ctx, clerk, again.ID, again.Version, "看过了")
		o.ok(err)
		// Nobody undoes what others built on.
		var first string
		o.ok(o.db.View(ctx, func(tx *store.Tx) error { xs, err := tx.Olds([]string{"1"}); first = xs["1"].Finding; return err }))
		_, err = o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref(first), Say: fine})
		o.ok(err)
		held := o.dump()
		_, err = o.desk.UndoTakeover(ctx, clerk, to.ID, now.Version, "文件错了")
		o.refused(review.CodeState, err)
		if err == nil || !strings.Contains(err.Error(), "first1") {
			t.Errorf("%v", err)
		}
		if o.dump() != held {
			t.Error("a refused undo changed something")
		}
		o.healthy()
		_ = before
	})
}

func TestTakeoverUndoneWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.ok(o.desk.MapRules(ctx, clerk, []store.RuleAlias{{OldRule: "19", Rule: "A001", Note: ""}}, knownRule))
		o.add(spec{id: "linked", lines: []store.Line{{Type: 1, Mdtrt: "M2", Setl: "S-M2", Sn: "1", Vola: 1000, Fund: 700, Charged: 1000, Scope: 2000}}},
			spec{id: "beside", rule: "B001", lines: []store.Line{{Type: 1, Mdtrt: "M3", Setl: "S-M3", Sn: "1", Vola: 2000, Fund: 900, Charged: 2000, Scope: 2000}}})
		row := func(id, rule, mdtrt, state, more string) string {
			return id + "," + rule + "," + hosp1 + ",P1," + mdtrt + ",S-" + mdtrt + ",1,2024-11,10.00,6.00,20.00," + state + "," + more + "\n"
		}
		files := map[string]string{"规则.csv": "old_rule,rule_id\n3,A001\n19,B001\n", "总额.csv": "fixmedins_code,ref_no,amt\n" + hosp2 + ",追9,50\n",
			"疑点.csv": oldHead + row("1", "3", "M1", "执行", ",,") + row("2", "3", "M2", "初审", ",,") + row("3", "3", "M3", "关闭", ",2024-12,")}
		before := o.dump()
		to := o.takeover(files)
		doubt := 0
		rs, err := o.desk.TakeoverRows(ctx, clerk, to.ID, review.FateDoubt, 0, 10)
		o.ok(err)
		for _, r := range rs {
			if r.Kind == "规则" {
				doubt = r.Seq
			}
		}
		now := o.takeAll(to, doubt)
		o.healthy()
		if o.dump() == before {
			t.Fatal("nothing was taken")
		}
		_, err = o.desk.UndoTakeover(ctx, clerk, to.ID, now.Version, " ")
		o.refused(review.CodeReason, err)
		undone, err := o.desk.UndoTakeover(ctx, clerk, to.ID, now.Version, "文件错了")
		o.ok(err)
		if undone.State != review.TakeUndone {
			t.Errorf("%+v", undone)
		}
		o.healthy()
		after := o.dump()
		// The machine's own finding waits for the audit's next word: only its version and mark of publication may differ.
		if got, want := withoutLines(after, `"linked"`, `"beside"`, `"19"`), withoutLines(before, `"linked"`, `"beside"`, `"19"`); got != want {
			t.Errorf("after the undo\n%s\nbefore\n%s", got, want)
		}
		var f *store.Finding
		o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.Finding("linked"); return err }))
		if f.State != store.MachineState || f.Charged != 1000 || f.Vola != 1000 {
			t.Errorf("the machine's finding is %+v", f)
		}
		o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.Finding("beside"); return err }))
		if f.Charged != 2000 {
			t.Errorf("the neighbour may claim %d", f.Charged)
		}
		_, err = o.desk.UndoTakeover(ctx, clerk, to.ID, undone.Version, "再来")
		o.refused(review.CodeState, err)
		// The right file may be taken over afterwards.
		o.takeAll(o.takeover(files), doubt)
		if c := o.c("linked"); c.State != review.First {
			t.Errorf("%+v", c)
		}
		o.healthy()
	})
}

func withoutLines(s string, holding ...string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool {
		return slices.ContainsFunc(holding, func(h string) bool { return strings.Contains(l, h) })
	}), "\n")
}

// Ties: an expert ends his employment by its last day and is still kept away; nobody lets himself in; the final reviewer ends the rest.
func TestTiesEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.refused(review.CodeInput, o.desk.AddTie(ctx, chief, review.NewTie{Login: "nobody", Inst: hosp1, Kind: "亲属"}))
		o.refused(review.CodeInput, o.desk.AddTie(ctx, chief, review.NewTie{Login: "e1", Inst: "H0", Kind: "亲属"}))
		o.refused(review.CodePermission, o.desk.AddTie(ctx, expert1, review.NewTie{Login: "e2", Inst: hosp1, Kind: "亲属"}))
		o.refused(review.CodePermission, o.desk.AddTie(ctx, h1, review.NewTie{Login: "h1", Inst: hosp1, Kind: "亲属"}))
		o.ok(o.desk.AddTie(ctx, expert1, review.NewTie{Login: "e1", Inst: hosp1, Kind: "任职"}))
		o.ok(o.desk.AddTie(ctx, chief, review.NewTie{Login: "e2", Inst: hosp2, Kind: "亲属", Note: "配偶"}))
		list := func(who *auth.Identity, ended bool) []review.TieView {
			ts, err := o.desk.Ties(ctx, who, "", "", ended, store.Page{Limit: 10})
			o.ok(err)
			return ts
		}
		if n := len(list(chief, false)); n != 2 {
			t.Errorf("%d ties", n)
		}
		if ts := list(expert1, true); len(ts) != 1 || ts[0].Login != "e1" || ts[0].InstName != "一院" || ts[0].Name != "e1" {
			t.Errorf("an expert reads %+v", ts)
		}
		east := &auth.Identity{Name: "east", Roles: []string{"终审"}, Scope: auth.Scope{Admdvs: "990101"}}
		if ts := list(east, false); len(ts) != 1 || ts[0].Inst != hosp1 {
			t.Errorf("a division reads %+v", ts)
		}
		for _, x := range []*auth.Identity{h1, clerk, lead} {
			_, err := o.desk.Ties(ctx, x, "", "", false, store.Page{Limit: 10})
			o.refused(review.CodePermission, err)
		}
		mine := list(expert1, false)[0]
		end := func(who *auth.Identity, t review.TieView, left string, why string) error {
			d, _ := claimDay(left)
			return o.desk.EndTie(ctx, who, review.EndTieInput{ID: t.ID, Version: t.Version, Left: d, Reason: why})
		}
		kin := list(expert2, false)[0]
		o.refused(review.CodeNotFound, end(expert1, kin, "", "不是了"))
		o.refused(review.CodeNotFound, end(east, kin, "", "不是了"))
		o.refused(review.CodeSelf, end(expert2, kin, "", "不是了"))
		o.refused(review.CodeReason, end(chief, kin, "", " "))
		o.refused(review.CodePermission, end(h1, kin, "", "不是了"))
		o.refused(review.CodeInput, end(expert1, mine, "", ""))
		o.refused(review.CodeInput, end(expert1, mine, "2090-01-01", ""))
		o.ok(end(expert1, mine, "2025-02-01", ""))
		o.refused(review.CodeVersion, end(expert1, mine, "2025-02-01", ""))
		o.simple("a")
		o.to("a", review.Second)
		_, err := o.desk.Refer(ctx, second1, o.ref("a"), review.Say{Opinion: "专业问题"})
		o.ok(err)
		_, err = o.desk.Convene(ctx, second1, review.ConveneInput{Cases: []review.Ref{o.ref("a")}, Members: []string{"e1", "e2", "e3"}, Chair: "e3"})
		o.refused(review.CodePanel, err) // he left a month ago
		if ts := list(expert1, true); len(ts) != 2 || ts[0].Kind != "离职" || ts[1].EndedAt == 0 || ts[0].Lapses <= ts[0].Lapses.Month().First()-400 {
			t.Errorf("%+v", ts)
		}
		o.ok(end(chief, kin, "", "已离婚"))
		if len(list(expert2, false)) != 0 || len(list(expert2, true)) != 1 {
			t.Error("an ended tie still holds")
		}
		_, err = o.desk.Convene(ctx, second1, review.ConveneInput{Cases: []review.Ref{o.ref("a")}, Members: []string{"e2", "e3", "e4"}, Chair: "e3"})
		o.ok(err)

		// Who reads whose name.
		names := func(who *auth.Identity) (out []string) {
			m, err := o.desk.People(ctx, who)
			o.ok(err)
			for l := range m {
				out = append(out, l)
			}
			slices.Sort(out)
			return out
		}
		if got := names(expert3); !slices.Equal(got, []string{"e2", "e3", "e4", "second1"}) {
			t.Errorf("an expert reads the names of %v", got)
		}
		if got := names(expert1); !slices.Equal(got, []string{"e1"}) {
			t.Errorf("an expert without a panel reads the names of %v", got)
		}
		if got := names(h1); !slices.Equal(got, []string{"dept1", "doc1", "h1"}) {
			t.Errorf("a hospital reads the names of %v", got)
		}
		if got := names(east); slices.Contains(got, "county") || slices.Contains(got, "h2") || !slices.Contains(got, "chief") || !slices.Contains(got, "h1") {
			t.Errorf("a division reads the names of %v", got)
		}
		if got := names(lead); len(got) != len(people) {
			t.Errorf("the whole area reads %d names of %d", len(got), len(people))
		}
		x, err := o.desk.Open(ctx, expert3, "a")
		o.ok(err)
		for _, s := range x.Steps {
			if s.Actor != "系统" && s.Actor != "其他人员" {
				t.Errorf("an expert reads who did %s: %s", s.Event, s.Actor)
			}
		}
	})
}

func claimDay(s string) (claim.Day, error) {
	if s == "" {
		return 0, nil
	}
	return claim.ParseDay(s)
}
