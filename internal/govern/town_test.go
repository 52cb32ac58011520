package govern

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// confirmed asks for an override and has it confirmed.
func confirmed(t testing.TB, r *Rules, c AreaChange) *store.AreaRule {
	t.Helper()
	c.Rule, c.Reason = "Y001", "本地口径"
	a := must(r.RequestArea(ctx, wang, c))(t)
	if _, err := r.ConfirmArea(ctx, wang, a.ID); err == nil {
		t.Error("who asked for an override confirms it")
	}
	return must(r.ConfirmArea(ctx, li, a.ID))(t)
}

// TestOverridesByArea: a city, a county in it, and days; what is just outside stays as it was.
func TestOverridesByArea(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.want(all(1))
	plain := program(t, w.r)
	asked := must(w.r.RequestArea(ctx, wang, AreaChange{Rule: "Y001", Area: "9902", Reason: "x", Change: rule.Override{Severity: 3}}))(t)
	if program(t, w.r) != plain {
		t.Error("an override that nobody has confirmed changes the program")
	}
	must(w.r.EndArea(ctx, li, asked.ID, "", "撤回"))(t)

	// In the city of H2 and H3 the card holds from 46 years on: the man is 45.
	city := confirmed(t, w.r, AreaChange{Area: "9902", Change: rule.Override{Params: map[string]any{"max_age_y": 46}}})
	w.want("a1-1/1 a1-2/1 b1-1/1 b1-2/1")
	// In the county of H3 it holds from 44 on, and the wider override's parameter is not mixed in: the most specific area wins.
	county := confirmed(t, w.r, AreaChange{Area: "990299", Change: rule.Override{Params: map[string]any{"max_age_y": 44}, Severity: 2}})
	w.want("a1-1/1 a1-2/1 a3-1/2 a3-2/2 b1-1/1 b1-2/1 b3-1/2 b3-2/2")
	// The county's ends with January: then the city's.
	must(w.r.EndArea(ctx, li, county.ID, "2025-02-12", "到期"))(t)
	w.want("a1-1/1 a1-2/1 a3-1/2 a3-2/2 b1-1/1 b1-2/1")
	if _, err := w.r.EndArea(ctx, li, county.ID, "2025-02-13", "改期"); err == nil {
		t.Error("an override is made longer by one person")
	}
	must(w.r.EndArea(ctx, li, city.ID, "", "撤销"))(t)
	rep := w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b1-1/1 b1-2/1 b2-1/1 b2-2/1 b3-1/1 b3-2/1")
	if n := rep.Rules["Y001"].Findings; n != 12 {
		t.Errorf("%d findings counted under the card, want 12", n)
	}
	must(w.r.EndArea(ctx, li, county.ID, "", "撤销"))(t)
	if program(t, w.r) != plain {
		t.Error("without overrides the program is not what it was")
	}
	// Not at all in one city from a day on: the day before is judged, the day is not.
	confirmed(t, w.r, AreaChange{Area: "9902", From: "2025-02-12", Off: true})
	w.want(strings.TrimSuffix(all(1), " b3-1/1 b3-2/1"))
}

