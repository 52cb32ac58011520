package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// setl is one settlement that is not void.
type setl struct {
	row
	id   string
	at   claim.Time
	out  bool // left together with its refund, or is an unpaired refund
	fund claim.Money
}

// line is one fee line that is not void; net is what is left of it after refunds.
type line struct {
	row
	sn, inst string
	at       claim.Time
	day      claim.Day
	cnt, net claim.Qty
	inscope  claim.Money // of the net quantity
	amount   claim.Money // net det_item_fee_sumamt
	setl     *setl       // nil while open
	visit    *visit      // never nil; a stand-in when the visit has not come
	p        *person
	code     string // normalised item code
}

// visit is one visit that is not void, or a stand-in (absent) for one that only its lines speak of.
type visit struct {
	row
	id, inst string
	beg, end claim.Time // end is NoTime while in hospital
	absent   bool
	out      bool // all its settlements have left
	p        *person
	lines    []*line
	setls    []*setl // those that stay
	diags    []string
	main     string
	stay     *stay
}

// person is one human being with everything that happened, in line order and visit order.
type person struct {
	id     string
	psn    map[string]bool
	cert   map[string]bool
	visits []*visit
	lines  []*line
	stays  []*stay
	setls  []*setl // those that stay, in order of time
}

func (c *City) table(name string) []row { return c.tables[name] }

// assemble drops void rows and derives everything the cards ask for.
func (c *City) assemble() {
	c.discharged = map[string]int{}
	for _, r := range c.tables["visit"] {
		c.registered = append(c.registered, [2]string{r["psn_no"], r["mdtrt_id"]})
		if r["dscg_way"] != "" {
			c.discharged[r["fixmedins_code"]]++
		}
	}
	for name, rows := range c.tables {
		var live []row
		for _, r := range rows {
			if !r.is("vali_flag", "0") {
				live = append(live, r)
			}
		}
		c.tables[name] = live
	}
	c.identify()
	c.settle()
	c.net()
	c.attend()
	c.measure()
}

// cmpLine is the order of lines: clock of the fee, visit, serial number.
func cmpLine(a, b *line) int {
	return cmp.Or(cmp.Compare(a.at.Clock(), b.at.Clock()), strings.Compare(a.row["mdtrt_id"], b.row["mdtrt_id"]),
		strings.Compare(a.sn, b.sn), strings.Compare(a.row["setl_id"], b.row["setl_id"]))
}

func cmpVisit(a, b *visit) int {
	return cmp.Or(cmp.Compare(a.beg.Clock(), b.beg.Clock()), strings.Compare(a.id, b.id))
}

// attend gives every line its visit and every person their visits and lines.
func (c *City) attend() {
	c.visits = map[string]*visit{}
	for _, r := range c.table("visit") {
		v := &visit{row: r, id: r["mdtrt_id"], inst: r["fixmedins_code"], beg: r.time("begntime"), end: r.time("endtime")}
		if v.end.Has() && v.end.Day() >= claim.DayOf(9999, 1, 1) {
			v.end = claim.NoTime
		}
		c.visits[v.id] = v
	}
	settled := map[string]int{}
	for _, s := range c.setls {
		settled[s.row["mdtrt_id"]]++
		if !s.out {
			p := c.personOf(s.row["psn_no"])
			p.setls = append(p.setls, s)
		}
		if v := c.visits[s.row["mdtrt_id"]]; v != nil && !s.out {
			v.setls = append(v.setls, s)
		}
	}
	for _, l := range c.lines {
		l.visit = c.visitOf(l)
		l.visit.lines = append(l.visit.lines, l)
		l.p = c.personOf(l.row["psn_no"])
		l.p.lines = append(l.p.lines, l)
	}
	for _, r := range c.table("diagnosis") {
		if v := c.visits[r["mdtrt_id"]]; v != nil {
			v.diags = append(v.diags, r["diag_code"])
		}
	}
	for _, v := range c.visits {
		v.main = c.mainDiagnosis(v)
		if v.row["dscg_maindiag_code"] != "" {
			v.diags = append(v.diags, v.row["dscg_maindiag_code"])
		}
		open := slices.ContainsFunc(v.lines, func(l *line) bool { return l.setl == nil })
		v.out = settled[v.id] > 0 && len(v.setls) == 0 && !open
		v.p = c.personOf(v.row["psn_no"])
		slices.SortFunc(v.lines, cmpLine)
		if !v.out && !v.absent {
			v.p.visits = append(v.p.visits, v)
		}
	}
	for _, p := range c.persons {
		slices.SortFunc(p.visits, cmpVisit)
		slices.SortFunc(p.lines, cmpLine)
	}
}

// visitOf finds the line's visit; one that has not come is stood in for by what the settlement says of it.
func (c *City) visitOf(l *line) *visit {
	id := l.row["mdtrt_id"]
	if v := c.visits[id]; v != nil {
		return v
	}
	r := row{"mdtrt_id": id, "psn_no": l.row["psn_no"], "fixmedins_code": l.inst}
	if l.setl != nil {
		r["med_type"], r["insutype"] = l.setl.row["med_type"], l.setl.row["insutype"]
	}
	v := &visit{row: r, id: id, inst: l.inst, beg: claim.NoTime, end: claim.NoTime, absent: true}
	for _, s := range c.setls {
		if s.row["mdtrt_id"] == id && !s.out {
			v.setls = append(v.setls, s)
		}
	}
	c.visits[id] = v
	return v
}

// mainDiagnosis is dscg_maindiag_code, else the discharge row marked main, else the admission row marked main.
func (c *City) mainDiagnosis(v *visit) string {
	if m := v.row["dscg_maindiag_code"]; m != "" {
		return m
	}
	for _, kind := range []string{"2", "1"} {
		best := row(nil)
		for _, r := range c.where("diagnosis", "mdtrt_id", v.id) {
			if r.is("maindiag_flag", "1") && r.is("inout_diag_type", kind) && (best == nil || srt(r) < srt(best)) {
				best = r
			}
		}
		if best != nil {
			return best["diag_code"]
		}
	}
	return ""
}

// srt orders the diagnoses of a visit: western before Chinese, then their serial number.
func srt(r row) string { return fmt.Sprintf("%2s%6s", r["diag_type"], r["diag_srt_no"]) }

// where lists the rows of a table whose column has the value.
func (c *City) where(table, col, value string) []row {
	if c.index == nil {
		c.index = map[string]map[string][]row{}
	}
	byValue := c.index[table+"."+col]
	if byValue == nil {
		byValue = map[string][]row{}
		for _, r := range c.tables[table] {
			byValue[r[col]] = append(byValue[r[col]], r)
		}
		c.index[table+"."+col] = byValue
	}
	return byValue[value]
}
