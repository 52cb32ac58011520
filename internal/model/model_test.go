package model

import (
	"strings"
	"testing"
)

func TestShippedModelsAreWhole(t *testing.T) {
	l, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(`B019 B032 B037 C004 C020 C021 D007 D009 D017 D018 E005 E010 F012 F013 F015 G011 G013 G014 G020 G021 G022 G025 G026 H010 H011 P004 P012
		P016 P017 P018 I008 I009 I010 I013 I014 X004 X005 X006 X010 X014 L006 L007 G032 X016 T012 T018`)
	for _, id := range want {
		if l.Model(id) == nil {
			t.Errorf("no model %s", id)
		}
	}
	for _, m := range l.All {
		for _, v := range append(m.Inputs, m.Needs...) {
			if name, _, _ := strings.Cut(v, "."); !strings.Contains(m.SQL+m.Members, name) {
				t.Errorf("%s names the view %s and does not read it", m.ID, name)
			}
		}
	}
}

func TestStatementsThatDoNotTravel(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT a::int FROM visit":                                             "CAST",
		"SELECT * FROM visit":                                                  "SELECT *",
		"SELECT visit FROM visit QUALIFY 1 = 1":                                "QUALIFY",
		"SELECT a / b AS x FROM visit":                                         "1.0 *",
		"SELECT 7 // 2 AS x FROM visit":                                        "//",
		"SELECT ROW_NUMBER() OVER (ORDER BY day) AS k FROM visit":              "NULLS",
		"SELECT a FROM read_csv('/etc/passwd')":                                "read_csv",
		"DELETE FROM visit":                                                    "SELECT",
		"SELECT a FROM visit; SELECT b FROM visit":                             "分号",
		"SELECT visit FROM visit LIMIT 5":                                      "LIMIT",
		"SELECT CURRENT_DATE AS d FROM visit":                                  "CURRENT_DATE",
		"SELECT visit FROM duckdb_settings()":                                  "duckdb_settings",
		"SELECT DISTINCT ON (a) a FROM visit":                                  "DISTINCT ON",
		"WITH x AS (SELECT [1, 2] AS l FROM visit) SELECT l FROM x":            "符号",
		"SELECT day_in + INTERVAL '1' DAY AS d FROM visit":                     "整数",
		"SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY fee) FROM visit":   "NULLS",
		"SELECT 1.0 * a / b AS x, c / d AS y FROM visit":                       "1.0 *",
		"SELECT SUM(1) OVER (ORDER BY d NULLS LAST), a != b AS ne FROM visit ": "符号",
	} {
		if bad := strings.Join(CheckSQL(sql), "；"); !strings.Contains(bad, want) {
			t.Errorf("%s\nsays %q, want %q", sql, bad, want)
		}
	}
	ok := "SELECT SUM(fee) OVER (PARTITION BY person ORDER BY day NULLS LAST RANGE BETWEEN 6 PRECEDING AND CURRENT ROW) AS s, 1.0 * SUM(a) / COUNT(1) AS r -- a / b\nFROM visit"
	if bad := CheckSQL(ok); len(bad) > 0 {
		t.Errorf("a portable statement is refused: %v", bad)
	}
}

func TestParametersStayWithinBounds(t *testing.T) {
	m := &Model{ID: "Z999", Params: []Param{{Name: "n", Title: "人数", Default: 3, Min: 2, Max: 9}}}
	if _, err := m.Values(map[string]float64{"n": 10}); err == nil || !strings.Contains(err.Error(), "2 到 9") {
		t.Errorf("10 is accepted: %v", err)
	}
	if _, err := m.Values(map[string]float64{"x": 1}); err == nil {
		t.Error("an unknown parameter is accepted")
	}
	v, err := m.Values(map[string]float64{"n": 2.5})
	if err != nil {
		t.Fatal(err)
	}
	if got := Bind("SELECT a -- :n\nFROM v WHERE t > :n AND s = ':n2' AND d <= :last", v, Period{1, 20}); !strings.Contains(got, "t > 2.5 AND") || !strings.Contains(got, "d <= 20") {
		t.Errorf("bound: %s", got)
	}
}

