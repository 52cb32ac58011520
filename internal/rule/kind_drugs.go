package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Cards that compare a person's drug lines with each other (kinds PAIR_X and FREQ).
func init() {
	register("PAIR_X", "same_day_drug", func(p *params, c *Card) (any, error) {
		return sameDayDrug{rxDays{normal: 7, er: 3, chronic: 28, long: 84}}, nil
	})
	register("PAIR_X", "same_class", func(p *params, c *Card) (any, error) { return sameClass{p.int("overlap_d", 2)}, nil })
	register("FREQ", "cross_inst", func(p *params, c *Card) (any, error) {
		return crossInst{claim.Day(p.int("window_d", 3)), p.int("short_d", 3)}, nil
	})
	register("FREQ", "split_rx", func(p *params, c *Card) (any, error) {
		return splitRx{p.int("min_rx", 3), p.yuan("amount_limit", 300), p.positive("drugs_per_rx", 5)}, nil
	})
}

// sameDayDrug: the same drug from two departments of one institution on one day.
type sameDayDrug struct{ limit rxDays }

func (a sameDayDrug) person(e *Eval, c *compiled) {
	e.byGeneric(func(uses []drugUse) {
		if len(uses) < 2 || e.b.drugs[e.t.Lines[uses[0].li].Item].solvent {
			return
		}
		for i := range uses {
			if u := &uses[i]; a.counts(e, u) && e.report(u.li) {
				a.judge(e, c, u, uses)
			}
		}
	})
}

func (sameDayDrug) counts(e *Eval, u *drugUse) bool {
	return !u.ward && u.days >= 0 && e.t.Lines[u.li].Dept != 0
}

// judge holds a use against all of the same drug, institution and day: the department that came first is lawful.
func (a sameDayDrug) judge(e *Eval, c *compiled, u *drugUse, uses []drugUse) {
	l := &e.t.Lines[u.li]
	total, first := 0, int32(-1)
	for j := range uses {
		o := &uses[j]
		if o.day != u.day || !a.counts(e, o) || e.t.Lines[o.li].Inst != l.Inst || !sameRoute(o, u) {
			continue
		}
		if first < 0 {
			first = o.li
		}
		total += o.days
	}
	limit := a.limit.limit(e, l)
	if e.t.Lines[first].Dept == l.Dept || total <= limit || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
		return
	}
	e.hit(c, e.unitLine(u.li), []HitLine{whole(u.li), involved(first)}, nil, Fact{"项目", e.itemName(l)}, fact("天数", "%d", total), fact("限额", "%d天", limit), Fact{"日期", u.day.String()})
}

// sameRoute: taken the same way, as far as both lines say.
func sameRoute(a, b *drugUse) bool { return a.route == 0 || b.route == 0 || a.route == b.route }

// crossInst: the same drug again from another institution within days.
type crossInst struct {
	window claim.Day
	short  int
}

func (a crossInst) person(e *Eval, c *compiled) {
	e.byGeneric(func(uses []drugUse) {
		for i := 1; i < len(uses); i++ {
			u := &uses[i]
			l := &e.t.Lines[u.li]
			if u.ward || u.takeHome || !e.report(u.li) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
				continue
			}
			for j := i - 1; j >= 0 && u.day-uses[j].day < a.window; j-- {
				o := &uses[j]
				if ol := &e.t.Lines[o.li]; ol.Inst == l.Inst || o.ward || o.takeHome || a.excused(e, l, ol, o.days) {
					continue
				}
				e.hit(c, e.unitLine(u.li), []HitLine{whole(u.li), involved(o.li)}, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", o.day.String()}, fact("天数", "%d", u.day-o.day),
					Fact{"机构", e.instName(e.t.Lines[o.li].Inst, o.day)})
				break
			}
		}
	})
}

// excused: a short first supply, emergencies, one prescription dispensed elsewhere, referrals, dual-channel drugs.
func (a crossInst) excused(e *Eval, l, o *claim.Line, days int) bool {
	if days >= 0 && days <= a.short {
		return true
	}
	if (e.t.SettingOf(l)|e.t.SettingOf(o))&claim.EmergencyCare != 0 || (l.Flags|o.Flags)&claim.Negotiated != 0 {
		return true
	}
	for _, col := range []string{"rxno", "hi_rxno"} {
		if x := e.text(l, col); x != "" && x == e.text(o, col) {
			return true
		}
	}
	return e.referred(l) || e.referred(o)
}

func (e *Eval) referred(l *claim.Line) bool {
	if l.Visit < 0 {
		return false
	}
	return e.visitReferred(&e.t.Visits[l.Visit])
}

// visitReferred: the visit came by referral or ended in one.
func (e *Eval) visitReferred(v *claim.Visit) bool {
	b := e.t.Source(v.Src)
	return b.I32(b.Table.MustCol("refl_from"), int(v.Row)) != 0 || b.I32(b.Table.MustCol("refl_to"), int(v.Row)) != 0
}

// splitRx: one doctor, one patient, one day, many prescriptions.
type splitRx struct {
	minRx  int
	amount claim.Money
	perRx  int
}

type rxGroup struct {
	day          claim.Day
	inst, doctor int32
	disease      string
}

