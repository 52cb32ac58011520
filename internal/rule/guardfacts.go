package rule

import (
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/mingjian/mingjian/internal/claim"
)

// The earliest stage at which a fact exists by construction. A condition may only read facts that exist at every stage
// of its card, else the same line would be judged otherwise before payment than after it.
const (
	fromOrder  = iota // 事前: while the doctor writes
	fromSettle        // 事中: when the bill is closed
)

// guardFact is a value that a condition may read.
type guardFact struct {
	name   string
	typ    *cel.Type
	stage  int
	title  string                      // what it is called in messages
	note   string                      // what the guide adds: units, when it is missing
	get    func(s *guardScope) ref.Val // nil: missing
	absent *types.Err                  // what CEL sees where it is missing: the subject is not judged
}

// guardScope is the subject of a condition: a line, or a visit or settlement where li < 0. One for each evaluator.
type guardScope struct {
	e          *Eval
	g          *guard
	li, vi, si int32
	missing    string // the last fact that was asked for and absent
}

// ResolveName gives CEL a fact by name.
func (s *guardScope) ResolveName(name string) (any, bool) {
	for i := range s.g.reads {
		r := s.g.reads[i]
		if r.name != name {
			continue
		}
		if v := r.get(s); v != nil {
			return v, true
		}
		s.missing = r.title
		return r.absent, true
	}
	return nil, false
}

// Parent is nil: a condition sees nothing but its facts.
func (s *guardScope) Parent() cel.Activation { return nil }

func (s *guardScope) line() *claim.Line {
	if s.li < 0 {
		return nil
	}
	return &s.e.t.Lines[s.li]
}

func (s *guardScope) visit() *claim.Visit {
	if s.vi < 0 {
		return nil
	}
	return &s.e.t.Visits[s.vi]
}

func (s *guardScope) setl() *claim.Settlement {
	if s.si < 0 {
		return nil
	}
	return &s.e.t.Setls[s.si]
}

// day on which the subject happened: the fee's day, else the first day of the visit, else that of the settlement.
func (s *guardScope) day() claim.Day {
	switch {
	case s.li >= 0:
		return s.line().Time.Day()
	case s.vi >= 0:
		return s.visit().Begin.Day()
	case s.si >= 0:
		return s.setl().Time.Day()
	}
	return claim.NoDay
}

func (s *guardScope) person() *claim.PersonRow {
	if s.vi < 0 {
		return nil
	}
	return s.e.t.PersonOn(s.visit().Psn, s.day())
}

func (s *guardScope) inst() *claim.InstRow {
	return s.e.b.Ref.InstOn(s.instCode(), s.day())
}

func (s *guardScope) instCode() int32 {
	switch {
	case s.li >= 0:
		return s.line().Inst
	case s.vi >= 0:
		return s.visit().Inst
	case s.si >= 0:
		return s.setl().Inst
	}
	return 0
}

// textVal is a string fact; an empty one is absent.
func textVal(s string) ref.Val {
	if s == "" {
		return nil
	}
	return types.String(s)
}

// whenLine, whenVisit … make facts that are absent where the subject has no such part.
func whenLine(f func(s *guardScope, l *claim.Line) ref.Val) func(*guardScope) ref.Val {
	return func(s *guardScope) ref.Val {
		if l := s.line(); l != nil {
			return f(s, l)
		}
		return nil
	}
}

func whenVisit(f func(s *guardScope, v *claim.Visit) ref.Val) func(*guardScope) ref.Val {
	return func(s *guardScope) ref.Val {
		if v := s.visit(); v != nil {
			return f(s, v)
		}
		return nil
	}
}

func whenPerson(f func(s *guardScope, p *claim.PersonRow) ref.Val) func(*guardScope) ref.Val {
	return func(s *guardScope) ref.Val {
		if p := s.person(); p != nil {
			return f(s, p)
		}
		return nil
	}
}

func whenInst(f func(s *guardScope, x *claim.InstRow) ref.Val) func(*guardScope) ref.Val {
	return func(s *guardScope) ref.Val {
		if x := s.inst(); x != nil {
			return f(s, x)
		}
		return nil
	}
}

func whenSetl(f func(s *guardScope, x *claim.Settlement) ref.Val) func(*guardScope) ref.Val {
	return func(s *guardScope) ref.Val {
		if x := s.setl(); x != nil {
			return f(s, x)
		}
		return nil
	}
}

// feeColumn is a text or coded column of the fee table.
func feeColumn(name string) func(*guardScope) ref.Val {
	return whenLine(func(s *guardScope, l *claim.Line) ref.Val { return textVal(s.e.text(l, name)) })
}