func TestGroupsKeepTheirIDs(t *testing.T) {
	m := &Model{ID: "I009", Subject: OfGroup}
	group := func(members ...string) Case {
		c := Case{Subject: members[0]}
		for _, p := range members {
			c.Rows = append(c.Rows, Row{Psn: p})
		}
		return c
	}
	old := &Result{Cases: []Case{group("a", "b", "c", "d"), group("p", "q", "r")}}
	old.Finish(m)
	now := &Result{Cases: []Case{group("b", "c", "d", "e", "f"), group("x", "y", "z"), group("p", "s", "t", "u")}}
	now.Finish(m)
	now.Follow(m, old)
	ids := map[string]string{}
	for _, c := range old.Cases {
		ids[c.Members[0]] = c.GroupID
	}
	for _, c := range now.Cases {
		switch c.Members[0] {
		case "b":
			if c.GroupID != ids["a"] || strings.Join(c.New, "") != "ef" {
				t.Errorf("the grown group is %s with new members %v", c.GroupID, c.New)
			}
		case "p", "x":
			if c.GroupID == ids["p"] || c.GroupID == ids["a"] {
				t.Errorf("group of %s took over a stranger's id", c.Members[0])
			}
		}
	}
}

func TestGroupsOfANetwork(t *testing.T) {
	var links []Link
	clique := func(from, n int64) {
		for a := from; a < from+n; a++ {
			for b := a + 1; b < from+n; b++ {
				links = append(links, Link{A: a, B: b, Weight: 3})
			}
		}
	}
	clique(1, 6)
	clique(100, 3)
	links = append(links, Link{A: 6, B: 50, Weight: 3}, Link{A: 50, B: 51, Weight: 3})
	if got := Groups(links, GroupRule{Min: 5, Core: 3}); len(got) != 1 || len(got[0]) != 6 || got[0][0] != 1 {
		t.Errorf("groups: %v", got)
	}
	clique(200, 6)
	links = append(links, Link{A: 1, B: 200, Weight: 1})
	if got := Groups(links, GroupRule{Min: 5, Split: 8}); len(got) != 2 {
		t.Errorf("two gangs joined by one card are %d groups", len(got))
	}
}

func TestAlikeTexts(t *testing.T) {
	base := strings.Repeat("患者今日精神可，咳嗽减轻，双肺未闻及干湿啰音，继续目前治疗，观察体温变化。腹软无压痛反跳痛，肝脾肋下未触及，双下肢无水肿，大小便正常。", 2)
	texts := []Text{{1, 1, 0, base}, {2, 2, 0, strings.ReplaceAll(base, "，", " ")}, {3, 2, 0, base}, {4, 4, 1, base}, {5, 5, 0, strings.ReplaceAll(base, "咳嗽", "头痛") + "另诉夜间失眠多梦，给予助眠药物，嘱其规律作息避免熬夜，必要时请神经内科会诊协助诊治并完善相关检查。"}}
	got := Alike(texts, LikeRule{Least: 0.95, MinLen: 50})
	pairs := map[[2]int64]bool{}
	for _, l := range got {
		pairs[[2]int64{l.A, l.B}] = true
	}
	if !pairs[[2]int64{1, 2}] || !pairs[[2]int64{1, 3}] || len(pairs) != 2 {
		t.Errorf("pairs %v", got)
	}
}

// Every shipped model's default lies on the curve that is shown, and finds all that was planted there without a false case.
func TestDefaultsAreOnTheirCurves(t *testing.T) {
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	curves, err := Thresholds()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lib.All {
		if len(m.Params) == 0 {
			continue
		}
		c := curves[m.ID]
		if c.Param != m.Params[0].Name {
			t.Errorf("%s: the curve is of %q", m.ID, c.Param)
			continue
		}
		at := false
		for _, p := range c.Points {
			if p[0] == m.Params[0].Default {
				at = true
				if p[4] < 0.8 || p[5] < 0.95 {
					t.Errorf("%s at its default %v: precision %v, recall %v", m.ID, p[0], p[4], p[5])
				}
			}
		}
		if !at {
			t.Errorf("%s: the default %v is not on its curve", m.ID, m.Params[0].Default)
		}
	}
}

// A group keeps its id over a run that did not find it, and two groups never get one id.
func TestFollowOverAGap(t *testing.T) {
	m := &Model{ID: "I009", Subject: OfGroup}
	group := func(members ...string) *Result {
		r := &Result{Cases: []Case{{}}}
		for _, p := range members {
			r.Cases[0].Rows = append(r.Cases[0].Rows, Row{Psn: p})
		}
		r.Finish(m)
		return r
	}
	january, march := group("a", "b", "c"), group("a", "b", "c", "d")
	none := &Result{}
	march.Follow(m, none, january)
	if c := march.Cases[0]; c.GroupID != january.Cases[0].GroupID || len(c.New) != 1 || c.New[0] != "d" {
		t.Errorf("%+v", c)
	}
	april := group("a", "b", "c")
	april.Cases = append(april.Cases, group("c", "d", "e").Cases[0])
	april.Follow(m, march, january)
	if x, y := april.Cases[0].GroupID, april.Cases[1].GroupID; x == y {
		t.Errorf("two groups are %s", x)
	}
}