func (a splitRx) person(e *Eval, c *compiled) {
	groups := map[rxGroup][]int32{}
	var order []rxGroup
	d := e.b.ds[claim.DictDiag]
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 101 || l.InScope <= 0 || !e.report(int32(i)) || e.t.SettingOf(l)&claim.Inpatient != 0 || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
			continue
		}
		doctor, disease := e.code(l, "bilg_dr_codg"), category(d.String(e.t.Visits[l.Visit].MainDiag))
		if doctor == 0 || disease == "" || e.text(l, "rxno") == "" {
			continue
		}
		k := rxGroup{l.Time.Day(), l.Inst, doctor, disease}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], int32(i))
	}
	for _, k := range order {
		if len(groups[k]) >= a.minRx {
			a.judge(e, c, groups[k])
		}
	}
}

func (a splitRx) judge(e *Eval, c *compiled, lines []int32) {
	narcotic := map[string]bool{} // prescriptions that the law wants apart
	for _, li := range lines {
		l := &e.t.Lines[li]
		if cat := e.cat(l); cat != nil && cat.Narcotic {
			narcotic[e.text(l, "rxno")] = true
		}
	}
	rx, drugs := map[string]bool{}, map[int64]bool{}
	var sum claim.Money
	last := int32(-1)
	for _, li := range lines {
		l := &e.t.Lines[li]
		no := e.text(l, "rxno")
		if narcotic[no] {
			continue
		}
		rx[no], drugs[e.b.drugs[l.Item].generic] = true, true
		sum += l.InScope
		last = li
	}
	if len(rx) < a.minRx || len(rx) <= (len(drugs)+a.perRx-1)/a.perRx || sum <= a.amount {
		return
	}
	first, l := &e.t.Lines[lines[0]], &e.t.Lines[last]
	unit := key("day", e.inst(l.Inst), e.text(l, "bilg_dr_codg"), e.t.LineMdtrt(first), l.Time.Day().String())
	e.hitVisit(c, l.Visit, unit, nil, fact("量", "%d张处方、%d种药", len(rx), len(drugs)), Fact{"实际", sum.String() + "元"}, Fact{"限额", a.amount.String() + "元"}, Fact{"日期", l.Time.Day().String()})
}

// sameClass: two drugs of one pharmacological class taken over the same days.
type sameClass struct{ overlap int }

// spell is an interval over which one drug was taken.
type spell struct {
	first    int32 // its first line
	class    string
	generic  int64
	from, to claim.Day
	scope    int64
	stop     bool
}

func (a sameClass) group(e *Eval, c *compiled, refs []lineRef) {
	var spells []spell
	for _, r := range refs {
		l := &e.t.Lines[r.li]
		s := spell{first: r.li, class: e.b.points[r.pt].Params.Group, generic: e.b.drugs[l.Item].generic, from: l.Time.Day(), to: l.Time.Day(), scope: e.scopeID(l)}
		if e.t.SettingOf(l)&claim.Inpatient != 0 && l.Flags&claim.TakeHome == 0 {
			if i := slices.IndexFunc(spells, func(o spell) bool {
				return o.scope == s.scope && o.generic == s.generic && o.class == s.class && o.stop
			}); i >= 0 {
				spells[i].to = max(spells[i].to, s.from)
				continue
			}
			s.stop = true // in hospital: one spell a stay, orders may stop it
		} else {
			if l.List != 101 || e.external(l, &e.b.drugs[l.Item]) {
				continue // days of supply are no notion for it
			}
			days, ok := e.supply(l)
			if !ok || days <= 0 {
				e.skipLine(c, r.li, "供应天数不详")
				continue
			}
			s.to = s.from + claim.Day(days) - 1
		}
		spells = append(spells, s)
	}
	seen := map[int32]bool{}
	for i := range spells {
		for j := 0; j < i; j++ {
			x, y := &spells[j], &spells[i]
			if x.class != y.class || x.generic == y.generic {
				continue
			}
			if y.from < x.from || (y.from == x.from && y.first < x.first) {
				x, y = y, x
			}
			if int(min(x.to, y.to)-y.from)+1 <= a.overlap || e.stopped(x, y) {
				continue
			}
			if seen[y.first] {
				continue
			}
			seen[y.first] = true
			l := &e.t.Lines[y.first]
			e.hit(c, e.unitLine(y.first), []HitLine{whole(y.first), involved(x.first)}, nil, Fact{"项目", e.itemName(l)}, Fact{"限定", y.class},
				Fact{"实际", e.itemName(&e.t.Lines[x.first])}, fact("天数", "%d", min(x.to, y.to)-y.from+1))
		}
	}
}

// stopped: by the day the latter drug began, an order for the former one ended: one of the visit where it was given, or
// one for the same drug anywhere that ended since it was first given.
func (e *Eval) stopped(x, y *spell) bool {
	l := &e.t.Lines[x.first]
	for _, r := range e.t.Extra["medorder"] {
		t := r.B.Table
		at := claim.Time(r.B.I64(t.MustCol("drord_stop_date"), r.Row))
		if !at.Has() || at.Day() > y.from || (at.Day() < x.from && r.B.Visit[r.Row] != l.VisitKey) {
			continue
		}
		if it := r.B.I32(t.MustCol("hilist_code"), r.Row); it > 0 && int(it) < len(e.b.drugs) && e.b.drugs[it].generic == x.generic {
			return true
		}
	}
	return false
}
