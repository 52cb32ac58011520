package govern

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// Feed keeps what a run says of each card it judged, in the place of what was kept of the run before. judged are the cards of the
// run: all of the library, or those asked for.
func (r *Rules) Feed(ctx context.Context, rep *audit.Report, judged []*rule.Card, finished int64) error {
	if len(rep.Months) == 0 {
		return nil
	}
	wrong := map[string][]string{} // what kept a card from judging at all
	for _, s := range rep.NotJudged {
		if s.Inst == "" && !slices.Contains(wrong[s.Card], s.Reason) {
			wrong[s.Card] = append(wrong[s.Card], s.Reason)
		}
	}
	rows := make([]store.RuleRun, 0, len(judged))
	for _, c := range judged {
		x := store.RuleRun{Rule: c.ID, RuleVersion: c.Version, FinishedAt: finished, Months: len(rep.Months), Micros: rep.Micros[c.ID], Error: strings.Join(wrong[c.ID], "；")}
		if t := rep.Rules[c.ID]; t != nil {
			x.Findings, x.Lines, x.Vola, x.Fund, x.Charged = t.Findings, t.Lines, int64(t.Vola), int64(t.Fund), int64(t.Charged)
			x.Exempted, x.NotJudged, x.Added, x.Withdrawn = t.Exempted, t.NotJudged, t.New, t.Withdrawn
		}
		rows = append(rows, x)
	}
	return r.DB.Update(ctx, func(tx *store.Tx) error { return tx.SetRuleRuns(rep.Run, rows) })
}

// Overturned are the states of findings in which people have found the card wrong, Decided those in which they have decided at all.
// They are words of the review; the store only counts states. What a case of the review came to is told by its outcome.
var (
	overturned = []string{"不成立", "撤销", "不违规", "规则误报", "申诉成立"}
	undecided  = []string{store.MachineState, "初审", "待初审", "反馈", "申诉", "待申诉", "复审", "待复审", "合议", "待合议",
		"排除复核", "排除抽查", "待送达", "送达中", "反馈申诉", "补充材料", "复审告知", "二次申诉", "终审", "执行", "行政处理", "关闭"}
)

// Quality is how a card does. Money is in fen.
type Quality struct {
	Rule        string     `json:"rule_id"`
	Version     string     `json:"rule_version"` // of the last run
	Runs        int        `json:"runs"`
	Findings    int64      `json:"findings"` // of the last run, as the rest
	Vola        int64      `json:"vola_fen"`
	Fund        int64      `json:"fund_fen"`
	Charged     int64      `json:"charged_fen"`
	Exempted    int64      `json:"exempted"`
	NotJudged   int64      `json:"not_judged"`
	Micros      int64      `json:"micros"` // time of the last run, of all its workers; 0 = not measured
	LastRun     int        `json:"last_run"`
	LastError   string     `json:"last_error"`
	Decided     int64      `json:"decided"`     // findings people have decided on
	Overturned  int64      `json:"overturned"`  // of these, all of it
	Partly      int64      `json:"partly"`      // of these, part of it
	Claimed     int64      `json:"claimed_fen"` // money at issue of the decided cases
	Lost        int64      `json:"lost_fen"`    // of it, what was not upheld
	Precision   *Precision `json:"precision"`   // of the newest month that was judged; nil before
	SampleMonth string     `json:"sample_month"`
}

// Qualities lists how the cards do, the dearest in time first, then by card.
func (r *Rules) Qualities(ctx context.Context) ([]Quality, error) {
	return r.QualitiesIn(ctx, store.Scope{})
}

