package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR, continued: codes that say nothing, and items beyond an institution's licence.
func init() {
	register("ATTR", "self_created", func(p *params, c *Card) (any, error) {
		return selfCreated{words(p.str("placeholders", "000000|999999|无|自编|自立"))}, nil
	})
	register("ATTR", "licence", func(p *params, c *Card) (any, error) { return licence{}, nil })
	register("ATTR", "diag_missing", func(p *params, c *Card) (any, error) {
		return diagMissing{words(p.str("skip_types", "12|41"))}, nil
	})
}

// selfCreated: a service that no catalogue, price list or code map knows, billed under the institution's own code or under
// a placeholder. A national code that has expired is A022's.
type selfCreated struct{ placeholders []string }

func (a selfCreated) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.List != 201 || l.InScope <= 0 || !e.inRange(l.Month) || e.b.alwaysListed(l) {
			continue
		}
		a.judge(e, c, int32(i))
	}
}

func (a selfCreated) judge(e *Eval, c *compiled, li int32) {
	l := &e.t.Lines[li]
	it := e.b.canonical(l.Item)
	own := e.code(l, "medins_list_codg")
	if (own != l.Item || own == 0) && !slices.Contains(a.placeholders, e.item(l.Item)) {
		return
	}
	if it != l.Item || len(e.b.Ref.CatRows(it)) > 0 || e.b.Ref.Priced(it) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) {
		return
	}
	if !e.b.Ref.CatCovers(e.careArea(l.Inst, l.Time.Day()), e.code(l, "list_type")) {
		e.skipLine(c, li, "就医地没有这一类目录")
		return
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", "编码 " + e.item(l.Item)})
}

// licence: the item belongs to departments that the institution is not licensed for.
type licence struct{}

func (licence) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if l.Flags&claim.Outsourced != 0 || len(pt.allow) == 0 {
		return
	}
	scope := e.b.Ref.ScopeOn(l.Inst, l.Time.Day())
	if len(scope) == 0 {
		e.skipLine(c, li, "机构没有登记诊疗科目")
		return
	}
	for _, s := range scope { // a licence for the whole department covers its parts, and one for a part its items
		for _, d := range pt.allow {
			if strings.HasPrefix(s, d) || strings.HasPrefix(d, s) {
				return
			}
		}
	}
	e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", strings.ReplaceAll(pt.Allow, "|", "、")},
		Fact{"机构", e.instName(l.Inst, l.Time.Day())})
}

// diagMissing: a settlement without any diagnosis, or with a code that is none.
type diagMissing struct{ skipTypes []string }

func (a diagMissing) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if s.Visit < 0 {
		return
	}
	v := &e.t.Visits[s.Visit]
	if v.Out || v.Open || v.Setting&^claim.RescueCare == 0 || slices.Contains(a.skipTypes, e.b.Vocab.Str(v.MedType)) || e.exempt(c, s.Visit) {
		return
	}
	d := e.b.ds[claim.DictDiag]
	bad := ""
	if v.MainDiag != 0 && !diagnosisShaped(d.String(v.MainDiag)) {
		bad = d.String(v.MainDiag)
	}
	diags := e.t.DiagsOf(s.Visit)
	for i := range diags {
		if code := d.String(diags[i].Code); bad == "" && !diagnosisShaped(code) {
			bad = code
		}
	}
	missing := v.MainDiag == 0 && len(diags) == 0 && v.Dise == 0
	if bad == "" && !missing {
		return
	}
	actual := "没有诊断"
	if !missing {
		actual = "诊断编码“" + bad + "”不合医保编码规则"
	}
	if h := e.hitSettle(c, si, Fact{"实际", actual}, Fact{"日期", s.Time.Day().String()}, Fact{"涉及金额", s.LineScope.String() + "元"}); h != nil {
		h.Vola = 0
		if !missing {
			h.Severity = max(h.Severity, 2)
		}
	}
}

// diagnosisShaped tells whether a code can be a diagnosis of the insurance editions of ICD-10 (a letter, two digits, then
// letters, digits and signs) or of the Chinese-medicine classifications (several letters, with a digit somewhere after).
func diagnosisShaped(s string) bool {
	letters, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case !isLetter(s[i]) && (i == 0 || !strings.ContainsRune(".+*-/", rune(s[i]))):
			return false
		case digits == 0 && isLetter(s[i]):
			letters++
		}
		if letters == 1 && (i == 1 || i == 2) && digits != i {
			return false
		}
	}
	return len(s) >= 3 && letters > 0 && digits > 0
}

func isLetter(b byte) bool { return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') }
