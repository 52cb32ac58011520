package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Columns of fee lines that are read for every drug line.
var (
	feeDosform = claim.MustTable("fee").MustCol("dosform")
	feeMedcWay = claim.MustTable("fee").MustCol("medc_way")
	feePrdDays = claim.MustTable("fee").MustCol("prd_days")
	feeSinDos  = claim.MustTable("fee").MustCol("sin_dos")
	feeSplit   = claim.MustTable("fee").MustCol("trdn_flag")
	feeUnit    = claim.MustTable("fee").MustCol("cnt_unt")
)

// drugInfo is what is the same for every line of a drug.
type drugInfo struct {
	generic int64 // identity of the drug: generic name, else the item itself (negative)
	solvent bool
	// form and way tell that the catalogue's dosage form or route is for external use: no days of supply. A line that
	// names its own overrides them.
	form, way bool
	narcotic  bool // some catalogue entry calls it narcotic or psychotropic
}

// drugUse is one dispensed drug line with its days of supply, computed once for all cards that count days.
type drugUse struct {
	li       int32
	day      claim.Day
	days     int // whole days; −1 unknown
	generic  int64
	route    int32
	takeHome bool
	ward     bool // given in hospital
}

// drugBook is a person's drug lines, built on first use.
type drugBook struct {
	built bool
	uses  []drugUse // by generic, then line order
}

func (b *drugBook) reset() { b.built, b.uses = false, b.uses[:0] }

var externalForms = []string{"外用", "滴眼", "滴鼻", "滴耳", "喷", "吸入", "贴", "膏", "栓", "洗", "涂"}

func isExternal(text string) bool {
	for _, f := range externalForms {
		if strings.Contains(text, f) {
			return true
		}
	}
	return false
}

// external tells whether a line's drug is for external use, by what the line says of form and route, else by the
// catalogue.
func (e *Eval) external(l *claim.Line, info *drugInfo) bool {
	form, way := info.form, info.way
	if c := e.t.I32(l, feeDosform); c != 0 {
		form = e.b.extText[c]
	}
	if c := e.t.I32(l, feeMedcWay); c != 0 {
		way = e.b.extText[c]
	}
	return form || way
}

// drugOf reads the catalogue once per item. Entries of different areas share name and form.
func (b *Bound) drugOf(item int32) drugInfo {
	it := b.canonical(item)
	d := drugInfo{generic: -int64(it)}
	text := b.ds[claim.DictText]
	for _, r := range b.Ref.CatRows(it) {
		if r.Generic != 0 {
			d.generic = int64(r.Generic)
			name := text.String(r.Generic)
			for _, s := range []string{"氯化钠注射液", "葡萄糖注射液", "葡萄糖氯化钠", "灭菌注射用水"} {
				d.solvent = d.solvent || strings.Contains(name, s)
			}
		}
		d.narcotic = d.narcotic || r.Narcotic
		d.form = d.form || isExternal(text.String(r.Dosform))
		d.way = d.way || isExternal(text.String(r.Medc))
	}
	return d
}

// drugUses lists the person's western and patent drug lines (list_type 101) within scope, external ones left out.
func (e *Eval) drugUses() []drugUse {
	if e.drugs.built {
		return e.drugs.uses
	}
	e.drugs.built = true
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 101 || l.InScope <= 0 || int(l.Item) >= len(e.b.drugs) {
			continue
		}
		ward := e.t.SettingOf(l)&claim.Inpatient != 0
		takeHome := l.Flags&claim.TakeHome != 0
		info := &e.b.drugs[l.Item]
		if (ward && !takeHome) || (l.Visit >= 0 && e.t.Visits[l.Visit].Out) || e.external(l, info) {
			continue
		}
		days, ok := e.supply(l)
		if !ok {
			days = -1
		}
		e.drugs.uses = append(e.drugs.uses, drugUse{li: int32(i), day: l.Time.Day(), days: days, generic: info.generic,
			route: e.t.I32(l, feeMedcWay), takeHome: takeHome, ward: ward})
	}
	slices.SortStableFunc(e.drugs.uses, func(x, y drugUse) int { return cmp.Compare(x.generic, y.generic) })
	return e.drugs.uses
}

// byGeneric calls f with the uses of each drug.
func (e *Eval) byGeneric(f func(uses []drugUse)) {
	us := e.drugUses()
	for lo := 0; lo < len(us); {
		hi := lo + 1
		for hi < len(us) && us[hi].generic == us[lo].generic {
			hi++
		}
		f(us[lo:hi])
		lo = hi
	}
}

