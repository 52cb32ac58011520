package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func rowsNamed(b *Base, name string) (out []Pending) {
	for _, p := range b.Waiting() {
		if p.About() == name {
			out = append(out, p)
		}
	}
	return out
}

// A row keeps its key through imports and product codes that come later; a row that says otherwise has another.
func TestRowOfAPending(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	importInto(t, s, Options{}, write(t, dir, "a.csv", []byte(genericVisit)), write(t, dir, "b.csv", []byte(productVisit)))
	first := rowsNamed(s.Base(), "丙丁丸")
	if len(first) != 1 || first[0].Needs != "" || first[0].Point.Allow != "住院|急诊" {
		t.Fatalf("%+v", first)
	}
	importInto(t, s, Options{}, write(t, dir, "c.csv", []byte("药品通用名,序号,国标代码,限定类型\n丙丁丸,2,XZZ4,限定就医方式\n")))
	again := rowsNamed(open(t, dir).Base(), "丙丁丸") // as it is read from disk
	if len(again) != 2 || again[0].Row() != first[0].Row() || again[1].Row() != first[0].Row() {
		t.Errorf("rows %q and %q", first[0].Row(), []string{again[0].Row(), again[1].Row()})
	}
	r := importInto(t, s, Options{}, write(t, dir, "d.csv", []byte("药品通用名,药品说明,限定类型,限定值域\n丙丁丸,限急诊、抢救或住院患者。,限定就医方式,住院\n")))
	if now := rowsNamed(s.Base(), "丙丁丸"); len(now) == 0 || now[0].Row() == first[0].Row() {
		t.Errorf("the text changed and the row did not: %+v", now)
	}
	if r.Diff.NewRows != 1 || r.Diff.Settled != 1 {
		t.Errorf("%+v", r.Diff)
	}
}

// Rows without a usable code, with a limit that cannot be read, and limits without product codes wait for a person; a good row takes its place.
func TestOpenRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	importInto(t, s, Options{}, write(t, dir, "a.csv", []byte("药品通用名,药品说明,限定类型,限定值域\n甲丸,支付不超过14天。,限定支付疗程,十四\n乙丸,支付不超过7天。,限定支付疗程,7天\n")),
		write(t, dir, "b.csv", []byte("药品通用名,序号,国标代码,限定类型\n甲丸,1,XZZ1,限定支付疗程\n")),
		write(t, dir, "c.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,1.1E+14\n2,训练乙,若干,日,9931\n")),
		write(t, dir, "d.csv", []byte(contained)))
	b := open(t, dir).Base()
	want := map[string]string{"甲丸": NeedsLimit, "乙丸": NeedsCode, "训练甲": NeedsCode, "训练乙": NeedsLimit, "某某": ""}
	for name, needs := range want {
		got := rowsNamed(b, name)
		if name == "某某" { // its 频度 cannot be read: it is named by main and contained item
			got = rowsNamed(b, "某某 与 某某")
			needs = NeedsLimit
		}
		if len(got) != 1 || got[0].Needs != needs {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := rowsNamed(b, "甲丸"); got[0].Point.Subject != "XZZ1" || got[0].Asks() {
		t.Errorf("a limit that cannot be read knows its codes: %+v", got[0])
	}
	again := importInto(t, s, Options{}, write(t, dir, "c.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,1.1E+14\n2,训练乙,若干,日,9931\n")))
	if again.Changed {
		t.Error("the same rows changed something")
	}
	importInto(t, s, Options{}, write(t, dir, "e.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,9930\n2,训练乙,3,日,9931\n")))
	for _, name := range []string{"训练甲", "训练乙"} {
		if got := rowsNamed(s.Base(), name); len(got) != 0 {
			t.Errorf("%s waits still: %+v", name, got)
		}
	}
}

