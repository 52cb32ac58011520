package casemix

import "fmt"

// None marks a number that the source did not give.
const None = -1

// Case is one stay as the grouper sees it. The first diagnosis is the principal one (主要诊断), the first procedure the
// main one (主要手术或操作).
type Case struct {
	ID        string
	Sex       int8   // 1 男, 2 女, 0 not given
	Age       int32  // completed years, None = not given
	AgeDays   int32  // days of life; needed while Age is 0
	Weight    int32  // grams at birth or admission; needed for the newborn
	LOS       int32  // days in hospital
	ICUHours  int32  // None counts as 0: hospitals fill it only when there was intensive care
	Discharge int8   // 1 医嘱离院 2 转院 3 社区 4 非医嘱 5 死亡 9 其他, 0 not given
	Dept      string // department code or name
	NewTech   bool   // 新技术标志
	Dx, Proc  []string
	Problem   *Problem // found while the case was read; such a case is not grouped
}

// Problem is why a case cannot be judged.
type Problem struct {
	Code string // stable, for machines
	Text string // for the coder
}

func (p *Problem) Error() string { return p.Text }

func problem(code, format string, a ...any) *Problem {
	return &Problem{Code: code, Text: fmt.Sprintf(format, a...)}
}

// maxCodes is how many diagnoses or procedures a case may have; the settlement list has room for 40 of each. More are a
// list whose separators are wrong.
const maxCodes = 500

// clip a value for a message.
func clip(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// Status of a grouped case.
type Status int8

// The outcomes. An ambiguous case (歧义组 QY) is Grouped: it has a group code of its own.
const (
	Grouped   Status = iota // 分组成功
	Ungrouped               // 无法入组
	BadData                 // 数据错误
)

// Codes that an ungrouped case carries.
const (
	noMDC  = "0000"
	noADRG = "00"
	noDRG  = "0000"
)

// Result of one case. MDC is written with its prefix (MDCA).
type Result struct {
	Status         Status
	MDC, ADRG, DRG string
	Name           string // of the DRG
	Problem        *Problem
}

// String is the status word of the output.
func (r *Result) String() string {
	switch {
	case r.Status == Grouped:
		return "分组成功"
	case r.Status == Ungrouped:
		return "无法入组"
	case r.Problem != nil:
		return "数据错误:" + r.Problem.Code
	}
	return "数据错误"
}

// Ambiguous tells that the case is in a QY group: a valid operation, but none that fits its diagnosis.
func (r *Result) Ambiguous() bool { return len(r.ADRG) == 3 && r.ADRG[1:] == "QY" }

func ungrouped() Result { return Result{Status: Ungrouped, MDC: noMDC, ADRG: noADRG, DRG: noDRG} }

func bad(p *Problem) Result {
	return Result{Status: BadData, MDC: noMDC, ADRG: noADRG, DRG: noDRG, Problem: p}
}

// Plausible checks what no scheme may decide: the numbers of the case themselves.
func (c *Case) Plausible() *Problem {
	switch {
	case c.Problem != nil:
		return c.Problem
	case len(c.Dx) == 0 || c.Dx[0] == "":
		return problem("PDX_EMPTY", "主要诊断为空：请补主要诊断编码")
	case len(c.Dx) > maxCodes:
		return problem("CODES", "诊断有 %d 个，一例最多 %d 个：请检查分隔符", len(c.Dx), maxCodes)
	case len(c.Proc) > maxCodes:
		return problem("CODES", "手术操作有 %d 个，一例最多 %d 个：请检查分隔符", len(c.Proc), maxCodes)
	case len(c.Proc) > 0 && c.Proc[0] == "":
		return problem("PPROC_EMPTY", "主要手术或操作为空而有其他手术：请补主要手术，或把第一个手术填在首位")
	case c.Sex != 1 && c.Sex != 2:
		return problem("SEX", "性别缺失或不是 1（男）、2（女）")
	case c.Age == None:
		return problem("AGE_EMPTY", "年龄为空：请补周岁年龄")
	case c.Age < 0 || c.Age > 130:
		return problem("AGE", "年龄 %d 岁不可能", c.Age)
	case c.Age == 0 && c.AgeDays != None && (c.AgeDays < 0 || c.AgeDays > 366):
		return problem("AGE_DAYS", "年龄 0 岁而日龄 %d 天，互相矛盾", c.AgeDays)
	case c.LOS != None && (c.LOS < 0 || c.LOS > 40_000):
		return problem("LOS", "住院天数 %d 不可能：请核对入院、出院日期", c.LOS)
	case c.Weight != None && (c.Weight < 100 || c.Weight > 500_000):
		return problem("WEIGHT", "体重 %d 克不可能", c.Weight)
	case c.ICUHours < None:
		return problem("ICU_HOURS", "监护时长 %d 小时不可能", c.ICUHours)
	}
	return nil
}
