package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR, continued: who prescribed, where, and whether the item is in the catalogue at all.
func init() {
	register("ATTR", "dept", func(p *params, c *Card) (any, error) { return deptCheck{}, nil })
	register("ATTR", "catalogue", func(p *params, c *Card) (any, error) { return catalogueCheck{claim.Day(p.int("grace_d", 30))}, nil })
	register("ATTR", "contract", func(p *params, c *Card) (any, error) { return contractCheck{}, nil })
}

// deptCheck: items and drugs reserved for departments or professional titles.
type deptCheck struct{}

func (deptCheck) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if pt.Params.MinTitle != "" && l.Doctor != 0 {
		need, _ := claim.ParseDecimal(pt.Params.MinTitle, 0)
		if pr := e.b.Ref.PracOn(l.Doctor, l.Inst, l.Time.Day()); pr != nil && pr.Title > int(need) {
			e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "职称 " + pt.Params.MinTitle + " 及以上"}, fact("实际", "职称 %d", pr.Title))
			return
		}
	}
	if len(pt.allow) == 0 {
		return
	}
	d := e.b.ds[claim.DictDept]
	code, name := d.String(l.Dept), e.text(l, "bilg_dept_name")
	exec := ""
	if c.Card.ID == "A018" {
		exec = e.text(l, "acord_dept_codg")
	}
	if code == "" && name == "" && exec == "" {
		if pt.Params.MinTitle == "" {
			e.skipLine(c, li, "开单科室不详")
		}
		return
	}
	for _, a := range pt.allow {
		if (code != "" && strings.HasPrefix(code, a)) || (name != "" && strings.Contains(name, a)) || (exec != "" && strings.HasPrefix(exec, a)) {
			return
		}
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", "限" + strings.ReplaceAll(pt.Allow, "|", "、")}, Fact{"实际", code + name})
}

// catalogueCheck: something outside the catalogue was settled within its scope.
type catalogueCheck struct{ grace claim.Day }

func (a catalogueCheck) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.InScope <= 0 || l.List == 103 || !e.inRange(l.Month) || e.b.alwaysListed(l) {
			continue
		}
		a.judge(e, c, int32(i))
	}
}

func (a catalogueCheck) judge(e *Eval, c *compiled, li int32) {
	l := &e.t.Lines[li]
	if e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
		return
	}
	area, day := e.careArea(l.Inst, l.Time.Day()), l.Time.Day()
	if kind := e.code(l, "list_type"); kind == 0 || !e.b.Ref.CatCovers(area, kind) {
		e.skipLine(c, li, "就医地没有这一类目录")
		return
	}
	if cat := e.cat(l); cat != nil {
		if cat.Class == 3 {
			e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", day.String()}, Fact{"实际", "丙类（目录外）"})
		}
		return
	}
	chain := e.b.Ref.Chain(area)
	for _, r := range e.b.Ref.CatRows(e.b.canonical(l.Item)) {
		for _, x := range chain {
			if r.Area == x && r.To < day && day <= r.To+a.grace {
				return
			}
		}
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", day.String()}, Fact{"实际", "目录中没有有效条目"})
}

// alwaysListed tells that the item is listed in full wherever the catalogue reaches, without end and from before any line,
// and that it reaches the institution: almost every line is of that kind and needs no look at the catalogue.
func (b *Bound) alwaysListed(l *claim.Line) bool {
	return l.Item > 0 && int(l.Item) < len(b.catOK) && b.catOK[l.Item] && int(l.Inst) < len(b.catReach) && b.catReach[l.Inst]
}

// listedSince: entries that began by this day and never end hold for every line.
var listedSince = claim.DayOf(2020, 1, 1)

func (b *Bound) isAlwaysListed(item int32) bool {
	rows := b.Ref.CatRows(b.canonical(item))
	if len(rows) == 0 || len(b.catAreas) == 0 {
		return false
	}
	for _, r := range rows {
		if r.Class == 3 || r.From > listedSince || r.To != claim.OpenDay {
			return false
		}
	}
	for _, area := range b.catAreas {
		if b.Ref.CatOn(b.canonical(item), area, listedSince) == nil {
			return false
		}
	}
	return true
}

// reachOfCatalogue finds the areas of institutions that the catalogue reaches, and which institutions always lay in one of them.
func (b *Bound) reachOfCatalogue() {
	seen := map[int32]bool{}
	for inst := 0; inst < b.ds[claim.DictInst].Len(); inst++ {
		rows := b.Ref.InstRows(int32(inst))
		in := len(rows) > 0
		for _, r := range rows {
			if !b.Ref.CatReaches(r.Area) {
				in = false
				continue
			}
			if !seen[r.Area] {
				seen[r.Area] = true
				b.catAreas = append(b.catAreas, r.Area)
			}
		}
		b.catReach = append(b.catReach, in)
	}
}

// contractCheck: chronic out-patient care away from the institutions the person chose.
type contractCheck struct{}

func (contractCheck) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	rows := e.t.Extra["contract"]
	if v.Setting&claim.Chronic == 0 || len(rows) == 0 || e.exempt(c, vi) {
		return
	}
	day, valid := v.Begin.Day(), 0
	for _, r := range rows {
		from, to := intervalOf(r)
		if from > day || to < day {
			continue
		}
		valid++
		inst := r.B.I32(r.B.Table.MustCol("fixmedins_code"), r.Row)
		if inst == v.Inst {
			return
		}
		if x := e.b.Ref.InstOn(inst, day); x != nil && x.Succ == v.Inst && x.Succ != 0 {
			return
		}
	}
	if valid == 0 || e.covers("remote_filing", day) {
		return
	}
	h := e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"机构", e.instName(v.Inst, day)})
	if h != nil {
		h.Vola = e.visitScope(vi)
	}
}

// visitScope is the in-scope money of a visit's net lines.
func (e *Eval) visitScope(vi int32) claim.Money {
	var m claim.Money
	for _, i := range e.t.LinesOf(vi) {
		m += e.t.Lines[i].InScope
	}
	return m
}
