package cds

import (
	"math"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
)

// ended are the states in which an order was never carried out.
var ended = []string{"cancelled", "entered-in-error", "revoked", "stopped"}

// orders maps the drafts, which are judged (with order-select only those selected), and what was ordered before, which is context.
func (m *mapping) orders(e *online.Encounter) error {
	drafts, err := m.resources("context.draftOrders", m.c.Context.DraftOrders)
	if err != nil {
		return err
	}
	var before []resource
	for _, key := range []string{"medications", "services", "devices"} {
		rs, err := m.prefetched(key)
		if err != nil {
			return err
		}
		before = append(before, rs...)
	}
	for _, rs := range [][]resource{drafts, before} {
		for i := range rs {
			if rs[i].Type == "Medication" {
				m.meds[rs[i].ID] = &rs[i]
			}
		}
	}
	for i := range drafts {
		r := &drafts[i]
		if o, ok := m.order(r); ok {
			o.Current = m.c.Hook != "order-select" || slices.Contains(m.c.Context.Selections, r.name())
			if m.drafts[o.ID] != nil {
				m.odd("context.draftOrders", o.ID, "两条医嘱的编号相同")
			}
			m.drafts[o.ID] = r
			e.Orders = append(e.Orders, o)
		}
	}
	if !slices.ContainsFunc(e.Orders, func(o online.Order) bool { return o.Current }) {
		return refuse(400, "draftOrders 里没有能核对的医嘱（MedicationRequest、ServiceRequest、DeviceRequest），或 selections 不在其中")
	}
	for i := range before {
		r := &before[i]
		if o, ok := m.order(r); ok && m.drafts[o.ID] == nil && !slices.Contains(ended, r.Status) && m.sameVisit(r) {
			e.Orders = append(e.Orders, o)
		}
	}
	return nil
}

// sameVisit tells whether an earlier order belongs to the visit of the call. What is older is known from the platform's own history.
func (m *mapping) sameVisit(r *resource) bool {
	ref := lastPart(r.Encounter.Reference)
	return ref != "" && ref == lastPart(m.c.Context.EncounterID)
}

// order maps a resource; false when it is no order of ours.
func (m *mapping) order(r *resource) (o online.Order, ok bool) {
	o = online.Order{ID: r.name(), Cnt: claim.None64, Price: claim.None64, Amount: claim.None64, Own: claim.None64, SelfPay: claim.None64, Begin: m.q.At,
		Stop: claim.NoTime, Days: claim.None32, Doctor: r.Requester.ref()}
	if r.DoNotPerform {
		return o, false
	}
	var what *concept
	switch r.Type {
	case "MedicationRequest":
		what, o.Rxno, o.ListType, o.Charge = m.medication(r), r.GroupIdentifier.Value, "101", "09"
		m.dosage(r, &o)
	case "ServiceRequest":
		what, o.Rxno, o.ListType = &r.Code, r.Requisition.Value, "201"
		o.Cnt = m.count(r.Type, r.Quantity, claim.QtyOne)
	case "DeviceRequest":
		what, o.Rxno, o.ListType, o.Charge = &r.Device, r.GroupIdentifier.Value, "301", "08"
		o.Cnt = claim.QtyOne
		if x := r.ext("cnt"); x != nil {
			o.Cnt = m.count(r.Type, quantity{Value: x.Decimal}, claim.QtyOne)
		}
	default:
		return o, false
	}
	x := what.of("hilist_code", "nhsa")
	o.Item, o.Name = x.Code, what.names(x)
	if h := what.of("hosplist_code", ""); h.System == urn+"hosplist_code" {
		o.HospItem, o.HospName = h.Code, h.Display
	}
	if o.Item == "" {
		m.odd(r.name(), "", "没有医保目录编码，这条医嘱不核对")
	}
	for _, s := range []string{r.Occurrence, r.OccurrencePer.Start, r.AuthoredOn} {
		if t := m.moment(r.name(), s); t.Has() {
			o.Begin = t
			break
		}
	}
	o.Stop = m.moment(r.name(), r.OccurrencePer.End)
	m.money(r, &o)
	return o, true
}

