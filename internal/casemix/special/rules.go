// Package special judges stays that hospitals put forward for special review (特例单议): completeness and deadline of the
// application, the share of a hospital's stays it may put forward, the panel drawn at random with recusal, the majority,
// and what the outcome means for payment.
//
// The rules are pure functions over an area's terms (rules.go, panel.go); Book keeps applications in the operational
// store. It knows nothing of groupers, facts or HTTP.
package special

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
)

// Terms are what an area decides about special review.
type Terms struct {
	DRG       pay.Decimal          `yaml:"drg"` // share of a hospital's stays in the period; national: 5 % and 5 ‰
	DIP       pay.Decimal          `yaml:"dip"`
	Workdays  int                  `yaml:"workdays"` // from the end of the quarter to the deadline
	Extended  map[string]claim.Day `yaml:"-"`        // quarters (2025Q4) whose deadline was put off, to the day
	Holidays  map[claim.Day]bool   `yaml:"-"`        // with Working, in place of the published calendar
	Working   map[claim.Day]bool   `yaml:"-"`        // weekend days that are worked (调休)
	Materials []string             `yaml:"materials"`
	Reasons   []string             `yaml:"reasons"`
	Panel     int                  `yaml:"panel"`     // experts, odd
	CutShare  pay.Decimal          `yaml:"cut_share"` // unreasonable fees above this share of the fund charge are not a special case but an audit
}

// National are the national terms where an area says nothing else.
func National() Terms {
	return Terms{DRG: 50_000, DIP: 5_000, Workdays: 15, Materials: []string{"申请表", "病案首页", "费用清单", "出院记录"},
		Reasons: []string{"住院时间长", "医疗费用高", "新药耗新技术", "复杂危重", "多学科联合诊疗"}, Panel: 3, CutShare: 300_000}
}

// Application is what a hospital hands in.
type Application struct {
	Inst, Visit, Insutype string
	Kind                  string // DRG or DIP
	Settled               claim.Month
	Reason                string
	Materials             map[string]string // kind → file
	Asked                 string            // 按项目 or 按标准
	Cost, Fund, Standard  pay.Fen
	On                    claim.Day
}

// Quarter of a month: 2025Q1.
func Quarter(m claim.Month) string {
	return fmt.Sprintf("%sQ%d", m.String()[:4], (int(m)%12)/3+1)
}

// Deadline is the last day on which stays settled in the quarter of a month may be put forward.
func (t *Terms) Deadline(m claim.Month) claim.Day {
	if d, ok := t.Extended[Quarter(m)]; ok {
		return d
	}
	d := (m - claim.Month(int(m)%12%3) + 2).Last()
	for n := 0; n < t.Workdays; {
		d++
		if t.works(d) {
			n++
		}
	}
	return d
}

// DeadlineOf a quarter (2025Q1).
func (t *Terms) DeadlineOf(period string) (claim.Day, error) {
	m, err := lastMonth(period)
	if err != nil {
		return 0, err
	}
	return t.Deadline(m), nil
}

func (t *Terms) works(d claim.Day) bool {
	if t.Holidays == nil && t.Working == nil {
		return calendar.Default().Working(d)
	}
	weekday := (int(d)%7 + 7 + 4) % 7 // 1970-01-01 was a Thursday; 0 = Sunday
	return t.Working[d] || weekday != 0 && weekday != 6 && !t.Holidays[d]
}

// Limit is how many stays a hospital may put forward of those it settled in the period: the share, rounded down.
func (t *Terms) Limit(kind string, stays int) int {
	share := t.DRG
	if kind == "DIP" {
		share = t.DIP
	}
	n := new(big.Int).Mul(big.NewInt(int64(stays)), big.NewInt(int64(share)))
	return int(n.Quo(n, big.NewInt(int64(pay.One))).Int64())
}

// Problem with an application. A Fatal one cannot be made good.
type Problem struct {
	Code  string `json:"code"` // the card that says so, where there is one
	Text  string `json:"text"`
	Fatal bool   `json:"fatal"`
}

// Check finds what is wrong with an application. stays are what the hospital settled in the quarter, before how many it
// has put forward already, unreasonable what the audit found in the stay's fees.
func (t *Terms) Check(a *Application, stays, before int, unreasonable pay.Fen) []Problem {
	var out []Problem
	add := func(code string, fatal bool, format string, v ...any) {
		out = append(out, Problem{code, fmt.Sprintf(format, v...), fatal})
	}
	if d := t.Deadline(a.Settled); a.On > d {
		add("R014", true, "申报日 %s 晚于截止日 %s", a.On, d)
	}
	if n := t.Limit(a.Kind, stays); before+1 > n {
		add("R013", true, "本季结算 %d 例，%s 最多申报 %d 例，已申报 %d 例", stays, a.Kind, n, before)
	}
	if !slices.Contains(t.Reasons, a.Reason) {
		add("", false, "申报理由“%s”不在 %s 之中", a.Reason, strings.Join(t.Reasons, "、"))
	}
	var missing []string
	for _, m := range t.Materials {
		if a.Materials[m] == "" {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		add("R015", false, "缺材料：%s", strings.Join(missing, "、"))
	}
	if a.Fund <= 0 || a.Cost < a.Fund {
		add("", true, "总费用 %s、基金支付 %s 不成立", a.Cost, a.Fund)
	} else if over := new(big.Int).Mul(big.NewInt(int64(unreasonable)), big.NewInt(int64(pay.One))); over.Cmp(new(big.Int).Mul(big.NewInt(int64(a.Fund)), big.NewInt(int64(t.CutShare)))) > 0 {
		add("R015", false, "不合理费用 %s 占基金支付 %s，超过 %s", unreasonable, pay.Ratio(int64(unreasonable), int64(a.Fund)).Percent(), t.CutShare.Percent())
	}
	return out
}