func inSetting(set claim.Setting) func(*guardScope) ref.Val {
	return whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
		if v.Setting == 0 {
			return nil
		}
		return types.Bool(v.Setting&set != 0)
	})
}

func fenVal(m claim.Money) ref.Val {
	if !m.Has() {
		return nil
	}
	return types.Int(m)
}

// smallVal is a number that the facts keep as −1 where it is absent.
func smallVal(n int64) ref.Val {
	if n < 0 {
		return nil
	}
	return types.Int(n)
}

func (s *guardScope) list(code int32) ref.Val { return textVal(s.e.b.ds[claim.DictList].String(code)) }

// guardFacts are all facts, in the order in which the guide lists them.
var guardFacts = sync.OnceValue(func() []guardFact {
	facts := append(append(lineFacts(), visitFacts()...), otherFacts()...)
	for i := range facts {
		f := &facts[i]
		f.title, f.note, _ = strings.Cut(f.title, "，")
		f.absent = types.NewErr("%s不详", f.title).(*types.Err)
	}
	return facts
})

func lineFacts() []guardFact {
	return []guardFact{
		{"line.code", cel.StringType, fromOrder, "项目编码（归一后的国家编码）", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return textVal(s.e.item(s.e.b.canonical(l.Item))) }), nil},
		{"line.raw_code", cel.StringType, fromOrder, "上传的项目编码", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return textVal(s.e.item(l.Item)) }), nil},
		{"line.name", cel.StringType, fromOrder, "项目名称", "", feeColumn("hilist_name"), nil},
		{"line.list_type", cel.IntType, fromOrder, "目录类别（101、201 …）", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return smallVal(int64(l.List)) }), nil},
		{"line.chrgitm_type", cel.IntType, fromOrder, "收费项目类别 1–14", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return smallVal(int64(l.Chrg)) }), nil},
		{"line.qty_e4", cel.IntType, fromOrder, "净数量，万分之一，与 qty(2.5) 比", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return fenVal(claim.Money(l.Cnt)) }), nil},
		{"line.price_e6", cel.IntType, fromOrder, "单价，百万分之一元，与 price(12.5) 比", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return fenVal(claim.Money(l.Pric)) }), nil},
		{"line.amount_fen", cel.IntType, fromOrder, "净金额，分，与 yuan(300) 比", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return fenVal(l.Amt) }), nil},
		{"line.scope_fen", cel.IntType, fromOrder, "范围内净金额，分", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return fenVal(l.InScope) }), nil},
		{"line.hour", cel.IntType, fromOrder, "费用发生的钟点 0–23，只到日的缺失", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val {
			if l.Time.DayOnly() {
				return nil
			}
			return types.Int(((l.Time.Hour() % 24) + 24) % 24)
		}), nil},
		{"line.weekday", cel.IntType, fromOrder, "费用发生在星期几 1–7", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val {
			return types.Int((int(l.Time.Day().Weekday())+6)%7 + 1)
		}), nil},
		{"line.dept", cel.StringType, fromOrder, "开单科室编码", "", feeColumn("bilg_dept_codg"), nil},
		{"line.dept_name", cel.StringType, fromOrder, "开单科室名称", "", feeColumn("bilg_dept_name"), nil},
		{"line.doctor", cel.StringType, fromOrder, "开单医师代码", "", feeColumn("bilg_dr_codg"), nil},
		{"line.body_part", cel.StringType, fromOrder, "部位", "", feeColumn("body_part"), nil},
		{"line.spec", cel.StringType, fromOrder, "规格", "", feeColumn("spec"), nil},
		{"line.dosform", cel.StringType, fromOrder, "剂型", "", feeColumn("dosform"), nil},
		{"line.take_home", cel.BoolType, fromOrder, "出院带药", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return types.Bool(l.Flags&claim.TakeHome != 0) }), nil},
		{"line.outsourced", cel.BoolType, fromOrder, "外送检验", "", whenLine(func(s *guardScope, l *claim.Line) ref.Val { return types.Bool(l.Flags&claim.Outsourced != 0) }), nil},
	}
}

