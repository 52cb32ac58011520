package peers

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func place(i int, level, area string) Place {
	return Place{Code: fmt.Sprint("H", i), Kind: "1", Level: level, Admdvs: area}
}

func TestLevels(t *testing.T) {
	for lv, want := range map[string]string{"01": "三级", "04": "三级", "05": "二级", "08": "一级", "10": "一级", "11": "未定级", "": "未定级"} {
		if got := Level(&Place{Kind: "1", Level: lv}); got != want {
			t.Errorf("%q is %s, want %s", lv, got, want)
		}
	}
	if Level(&Place{Kind: "2", Level: "01"}) != "药店" {
		t.Error("a pharmacy is no hospital")
	}
}

func TestGroups(t *testing.T) {
	all := []Place{place(0, "05", "990101")}
	counts := map[string]*Counts{"H0": {Lines: 10_000, Findings: 40, Fund: 100_000, Taken: 500, Rules: map[string]int64{"A001": 30, "B001": 10}}}
	add := func(n int, level, area string, findings int64) {
		for range n {
			p := place(len(all), level, area)
			all = append(all, p)
			counts[p.Code] = &Counts{Lines: 10_000, Findings: findings, Rules: map[string]int64{"A001": findings}}
		}
	}
	find := func() (Figure, []Rule) {
		fs, rs := Compare(&all[0], all, counts, map[string]string{"A001": "限性别"})
		return fs[0], rs
	}
	add(4, "05", "990101", 10)
	if f, _ := find(); f.Peers.N != 0 || f.Own != 4000 || !f.Has || f.Peers.Mean != 0 || f.Peers.Group != "全部区划二级" {
		t.Errorf("four others are told of: %+v", f)
	}
	add(20, "01", "990102", 90) // another level, in the next county
	if f, _ := find(); f.Peers.N != 24 || !f.Peers.Wider || f.Peers.Group != "本市医疗机构" || f.Peers.Mean != 7670 {
		t.Errorf("too few of the level, so all hospitals: %+v", f)
	}
	add(1, "06", "990102", 20)
	f, rs := find()
	if f.Peers.N != 5 || f.Peers.Wider || f.Peers.Group != "本市二级" || f.Peers.Mean != 1200 || len(f.Peers.Third) != 0 || f.Peers.Above != 10 {
		t.Errorf("%+v", f)
	}
	all = append(all, Place{Code: "P1", Kind: "2", Admdvs: "990101"}) // a shop is in no group of hospitals
	counts["P1"] = &Counts{Lines: 10_000, Findings: 5000}
	if f, _ := find(); f.Peers.Mean != 1200 {
		t.Errorf("%+v", f)
	}
	if len(rs) != 2 || rs[0].ID != "A001" || rs[0].Own != 3000 || rs[0].Peers.Mean != 1200 || rs[1].Peers.N != 0 {
		t.Errorf("rules %+v: of B001 nobody else has any", rs)
	}
	add(5, "06", "990101", 30)
	if f, _ = find(); f.Peers.N != 9 || f.Peers.Group != "本县区二级" || fmt.Sprint(f.Peers.Third) != "[1000 2330 3000]" {
		t.Errorf("nine in the county: %+v", f)
	}
	counts["H1"].Lines = 50 // too few to say anything
	if f, _ = find(); f.Peers.N != 8 {
		t.Errorf("%+v", f)
	}
}

// TestNobodyIsTold: whatever the group, no figure that is told is another one's own, unless several have it, and the mean of a part is of three at least.
func TestNobodyIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 14).Draw(t, "others")
		all := []Place{place(0, "05", "990101")}
		counts := map[string]*Counts{"H0": {Lines: 10_000, Findings: 7, Rules: map[string]int64{"A001": 7}}}
		with := 0
		for i := range n {
			all = append(all, place(i+1, "05", "990101"))
			f := rapid.SampledFrom([]int64{0, 0, 0, 1, 3, 977}).Draw(t, "findings")
			if f > 0 {
				with++
			}
			counts[fmt.Sprint("H", i+1)] = &Counts{Lines: 10_000, Findings: f, Rules: map[string]int64{"A001": f}}
		}
		fs, rs := Compare(&all[0], all, counts, nil)
		for _, s := range []Spread{fs[0].Peers, rs[0].Peers} {
			if told := s.N > 0; told != (n >= Least && with >= together) {
				t.Fatalf("%d others, %d with any: %+v", n, with, s)
			}
			if len(s.Third) > 0 && n < 9 {
				t.Fatalf("thirds of %d", n)
			}
			if strings.Contains(s.Group, "H") {
				t.Fatal(s.Group)
			}
		}
	})
}
