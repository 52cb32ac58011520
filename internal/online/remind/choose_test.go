package remind

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, china)

func cards() []*rule.Card {
	object := func(o ...any) map[string]any { return map[string]any{"对象": o} }
	return []*rule.Card{{ID: "A001", Group: "政策限定", Meta: object("机构", "医师")}, {ID: "D001", Group: "药品", Meta: object("机构", "医师", "药师")},
		{ID: "B005", Group: "管理", Meta: object("机构")}, {ID: "I001", Group: "身份", Meta: object("机构", "参保人员")}, {ID: "B029", Group: "管理", Meta: object("机构", "医师")},
		{ID: "P001", Group: "药店", Meta: object("机构", "药师")}}
}

func chooser(t testing.TB, institutions ...string) *Chooser {
	t.Helper()
	c, err := NewChooser(cards(), institutions)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// request is an out-patient's call with two current orders, from a doctor's desk.
func request() *online.Request {
	day := claim.DayOf(2026, 3, 2)
	o := func(id, item, name string) online.Order {
		return online.Order{ID: id, Item: item, Name: name, Cnt: 20_000, Amount: 10_000, Own: 0, Begin: day.Start(), Doctor: "D99010000001", Dept: "0301", Current: true}
	}
	return &online.Request{Infno: "3101", Stage: online.Before, Channel: "fsi", Inst: "H99010100001", Admdvs: "990101", Scenarios: []string{"2"}, At: day.Start(),
		Patients: []online.Patient{{ID: "P1", Current: "M1", Encounters: []online.Encounter{{ID: "M1", Inst: "H99010100001", InstName: "甲县人民医院", Doctor: "D99010000009", Kind: "1",
			Diagnoses: []online.Diagnosis{{Code: "I10"}}, Orders: []online.Order{o("rx1", "XZZ01", "甲药"), o("rx2", "XZZ02", "乙药")}}}}}}
}

func reminder(rule string, stop online.Stop, vola claim.Money) online.Reminder {
	return online.Reminder{ID: "jr-" + rule + fmt.Sprint(vola), Finding: "f" + rule, Patient: "P1", Visit: "M1", Rule: rule, RuleName: "名", Severity: 2, Stop: stop,
		Text: "开药 45 天，限 30 天，请减量", Subject: "XZZ01", Facts: "x", Vola: vola, Fund: vola / 2, Lines: []online.Line{{Order: "rx1", Visit: "M1", Type: 1, Vola: vola, Item: "XZZ01", ItemName: "甲药"}}}
}

func rules(d *Decision) (shown string, held map[string]string) {
	held = map[string]string{}
	for i := range d.Shown {
		shown += d.Shown[i].Rule + " "
	}
	for i := range d.Held {
		held[d.Held[i].Rule] = d.Held[i].Why
	}
	return shown, held
}

func choose(t testing.TB, req *online.Request, p Params, st State, rs ...online.Reminder) *Decision {
	t.Helper()
	if st == nil {
		st = NewMemory()
	}
	return chooser(t).Choose(&p, req, &online.Answer{Reminders: rs}, st, noon)
}

func TestAtMostThreeByStopAndMoney(t *testing.T) {
	t.Parallel()
	var rs []online.Reminder
	for i, r := range []struct {
		stop online.Stop
		vola claim.Money
	}{{online.Inform, 900}, {online.Confirm, 5}, {online.Inform, 100}, {online.Confirm, 50}, {online.Inform, 1000}} {
		x := reminder("D001", r.stop, r.vola)
		x.Rule = fmt.Sprint("R", i)
		rs = append(rs, x)
	}
	shown, held := rules(choose(t, request(), Defaults(), nil, rs...))
	if shown != "R3 R1 R4 " || held["R0"] != HeldMany || held["R2"] != HeldMany {
		t.Errorf("shown %s, held %v", shown, held)
	}
}

func TestBlocksAreAllShown(t *testing.T) {
	t.Parallel()
	req := request()
	req.Stage, req.Infno, req.Scenarios = online.During, "3102", []string{"6"}
	rs := []online.Reminder{reminder("A001", online.Inform, 10_000)}
	for i := range 5 {
		x := reminder("B029", online.Block, claim.Money(i))
		x.Rule = fmt.Sprint("K", i)
		rs = append(rs, x)
	}
	d := choose(t, req, Defaults(), nil, rs...)
	shown, held := rules(d)
	if shown != "K4 K3 K2 K1 K0 " || held["A001"] != HeldMany || d.Stop != online.Block {
		t.Errorf("shown %s, held %v, stop %d", shown, held, d.Stop)
	}
	for _, a := range d.Shown[0].Actions() {
		if a.Way == Continue {
			t.Error("a block may be gone on against")
		}
	}
}

func TestWhatIsNotShown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*online.Request, *online.Reminder, *Params)
		why    string
	}{
		"shown":              {func(*online.Request, *online.Reminder, *Params) {}, ""},
		"severity 3":         {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Severity, r.Stop = 3, online.Confirm }, HeldSeverity},
		"severity 3 block":   {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Severity, r.Stop = 3, online.Block }, HeldSeverity},
		"silent":             {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Stop = online.Silent }, HeldSilent},
		"silent in the area": {func(_ *online.Request, _ *online.Reminder, p *Params) { p.Silent = []string{"D001"} }, HeldSilent},
		"rescue":             {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Patients[0].Encounters[0].Rescue = true }, HeldRescue},
		"rescue by med_type": {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Patients[0].Encounters[0].MedType = "1301" }, HeldRescue},
		"emergency":          {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Patients[0].Encounters[0].Emergency = true }, ""},
		"rescue, block": {func(q *online.Request, r *online.Reminder, _ *Params) {
			q.Patients[0].Encounters[0].Rescue, r.Stop = true, online.Block
		}, ""},
		"identity, at the desk":     {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Rule = "I001" }, HeldAudience},
		"identity, registration":    {func(q *online.Request, r *online.Reminder, _ *Params) { r.Rule, q.Scenarios = "I001", []string{"1"} }, ""},
		"drug, registration":        {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Scenarios = []string{"1"} }, HeldAudience},
		"price, at the desk":        {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Rule = "B005" }, HeldAudience},
		"price, settlement":         {func(q *online.Request, r *online.Reminder, _ *Params) { r.Rule, q.Scenarios = "B005", []string{"6"} }, ""},
		"drug, settlement":          {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Scenarios = []string{"6"} }, ""},
		"qualification, desk":       {func(_ *online.Request, r *online.Reminder, _ *Params) { r.Rule = "B029" }, HeldAudience},
		"pharmacy":                  {func(q *online.Request, r *online.Reminder, _ *Params) { r.Rule, q.Scenarios = "P001", []string{"10"} }, ""},
		"identity, a clinic's page": {func(q *online.Request, r *online.Reminder, _ *Params) { r.Rule, q.Channel = "I001", "web" }, ""},
		"unknown scenario":          {func(q *online.Request, _ *online.Reminder, _ *Params) { q.Scenarios = []string{"23"} }, ""},
		"two scenarios": {func(q *online.Request, r *online.Reminder, _ *Params) {
			r.Rule, q.Scenarios = "I001", []string{"1", "2"}
		}, ""},
		"the area's own audience": {func(_ *online.Request, r *online.Reminder, p *Params) {
			r.Rule, p.Audiences = "I001", map[string][]string{"I001": {Doctor}}
		}, ""},
		"CDS": {func(q *online.Request, _ *online.Reminder, _ *Params) {
			q.Infno, q.Channel, q.Scenarios = "order-sign", "cds", nil
		}, ""},
	} {
		req, r, p := request(), reminder("D001", online.Inform, 100), Defaults()
		c.change(req, &r, &p)
		d := choose(t, req, p, nil, r)
		got := ""
		if len(d.Held) > 0 {
			got = d.Held[0].Why
		}
		if got != c.why || len(d.Shown)+len(d.Held) != 1 {
			t.Errorf("%s: held for %q, want %q", name, got, c.why)
		}
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inpatient bool
		way       string
		later     time.Duration
		change    func(*online.Request, *online.Reminder)
		quiet     bool
	}{
		"the same":                 {false, Continue, time.Hour, nil, true},
		"called wrong":             {false, Wrong, time.Hour, nil, true},
		"changed":                  {false, Change, time.Hour, nil, false},
		"a day later":              {false, Continue, 24 * time.Hour, nil, false},
		"in-patient, a week later": {true, Continue, 7 * 24 * time.Hour, nil, true},
		"in-patient, another stay": {true, Continue, 48 * time.Hour, func(q *online.Request, r *online.Reminder) {
			q.Patients[0].Encounters[0].ID, q.Patients[0].Current, r.Visit = "M2", "M2", "M2"
		}, false},
		"other patient":                 {false, Continue, time.Hour, func(q *online.Request, r *online.Reminder) { q.Patients[0].ID, r.Patient = "P2", "P2" }, false},
		"other item":                    {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Subject = "XZZ02" }, false},
		"other rule":                    {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Rule = "A001" }, false},
		"other institution":             {false, Continue, time.Hour, func(q *online.Request, _ *online.Reminder) { q.Inst = "H99010100002" }, false},
		"further over the limit":        {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Facts, r.Excess = "y", 6 }, false},
		"less over the limit":           {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Facts, r.Excess = "y", 4 }, true},
		"graver":                        {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Severity = 1 }, false},
		"stops harder":                  {false, Continue, time.Hour, func(_ *online.Request, r *online.Reminder) { r.Stop = online.Confirm }, false},
		"another line of the same kind": {true, Continue, 24 * time.Hour, func(_ *online.Request, r *online.Reminder) { r.Facts, r.Excess = "y", 5 }, true},
	} {
		m, p := NewMemory(), Defaults()
		req, r := request(), reminder("D001", online.Inform, 100)
		r.Excess = 5
		if c.inpatient {
			req.Patients[0].Encounters[0].Kind = "2"
		}
		d := chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{r}}, m, noon)
		m.said(d, req.At.Day())
		if !m.answered(&Choice{JrID: r.ID, Way: c.way}, noon) {
			t.Errorf("%s: the reminder is not remembered", name)
		}
		if c.change != nil {
			c.change(req, &r)
		}
		d = chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{r}}, m, noon.Add(c.later))
		if quiet := len(d.Held) == 1 && d.Held[0].Why == HeldQuiet && d.Held[0].QuietOf == "jr-D0011.00"; quiet != c.quiet {
			t.Errorf("%s: quiet %v (shown %d, held %+v)", name, quiet, len(d.Shown), d.Held)
		}
	}
}

