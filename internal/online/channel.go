package online

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Facts are the columns that a channel's messages carry, by "table.column": found by sending a message that says everything the
// channel can say through the same mapping as every other message, never listed by hand.
type Facts map[string]bool

// FactsOf are the facts of a request in which every field that the channel has is filled.
func FactsOf(r *Request) Facts {
	var n noter
	settled := false
	for i := range r.Patients {
		p := &r.Patients[i]
		putPerson(&n, p)
		for k := range p.Encounters {
			e := &p.Encounters[k]
			inst := e.inst(r.Inst)
			putVisit(&n, p, e, inst, r.Insured)
			for o := range e.Orders {
				putOrder(&n, p, e, &e.Orders[o], inst, "", r.At)
			}
			if r.Stage == During {
				putSettlement(&n, p, e, inst, r.Insured, "", r.At, e.Fund)
				settled = true
			}
		}
	}
	f := Facts{}
	for t, cols := range n.cols {
		if t == tSettlement && !settled {
			continue
		}
		f[tableNames[t]] = f[tableNames[t]] || len(cols) > 0
		for c := range cols {
			name := tableNames[t] + "." + callTables[t].Columns[c].Name
			f[name] = true
			if n.days[t][c] {
				f[name+dayOnly] = true
			}
		}
	}
	return f
}

// everything is the facts of the mapping itself: what a channel can carry at most.
func everything(stage string) Facts { return FactsOf(Fullest(stage)) }

// Fullest is a request in which every field is filled: from it a channel makes its own sample.
func Fullest(stage string) *Request {
	p, e, o := fullest()
	e.Orders = []Order{*o}
	p.Encounters = []Encounter{*e}
	p.Current = e.ID
	return &Request{Stage: stage, MsgID: "M", Inst: e.Inst, Insured: "990100", Admdvs: "990100", At: e.Begin, Patients: []Patient{*p}}
}

// dayOnly marks a time of which a channel carries the day.
const dayOnly = "#日"

// ofVisit are the tables of what happened at a visit: the lake has them of earlier visits, of the visit asked about only what the
// call carries is known.
var ofVisit = map[string]bool{"visit": true, "diagnosis": true, "operation": true, "settlement": true, "fee": true, "medorder": true, "exec": true,
	"exam": true, "lab": true, "record": true, "bed_move": true, "icu": true, "leave": true, "implant": true, "consent": true, "sale": true}

// OfVisit tells whether a table holds what happened at visits.
func OfVisit(table string) bool { return ofVisit[table] }

// carries tells whether a fact is at hand when a call of the channel is judged: carried by the call, or in a register that does not
// hang on the visit.
func (f Facts) carries(table, column string) bool {
	if !ofVisit[table] {
		return true // registers and reference tables: whether they hold anything is the Bound's question
	}
	if column == "" {
		return f[table]
	}
	return f[table+"."+column]
}

// whyLacking tells why a card cannot judge calls of a channel, "" when it can.
func whyLacking(c *rule.Card, sc rule.Scope, f Facts) string {
	if sc.Book {
		return "要与同机构其他人的数据一起看，事后审核时才判"
	}
	if need := rule.Lacks(c, f.carries); need != "" {
		return "调用不带 " + need
	}
	return ""
}

// Blind empties, in rows of the visits named, what a channel does not carry, as far as cards read it: the month's facts as the
// channel would have said them. It is what tells a difference of facts from a difference of verdicts.
func (f Facts) Blind(sources []claim.Source, visits map[uint64]bool) []claim.Source {
	out := make([]claim.Source, 0, len(sources))
	for _, s := range sources {
		if b := s.Batch; ofVisit[b.Table.Name] && b.Visit != nil && !s.Extra {
			s.Batch = f.blind(b, visits)
		}
		out = append(out, s)
	}
	return out
}

func (f Facts) blind(b *claim.Batch, visits map[uint64]bool) *claim.Batch {
	t := b.Table
	keep := make([]int, 0, b.N)
	touched := false
	for r := 0; r < b.N; r++ {
		if visits[b.Visit[r]] {
			touched = true
			if !f[t.Name] {
				continue
			}
		}
		keep = append(keep, r)
	}
	if !touched {
		return b
	}
	out := b.Pick(keep)
	for c := range t.Columns {
		if v := out.Cols[c].I64; v != nil && f[t.Name+"."+t.Columns[c].Name+dayOnly] {
			for r := 0; r < out.N; r++ {
				if at := claim.Time(v[r]); visits[out.Visit[r]] && at.Has() {
					v[r] = int64(at.Day().Start())
				}
			}
		}
		if f[t.Name+"."+t.Columns[c].Name] || always[t.Columns[c].Name] {
			continue
		}
		for r := 0; r < out.N; r++ {
			if !visits[out.Visit[r]] {
				continue
			}
			if v := out.Cols[c].I32; v != nil {
				v[r] = t.Columns[c].Absent()
			}
			if v := out.Cols[c].I64; v != nil {
				v[r] = claim.None64
			}
		}
		if out.Cols[c].Text.Off != nil {
			out.Cols[c].Text = without(&out.Cols[c].Text, out.N, func(r int) bool { return visits[out.Visit[r]] })
		}
	}
	return out
}

// always are columns that hold rows together, whatever the channel carries.
var always = map[string]bool{"setl_id": true, "mdtrt_id": true, "psn_no": true, "refd_setl_flag": true, "init_setl_id": true, "init_feedetl_sn": true}

func without(t *claim.Text, n int, drop func(r int) bool) (out claim.Text) {
	for r := 0; r < n; r++ {
		if drop(r) {
			out.Append("")
		} else {
			out.Append(t.At(r))
		}
	}
	return out
}
