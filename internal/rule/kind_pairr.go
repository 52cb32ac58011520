package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_R: what was billed without what has to go with it: a rescue, a test, an electronic prescription, a device.
func init() {
	register("PAIR_R", "rescue_only", func(p *params, c *Card) (any, error) {
		diags, err := claim.ParseDiagSet(p.str("critical", "I46|R57|R40.2|J96.0|I21|I49.0|T78.2"))
		return rescueOnly{claim.Day(p.int("window_d", 0)), diags}, err
	})
	register("PAIR_R", "tested", func(p *params, c *Card) (any, error) {
		return tested{lookback: claim.Day(p.int("lookback_d", 365)), known: claim.Day(p.int("known_d", 90)),
			words: words(p.str("words", "基因|病理|免疫组化")), exempt: words(p.str("exempt_docs", "难以获取病理|多学科|MDT"))}, nil
	})
	register("PAIR_R", "erx", func(p *params, c *Card) (any, error) {
		from, err := claim.ParseDay(p.str("effective", "2025-01-01"))
		return erx{from + claim.Day(p.int("grace_d", 0))}, err
	})
	register("PAIR_R", "device", func(p *params, c *Card) (any, error) { return deviceCheck{}, nil })
}

// rescueOnly: a drug for rescue on a day without any sign of one.
type rescueOnly struct {
	window   claim.Day // days before and after on which a rescue counts
	critical claim.DiagSet
}

func (a rescueOnly) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	day := l.Time.Day()
	tags := e.t.TagsOf(l)
	if tags&claim.Rescue != 0 || e.inICU(l) || e.visitDiag(l.Visit, &a.critical) || e.visitDiag(l.Visit, &pt.diags) ||
		e.billedSince(pt, li, day-a.window, day+a.window) || a.recorded(e, day) {
		return
	}
	if v := &e.t.Visits[l.Visit]; tags&claim.Died != 0 && !v.Open && v.End.Day() == day {
		return
	}
	if slices.ContainsFunc(e.t.Deaths, func(d claim.Death) bool { return d.At.Has() && d.At.Day() == day }) { // died that day, as a register says
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"日期", day.String()})
	if h != nil && (tags&claim.Emergency != 0 || e.approved(l)) {
		h.Severity = 3
	}
}

// recorded: a document of a rescue is of that day or near enough.
func (a rescueOnly) recorded(e *Eval, day claim.Day) bool {
	for _, r := range e.t.Extra["record"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("doc_time"), r.Row))
		if gap := at.Day() - day; at.Has() && gap <= a.window && -gap <= a.window && strings.Contains(e.docType(r), "抢救") {
			return true
		}
	}
	return false
}

func (e *Eval) docType(r claim.RowRef) string {
	return e.b.ds[claim.DictList].String(r.B.I32(r.B.Table.MustCol("doc_type"), r.Row))
}

// tested: a targeted or immune drug begun before any test of genes or tissue. Refills at later visits are not judged again.
type tested struct {
	lookback claim.Day
	known    claim.Day // how long before the drug the person's care must be known
	words    []string
	exempt   []string
}

func (a tested) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	day := l.Time.Day()
	since, until := day-a.lookback+1, day
	if l.Setl >= 0 {
		until = max(day, e.t.Setls[l.Setl].Time.Day())
	}
	same := e.genericOf(l.Item)
	for i := li; i >= 0 && e.t.Lines[i].Time.Day() >= since; i-- {
		if o := &e.t.Lines[i]; e.genericOf(o.Item) == same && e.scopeID(o) != e.scopeID(l) {
			return
		}
	}
	if e.visitDiag(l.Visit, &pt.diags) || e.billedSince(pt, li, since, until) || e.reported(pt, since, until) ||
		a.named(e, since, until) || a.impossible(e, l) {
		return
	}
	if !e.knownSince(day - a.known + 1) {
		e.skipLine(c, li, "没有用药以前的就诊记录")
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, fact("天数", "%d", a.lookback), Fact{"日期", day.String()})
	if h != nil && e.approved(l) {
		h.Severity = 3
	}
}

