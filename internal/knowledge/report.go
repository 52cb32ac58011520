package knowledge

import (
	"fmt"
	"slices"
	"strings"
)

// Tally counts rows by what became of them. Rows = Used + Pending + Unusable + Duplicate + Waiting, always.
type Tally struct {
	Rows      int `json:"rows"`
	Used      int `json:"used"`      // gave points, or the limit of points
	Pending   int `json:"pending"`   // wait for a ruling (待裁决)
	Unusable  int `json:"unusable"`  // rejected, or not knowledge at all; see Reasons
	Duplicate int `json:"duplicate"` // the library already says it
	Waiting   int `json:"waiting"`   // product codes without their generic sheet, or the other way round
	Points    int `json:"points"`    // live points of these rows; a row may give several
}

func (t *Tally) add(o Tally) {
	t.Rows += o.Rows
	t.Used += o.Used
	t.Pending += o.Pending
	t.Unusable += o.Unusable
	t.Duplicate += o.Duplicate
	t.Waiting += o.Waiting
	t.Points += o.Points
}

// Reason groups the rows that could not be used.
type Reason struct {
	Text   string   `json:"text"`
	Count  int      `json:"count"`
	Sample []string `json:"sample"` // up to three, with their row numbers
}

// SheetReport is what became of one sheet.
type SheetReport struct {
	File string `json:"file"`
	Tab  string `json:"tab,omitempty"`
	Kind string `json:"kind"`
	Tally
	Rules   map[string]int `json:"rules,omitempty"` // live points by rule
	Reasons []Reason       `json:"reasons,omitempty"`
	Notes   []string       `json:"notes,omitempty"`
}

// PendingGroup is a set of points that wait for the same ruling.
type PendingGroup struct {
	Rule   string `json:"rule_id"`
	Name   string `json:"name"` // generic name, or item code
	Reason string `json:"reason"`
	Points int    `json:"points"`
}

// Report is what an import did.
type Report struct {
	Version  int            `json:"version"` // of the knowledge base after the import
	Changed  bool           `json:"changed"` // false when everything was already there
	Sheets   []SheetReport  `json:"sheets"`
	Totals   Tally          `json:"totals"`
	Joined   int            `json:"joined"` // points of rows of earlier imports that found their other half
	Live     int            `json:"live"`   // live points in the base
	ByRule   map[string]int `json:"by_rule"`
	Pendings []PendingGroup `json:"pendings,omitempty"`
	Waiting  []string       `json:"waiting,omitempty"` // generic names that wait for product codes or for their limit
	Rejected []RowError     `json:"rejected,omitempty"`
	Unread   []string       `json:"unread,omitempty"` // files that could not be read
	Diff     Diff           `json:"diff"`             // against the version before
	// UnknownRules are rule ids of own points that no card of the rule library has: the points are kept.
	UnknownRules []string `json:"unknown_rules,omitempty"`
}

// reject counts an unusable row under its reason.
func (s *SheetReport) reject(line int, reason, what string) {
	s.Unusable++
	sample := fmt.Sprintf("第 %d 行", line)
	if what != "" {
		sample += " " + what
	}
	for i := range s.Reasons {
		if r := &s.Reasons[i]; r.Text == reason {
			r.Count++
			if len(r.Sample) < 3 {
				r.Sample = append(r.Sample, sample)
			}
			return
		}
	}
	s.Reasons = append(s.Reasons, Reason{Text: reason, Count: 1, Sample: []string{sample}})
}

// GroupPendings brings pending points together by rule, name and reason.
func GroupPendings(ps []Pending) []PendingGroup {
	at := map[PendingGroup]int{}
	var out []PendingGroup
	for _, p := range ps {
		g := PendingGroup{Rule: p.Point.RuleID, Name: p.Point.Params.Group, Reason: p.Reason}
		if g.Name == "" {
			g.Name = p.Point.Subject
		}
		i, ok := at[g]
		if !ok {
			i = len(out)
			at[g] = i
			out = append(out, g)
		}
		out[i].Points++
	}
	slices.SortFunc(out, func(a, b PendingGroup) int { return strings.Compare(a.Rule+a.Name, b.Rule+b.Name) })
	return out
}