func TestTextsAreShortAndKeepTheRemedy(t *testing.T) {
	t.Parallel()
	long := "门诊一次开具的“甲药”共四十五天用量，超过本统筹区规定的门诊慢性病一次处方最长三十天用量的限额，既往处方尚余十二天，请减少到三十天"
	got := fit(long, 60)
	if utf8.RuneCountInString(got) > 60 || !strings.HasSuffix(got, "请减少到三十天") || !strings.HasPrefix(got, "门诊一次开具") {
		t.Errorf("%q", got)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("甲乙丙丁，。； a1"))).Draw(rt, "text")
		if n := utf8.RuneCountInString(fit(s, 60)); n > 60 {
			rt.Fatalf("%d characters", n)
		}
		if short := strings.Join(strings.Fields(s), " "); utf8.RuneCountInString(short) <= 60 && fit(s, 60) != short {
			rt.Fatalf("%q was changed to %q", short, fit(s, 60))
		}
	})
}

func TestOthersAreNotNamed(t *testing.T) {
	t.Parallel()
	req := request()
	req.Patients[0].Encounters = append(req.Patients[0].Encounters, online.Encounter{ID: "M0", Inst: "H99010100002", InstName: "乙县中医院",
		Orders: []online.Order{{ID: "o9", Item: "XN05AH03", Name: "富马酸喹硫平片"}}})
	r := reminder("D001", online.Inform, 100)
	r.Text = "3 天前在乙县中医院（H99010100002）开过富马酸喹硫平片，丙市第一医院也开过，请核对"
	r.Basis = "见 H99010100001 与 H99010100002 的处方"
	r.Lines = append(r.Lines, online.Line{Order: "o9", Visit: "M0", Type: 2, Elsewhere: true, Item: "XN05AH03", ItemName: "富马酸喹硫平片"})
	p := Defaults()
	d := chooser(t, "丙市第一医院", "医院").Choose(&p, req, &online.Answer{Reminders: []online.Reminder{r}}, NewMemory(), noon)
	got := d.Shown[0]
	all := got.Text + got.Basis + fmt.Sprintf("%+v", got.Lines)
	for _, s := range []string{"乙县", "H99010100002", "喹硫平", "丙市", "o9", "M0", "XN05"} {
		if strings.Contains(all, s) {
			t.Errorf("names %q: %s", s, all)
		}
	}
	if !strings.Contains(got.Text, "外院") || !strings.Contains(got.Text, "有关药品") || !strings.Contains(got.Basis, "H99010100001") {
		t.Errorf("%q %q", got.Text, got.Basis)
	}

	// What the doctor ordered is named to the doctor, not to the cashier.
	own := reminder("D001", online.Inform, 100)
	own.Text, own.Subject = "利培酮片开 60 天，限 30 天，请减量", "XN05AX08"
	for scene, named := range map[string]bool{"2": true, "1": false, "6": true} {
		req := request()
		req.Scenarios = []string{scene}
		req.Patients[0].Encounters[0].Orders[0].Item, req.Patients[0].Encounters[0].Orders[0].Name = "XN05AX08", "利培酮片"
		p.Audiences = map[string][]string{"D001": {Doctor, Cashier}}
		d := chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{own}}, NewMemory(), noon)
		if got := strings.Contains(d.Shown[0].Text, "利培酮"); got != named {
			t.Errorf("scenario %s: named %v: %s", scene, got, d.Shown[0].Text)
		}
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	d := choose(t, request(), Defaults(), nil, reminder("D001", online.Confirm, 100))
	var ways []string
	for _, a := range d.Shown[0].Actions() {
		ways = append(ways, a.Way)
		if a.Way == SelfPay && !(strings.Contains(a.Notice, "甲药") && strings.Contains(a.Notice, "100.00") && strings.Contains(a.Notice, "限 30 天") && !strings.Contains(a.Notice, "请减量")) {
			t.Errorf("notice %q", a.Notice)
		}
		if a.Way == Continue && len(a.Reasons) < 5 {
			t.Errorf("reasons %v", a.Reasons)
		}
	}
	if !slices.Equal(ways, []string{Change, SelfPay, Continue, Wrong}) {
		t.Errorf("%v", ways)
	}
}