// named: a report whose name speaks of genes or tissue.
func (a tested) named(e *Eval, from, to claim.Day) bool {
	for _, tc := range [...][2]string{{"exam", "exam_item_name"}, {"lab", "item_name"}} {
		for _, r := range e.t.Extra[tc[0]] {
			t := r.B.Table
			at := claim.Time(r.B.I64(t.MustCol(t.At), r.Row))
			if at.Has() && at.Day() >= from && at.Day() <= to &&
				containsAny(e.b.ds[claim.DictText].String(r.B.I32(t.MustCol(tc[1]), r.Row)), a.words...) {
				return true
			}
		}
	}
	return false
}

// impossible: the visit holds a document that says why tissue cannot be had.
func (a tested) impossible(e *Eval, l *claim.Line) bool {
	for _, r := range e.t.Extra["record"] {
		if r.B.Visit[r.Row] == l.VisitKey && containsAny(e.docType(r), a.exempt...) {
			return true
		}
	}
	return false
}

// erx: a dual-channel drug sold by a pharmacy without a prescription from the electronic prescription centre.
type erx struct{ from claim.Day }

func (a erx) line(e *Eval, c *compiled, li, pi int32) {
	l := &e.t.Lines[li]
	day := l.Time.Day()
	if day < a.from || e.b.Vocab.Flag(e.code(l, "rx_circ_flag")) {
		return
	}
	if x := e.b.Ref.InstOn(l.Inst, day); e.t.SettingOf(l)&claim.Pharmacy == 0 && (x == nil || x.Type != 2) {
		return
	}
	actual := "没有电子处方编号"
	if r := e.prescription(l); r != nil {
		switch e.b.ds[claim.DictList].String(r.B.I32(r.B.Table.MustCol("rx_source"), r.Row)) {
		case "1":
			return
		case "2":
			actual = "医院自有处方"
		case "3":
			actual = "纸质处方"
		default:
			e.skipLine(c, li, "处方来源不详")
			return
		}
	} else if e.text(l, "hi_rxno") != "" {
		e.skipLine(c, li, "电子处方没有上传")
		return
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"实际", actual}, Fact{"日期", day.String()})
}

// deviceCheck: an item that needs a device the institution has not registered.
type deviceCheck struct{}

func (deviceCheck) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Flags&claim.Outsourced != 0 || len(pt.allow) == 0 {
		return
	}
	day := l.Time.Day()
	rows := e.b.Ref.Devices(l.Inst)
	if len(rows) == 0 {
		e.skipLine(c, li, "机构没有登记设备台账")
		return
	}
	if equipped(rows, pt.allow, day) {
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", strings.ReplaceAll(pt.Allow, "|", "、")},
		Fact{"机构", e.instName(l.Inst, day)}, Fact{"日期", day.String()})
	if h != nil && e.groupEquipped(l.Inst, pt.allow, day) {
		h.Severity = 3
	}
}

// equipped tells whether a device of one of the types was in the register on a day.
func equipped(rows []claim.DeviceRow, types []string, day claim.Day) bool {
	for i := range rows {
		if r := &rows[i]; r.On(day) && containsAny(r.Type, types...) {
			return true
		}
	}
	return false
}

// groupEquipped tells whether another member of the institution's group (医共体) has such a device.
func (e *Eval) groupEquipped(inst int32, types []string, day claim.Day) bool {
	x := e.b.Ref.InstOn(inst, day)
	if x == nil || x.Group == 0 {
		return false
	}
	for o := int32(1); int(o) < e.b.ds[claim.DictInst].Len(); o++ {
		if y := e.b.Ref.InstOn(o, day); y != nil && y.Group == x.Group && equipped(e.b.Ref.Devices(o), types, day) {
			return true
		}
	}
	return false
}