func visitFacts() []guardFact {
	return []guardFact{
		{"visit.med_type", cel.StringType, fromOrder, "医疗类别代码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return s.list(v.MedType) }), nil},
		{"visit.inpatient", cel.BoolType, fromOrder, "住院", "", inSetting(claim.Inpatient), nil},
		{"visit.outpatient", cel.BoolType, fromOrder, "门诊（含门慢、购药）", "", inSetting(claim.Outpatient), nil},
		{"visit.emergency", cel.BoolType, fromOrder, "急诊", "", inSetting(claim.EmergencyCare), nil},
		{"visit.chronic", cel.BoolType, fromOrder, "门诊慢特病", "", inSetting(claim.Chronic), nil},
		{"visit.pharmacy", cel.BoolType, fromOrder, "药店购药", "", inSetting(claim.Pharmacy), nil},
		{"visit.disease", cel.StringType, fromOrder, "病种编码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return textVal(s.e.b.ds[claim.DictDiag].String(v.Dise)) }), nil},
		{"visit.adm_way", cel.IntType, fromOrder, "入院途径代码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return smallVal(int64(s.e.b.Vocab.Num(v.AdmWay))) }), nil},
		{"visit.adm_dept", cel.StringType, fromOrder, "入院科室编码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
			return textVal(s.e.b.ds[claim.DictDept].String(v.AdmDept))
		}), nil},
		{"visit.weekday", cel.IntType, fromOrder, "就诊开始在星期几 1–7", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
			return types.Int((int(v.Begin.Day().Weekday())+6)%7 + 1)
		}), nil},
		{"visit.main_diag", cel.StringType, fromSettle, "主要出院诊断编码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
			return textVal(s.e.b.ds[claim.DictDiag].String(v.MainDiag))
		}), nil},
		{"visit.dscg_way", cel.IntType, fromSettle, "离院方式代码", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return smallVal(int64(s.e.b.Vocab.Num(v.DscgWay))) }), nil},
		{"visit.days", cel.IntType, fromSettle, "住院天数（接续的登记合并），门诊 1", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
			if v.Stay >= 0 {
				return types.Int(s.e.t.Stays[v.Stay].LOS)
			}
			return types.IntOne
		}), nil},
		{"visit.lines", cel.IntType, fromSettle, "净费用行数", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return types.Int(len(s.e.t.LinesOf(s.vi))) }), nil},
		{"visit.scope_fen", cel.IntType, fromSettle, "范围内净金额合计，分", "", whenVisit(func(s *guardScope, v *claim.Visit) ref.Val { return fenVal(s.e.visitScope(s.vi)) }), nil},
		{"diag", cel.ListType(cel.StringType), fromOrder, "全部诊断编码", "", func(s *guardScope) ref.Val { return s.diagnoses() }, nil},
	}
}

func otherFacts() []guardFact {
	return []guardFact{
		{"person.age", cel.IntType, fromOrder, "周岁，按费用日（没有费用行的按就诊日）", "", whenPerson(func(s *guardScope, p *claim.PersonRow) ref.Val {
			if !p.Birth.Has() || p.Birth > s.day() {
				return nil
			}
			return types.Int(p.Birth.YearsOn(s.day()))
		}), nil},
		{"person.age_days", cel.IntType, fromOrder, "日龄", "", whenPerson(func(s *guardScope, p *claim.PersonRow) ref.Val {
			if !p.Birth.Has() || p.Birth > s.day() {
				return nil
			}
			return types.Int(s.day() - p.Birth)
		}), nil},
		{"person.sex", cel.StringType, fromOrder, "性别：男 或 女；不详、与证件号矛盾的缺失", "", whenPerson(func(s *guardScope, p *claim.PersonRow) ref.Val {
			if p.Conflict {
				return nil
			}
			return textVal(sexName(p.Gend))
		}), nil},
		{"person.insutype", cel.StringType, fromOrder, "险种代码", "", func(s *guardScope) ref.Val { return s.list(s.insutype()) }, nil},
		{"person.type", cel.StringType, fromOrder, "人员类别代码", "", whenPerson(func(s *guardScope, p *claim.PersonRow) ref.Val { return s.list(p.PsnType) }), nil},
		{"person.area", cel.StringType, fromOrder, "参保地区划", "", whenPerson(func(s *guardScope, p *claim.PersonRow) ref.Val { return s.list(p.Area) }), nil},
		{"inst.code", cel.StringType, fromOrder, "机构编码", "", func(s *guardScope) ref.Val { return textVal(s.e.inst(s.instCode())) }, nil},
		{"inst.tier", cel.IntType, fromOrder, "机构级别 3、2、1，未定级的缺失", "", whenInst(func(s *guardScope, x *claim.InstRow) ref.Val {
			if x.Tier <= 0 {
				return nil
			}
			return types.Int(x.Tier)
		}), nil},
		{"inst.type", cel.IntType, fromOrder, "1 医疗机构，2 药店", "", whenInst(func(s *guardScope, x *claim.InstRow) ref.Val { return smallVal(int64(x.Type)) }), nil},
		{"inst.category", cel.StringType, fromOrder, "机构类别", "", whenInst(func(s *guardScope, x *claim.InstRow) ref.Val { return s.list(x.Cate) }), nil},
		{"inst.area", cel.StringType, fromOrder, "就医地区划", "", whenInst(func(s *guardScope, x *claim.InstRow) ref.Val { return s.list(x.Area) }), nil},
		{"settle.total_fen", cel.IntType, fromSettle, "结算总费用，分", "", whenSetl(func(s *guardScope, x *claim.Settlement) ref.Val { return fenVal(x.Total) }), nil},
		{"settle.fund_fen", cel.IntType, fromSettle, "基金支付，分", "", whenSetl(func(s *guardScope, x *claim.Settlement) ref.Val { return fenVal(x.Fund) }), nil},
		{"settle.scope_fen", cel.IntType, fromSettle, "范围内金额，分", "", whenSetl(func(s *guardScope, x *claim.Settlement) ref.Val { return fenVal(x.InScope) }), nil},
		{"settle.med_type", cel.StringType, fromSettle, "结算的医疗类别", "", whenSetl(func(s *guardScope, x *claim.Settlement) ref.Val { return s.list(x.MedType) }), nil},
		{"settle.mid", cel.BoolType, fromSettle, "中途结算", "", whenSetl(func(s *guardScope, x *claim.Settlement) ref.Val { return types.Bool(x.MidSettle) }), nil},
	}
}

