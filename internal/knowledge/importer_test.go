package knowledge

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/mingjian/mingjian/internal/claim"
)

// Invented sheets in the form of the national ones.
const (
	genericVisit = "药品通用名,药品说明,限定类型,限定值域\n甲乙注射液,限住院患者。,限定就医方式,住院\n丙丁丸,限急诊或住院患者。,限定就医方式,住院\n"
	productVisit = "药品通用名,序号,国标代码,限定类型\n甲乙注射液,1,XZZ1,限定就医方式\n甲乙注射液,2,XZZ2,限定就医方式\n丙丁丸,1,XZZ3,限定就医方式\n"
	contained    = "序号,频度,主项名称,主项编码,从项名称,从项编码,备注\n1,单日,急诊监护费,9911,糖测定,9912,含监护\n2,每周,某某,9911,某某,9913,含\n合计,,,,,,\n"
	durations    = "序号,项目名称,备注,项目代码\n1,训练甲,每年支付不超过60天，间隔时间不短于14天。,9921\n2,训练乙,参保人年龄超出法定就业年龄限制,9922\n3,训练丙,随意,9923\n"
)

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func gz(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t testing.TB, tabs ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, tab := range tabs {
		name := []string{"Sheet1", "Sheet2", "Sheet3"}[i]
		if i > 0 {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for r, line := range strings.Split(strings.TrimSpace(tab), "\n") {
			for c, v := range strings.Split(line, ",") {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellStr(name, at, v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts is the base as comparable text, pendings included.
func texts(b *Base) string {
	var out []string
	for i := range b.Points {
		out = append(out, "L "+strings.Join(pointCells(&b.Points[i]), "|"))
	}
	for i := range b.Pendings {
		out = append(out, "P "+b.Pendings[i].Reason+strings.Join(pointCells(&b.Pendings[i].Point), "|"))
	}
	return strings.Join(out, "\n")
}

func TestSheetsInEveryContainerSayTheSame(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(genericVisit))
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for name, files := range map[string]map[string][]byte{
		"csv":     {"a.csv": []byte(genericVisit), "b.csv": []byte(productVisit)},
		"bom, gz": {"a.csv": []byte("\xef\xbb\xbf" + genericVisit), "b.csv.gz": gz(t, productVisit)},
		"GB18030": {"z.csv": gb, "b.csv": []byte(productVisit)},
		"xlsx":    {"any.xlsx": workbook(t, genericVisit, productVisit)},
		"titled":  {"a.csv": []byte("国家名单,,,\n\n" + genericVisit), "b.csv": []byte(productVisit)},
	} {
		dir := t.TempDir()
		for f, data := range files {
			write(t, dir, f, data)
		}
		s := open(t, t.TempDir())
		r := importInto(t, s, Options{}, dir)
		if r.Totals.Used != 3 || r.Totals.Pending != 2 || r.Totals.Points != 2 {
			t.Errorf("%s: %s", name, r)
		}
		if want == "" {
			want = texts(s.Base())
		}
		if got := texts(s.Base()); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestHalvesJoinAcrossRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	products, generics := write(t, dir, "p.csv", []byte(productVisit)), write(t, dir, "g.csv", []byte(genericVisit))
	store := t.TempDir()
	r := importInto(t, open(t, store), Options{}, products)
	if r.Totals.Waiting != 3 || r.Live != 0 || len(r.Waiting) != 2 {
		t.Fatalf("product codes alone: %s", r)
	}
	r = importInto(t, open(t, store), Options{}, generics)
	if r.Joined != 2 || r.Live != 2 || len(r.Pendings) != 1 || r.Version != 2 {
		t.Errorf("the generic sheet afterwards: joined %d, live %d, %v", r.Joined, r.Live, r.Pendings)
	}
	p := open(t, store).Base().Points[0]
	if p.RuleID != "A011" || p.Allow != "住院" || p.Params.Group != "甲乙注射液" || p.From != FirstDay || p.To != claim.OpenDay {
		t.Errorf("point %+v", p)
	}
}

func TestChangedLimitIsANewVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, t.TempDir())
	sheet := func(n string) string {
		return write(t, dir, "f"+n+".csv", []byte("序号,项目名称,限制数量,数量单位,项目编码\n1,某护理,"+n+",日,9901\n"))
	}
	importInto(t, s, Options{}, sheet("1"))
	id := s.Base().Points[0].ID
	day := claim.DayOf(2025, 7, 1)
	if r := importInto(t, s, Options{ValidFrom: day}, sheet("1")); r.Changed {
		t.Error("the same limit from a later day is no change")
	}
	importInto(t, s, Options{ValidFrom: day}, sheet("2"))
	b := s.Base()
	if len(b.Points) != 2 || b.Points[0].ID != id || b.Points[1].ID != id || b.Points[0].To != day-1 || b.Points[1].From != day || b.Points[1].Limit != 2*claim.QtyOne {
		t.Fatalf("%s", texts(b))
	}
	importInto(t, s, Options{ValidFrom: day}, sheet("3"))
	if b = s.Base(); len(b.Points) != 2 || b.Points[1].Limit != 3*claim.QtyOne {
		t.Fatalf("%s", texts(b))
	}
	lib, err := s.library()
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.closed) != 1 {
		t.Errorf("%d replaced points are kept, want 1", len(lib.closed))
	}
	for _, c := range lib.closed {
		if c.point.Limit != 2*claim.QtyOne || c.point.To >= c.point.From || c.version != 3 {
			t.Errorf("kept %+v", c)
		}
	}
}

func TestRowsThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.csv", []byte(contained))
	write(t, dir, "b.csv", []byte(durations))
	write(t, dir, "fee.csv", []byte("feedetl_sn,cnt\n1,2\n"))
	write(t, dir, "broken.xlsx", []byte("no workbook"))
	s := open(t, t.TempDir())
	r := importInto(t, s, Options{}, dir)
	if r.Totals.Rows != 7 || r.Totals.Used != 3 || r.Totals.Unusable != 4 || len(r.Unread) != 2 {
		t.Errorf("%s", r)
	}
	for _, want := range []string{"频度“每周”", "合计行", "读不出年龄、总时间或间隔", "认不出这张表", "broken.xlsx", "fee.csv 认不出是哪张表"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, r)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	got := map[string]Point{}
	for _, p := range s.Base().Points {
		got[p.RuleID] = p
	}
	if p := got["A016"]; p.Limit != 60*claim.QtyOne || p.Scope != "自然年" {
		t.Errorf("A016 %+v", p)
	}
	if p := got["B023"]; p.Limit != claim.QtyOne || p.WindowD != 14 {
		t.Errorf("B023 %+v", p)
	}
	if p := got["C024"]; p.AgeMin != 16 || p.AgeMax != 60 {
		t.Errorf("C024 %+v", p)
	}
	if p := got["B002"]; !p.Params.ErObs || p.Second != "9912" || p.Scope != "单日" {
		t.Errorf("B002 %+v", p)
	}
}

func TestOwnPointsAreStrict(t *testing.T) {
	t.Parallel()
	head := "point_id,rule_id,subject_code,limit_value,sex,params,basis,valid_from,valid_to,scope,colour\n"
	rows := []string{
		`p1,B021,9901,1,,,依据,,,,red`,
		`p2,B021,,1,,,依据,,,,`,
		`p3,B021,9901,x,,,依据,,,,`,
		`p4,A001,9901,,女性,,依据,,,,`,
		`p5,B002,9901,,,"{""nope"":1}",依据,,,,`,
		`p6,B021,9901,1,,,依据,2025-02-30,,,`,
		`p7,B021,9901,1,,,依据,2025-02-01,2025-01-01,,`,
		`p8,B021,9901,1,,,,,,,`,
		`p9,B002,9901,,,,依据,,,每周,`,
		`p1,B021,9901,2,,,依据,,,,`,
		`q1,Z999,9902,1,,"{""group"":""甲""}",依据,,,,`,
	}
	s := open(t, t.TempDir())
	path := write(t, t.TempDir(), "points_local.csv", []byte(head+strings.Join(rows, "\n")+"\n"))
	r := importInto(t, s, Options{KnownRule: func(id string) bool { return id != "Z999" }}, path)
	if r.Totals.Used != 2 || len(r.Rejected) != 9 || r.Live != 2 || len(r.UnknownRules) != 1 {
		t.Errorf("%s", r)
	}
	for _, want := range []string{"第 3 行 subject_code", `limit_value="x"`, `sex="女性"`, "params=", "2025-02-30", "早于 valid_from", "basis", "scope", "不认识的列 colour", "编号、生效日相同"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, r)
		}
	}
	if again := importInto(t, s, Options{}, path); again.Changed {
		t.Errorf("the same file again: %s", again)
	}
}

func TestStarterImportsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	r, err := s.ImportStarter()
	if err != nil {
		t.Fatal(err)
	}
	want := starter(t).Points
	if r.Totals.Points != len(want) || len(r.Rejected) > 0 || r.Totals.Unusable > 0 {
		t.Errorf("%s", r)
	}
	if got := open(t, dir).Base(); len(got.Points) != len(want) {
		t.Errorf("%d points after reopening, want %d", len(got.Points), len(want))
	}
	if again, err := s.ImportStarter(); err != nil || again.Changed {
		t.Errorf("again: %v %v", again, err)
	}
}

func TestMissingPathTakesNothingIn(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if _, err := s.Import([]string{filepath.Join(t.TempDir(), "没有.csv")}, Options{}); err == nil || s.Version() != 0 {
		t.Errorf("error %v, version %d", err, s.Version())
	}
}