// What a ruling makes of a row has the id that a good sheet would give it.
func TestRulingPoints(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	importInto(t, s, Options{}, write(t, dir, "c.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,1.1E+14\n2,训练乙,若干,日,9931\n")))
	code, limit := rowsNamed(s.Base(), "训练甲")[0], rowsNamed(s.Base(), "训练乙")[0]
	byCode, err := (&Ruling{Codes: []string{"9930"}, Value: Value{Limit: "2", Unit: "日"}}).Points(&code, "国家目录里是这个编码")
	if err != nil || len(byCode) != 1 || byCode[0].Subject != "9930" || !strings.Contains(byCode[0].Basis, "本局裁决：国家目录里是这个编码") {
		t.Fatalf("%+v, %v", byCode, err)
	}
	byLimit, err := (&Ruling{Value: Value{Limit: "3", Unit: "小时"}, From: "2025-07-01"}).Points(&limit, "按说明书")
	if err != nil || len(byLimit) != 1 || byLimit[0].RuleID != "B009" || byLimit[0].From.String() != "2025-07-01" {
		t.Fatalf("%+v, %v", byLimit, err)
	}
	importInto(t, s, Options{}, write(t, dir, "e.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,9930\n2,训练乙,3,小时,9931\n")))
	var ids []string
	for _, p := range s.Base().Points {
		ids = append(ids, p.ID)
	}
	for _, p := range []Point{byCode[0], byLimit[0]} {
		if !slices.Contains(ids, p.ID) {
			t.Errorf("%s is not among %q", p.ID, ids)
		}
	}
	if got := (&Ruling{Codes: []string{"9930"}, Value: Value{Limit: "2", Unit: "日"}, From: "2025-07-01"}).Words("B021"); got != "2 日；编码 9930；2025-07-01 起" {
		t.Errorf("%q", got)
	}
	for say, v := range map[string]Value{"二级及以上机构，综合医院、专科医院": {Limit: "2", Allow: "综合医院|专科医院"}, "综合医院": {Allow: "综合医院"}} { // a level, and what categories may at all
		if got := (&Ruling{Value: v}).Words("A010"); got != say {
			t.Errorf("%+v is said as %q, not %q", v, got, say)
		}
	}
	if none, err := (&Ruling{Drop: true}).Points(&limit, "不用"); err != nil || none != nil {
		t.Errorf("%+v, %v", none, err)
	}
}

// A ruling that does not say what the kind of rule asks for is refused with the field.
func TestRulingRefused(t *testing.T) {
	t.Parallel()
	four := 4
	for _, x := range []struct {
		rule string
		say  Ruling
		want string
	}{
		{"A001", Ruling{Value: Value{Sex: "不限"}}, "限定性别"}, {"A003", Ruling{Value: Value{Allow: "老人"}}, "限定年龄"}, {"A009", Ruling{Value: Value{Limit: "4"}}, "机构级别"},
		{"A009", Ruling{Value: Value{Limit: "1.5"}}, "机构级别"}, {"A010", Ruling{}, "机构级别"}, {"A009", Ruling{Value: Value{Limit: "2", Allow: "综合医院"}}, "机构类别"},
		{"A010", Ruling{Value: Value{Limit: "2", Allow: "综合医院||中医医院"}}, "机构类别"}, {"A010", Ruling{Value: Value{Limit: "4", Allow: "综合医院"}}, "机构级别"}, {"A011", Ruling{Value: Value{Allow: "住院|日间"}}, "就医方式"}, {"A015", Ruling{Value: Value{Limit: "14", Scope: "一个月"}}, "计算窗口"},
		{"A015", Ruling{Value: Value{Limit: "0", Scope: "自然年"}}, "支付天数"}, {"B002", Ruling{Value: Value{Scope: "每周"}}, "频度"}, {"B021", Ruling{Value: Value{Limit: "x", Unit: "日"}}, "每日数量"},
		{"B021", Ruling{Value: Value{Limit: "1", Unit: "周"}}, "数量单位"}, {"B023", Ruling{Value: Value{Limit: "1"}}, "周期"}, {"C024", Ruling{}, "年龄"}, {"C024", Ruling{Value: Value{AgeMin: &four, AgeMax: new(int)}}, "大于上限"},
	} {
		p := Pending{Point: newPoint(x.rule)}
		p.Point.Subject = "9931"
		if _, err := x.say.Points(&p, "理由"); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s %+v: %v", x.rule, x.say, err)
		}
	}
	p := Pending{Point: newPoint("B021"), Needs: NeedsCode}
	for _, codes := range [][]string{nil, {"1.1E+14"}, {"编码"}} {
		if _, err := (&Ruling{Codes: codes, Value: Value{Limit: "1", Unit: "日"}}).Points(&p, "理由"); err == nil {
			t.Errorf("codes %q are taken", codes)
		}
	}
}

// A dry run says what an import would do and leaves everything as it is; the import then does that.
func TestDryRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	sheet := write(t, dir, "c.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,2,日,9930\n2,训练乙,3,日,9931\n"))
	would := importInto(t, s, Options{DryRun: true}, sheet)
	if !would.Changed || would.Version != 0 || would.Diff.Added != 2 || len(s.Base().Points) != 0 || len(open(t, dir).Base().Points) != 0 {
		t.Fatalf("%+v", would)
	}
	if did := importInto(t, s, Options{}, sheet); did.Version != 1 || did.Diff.Added != 2 {
		t.Fatalf("%+v", did)
	}
	more := importInto(t, s, Options{DryRun: true}, write(t, dir, "e.csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,训练甲,4,日,9930\n")))
	if more.Version != 1 || more.Diff.Changed != 1 || len(more.Diff.Lines) != 1 || more.Diff.Lines[0].Before != "2 日" || more.Diff.Lines[0].After != "4 日" || more.Diff.Lines[0].Name != "训练甲" {
		t.Errorf("%+v", more.Diff)
	}
}