func (s *guardScope) insutype() int32 {
	if l := s.line(); l != nil {
		return s.e.t.InsutypeOf(l)
	}
	if x := s.setl(); x != nil && x.Insutype != 0 {
		return x.Insutype
	}
	if v := s.visit(); v != nil && v.Insutype != 0 {
		return v.Insutype
	}
	if p := s.person(); p != nil {
		return p.Insutype
	}
	return 0
}

// diagnoses are the visit's codes, the main one first; a visit without any is a missing fact.
func (s *guardScope) diagnoses() ref.Val {
	v := s.visit()
	if v == nil {
		return nil
	}
	d := s.e.b.ds[claim.DictDiag]
	out := make([]string, 0, 1+v.DiagHi-v.DiagLo)
	if v.MainDiag != 0 {
		out = append(out, d.String(v.MainDiag))
	}
	for _, g := range s.e.t.DiagsOf(s.vi) {
		if g.Code != 0 && g.Code != v.MainDiag {
			out = append(out, d.String(g.Code))
		}
	}
	if len(out) == 0 {
		return nil
	}
	return types.NewStringList(types.DefaultTypeAdapter, out)
}

// hasDiag tells whether any diagnosis of the visit belongs to the set; absent where the visit has no diagnosis at all.
func hasDiag(set claim.DiagSet) func(*guardScope) ref.Val {
	return whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
		if v.MainDiag == 0 && v.DiagLo == v.DiagHi {
			return nil
		}
		return types.Bool(s.e.visitDiag(s.vi, &set))
	})
}

func hasTag(tag claim.Tags) func(*guardScope) ref.Val {
	return whenVisit(func(s *guardScope, v *claim.Visit) ref.Val {
		if v.Stay >= 0 && s.li < 0 {
			return types.Bool(s.e.t.Stays[v.Stay].Tags&tag != 0)
		}
		return types.Bool(v.Tags&tag != 0)
	})
}

// settledTags are known only when the bill is closed.
var settledTags = claim.Died | claim.Transferred | claim.LeftAgainstAdvice | claim.BedDayPay | claim.FamilyAccount

// factNames are the facts for a message that says what there is, by their first word.
func factNames(prefix string) string {
	var out []string
	for _, f := range guardFacts() {
		if strings.HasPrefix(f.name, prefix) {
			out = append(out, f.name)
		}
	}
	return strings.Join(out, "、")
}

// GuardFacts lists what a condition may read, for the author's guide: name, type and meaning.
func GuardFacts() [][3]string {
	var out [][3]string
	names := map[string]string{"int": "整数", "string": "文字", "bool": "是否", "list(string)": "文字的列表"}
	for _, f := range guardFacts() {
		when := ""
		if f.stage == fromSettle {
			when = "；事前没有"
		}
		out = append(out, [3]string{f.name, names[f.typ.String()], strings.TrimSuffix(f.title+"，"+f.note, "，") + when})
	}
	return out
}