func TestParamsByArea(t *testing.T) {
	t.Parallel()
	a, err := NewAreas(rowsOf("990101", `{"max_shown":1}`, "", `{"quiet_hours":48}`, "9901", `{"max_shown":2}`))
	if err != nil {
		t.Fatal(err)
	}
	for area, want := range map[string][2]int{"990101": {1, 48}, "990102": {2, 48}, "980000": {3, 48}, "": {3, 48}} {
		if p := a.Of(area); p.MaxShown != want[0] || p.QuietHours != want[1] {
			t.Errorf("%s: %d %d", area, p.MaxShown, p.QuietHours)
		}
	}
	for _, bad := range []string{`{"max_shown":0}`, `{"maxshown":1}`, `{"text_limit":100}`, `{"audiences":{"A001":["院长"]}}`, `x`, `{"freeze_days":3}`} {
		if _, err := NewAreas(rowsOf("", bad)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestEveryShippedCardHasAnAudience(t *testing.T) {
	t.Parallel()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewChooser(lib.Cards, nil)
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{"A001": Doctor, "B005": Cashier, "B029": Office, "I001": Cashier, "P001": Pharmacy, "H003": Office, "D001": Pharmacist, "G001": Office} {
		if !slices.Contains(c.cards[rule], want) {
			t.Errorf("%s is for %v, not for %s", rule, c.cards[rule], want)
		}
	}
	if slices.Contains(c.cards["B029"], Doctor) || slices.Contains(c.cards["H003"], Doctor) {
		t.Error("a doctor is asked for what a doctor cannot change")
	}
	for _, card := range lib.Cards {
		if len(c.cards[card.ID]) == 0 {
			t.Errorf("%s is for nobody", card.ID)
		}
	}
}

func TestTheSameWordsAreShownOnce(t *testing.T) {
	t.Parallel()
	alike := func(id, order string, vola claim.Money) online.Reminder {
		r := reminder("A009", online.Confirm, vola)
		r.ID, r.Text, r.Subject = id, "开具医师无处方权，请由有资质的医师开具", order
		r.Lines[0].Order = order
		return r
	}
	req := request()
	first, second, other := alike("jr1", "rx1", 300), alike("jr2", "rx2", 200), reminder("D001", online.Inform, 100)
	m := NewMemory()
	p := Defaults()
	p.MaxShown = 2
	d := chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{first, second, other}}, m, noon)
	if shown, held := rules(d); shown != "A009 D001 " || held["A009"] != HeldSame {
		t.Fatalf("shown %s, held %v", shown, held)
	}
	if s := d.Shown[0]; len(s.Lines) != 2 || s.Lines[1].Order != "rx2" || s.Vola != 500 || s.Alone().Vola != 300 || len(s.Alone().Lines) != 1 || len(first.Lines) != 1 {
		t.Errorf("%+v", s)
	}
	for _, a := range d.Shown[0].Actions() {
		if a.Way == SelfPay && !strings.Contains(a.Notice, "甲药等 2 项") {
			t.Errorf("the notice names %s", a.Notice)
		}
	}
	m.said(d, req.At.Day())
	m.answered(&Choice{JrID: "jr1", Way: Continue}, noon)
	again := chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{first, second}}, m, noon.Add(time.Hour))
	if len(again.Shown) != 0 {
		t.Errorf("said again after it was explained: %+v", again.Shown)
	}

	first.Stop, second.Stop = online.Block, online.Block
	if d = chooser(t).Choose(&p, req, &online.Answer{Reminders: []online.Reminder{first, second}}, m, noon); len(d.Shown) != 2 {
		t.Error("blocks are released one by one, and are shown so")
	}
}