// medication of an order: named in it, contained in it, or sent beside it.
func (m *mapping) medication(r *resource) *concept {
	if len(r.Medication.Coding) > 0 || r.MedicationRef.Reference == "" {
		return &r.Medication
	}
	id := r.MedicationRef.Reference
	for i := range r.Contained {
		if "#"+r.Contained[i].ID == id {
			return &r.Contained[i].Code
		}
	}
	if x := m.meds[lastPart(id)]; x != nil {
		return &x.Code
	}
	return &r.Medication
}

func (m *mapping) count(path string, q quantity, alt claim.Qty) claim.Qty {
	if q.Value == "" {
		return alt
	}
	n, ok := fsi.Decimal(q.Value.String(), 4)
	if !ok {
		m.odd(path+".quantity", q.Value.String(), "应为数字")
		return alt
	}
	return claim.Qty(n)
}

// perDay are the days of UCUM's units of time.
var perDay = map[string]float64{"h": 1.0 / 24, "d": 1, "wk": 7, "mo": 30}

func (m *mapping) dosage(r *resource, o *online.Order) {
	o.Cnt = m.count(r.Type, r.Dispense.Quantity, claim.None64)
	o.Unit = r.Dispense.Quantity.Unit
	o.Long = r.CourseOfTherapy.of("", "").Code == "continuous"
	if q := r.Dispense.ExpectedSupply; q.Value != "" {
		unit := q.Code
		if unit == "" {
			unit = q.Unit
		}
		n, err := q.Value.Float64()
		per, known := perDay[unit]
		if unit == "天" || unit == "" || unit == "day" || unit == "days" {
			per, known = 1, true
		}
		if days := math.Ceil(n * per); err == nil && known && days > 0 && days < 36_500 {
			o.Days = int32(days)
		} else {
			m.odd(r.name()+".expectedSupplyDuration", q.Value.String()+unit, "应为天数")
		}
	}
	if len(r.Dosage) == 0 {
		return
	}
	d := &r.Dosage[0]
	if len(d.DoseAndRate) > 0 {
		q := d.DoseAndRate[0].Dose
		o.Dose, o.DoseUnit = q.Value.String(), q.Unit
	}
	way := d.Route.of("medc_way", "")
	o.Way = d.Route.names(way)
	freq := d.Timing.Code.of("used_frqu", "")
	o.Frequency = d.Timing.Code.names(freq)
	if o.Frequency == "" {
		o.Frequency = freq.Code
	}
	if rep := d.Timing.Repeat; o.Frequency == "" && rep.Frequency != "" && rep.PeriodUnit == "d" && (rep.Period == "1" || rep.Period == "") {
		o.Frequency = "每日" + rep.Frequency.String() + "次"
	}
	if o.Frequency == "" {
		o.Frequency = d.Text
	}
}

// money reads the price and amount, which FHIR orders have in extensions only.
func (m *mapping) money(r *resource, o *online.Order) {
	get := func(field string, scale int) (int64, bool) {
		s := r.ext(field).text()
		if s == "" {
			return 0, false
		}
		n, ok := fsi.Decimal(s, scale)
		if !ok {
			m.odd(r.name()+"."+field, s, "应为数字")
		}
		return n, ok
	}
	if n, ok := get("pric", 6); ok {
		o.Price = claim.Price(n)
	}
	if n, ok := get("sumamt", 2); ok {
		o.Amount = claim.Money(n)
	} else if o.Price.Has() && o.Cnt.Has() {
		o.Amount = claim.Money(claim.MulDiv(int64(o.Price), int64(o.Cnt), 1e8))
	}
	if n, ok := get("ownpay_amt", 2); ok {
		o.Own = claim.Money(n)
	}
	if r.ext("selfpay").text() == "1" && o.Amount.Has() { // what an earlier suggestion turned into the patient's own expense
		o.Own = o.Amount
	}
}