// String is the report as people read it.
func (r *Report) String() string {
	var b strings.Builder
	for i := range r.Sheets {
		r.Sheets[i].write(&b)
	}
	fmt.Fprintf(&b, "合计：%s\n", r.Totals)
	if r.Joined > 0 {
		fmt.Fprintf(&b, "以前导入、这次才对上的知识点：%d\n", r.Joined)
	}
	if len(r.Pendings) > 0 {
		b.WriteString("待裁决（原文与限定值不一致，未批准不生效）：\n")
		for _, p := range r.Pendings {
			fmt.Fprintf(&b, "  %s %s：%s（%d 个编码）\n", p.Rule, p.Name, p.Reason, p.Points)
		}
	}
	list := func(title string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "%s：%s\n", title, strings.Join(items, "、"))
		}
	}
	list("等待对上产品码或限定说明的通用名", firstOf(r.Waiting, 20))
	list("规则库里还没有的规则编号（知识点已保留）", r.UnknownRules)
	for _, e := range r.Rejected {
		fmt.Fprintf(&b, "未收：%s\n", e.Error())
	}
	for _, u := range r.Unread {
		fmt.Fprintf(&b, "读不出：%s\n", u)
	}
	b.WriteString("生效知识点：" + fmt.Sprint(r.Live))
	for _, k := range keysOf(r.ByRule) {
		fmt.Fprintf(&b, " %s=%d", k, r.ByRule[k])
	}
	fmt.Fprintf(&b, "\n与上一版相比：新增 %d 个，改变 %d 个，不再有 %d 个；新的待裁决 %d 行", r.Diff.Added, r.Diff.Changed, r.Diff.Gone, r.Diff.NewRows)
	if r.Changed {
		fmt.Fprintf(&b, "\n知识库版本 %d\n", r.Version)
	} else {
		fmt.Fprintf(&b, "\n没有变化，知识库仍为版本 %d\n", r.Version)
	}
	return b.String()
}

func firstOf(items []string, n int) []string {
	if len(items) <= n {
		return items
	}
	return append(slices.Clone(items[:n]), fmt.Sprintf("…共 %d 个", len(items)))
}

func (t Tally) String() string {
	return fmt.Sprintf("读入 %d 行，采用 %d，待裁决 %d，不可用 %d，重复 %d，待对上 %d；知识点 %d",
		t.Rows, t.Used, t.Pending, t.Unusable, t.Duplicate, t.Waiting, t.Points)
}

func (s *SheetReport) write(b *strings.Builder) {
	name := s.File
	if s.Tab != "" {
		name += "［" + s.Tab + "］"
	}
	fmt.Fprintf(b, "%s（%s）：%s\n", name, s.Kind, s.Tally)
	for _, r := range s.Reasons {
		fmt.Fprintf(b, "  不可用 %d 行：%s（%s）\n", r.Count, r.Text, strings.Join(r.Sample, "，"))
	}
	for _, n := range s.Notes {
		fmt.Fprintf(b, "  %s\n", n)
	}
}

// Short is the report in a sentence.
func (r *Report) Short() string {
	s := fmt.Sprintf("%d 行：采用 %d，待裁决 %d，不可用 %d，重复 %d，待对上 %d；知识点新增 %d、改变 %d、不再有 %d", r.Totals.Rows, r.Totals.Used, r.Totals.Pending, r.Totals.Unusable,
		r.Totals.Duplicate, r.Totals.Waiting, r.Diff.Added, r.Diff.Changed, r.Diff.Gone)
	if n := len(r.Unread); n > 0 {
		s += fmt.Sprintf("；%d 个文件读不出", n)
	}
	return s
}
