package rule

import "github.com/mingjian/mingjian/internal/claim"

// MixBook is what case groups say of settled stays: gathered over all persons before any is judged, then read only. This
// package knows no scheme and no tariff; casemix fills the book and answers what a stay coded otherwise would be paid.
type MixBook struct {
	ID    string // names scheme, catalogue and parameters: equal ids, equal groups
	Stays map[MixKey]*MixStay
	Group CaseGrouper
}

// MixKey names a stay by its institution and the mdtrt_id of its last visit.
type MixKey struct{ Inst, Mdtrt string }

// CaseGrouper groups and prices a stay as if it had been coded otherwise. It is asked by several workers at once.
type CaseGrouper interface {
	// Regroup leaves out the codes of without and, where principal is not "", makes it the principal diagnosis. It is not ok
	// when nothing is left to group.
	Regroup(s *MixStay, without []string, principal string) (MixGroup, bool)
	// Merge groups two stays that should have been one.
	Merge(earlier, later *MixStay) (MixGroup, bool)
}

// MixGroup is a group and what the fund would pay for the stay in it, in fen. Weight is in 1/1 000 000.
type MixGroup struct {
	ADRG, Group string
	Weight      int64
	Payable     claim.Money
}

// MixStay is one stay in its case group. Money is fen, weights are in 1/1 000 000.
type MixStay struct {
	MixGroup
	Mode      string // DRG or DIP
	Status    string // 分组成功, 无法入组, 数据错误:…
	MDC, Name string
	Way       string // how it was paid: 病组, 高倍率, …
	ByGroup   bool   // paid as a case group (not by bed day, fixed price, panel, item)
	Ambiguous bool
	Cost      claim.Money // of the whole stay
	Fund      claim.Money // what the fund would pay by item
	Standard  claim.Money // of the group at this hospital
	Low       claim.Money // cost of the tenth percentile of the group's ordinary stays in the area, 0 = too few stays to tell
	Codes     []string    // diagnoses, the principal one first
	Procs     []string    // operations and procedures, the main one first
	Counted   []string    // secondary diagnoses that count as MCC or CC
	Aux       string      // DIP: the auxiliary grade that raised the score
	Plain     claim.Money // DIP: payable without that grade
	Proper    string      // the way it should have been paid, "" = as it was
	Due       claim.Money // payable that way
	Hospital  *MixHospital
	Leads     bool // the finding on the hospital's month is shown at this stay
	Ref       any  // casemix's own
}

// MixHospital is a hospital's month of an insurance type. Ratios are in 1/1 000 000; −1 = nothing to compare with.
type MixHospital struct {
	Month              claim.Month
	Insutype           string
	Stays, Grouped     int
	Ambiguous, Failed  int
	CMI, Expected      int64 // Expected: the CMI had each ADRG the weight it had in the twelve months before
	PayRatio           int64 // 结付率 of the twelve months ending with this one
	YearStays          int
	Heavy, HeavyBefore int64 // share of stays with a high weight: of the month, of the twelve months before
	Severe, SevereHigh int64 // share of grouped stays with MCC or CC; the 95th percentile of hospitals of the level
	CostIndex          int64 // 费用消耗指数 of the twelve months
	TimeIndex          int64 // 时间消耗指数
	QuarterStays       int   // settled in the quarter that ends with the month, 0 = it ends with none
	Asked              int   // of these, put forward for special review
}

// mixHook is a check that needs the book of case groups: without one its card is not judged.
type mixHook interface {
	mixed(e *Eval, c *compiled, si int32, s *MixStay)
}

// SetMix attaches the case groups of stays.
func (b *Bound) SetMix(k *MixBook) { b.mix = k }

// MixCards tells whether any of the cards (nil = all) reads case groups.
func (b *Bound) MixCards(only map[string]bool) bool {
	for _, c := range b.cards {
		if (only == nil || only[c.ID]) && (c.mixH != nil || c.mixes()) {
			return true
		}
	}
	return false
}

// mixes tells that the card judges otherwise where case groups are known.
func (c *compiled) mixes() bool { _, ok := c.check.(mixer); return ok }

// mixer is a check that can do without case groups but judges by them where they are known.
type mixer interface{ mixes() }

// MissingGroups is what CASEMIX cards lack where an installation has chosen no scheme and parameters.
const MissingGroups = "病组分组方案和付费参数"

// mixOf is the stay in its case group, nil when it is in none of the book.
func (e *Eval) mixOf(si int32) *MixStay {
	if e.b.mix == nil || e.b.mix.Stays == nil {
		return nil
	}
	s := &e.t.Stays[si]
	return e.b.mix.Stays[MixKey{e.inst(s.Inst), e.t.MdtrtID(&e.t.Visits[s.Last])}]
}

// mixStay asks the cards on case groups about a stay.
func (e *Eval) mixStay(si int32) {
	s := &e.t.Stays[si]
	if s.Open || len(e.mixCards) == 0 {
		return
	}
	m := e.mixOf(si)
	for _, c := range e.mixCards {
		if e.unfitInst(c, s.Inst) || e.exemptStay(c, s) {
			continue
		}
		if m == nil {
			e.skip(c, s.Inst, "没有这个险种的付费参数，或没有结算")
			continue
		}
		c.mixH.mixed(e, c, si, m)
	}
}

// hitMix records a finding on a stay whose money at issue is a payment difference: fund money, whole fen.
func (e *Eval) hitMix(c *compiled, si int32, diff claim.Money, pts []int32, facts ...Fact) {
	s := &e.t.Stays[si]
	if h := e.hitVisit(c, s.Last, e.unitStay(si), pts, facts...); h != nil {
		h.Vola, h.Difference = max(0, diff), true
	}
}

// hitUpcoded is hitMix for a stay coded into a heavier group; where the fund paid nothing more for it, it is a hint.
func (e *Eval) hitUpcoded(c *compiled, si int32, diff claim.Money, pts []int32, facts ...Fact) {
	n := len(e.hits)
	e.hitMix(c, si, diff, pts, facts...)
	if len(e.hits) > n && diff <= 0 {
		e.hits[n].Severity = 3
	}
}