func TestOverridesMustFit(t *testing.T) {
	t.Parallel()
	r := newTown(t).r
	for name, c := range map[string]AreaChange{
		"unknown parameter":   {Rule: "Y001", Area: "9902", Change: rule.Override{Params: map[string]any{"nonsense": 1}}},
		"impossible severity": {Rule: "Y001", Area: "9902", Change: rule.Override{Severity: 4}},
		"unknown tag":         {Rule: "Y001", Area: "9902", Change: rule.Override{Exempt: []string{"抢救"}}},
		"unknown card":        {Rule: "Y002", Area: "9902", Change: rule.Override{Severity: 2}},
		"nothing":             {Rule: "Y001", Area: "9902"},
		"nowhere":             {Rule: "Y001", Change: rule.Override{Severity: 2}},
		"upside down":         {Rule: "Y001", Area: "9902", From: "2025-02-01", To: "2025-01-01", Change: rule.Override{Severity: 2}},
	} {
		c.Reason = "理由"
		if _, err := r.RequestArea(ctx, wang, c); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestVersionsByDay: a version judges from its day on, the one before it until then; a new card only from its day; a retired one
// until its last.
func TestVersionsByDay(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v := live(t, w.r, propose(t, w.r, aged(30, 2), ""), "2025-01-12")
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b1-1/2 b1-2/2 b2-1/2 b2-2/2 b3-1/2 b3-2/2")
	city := live(t, w.r, propose(t, w.r, aged(30, 3), "9902"), "2025-02-11")
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b1-1/2 b1-2/2 b2-1/3 b2-2/3 b3-1/3 b3-2/3")
	must(w.r.Retire(ctx, li, v.ID, "2025-02-10", "废止"))(t) // the city's own goes on
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b2-1/3 b2-2/3 b3-1/3 b3-2/3")
	must(w.r.Retire(ctx, li, city.ID, "2025-02-12", "废止"))(t)
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b2-1/3 b2-2/3")
	// An override changes each version on its days.
	confirmed(t, w.r, AreaChange{Area: "990101", Change: rule.Override{Severity: 3}})
	w.want("a1-1/3 a1-2/3 a2-1/1 a2-2/1 a3-1/2 a3-2/2 b2-1/3 b2-2/3")

	n := newTown(t)
	n.r.Library = &rule.Library{}
	c := live(t, n.r, propose(t, n.r, aged(30, 1), ""), "2025-02-11")
	n.want("b2-1/1 b2-2/1 b3-1/1 b3-2/1")
	must(n.r.Rollback(ctx, li, c.ID, "理由"))(t)
	n.want("")
	live(t, n.r, propose(t, n.r, aged(30, 1), "9902"), "1900-01-01")
	n.want("a2-1/1 a2-2/1 a3-1/1 a3-2/1 b2-1/1 b2-2/1 b3-1/1 b3-2/1")
	s := newTown(t)
	must(s.r.RetireCard(ctx, li, "Y001", "2025-02-01", "废止"))(t) // as shipped
	s.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/1 a3-2/1")
}

// TestExemptionsAreCounted: exactly what an exemption names passes, and is counted under it.
func TestExemptionsAreCounted(t *testing.T) {
	t.Parallel()
	const jan1, jan31 = "2025-01-01", "2025-01-31"
	for _, c := range []struct {
		name string
		x    store.Exemption
		gone string // lines
	}{
		{"institution", store.Exemption{Inst: "H1", From: jan1, To: jan31}, "a1-1 a1-2"},
		{"its last day", store.Exemption{Inst: "H1", From: jan1, To: "2025-01-10"}, "a1-1 a1-2"},
		{"a day too short", store.Exemption{Inst: "H1", From: jan1, To: "2025-01-09"}, ""},
		{"a day too late", store.Exemption{Inst: "H1", From: "2025-01-11", To: jan31}, ""},
		{"department of an institution", store.Exemption{Inst: "H1", Dept: "02", From: jan1, To: "2025-12-31"}, "a1-2 b1-2"},
		{"items by prefix", store.Exemption{Item: "9903", From: "2025-02-12", To: "2025-12-31"}, "b3-1 b3-2"},
		{"other items", store.Exemption{Item: "9904", From: jan1, To: "2025-12-31"}, ""},
		{"diagnoses", store.Exemption{Diags: "C00-C97", From: jan1, To: "2025-12-31"}, "a2-1 a2-2"},
		{"diagnoses elsewhere", store.Exemption{Inst: "H1", Diags: "C00-C97", From: jan1, To: "2025-12-31"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			c.x.Rule, c.x.Reason = "Y001", "理由"
			x := must(w.r.RequestExemption(ctx, both, c.x))(t)
			w.want(all(1))
			if _, err := w.r.ConfirmExemption(ctx, both, x.ID); !isSame(err) {
				t.Errorf("who asked grants it: %v", err)
			}
			must(w.r.ConfirmExemption(ctx, li, x.ID))(t)
			left := all(1)
			gone := strings.Fields(c.gone)
			for _, sn := range gone {
				left = strings.TrimSpace(strings.Replace(" "+left+" ", " "+sn+"/1 ", " ", 1))
			}
			rep := w.want(left)
			want := map[string]audit.Exempted{}
			if n := int64(len(gone)); n > 0 {
				want[x.ID] = audit.Exempted{Findings: n, Lines: n, Vola: claim.Money(1000 * n), Fund: claim.Money(600 * n)}
			}
			if d := cmp.Diff(want, rep.Exempted); d != "" {
				t.Errorf("counted: %s", d)
			}
			if n := int64(len(gone)); rep.Rules["Y001"].Exempted != n || rep.Rules["Y001"].Findings != 12-n || rep.Rules["Y001"].Withdrawn != n {
				t.Errorf("the card has %+v", rep.Rules["Y001"])
			}
			must(w.r.EndExemption(ctx, li, x.ID, "", "撤销"))(t)
			w.want(all(1))
		})
	}
}

// TestShadowOfTheSameCard: the shadow of what is live says what is live, and nothing of it is published.
func TestShadowOfTheSameCard(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	confirmed(t, w.r, AreaChange{Area: "9902", Change: rule.Override{Severity: 2}})
	v := propose(t, w.r, string(w.r.Library.Card("Y001").Text()), "")
	must(w.r.RecordTrial(ctx, wang, v.ID, nothing))(t)
	must(w.r.ToShadow(ctx, wang, v.ID, ""))(t)
	rep, rs := w.audit()
	c := rs[v.ID].Contrast[0]
	if c.Live.Findings != 12 || c.Both != 12 || c.Moved != 0 || c.New.Findings != 0 || c.Gone.Findings != 0 || c.Other != c.Live {
		t.Errorf("contrast %+v", c)
	}
	if rep.Rules["Y001"].Findings != 12 {
		t.Errorf("live findings %+v", rep.Rules["Y001"])
	}
	counts := must(w.r.DB.Counts(ctx))(t)
	if counts.Findings != 12 {
		t.Errorf("%d findings were taken in, want 12", counts.Findings)
	}
	// A stricter one beside it: what it loses and adds is told, what is published stays.
	older := propose(t, w.r, aged(46, 1), "")
	must(w.r.RecordTrial(ctx, wang, older.ID, nothing))(t)
	must(w.r.ToShadow(ctx, wang, older.ID, ""))(t)
	must(w.r.Drop(ctx, wang, v.ID, ""))(t)
	_, rs = w.audit()
	c = rs[older.ID].Contrast[0]
	if c.Other.Findings != 0 || c.Gone.Findings != 12 || c.Gone.Vola != 12*1000 || len(c.Lost) != 10 || rs[v.ID] != nil {
		t.Errorf("contrast %+v", c)
	}
	w.want("a1-1/1 a1-2/1 a2-1/2 a2-2/2 a3-1/2 a3-2/2 b1-1/1 b1-2/1 b2-1/2 b2-2/2 b3-1/2 b3-2/2")
}

// TestTrial judges on history and leaves nothing behind.
func TestTrial(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.audit()
	before := w.lines(audit.OpenStore(w.dir))
	v := propose(t, w.r, aged(30, 2), "9902")
	c := must(w.r.With(ctx, v))(t)
	a := must(must(w.r.Live(ctx))(t).Open(w.dir))(t)
	res := must(Trial(ctx, a, w.base(), w.dir, c, audit.Options{}))(t)
	x := res.Contrast[0]
	if x.Other.Findings != 12 || x.Moved != 8 || x.Both != 12 || len(x.Insts) != 3 || x.Insts[0].Findings != 4 || res.From != "2025-01" || res.To != "2025-02" {
		t.Errorf("trial %+v", x)
	}
	if len(res.Samples) != 10 || !strings.Contains(res.Samples[0], "规则 Y001") || !strings.Contains(res.Samples[0], "违规行") {
		t.Errorf("%d samples, %q", len(res.Samples), res.Samples)
	}
	if d := cmp.Diff(before, w.lines(audit.OpenStore(w.dir))); d != "" {
		t.Errorf("the trial changed what is published: %s", d)
	}
}

// TestPointSets: a live set takes the place of points with the same id from its day on.
func TestPointSets(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	draft := func(csv string) *store.RuleVersion {
		return must(w.r.Propose(ctx, wang, Text{Kind: Points, Name: "灸", File: "p.csv", Body: []byte(csv)}))(t)
	}
	v := live(t, w.r, draft("point_id,rule_id,subject_code,basis\np1,Y001,990399999999999,另一项目\n"), "2025-02-11")
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/1 a3-2/1 b1-1/1 b1-2/1")
	live(t, w.r, draft("point_id,rule_id,subject_code,basis\np1,Y001,"+item+",改回\n"), "2025-02-12")
	w.want("a1-1/1 a1-2/1 a2-1/1 a2-2/1 a3-1/1 a3-2/1 b1-1/1 b1-2/1 b3-1/1 b3-2/1")
	if _, err := w.r.Propose(ctx, wang, Text{Kind: Points, Name: "灸", File: "p.csv", Body: []byte("rule_id,subject_code,sex,basis\nY001,1,中,x\n")}); err == nil {
		t.Error("a point with an impossible sex is taken")
	}
	if past := must(w.r.History(ctx, "灸"))(t); len(past) != 2 || past[0].ID != v.ID || State(past[0].State) != Superseded {
		t.Errorf("history %+v", past)
	}
}

// daily is a card that takes the lines of a day together: none is allowed.
const daily = `id: Y002
name: 本地-不得收取
group: 本地
kind: FREQ
check: day
key: person
level: day
severity: 1
stages: [事后]
stop: inform
priority: 360
refines: []
area: care
points: true
needs: [fee.cnt]
params: {}
exempt: []
basis: 另一依据
message: "{项目}已收{量}，上限{限额}"
cases:
  - name: 收了
    given:
      point: {subject_code: "990300000000001", limit_value: 0}
      fee: {hilist_code: "990300000000001", list_type: 201}
    expect: [f1]
  - name: 没收
    given:
      point: {subject_code: "990300000000001", limit_value: 0}
      fee: {hilist_code: "990300000000002", list_type: 201}
    expect: []
`

// TestPartlyExempt: of a finding on several lines the exempt ones become evidence, the others stay with their money.
func TestPartlyExempt(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.r.Library = &rule.Library{Cards: []*rule.Card{parse(t, daily)}}
	w.want(all(1))
	x := must(w.r.RequestExemption(ctx, wang, store.Exemption{Rule: "Y002", Inst: "H1", Dept: "02", From: "2025-01-01", To: "2025-01-31", Reason: "理由"}))(t)
	must(w.r.ConfirmExemption(ctx, li, x.ID))(t)
	rep := w.want(strings.Replace(all(1), " a1-2/1", "", 1))
	if d := cmp.Diff(map[string]audit.Exempted{x.ID: {Lines: 1}}, rep.Exempted); d != "" {
		t.Error(d)
	}
	if q := rep.Rules["Y002"]; q.Findings != 6 || q.Lines != 11 || q.Vola != 11000 || q.Fund != 6600 || q.Revised != 1 {
		t.Errorf("the card has %+v", q)
	}
	months := must(audit.OpenStore(w.dir).Months())(t)
	for _, r := range must(audit.OpenStore(w.dir).Rows(months[0], nil))(t) {
		if r.Sn == "a1-2" && (r.Type != 2 || r.Vola != 0 || r.Exempt != x.ID) {
			t.Errorf("the exempt line is %+v", r)
		}
	}
}

// TestVariantsOfWholeDays: variants of a card that takes lines together judge each by its own place, and hush each other's wider cards
// like the card itself.
func TestVariantsOfWholeDays(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	wide := parse(t, strings.NewReplacer("id: Y002", "id: Y003", "refines: []", "refines: [Y002]", "priority: 360", "priority: 370").Replace(daily))
	w.r.Library = &rule.Library{Cards: []*rule.Card{parse(t, daily), wide}}
	c := AreaChange{Rule: "Y002", Area: "9902", Reason: "x", Change: rule.Override{Severity: 3}}
	a := must(w.r.RequestArea(ctx, wang, c))(t)
	must(w.r.ConfirmArea(ctx, li, a.ID))(t)
	// Y003 has no point, so Y002 speaks everywhere, with its area's severity.
	w.want("a1-1/1 a1-2/1 a2-1/3 a2-2/3 a3-1/3 a3-2/3 b1-1/1 b1-2/1 b2-1/3 b2-2/3 b3-1/3 b3-2/3")
	v := must(w.r.Propose(ctx, wang, Text{Kind: Points, Name: "窄", File: "p.csv", Body: []byte("point_id,rule_id,subject_code,limit_value,basis\np3,Y003," + item + ",0,依据\n")}))(t)
	live(t, w.r, v, "1900-01-01")
	rep := w.want(all(1)) // now the narrower card speaks, and all variants of the wider one are silent
	if rep.Rules["Y002"].Findings != 0 || rep.Rules["Y003"].Findings != 6 {
		t.Errorf("Y002 %+v, Y003 %+v", rep.Rules["Y002"], rep.Rules["Y003"])
	}
}