// perDay reads how often a day a drug is taken, in 1/10 000; 0 when it cannot be told.
func perDay(s string) claim.Qty {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "qd", "每日一次", "每天一次", "一日一次", "1日1次", "qn", "每晚一次":
		return 10_000
	case "bid", "每日两次", "每日二次", "一日两次", "一日二次", "1日2次", "q12h":
		return 20_000
	case "tid", "每日三次", "一日三次", "1日3次", "q8h":
		return 30_000
	case "qid", "每日四次", "一日四次", "1日4次", "q6h":
		return 40_000
	case "qod", "隔日一次":
		return 5_000
	}
	if n, err := claim.ParseDecimal(s, 4); err == nil && n > 0 {
		return claim.Qty(n)
	}
	return 0
}

// supply is the line's days of supply (规则口径 "天数"): as prescribed, else computed from packs and dosage where that is
// plausible. ok is false when it cannot be told.
func (e *Eval) supply(l *claim.Line) (days int, ok bool) {
	if p := e.t.I64(l, feePrdDays); p > 0 && p <= 365*int64(claim.QtyOne) {
		if l.Cnt != l.Gross { // part of it was taken back
			return int(claim.MulDiv(p, int64(l.Cnt), int64(l.Gross)) / int64(claim.QtyOne)), true
		}
		return int(p / int64(claim.QtyOne)), true
	}
	cat := e.cat(l)
	dose := e.t.I64(l, feeSinDos)
	if cat == nil || !cat.PacCnt.Has() || cat.PacCnt <= 0 || dose == claim.None64 || dose <= 0 {
		return 0, false
	}
	freq := perDay(e.text(l, "used_frqu"))
	unit := e.code(l, "sin_dosunt")
	if freq == 0 || unit == 0 || unit != cat.PrepUnit {
		return 0, false
	}
	daily := claim.MulDiv(dose, int64(freq), 10_000)
	if daily <= 0 {
		return 0, false
	}
	if cat.DDD.Has() && cat.DDD > 0 && cat.DDDUnit == unit && (daily*5 < int64(cat.DDD) || daily > 5*int64(cat.DDD)) {
		return 0, false
	}
	total := claim.MulDiv(int64(l.Cnt), int64(cat.PacCnt), int64(e.packSize(l)))
	return int(total / daily), true
}

// packSize is how much of the line's quantity makes a pack: one, but of a pack sold in parts (拆零) the catalogue's number of
// smallest units. None64 when the line counts parts of a pack whose size nobody tells.
func (e *Eval) packSize(l *claim.Line) claim.Qty {
	cat, unit := e.cat(l), e.t.I32(l, feeUnit)
	switch {
	case !e.b.Vocab.Flag(e.t.I32(l, feeSplit)) && !inParts(cat, unit), cat != nil && unit != 0 && unit == cat.PacUnit:
		return claim.QtyOne
	case cat == nil || !cat.PacCnt.Has() || cat.PacCnt <= 0:
		return claim.None64
	}
	return cat.PacCnt
}

// measured is a line's quantity in the unit a point's limit is given in: in packs, unless the point names the line's own unit
// or the smallest one. ok is false when the size of the pack would have to be known.
func (e *Eval) measured(l *claim.Line, unit string) (n claim.Qty, ok bool) {
	text, cat, size := e.b.ds[claim.DictText], e.cat(l), e.packSize(l)
	switch {
	case unit != "" && text.String(e.t.I32(l, feeUnit)) == unit:
		return l.Cnt, true
	case size == claim.None64:
		return 0, false
	case unit != "" && cat != nil && cat.PrepUnit != cat.PacUnit && text.String(cat.PrepUnit) == unit:
		if !cat.PacCnt.Has() || cat.PacCnt <= 0 {
			return 0, false
		}
		return claim.Qty(claim.MulDiv(int64(l.Cnt), int64(cat.PacCnt), int64(size))), true
	}
	return claim.Qty(claim.MulDiv(int64(l.Cnt), int64(claim.QtyOne), int64(size))), true
}

// packsOver turns days in excess into whole packs in excess: n is how much of the line's quantity they are, packs how many;
// both 0 when it is less than a pack. Of parts of a pack of unknown size that cannot be told, which is counted for c unless nil.
func (e *Eval) packsOver(c *compiled, li int32, days, over int) (n, packs claim.Qty) {
	if over <= 0 || days <= 0 {
		return 0, 0
	}
	l := &e.t.Lines[li]
	size := e.packSize(l)
	if size == claim.None64 {
		if c != nil {
			e.skipLine(c, li, unknownPack)
		}
		return 0, 0
	}
	whole := min(int64(over)*int64(l.Cnt)/int64(days), int64(l.Cnt)) / int64(size)
	return claim.Qty(whole) * size, claim.Qty(whole) * claim.QtyOne
}

// unknownPack is why a line that counts parts of packs is not judged.
const unknownPack = "拆零而包装量不详"
