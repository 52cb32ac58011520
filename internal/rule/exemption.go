package rule

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Exemption lets a card pass what it names for some days. It applies after the card has judged: the finding is kept under the
// exemption's ID, not reported. Empty fields name everything; at least one must be given.
type Exemption struct {
	ID    string
	Card  string
	Inst  string // institution
	Dept  string // department that billed (code or name); of a finding without lines, that discharged
	Item  string // prefix of the item code; a finding without lines has none
	Diags string // set of diagnoses, of which the visit has one
	// From and To are inclusive days of the fee; of a finding without lines, of its visit or settlement.
	From, To claim.Day
}

type exemption struct {
	Exemption
	diags claim.DiagSet
}

func (p *Program) addExemptions(xs []Exemption) (said string, err error) {
	var b strings.Builder
	for _, x := range xs {
		if x.Inst == "" && x.Dept == "" && x.Item == "" && x.Diags == "" {
			return "", fmt.Errorf("豁免 %s 没有写明机构、科室、项目或诊断：整张卡不执行请停用它", x.ID)
		}
		d, err := claim.ParseDiagSet(x.Diags)
		if err != nil {
			return "", fmt.Errorf("豁免 %s：%w", x.ID, err)
		}
		if p.exempt == nil {
			p.exempt = map[string][]exemption{}
		}
		p.exempt[x.Card] = append(p.exempt[x.Card], exemption{x, d})
		fmt.Fprintf(&b, "exemption %+v\n", x)
	}
	return b.String(), nil
}

// exempts tells whether an exemption names a line, or what was told as one.
func (e *Eval) exempts(x *exemption, l *claim.Line, bare bool) bool {
	d := l.Time.Day()
	if d < x.From || d > x.To {
		return false
	}
	if x.Inst != "" && e.inst(l.Inst) != x.Inst {
		return false
	}
	if x.Item != "" && (bare || !strings.HasPrefix(e.item(l.Item), x.Item)) {
		return false
	}
	if x.Dept != "" && !e.ofDept(x.Dept, l, bare) {
		return false
	}
	return x.Diags == "" || e.visitDiag(l.Visit, &x.diags)
}

func (e *Eval) ofDept(dept string, l *claim.Line, bare bool) bool {
	if !bare {
		return e.text(l, "bilg_dept_codg") == dept || e.text(l, "bilg_dept_name") == dept
	}
	if l.Visit < 0 {
		return false
	}
	v := &e.t.Visits[l.Visit]
	names := claim.MustTable("visit")
	of := func(col string, code int32) bool {
		return code != 0 && e.b.ds[names.Columns[names.MustCol(col)].Dict].String(code) == dept
	}
	return of("dscg_dept_codg", v.DscgDept) || of("dscg_dept_name", v.DscgDeptName)
}

// exemptHits applies the exemptions: a hit of which every violating line is covered is kept, not reported; of others the covered
// lines become evidence. It comes after hush, so that a wider card does not raise what the narrower one was told to let pass.
func (e *Eval) exemptHits() {
	for i := range e.hits {
		h := &e.hits[i]
		xs := e.b.exempt[h.Card.ID]
		if len(xs) == 0 || h.Hushed {
			continue
		}
		if len(h.Lines) == 0 {
			l, _ := e.subject(h)
			if x := e.covering(xs, &l, true); x != "" {
				h.Exempt, h.Hushed = x, true
			}
			continue
		}
		all, any := true, ""
		by := make([]string, len(h.Lines))
		for k, hl := range h.Lines {
			if hl.Type != 1 {
				continue
			}
			if by[k] = e.covering(xs, &e.t.Lines[hl.Line], false); by[k] == "" {
				all = false
			} else if any == "" {
				any = by[k]
			}
		}
		switch {
		case any == "":
		case all:
			h.Exempt, h.Hushed = any, true
		default:
			lines := append([]HitLine{}, h.Lines...)
			for k := range lines {
				if by[k] != "" {
					lines[k] = involved(lines[k].Line)
					lines[k].Exempt = by[k]
				}
			}
			h.Lines = lines
		}
	}
}

func (e *Eval) covering(xs []exemption, l *claim.Line, bare bool) string {
	for i := range xs {
		if e.exempts(&xs[i], l, bare) {
			return xs[i].ID
		}
	}
	return ""
}
