// Package peers holds an institution's figures against those of its like without telling whose they are: a group has at least five others, and
// nothing is told of fewer than three of them together, so no single one's figure can be worked out.
//
// It adds up and compares; where the counts come from, and who asks, it does not know.
package peers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// What keeps a single institution's figure from being worked out.
const (
	Least    = 5 // others in a group
	together = 3 // others in a part of it that is told of
)

// Place is an institution as groups are made of it.
type Place struct {
	Code, Name string
	Kind       string // fixmedins_type: 1 medical institution, 2 pharmacy
	Level      string // hosp_lv
	Admdvs     string
}

// Counts are an institution's counts in a period. Money is in fen.
type Counts struct {
	Lines           int64 // fee lines that came
	Findings        int64
	Fund            int64 // paid by the fund
	Taken           int64 // confirmed charge
	Pleaded, Won    int64 // appeals decided; of these with less upheld than claimed
	Reminded, Heard int64 // reminders with an outcome; complied with
	Rules           map[string]int64
}

// share is a ratio of two counts, per so many.
type share struct {
	id, name, unit, says string
	per, least           int64 // least: a smaller denominator says nothing
	of                   func(*Counts) (part, whole int64)
}

var shares = []share{
	{"findings", "每万行疑点", "条", "疑点条数 ÷ 费用明细行数 × 10000；机审现在仍查出的", 10_000, 100, func(c *Counts) (int64, int64) { return c.Findings, c.Lines }},
	{"taken", "扣款占基金支付", "%", "已确认的扣款 ÷ 基金支付", 100, 1, func(c *Counts) (int64, int64) { return c.Taken, c.Fund }},
	{"won", "申诉成功率", "%", "复审后撤销或调减的 ÷ 复审有结论的", 100, 5, func(c *Counts) (int64, int64) { return c.Won, c.Pleaded }},
	{"heard", "提醒遵从率", "%", "遵从的提醒 ÷ 已有结果的提醒", 100, 20, func(c *Counts) (int64, int64) { return c.Heard, c.Reminded }},
}

// rate is part ÷ whole × per in hundredths, half-up; none when the whole is too small.
func (s *share) rate(c *Counts) (r int64, ok bool) {
	part, whole := s.of(c)
	if c == nil || whole < s.least || whole <= 0 {
		return 0, false
	}
	return claim.MulDiv(part, s.per*100, whole), true
}

// Figure is one of an institution's figures beside its group's. Rates are in hundredths of the unit.
type Figure struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	Says  string `json:"says" doc:"怎么算"`
	Has   bool   `json:"has" doc:"本机构有这个数"`
	Own   int64  `json:"own" doc:"百分之一单位"`
	Part  int64  `json:"part"`
	Whole int64  `json:"whole"`
	Peers Spread `json:"peers"`
}

// Spread is how a group lies: means only, each of at least three institutions. N is 0 when the group is too small to tell.
type Spread struct {
	N     int     `json:"n" doc:"与多少家比，不含本机构；0 为不足 5 家，或只有一两家有，不比"`
	Group string  `json:"group" doc:"与谁比：哪个区划，什么级别；同级不足时为医疗机构，不分级别"`
	Wider bool    `json:"wider" doc:"同级不足 5 家，比的是不分级别的"`
	Mean  int64   `json:"mean"`
	Third []int64 `json:"thirds" doc:"低、中、高三分之一各自的平均；不足 9 家为空"`
	Above int     `json:"above" doc:"高于同级几成，按两成取整；-1 为没有"`
}

// Rule is a card that an institution's findings are of most.
type Rule struct {
	ID       string `json:"rule_id"`
	Name     string `json:"rule_name"`
	Findings int64  `json:"findings"`
	Own      int64  `json:"own" doc:"每万行，百分之一条"`
	Peers    Spread `json:"peers"`
}

