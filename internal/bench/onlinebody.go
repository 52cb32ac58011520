package bench

import (
	"fmt"
	"math/rand/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
)

// codes are what history and calls are made of: of the small city, so that points and catalogue know them.
type codes struct {
	insts, diags []string
	lines        []billed
	visits       []asked
	by           map[[2]string][]int // visits by sex and main diagnosis
}

// billed is a line of the small city's bills: calls and history are made of lines that hospitals write, not of chance.
type billed struct {
	item, list, charge, price, dept, doctor string
	cnt                                     claim.Qty
	days                                    int64
}

// asked is an out-patient visit of the small city.
type asked struct {
	sex, diag, inst string
	lines           []billed
}

func codesOf(dir string) (*codes, error) {
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	s, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	ref, err := s.Reference("institution")
	if err != nil {
		return nil, err
	}
	c := &codes{by: map[[2]string][]int{}}
	ds := s.Dicts()
	for i := 0; i < ref.N; i++ {
		c.insts = append(c.insts, ds[claim.DictInst].String(ref.I32(ref.Table.MustCol("fixmedins_code"), i)))
	}
	for b := range s.Buckets() {
		if err := c.bucket(s, b); err != nil {
			return nil, err
		}
	}
	for i := range c.visits {
		k := [2]string{c.visits[i].sex, c.visits[i].diag}
		c.by[k] = append(c.by[k], i)
	}
	return c, nil
}

func (c *codes) bucket(s *lake.Snapshot, b int) error {
	ds := s.Dicts()
	sexes := map[int32]string{}
	for _, m := range s.TableMonths("person") {
		rows, err := s.Read("person", m, b, []string{"gend"})
		if err != nil {
			return err
		}
		for i := range rows.N {
			sexes[rows.Pers[i]] = rows.Format(ds, rows.Table.MustCol("gend"), i)
		}
	}
	visits, err := s.Read("visit", onlineMonth, b, []string{"dscg_maindiag_code", "fixmedins_code", "med_type"})
	if err != nil {
		return err
	}
	at := map[uint64]int{}
	for i := range visits.N {
		text := func(name string) string { return visits.Format(ds, visits.Table.MustCol(name), i) }
		d := text("dscg_maindiag_code")
		if d == "" {
			continue
		}
		c.diags = append(c.diags, d)
		if text("med_type") == "11" {
			at[visits.Visit[i]] = len(c.visits)
			c.visits = append(c.visits, asked{sex: sexes[visits.Pers[i]], diag: d, inst: text("fixmedins_code")})
		}
	}
	rows, err := s.Read("fee", onlineMonth, b, []string{"hilist_code", "list_type", "med_chrgitm_type", "pric", "cnt", "prd_days", "bilg_dept_codg", "bilg_dr_codg"})
	if err != nil {
		return err
	}
	for i := range rows.N {
		text := func(name string) string { return rows.Format(ds, rows.Table.MustCol(name), i) }
		x := billed{text("hilist_code"), text("list_type"), text("med_chrgitm_type"), text("pric"), text("bilg_dept_codg"), text("bilg_dr_codg"),
			claim.Qty(rows.I64(rows.Table.MustCol("cnt"), i)), rows.I64(rows.Table.MustCol("prd_days"), i)}
		c.lines = append(c.lines, x)
		if v, ok := at[rows.Visit[i]]; ok && x.cnt > 0 {
			c.visits[v].lines = append(c.visits[v].lines, x)
		}
	}
	return nil
}

// order is what a doctor might write for a person of a sex: a visit of the city, and for the orders that it lacks lines of others with the same
// diagnosis, then of any of that sex. No item comes twice.
func (c *codes) order(rng *rand.Rand, sex string, n int) (v asked) {
	for v.sex != sex || len(v.lines) == 0 {
		v = c.visits[rng.IntN(len(c.visits))]
	}
	have := map[string]bool{}
	var out []billed
	take := func(x *asked) {
		for _, l := range x.lines {
			if len(out) < n && !have[l.item] {
				have[l.item] = true
				out = append(out, l)
			}
		}
	}
	take(&v)
	same := c.by[[2]string{v.sex, v.diag}]
	for range 3 * n {
		take(&c.visits[same[rng.IntN(len(same))]])
	}
	for len(out) < n {
		if x := &c.visits[rng.IntN(len(c.visits))]; x.sex == sex {
			take(x)
		}
	}
	v.lines = out
	return v
}

// bodies are fully filled 3102 messages of twenty orders, of persons all over the city.
func (b *onlineCity) bodies(seed uint64) ([][]byte, error) {
	c, err := codesOf(b.gateDir())
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	at := (onlineMonth+1).First().Start()&^1 + 5*86_400_000_000 + 36_000_000_000
	out := make([][]byte, 4000)
	for i := range out {
		q := online.Fullest(online.During)
		p := &q.Patients[0]
		e := &p.Encounters[0]
		psn := rng.IntN(b.Asked)
		v := c.order(rng, sexOf(psn), askedOrders)
		p.ID, p.Name, p.Sex, p.Birth, p.Area = askedPerson(psn), "某某", sexOf(psn), claim.DayOf(1950+rng.IntN(60), 1, 2), "990101"
		e.ID, e.Inst, e.MedType, e.Kind = fmt.Sprintf("N%d", i), v.inst, "11", "1"
		e.Begin, e.End, e.MainDiag, e.MainDiagName = at-3_600_000_000, at, v.diag, "主要诊断名称"
		e.InstName, e.DeptIn, e.DeptInName, e.Insutype = "某某医院", v.lines[0].dept, "内科", "390"
		e.Rescue, e.Emergency, e.Operations = false, false, nil
		e.Diagnoses = []online.Diagnosis{{InOut: "1", Main: true, Order: 1, Code: e.MainDiag, Name: e.MainDiagName, At: e.Begin}}
		p.Current, q.At, q.Inst, q.MsgID, q.TaskID = e.ID, at, e.Inst, fmt.Sprintf("M%029d", i), fmt.Sprintf("T%d", i)
		full := e.Orders[0]
		e.Orders, e.Total = nil, 0
		for k, x := range v.lines {
			o := full
			o.ID, o.Item, o.Name, o.HospName = fmt.Sprintf("N%d-%d", i, k), x.item, "目录名称若干字", "院内名称若干字"
			o.ListType, o.Charge, o.Cnt, o.Own, o.SelfPay = x.list, x.charge, x.cnt, 0, 0
			if price, err := claim.ParseDecimal(x.price, 6); err == nil {
				o.Price = claim.Price(price)
			}
			o.Amount = claim.Money(claim.MulDiv(int64(o.Cnt), int64(o.Price), 1e8))
			o.TakeHome, o.Days, o.Dose, o.DoseUnit, o.Frequency, o.Way = false, claim.None32, "", "", "", ""
			if x.days > 0 {
				o.Days = int32(x.days / int64(claim.QtyOne))
			}
			o.Begin, o.Dept, o.DeptName, o.Doctor, o.Current = at-claim.Time(k)*60_000_000-600_000_000, x.dept, "内科", x.doctor, true
			e.Orders = append(e.Orders, o)
			e.Total += o.Amount
		}
		e.Own, e.SelfPay, e.Account, e.Fund = 0, e.Total*2/5, 0, e.Total-e.Total*2/5
		out[i] = fsi.Encode(q)
	}
	return out, nil
}