// QualitiesIn is Qualities for somebody who sees a part of the area: findings and money are those of the part, and what only a whole run
// can say (exempted, not judged) is left out.
func (r *Rules) QualitiesIn(ctx context.Context, scope store.Scope) ([]Quality, error) {
	sums, err := r.DB.RuleStateSums(ctx, scope)
	if err != nil {
		return nil, err
	}
	part := scope != store.Scope{}
	out := map[string]*Quality{}
	at := func(id string) *Quality {
		if out[id] == nil {
			out[id] = &Quality{Rule: id}
		}
		return out[id]
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		clear(out)
		runs, err := tx.RuleRuns()
		if err != nil {
			return err
		}
		for _, x := range runs { // a card's runs in order: the last one stays
			q := at(x.Rule)
			q.Runs++
			q.Version, q.Findings, q.Vola, q.Fund, q.Charged, q.Exempted = x.RuleVersion, x.Findings, x.Vola, x.Fund, x.Charged, x.Exempted
			q.NotJudged, q.Micros, q.LastRun = x.NotJudged, x.Micros, x.Run
			if part {
				q.Findings, q.Vola, q.Fund, q.Charged, q.Exempted, q.NotJudged = 0, 0, 0, 0, 0, 0
			}
			if x.Error != "" {
				q.LastError = fmt.Sprintf("第 %d 次审核：%s", x.Run, x.Error)
			}
		}
		os, err := tx.Outcomes("不违规", "部分违规")
		if err != nil {
			return err
		}
		for _, o := range os {
			q := at(o.Rule)
			q.Decided, q.Overturned, q.Partly, q.Claimed, q.Lost = o.Decided, o.Overturned, o.Partly, o.Claimed, o.Lost
		}
		ps, err := precisions(tx, "")
		for _, p := range ps { // by month
			if p.Both > 0 {
				at(p.Rule).Precision, at(p.Rule).SampleMonth = &p, p.Month
			}
		}
		return err
	})
	for _, s := range sums {
		q := at(s.Rule)
		if part {
			q.Findings, q.Vola, q.Fund, q.Charged = q.Findings+s.Findings, q.Vola+s.Vola, q.Fund+s.Fund, q.Charged+s.Charged
		}
		if !slices.Contains(undecided, s.State) {
			q.Decided += s.Findings
		}
		if slices.Contains(overturned, s.State) {
			q.Overturned += s.Findings
		}
	}
	list := make([]Quality, 0, len(out))
	for _, q := range out {
		list = append(list, *q)
	}
	slices.SortFunc(list, func(x, y Quality) int {
		return cmp.Or(cmp.Compare(y.Micros, x.Micros), strings.Compare(x.Rule, y.Rule))
	})
	return list, err
}

// z is the two-sided 95 % point of the normal distribution.
const z = 1.959963984540054

// Wilson is the 95 % score interval of a share of right ones among n (Wilson 1927). n = 0 gives 0 … 1.
func Wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(right)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (centre-half)/(1+z*z/m)), min(1, (centre+half)/(1+z*z/m))
}

// Bounds are the lowest precisions a card of a severity may have; 0 = none.
type Bounds map[int]float64

// DefaultBounds hold until the office sets its own.
var DefaultBounds = Bounds{1: 0.98, 2: 0.9, 3: 0}

func boundName(severity int) string { return fmt.Sprintf("quality_bound_%d", severity) }

// Bounds reads the bounds in force.
func (r *Rules) Bounds(ctx context.Context) (out Bounds, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = bounds(tx); return err })
	return out, err
}

func bounds(tx *store.Tx) (Bounds, error) {
	out := Bounds{}
	for sev, def := range DefaultBounds {
		s, err := tx.Setting(boundName(sev))
		if err != nil {
			return nil, err
		}
		if out[sev] = def; s != "" {
			if out[sev], err = strconv.ParseFloat(s, 64); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// SetBound changes the bound of a severity.
func (r *Rules) SetBound(ctx context.Context, who *auth.Identity, severity int, bound float64) error {
	if _, ok := DefaultBounds[severity]; !ok || !(bound >= 0 && bound < 1) {
		return fmt.Errorf("下限 %d=%v 写得不对：程度为 1、2、3，下限为 0 到 1 之间的小数，0 为不设", severity, bound)
	}
	if err := allowed(who, "", auth.ApproveRules); err != nil {
		return err
	}
	return r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		s := strconv.FormatFloat(bound, 'g', -1, 64)
		return []auth.Event{{Actor: who.Name, Action: "准确率下限", Object: strconv.Itoa(severity), Detail: s}}, tx.SetSetting(boundName(severity), s)
	})
}
