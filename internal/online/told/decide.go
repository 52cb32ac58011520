package told

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

// What a doctor was told of a finding.
const (
	Reminded = "提醒后仍继续"
	Missed   = "已上传未提示"
	Lacking  = "已上传但当时缺事实"
	Unsent   = "未上传"
)

// Blocks tells whether money must not be recovered on a finding: everything was known, and nobody was told.
func Blocks(t store.Told) bool { return t.Told == Missed && t.Equal }

// Line of a finding with what the lake knows of it.
type Line struct {
	Type            int
	Inst, Mdtrt, Sn string
	Known           bool // the lake has it; the rest is then filled
	Item            string
	Names           []string // rx_drord_no and the like: other names an order may have had
	At              claim.Time
	Cnt             claim.Qty
}

// finding is one to be looked at.
type finding struct {
	id, revision, rule, version, mdtrt, inst string
	lines                                    []Line
}

// log is what the reminder log holds of a finding's visit.
type log struct {
	reminders []store.Reminder // of the visit and of the finding, oldest first
	visits    []store.CallVisit
	calls     map[string]store.Call
	choices   map[string][]store.Choice
}

// facts are what else must be known to compare.
type facts struct {
	stages []string // in which the card speaks before or during payment; empty = in none
	diags  []string // of the visit as it was settled; nil = unknown
}

func decide(f *finding, l *log, x facts) (store.Told, error) {
	t := store.Told{Finding: f.id, Told: Unsent, Revision: f.revision}
	if r := f.match(l.reminders, func(r *store.Reminder) bool { return r.Shown }); r != nil {
		t.Told, t.Equal = Reminded, true
		return l.cite(t, r, r.JrID), nil
	}
	if r := f.match(l.reminders, func(r *store.Reminder) bool { return r.QuietOf != "" }); r != nil {
		t.Told, t.Equal, t.Missing = Reminded, true, "此前已提醒并说明理由，期内不再重复"
		return l.cite(t, r, r.QuietOf), nil
	}
	if r := f.match(l.reminders, func(*store.Reminder) bool { return true }); r != nil {
		t.Told, t.Equal, t.Missing = Missed, true, "已判出而没有弹出："+r.Why
		return l.cite(t, r, r.JrID), nil
	}
	return compare(f, l, x, t)
}

// match is the last reminder that is about the finding: that names it, or that is about the same rule and item of the visit.
func (f *finding) match(rs []store.Reminder, want func(*store.Reminder) bool) (last *store.Reminder) {
	for i := range rs {
		r := &rs[i]
		if !want(r) || (r.Finding != f.id && !(r.Mdtrt == f.mdtrt && r.Rule == f.rule && f.about(r))) {
			continue
		}
		last = r
	}
	return last
}

func (f *finding) about(r *store.Reminder) bool {
	if r.Subject == "" {
		return !slices.ContainsFunc(f.lines, func(l Line) bool { return l.Type == 1 && l.Sn != "" })
	}
	return slices.ContainsFunc(f.lines, func(l Line) bool { return l.Type == 1 && l.Known && l.Item == r.Subject })
}

func (l *log) cite(t store.Told, r *store.Reminder, jr string) store.Told {
	t.Call, t.CallAt, t.JrID = r.Call, r.At, jr
	if cs := l.choices[jr]; len(cs) > 0 {
		c := cs[len(cs)-1]
		t.Choice = strings.TrimSpace(strings.Join([]string{c.Way, c.Code, c.Reason}, " "))
	}
	return t
}

// compare is about findings that no reminder, shown or held, speaks of.
func compare(f *finding, l *log, x facts, t store.Told) (store.Told, error) {
	var best *store.CallVisit
	var why string
	for i := len(l.visits) - 1; i >= 0; i-- { // the call that knew most is the last one that carried the lines
		v := &l.visits[i]
		said, err := remind.ReadSaid(v.Orders)
		if err != nil {
			return t, err
		}
		carried, missing := f.carried(said)
		if carried == 0 && f.orders() > 0 {
			continue
		}
		if stage := l.calls[v.Call].Stage; missing == "" && stage != "" && !slices.Contains(x.stages, stage) {
			missing = "规则在" + strings.Join(x.stages, "、") + "判，这次上传是" + stage
		}
		if best == nil || missing == "" {
			best, why = v, missing
		}
		if missing == "" {
			break
		}
	}
	if best == nil {
		return t, nil
	}
	c := l.calls[best.Call]
	t.Call, t.CallAt = best.Call, best.At
	t.Told = Lacking
	switch {
	case len(x.stages) == 0:
		t.Missing = "规则要看事后的事实，事前事中不判"
	case why != "":
		t.Missing = why
	case notJudged(c.NotJudged, f.rule) != "":
		t.Missing = notJudged(c.NotJudged, f.rule)
	case x.diags != nil && !sameDiags(x.diags, best.Diags):
		t.Missing = "诊断在提醒之后有变"
	default:
		t.Told, t.Equal = Missed, true
		if t.Missing = "事实相同而没有判出"; c.Partial {
			t.Missing = "超过时间预算，没有判完"
		}
	}
	return t, nil
}

// orders counts the violating lines.
func (f *finding) orders() (n int) {
	for i := range f.lines {
		if l := &f.lines[i]; l.Type == 1 && l.Sn != "" {
			n++
		}
	}
	return n
}

// carried counts the violating lines that a call asked about, and says what of the finding it did not know.
func (f *finding) carried(s remind.Said) (n int, missing string) {
	for i := range f.lines {
		l := &f.lines[i]
		if l.Sn == "" {
			continue
		}
		if l.Mdtrt != f.mdtrt { // elsewhere: known by then, unless it came later
			if l.Known && later(l.At, s.At) {
				missing = fmt.Sprintf("另一次就诊的费用 %s 在提醒之后发生", l.At)
			}
			continue
		}
		o := find(s.Orders, l)
		switch {
		case o == nil && l.Type == 1:
			missing = "有违规的费用没有上传：" + l.Sn
		case o == nil:
			missing = "有涉及的费用没有上传：" + l.Sn
		default:
			if l.Type == 1 && !o.Context {
				n++
			}
			if l.Known && o.Cnt < l.Cnt {
				missing = fmt.Sprintf("费用 %s 的数量由 %s 增到 %s", l.Sn, o.Cnt, l.Cnt)
			}
		}
	}
	return n, missing
}

// later tells whether a line happened after a call; within the day only where both have a clock.
func later(line, call claim.Time) bool {
	if !line.Has() || !call.Has() {
		return false
	}
	if line.DayOnly() || call.DayOnly() {
		return line.Day() > call.Day()
	}
	return line > call
}

func find(os []remind.SaidOrder, l *Line) *remind.SaidOrder {
	for i := range os {
		if os[i].ID == l.Sn || (os[i].ID != "" && slices.Contains(l.Names, os[i].ID)) {
			return &os[i]
		}
	}
	if !l.Known {
		return nil
	}
	var same *remind.SaidOrder // by item: the larger of several, for one line may have been split
	for i := range os {
		if os[i].Item == l.Item && (same == nil || os[i].Cnt > same.Cnt) {
			same = &os[i]
		}
	}
	return same
}

func notJudged(text, rule string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if why, ok := strings.CutPrefix(line, rule+"="); ok {
			return why
		}
	}
	return ""
}

func sameDiags(final []string, said string) bool {
	then := strings.Split(said, ",")
	for _, d := range final {
		if !slices.Contains(then, d) {
			return false
		}
	}
	for _, d := range then {
		if d != "" && !slices.Contains(final, d) {
			return false
		}
	}
	return true
}