// Level is the word for a level: three of hospitals, those without one, and pharmacies.
func Level(p *Place) string {
	if p.Kind == "2" {
		return "药店"
	}
	return map[int8]string{3: "三级", 2: "二级", 1: "一级", 0: "未定级"}[claim.TierOf(p.Level)]
}

// Kind is the word for institutions of all levels.
func Kind(p *Place) string {
	if p.Kind == "2" {
		return "药店"
	}
	return "医疗机构"
}

// Compare holds an institution against its like; which group that is differs by figure, see spread.
func Compare(own *Place, all []Place, counts map[string]*Counts, names map[string]string) (figures []Figure, rules []Rule) {
	mine := counts[own.Code]
	if mine == nil {
		mine = &Counts{}
	}
	for i := range shares {
		s := &shares[i]
		f := Figure{ID: s.id, Name: s.name, Unit: s.unit, Says: s.says}
		f.Part, f.Whole = s.of(mine)
		f.Own, f.Has = s.rate(mine)
		f.Peers = spread(own, all, counts, s, f.Own, f.Has)
		figures = append(figures, f)
	}
	for id, n := range mine.Rules {
		s := ofRule(id)
		r := Rule{ID: id, Name: names[id], Findings: n}
		has := false
		r.Own, has = s.rate(mine)
		r.Peers = spread(own, all, counts, s, r.Own, has)
		rules = append(rules, r)
	}
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Or(cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.ID, b.ID)) })
	return figures, rules[:min(len(rules), 10)]
}

func ofRule(id string) *share {
	return &share{per: 10_000, least: 100, of: func(c *Counts) (int64, int64) { return c.Rules[id], c.Lines }}
}

// spread tells how the others lie: of the own level in the narrowest division that has enough of them, or else of the own kind, whatever
// their level. Where only one or two of them have the thing at all, their mean would be theirs: nothing is told of such a group.
func spread(own *Place, all []Place, counts map[string]*Counts, s *share, mine int64, has bool) Spread {
	for _, word := range []func(*Place) string{Level, Kind} {
		for _, n := range []int{6, 4, 2, 0} {
			area := own.Admdvs[:min(n, len(own.Admdvs))]
			rates, some := s.others(own, all, counts, word, area)
			if len(rates) < Least || some < together {
				continue
			}
			slices.Sort(rates)
			out := Spread{N: len(rates), Group: group(word(own), area), Wider: word(own) != Level(own), Mean: mean(rates), Third: []int64{}, Above: -1}
			if k := len(rates) / 3; k >= together {
				out.Third = []int64{mean(rates[:k]), mean(rates[k : len(rates)-k]), mean(rates[len(rates)-k:])}
			}
			if has {
				below, _ := slices.BinarySearch(rates, mine)
				out.Above = (below*10/len(rates) + 1) / 2 * 2
			}
			return out
		}
	}
	return Spread{Third: []int64{}, Above: -1, Group: group(Level(own), "")}
}

// others are the rates of institutions in an area whom a word fits as it fits one's own, and how many of them have any.
func (s *share) others(own *Place, all []Place, counts map[string]*Counts, word func(*Place) string, area string) (rates []int64, some int) {
	for i := range all {
		p := &all[i]
		if p.Code == own.Code || word(p) != word(own) || !strings.HasPrefix(p.Admdvs, area) || counts[p.Code] == nil {
			continue
		}
		if r, ok := s.rate(counts[p.Code]); ok {
			rates = append(rates, r)
			if r > 0 {
				some++
			}
		}
	}
	return rates, some
}

func group(word, area string) string {
	where := map[int]string{6: "本县区", 4: "本市", 2: "本省"}[len(area)]
	if where == "" {
		where = "全部区划"
	}
	return where + word
}

// mean of rates, to three digits: more would say more of single ones than of the group.
func mean(rates []int64) int64 {
	var sum int64
	for _, r := range rates {
		sum += r
	}
	m := (sum*2 + int64(len(rates))) / (2 * int64(len(rates)))
	step := int64(1)
	for m/step >= 1000 {
		step *= 10
	}
	return (m + step/2) / step * step
}
