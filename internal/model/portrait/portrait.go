// Package portrait holds the portraits (智能画像) and the watch over what is used (使用情况监测): fixed statements over the approved views, what
// peers are, percentiles, and a score that is the sum of its parts. It opens no database, and a score is never a finding: it says
// where to look first. DESIGN.md of package model says how statements are run.
package portrait

import (
	"embed"
	"math"
	"slices"
	"sort"
	"strings"
)

//go:embed *.sql
var files embed.FS

// Statement is one of this package's statements, with the condition that chooses a subject put in for {subject}.
func Statement(name, subject string) string {
	b, err := files.ReadFile(name + ".sql")
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(strings.TrimSpace(string(b)), "{subject}", subject)
}

// Kind is a kind of subject.
type Kind struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Peers    string    `json:"peers"` // who its peers are, in words
	Measures []Measure `json:"measures"`

	SQL     string   `json:"-"` // statement
	Subject string   `json:"-"` // condition that chooses one, with :a and :b
	Columns []string `json:"-"` // of its key, in order
	Group   []string `json:"-"` // columns that peers share
	Number  float64  `json:"-"` // :kind of institutions
}

// Measure is one figure of a subject. Weight is its share of the score where no labels calibrate it; 0 = shown only.
type Measure struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Unit   string  `json:"unit"` // 次 人 分 倍 % 天 家
	Weight float64 `json:"weight"`
}

var counts = []Measure{{"visits", "就诊人次", "次", 0}, {"persons", "人数", "人", 0}, {"fee", "总费用", "分", 0}, {"fund", "基金支付", "分", 0}}

// Kinds are the kinds of subject there are.
var Kinds = []Kind{
	{ID: "institution", Title: "医疗机构", Peers: "同级别的医疗机构；同区划的够五家时只比同区划", SQL: "provider", Number: 1, Subject: "inst = :a", Columns: []string{"inst"}, Group: []string{"kind", "level"},
		Measures: append(slices.Clone(counts), Measure{"cost", "费用指数（按病种校正）", "倍", 3}, Measure{"stays", "住院门诊比", "倍", 2}, Measure{"los", "平均住院日", "天", 1}, Measure{"often", "人均次数", "次", 1.5},
			Measure{"drug", "药占比", "%", 1}, Measure{"material", "耗占比", "%", 1}, Measure{"fund_share", "基金占比", "%", 1}, Measure{"off", "休息日占比", "%", 0.5})},
	{ID: "pharmacy", Title: "定点药店", Peers: "定点药店；同区划的够五家时只比同区划", SQL: "provider", Number: 2, Subject: "inst = :a", Columns: []string{"inst"}, Group: []string{"kind"},
		Measures: append(slices.Clone(counts), Measure{"cost", "单笔费用指数", "倍", 3}, Measure{"often", "人均次数", "次", 2}, Measure{"fund_share", "基金占比", "%", 2}, Measure{"material", "耗材占比", "%", 1}, Measure{"off", "休息日占比", "%", 0.5})},
	{ID: "department", Title: "科室", Peers: "同级别医疗机构的同名科室；同区划的够五个时只比同区划", SQL: "department", Subject: "inst = :a AND dept = :b", Columns: []string{"inst", "dept"}, Group: []string{"level", "dept"},
		Measures: append(slices.Clone(counts), Measure{"cost", "费用指数（按病种校正）", "倍", 3}, Measure{"often", "人均次数", "次", 1.5}, Measure{"drug", "药占比", "%", 1.5}, Measure{"material", "耗占比", "%", 1}, Measure{"los", "平均住院日", "天", 1},
			Measure{"stays", "住院占比", "%", 1}, Measure{"off", "休息日占比", "%", 0.5})},
	{ID: "doctor", Title: "医师", Peers: "同级别机构同科室的医师；同区划的够五人时只比同区划", SQL: "doctor", Subject: "inst = :a AND doctor = :b", Columns: []string{"inst", "doctor"}, Group: []string{"kind", "level", "dept"},
		Measures: append(slices.Clone(counts), Measure{"cost", "费用指数（按病种校正）", "倍", 3}, Measure{"drug", "药占比", "%", 1.5}, Measure{"busy", "出诊日均人次", "次", 1.5}, Measure{"often", "人均次数", "次", 1.5},
			Measure{"stays", "住院占比", "%", 1}, Measure{"off", "休息日占比", "%", 0.5})},
	{ID: "person", Title: "参保人", Peers: "险种、十岁年龄段、是否门慢、是否疗程性疾病都相同的人；同区划的够三十人时只比同区划", SQL: "person", Subject: "person = :a", Columns: []string{"person"}, Group: []string{"insutype", "decade", "chronic", "course"},
		Measures: []Measure{{"visits", "就诊购药次数", "次", 2}, {"fee", "总费用", "分", 0}, {"fund", "基金支付", "分", 2.5}, {"insts", "去过的机构", "家", 2}, {"same_day", "一日最多机构", "家", 1.5},
			{"shops", "药店购药次数", "次", 1.5}, {"stays", "住院次数", "次", 1.5}, {"per_visit", "次均基金", "分", 0.5}}},
}

// KindOf returns a kind, or nil.
func KindOf(id string) *Kind {
	for i := range Kinds {
		if Kinds[i].ID == id {
			return &Kinds[i]
		}
	}
	return nil
}

// Raw is a row of a kind's statement: the key's codes, and figures by column. A figure that is not there is missing.
type Raw struct {
	Key  []string
	Area string
	Text map[string]string
	Num  map[string]float64
}

// Figure is a measure of a subject beside its peers.
type Figure struct {
	Measure string  `json:"measure"`
	Value   float64 `json:"value"`
	Peer    float64 `json:"peer" doc:"同行中位数"`
	Percent float64 `json:"percentile" doc:"在同行里的百分位，0 到 1"`
	Part    float64 `json:"part" doc:"对风险分的贡献（分）"`
}

// Portrait is a subject beside its peers.
type Portrait struct {
	Key     []string `json:"key"`
	Area    string   `json:"admdvs,omitempty"`
	Dept    string   `json:"dept,omitempty"`
	Peers   int      `json:"peers" doc:"同行数；少于五的不评分"`
	Score   float64  `json:"score" doc:"风险分 0 到 100，各部分相加；不是疑点"`
	Scored  bool     `json:"scored"`
	Figures []Figure `json:"figures"`

	group string
}

// Weights of the parts, by measure; Labels is how many labelled subjects they were calibrated on, 0 = the weights that ship.
type Weights struct {
	By       map[string]float64 `json:"by"`
	Labels   int                `json:"labels"`
	Positive int                `json:"positive"`
	Note     string             `json:"note"`
}

const (
	fewPeers  = 5  // fewer say nothing about a percentile
	areaFull  = 5  // peers of the same area that are enough
	crowdFull = 30 // of persons
	fewLabels = 20 // of each sort, to calibrate
)

// Shipped are the weights of a kind without labels.
func Shipped(k *Kind) Weights {
	w := Weights{By: map[string]float64{}, Note: "没有足够的已办结疑点校准，用缺省权重"}
	for _, m := range k.Measures {
		w.By[m.ID] = m.Weight
	}
	return w
}

// Draw makes the portraits: peers, percentiles, and no score yet.
func Draw(k *Kind, raws []Raw) []Portrait {
	full := areaFull
	if k.ID == "person" {
		full = crowdFull
	}
	groupOf := func(r *Raw, area bool) string {
		var b strings.Builder
		for _, c := range k.Group {
			b.WriteString(r.Text[c] + "\x00")
		}
		if area {
			b.WriteString(r.Area)
		}
		return b.String()
	}
	size := map[string]int{}
	for i := range raws {
		size[groupOf(&raws[i], true)]++
	}
	values := map[string]map[string][]float64{} // wide groups and those of an area hold the same rows
	add := func(g string, r *Raw) {
		if values[g] == nil {
			values[g] = map[string][]float64{}
		}
		for _, m := range k.Measures {
			if v, ok := r.Num[m.ID]; ok {
				values[g][m.ID] = append(values[g][m.ID], v)
			}
		}
		size[g+"\x01"]++
	}
	for i := range raws {
		if a := groupOf(&raws[i], true); size[a] >= full {
			add(a, &raws[i])
		}
		add("*"+groupOf(&raws[i], false), &raws[i])
	}
	for _, g := range values {
		for _, v := range g {
			sort.Float64s(v)
		}
	}
	out := make([]Portrait, 0, len(raws))
	for i := range raws {
		r := &raws[i]
		p := Portrait{Key: r.Key, Area: r.Area, Dept: r.Text["dept"], group: groupOf(r, true)}
		if size[p.group] < full {
			p.group = "*" + groupOf(r, false)
		}
		p.Peers = size[p.group+"\x01"] - 1
		for _, m := range k.Measures {
			v, ok := r.Num[m.ID]
			if !ok {
				continue
			}
			all := values[p.group][m.ID]
			p.Figures = append(p.Figures, Figure{Measure: m.ID, Value: v, Peer: middle(all), Percent: percentile(all, v)})
		}
		out = append(out, p)
	}
	return out
}

// PeersOf lists the values of a measure among a portrait's peers, in order; portraits are those of Draw.
func PeersOf(all []Portrait, p *Portrait, measure string) (out []float64) {
	for i := range all {
		if all[i].group != p.group && !strings.HasPrefix(p.group, "*") {
			continue
		}
		if strings.HasPrefix(p.group, "*") && !strings.HasPrefix(strings.TrimPrefix(all[i].group, "*"), p.group[1:]) {
			continue
		}
		for _, f := range all[i].Figures {
			if f.Measure == measure {
				out = append(out, f.Value)
			}
		}
	}
	sort.Float64s(out)
	return out
}

func middle(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// percentile is the share of the others that are below, equal ones counting half.
func percentile(v []float64, x float64) float64 {
	if len(v) < 2 {
		return 0.5
	}
	lo := sort.SearchFloat64s(v, x)
	hi := sort.Search(len(v), func(i int) bool { return v[i] > x })
	return (float64(lo) + float64(hi-lo-1)/2) / float64(len(v)-1)
}

// excess is how far a percentile lies above the middle half, 0 to 1: what is ordinary adds nothing.
func excess(p float64) float64 { return max(0, (p-0.75)/0.25) }

// Score fills in the parts and the score; subjects with too few peers get none. Best first.
func Score(ps []Portrait, w Weights) {
	for i := range ps {
		p := &ps[i]
		if p.Peers < fewPeers {
			continue
		}
		all := 0.0
		for _, f := range p.Figures {
			all += w.By[f.Measure]
		}
		p.Scored = all > 0
		for k := range p.Figures {
			f := &p.Figures[k]
			if f.Part = 0; all > 0 {
				f.Part = round(100 * w.By[f.Measure] * excess(f.Percent) / all)
			}
			p.Score += f.Part
		}
		p.Score = round(p.Score)
	}
	slices.SortStableFunc(ps, func(a, b Portrait) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return slices.Compare(a.Key, b.Key)
	})
}

func round(v float64) float64 { return math.Round(v*100) / 100 }

// Label is what people decided on a subject: upheld findings, and closed ones of which none was.
type Label struct {
	Upheld, Dismissed int
}

// Calibrate learns the weights from decided findings: a measure weighs as much as a subject with upheld findings is likelier to lie above the
// middle half than one whose findings were all dismissed (log odds, each side with one more subject of the common rate, never below nothing). Too few labels of either
// sort leave the weights that ship.
func Calibrate(k *Kind, ps []Portrait, labels map[string]Label) Weights {
	w := Shipped(k)
	pos, neg := 0, 0
	high := map[string][2]float64{}
	for i := range ps {
		l, ok := labels[ps[i].Key[len(ps[i].Key)-1]]
		if !ok || l.Upheld+l.Dismissed == 0 || ps[i].Peers < fewPeers {
			continue
		}
		side := 1
		if l.Upheld > 0 {
			side = 0
			pos++
		} else {
			neg++
		}
		for _, f := range ps[i].Figures {
			h := high[f.Measure]
			if f.Percent > 0.75 {
				h[side]++
			}
			high[f.Measure] = h
		}
	}
	w.Labels, w.Positive = pos+neg, pos
	if pos < fewLabels || neg < fewLabels {
		return w
	}
	sum := 0.0
	by := map[string]float64{}
	for _, m := range k.Measures {
		if m.Weight == 0 {
			continue
		}
		h := high[m.ID]
		r := (h[0] + h[1]) / float64(pos+neg)
		if r == 0 || r == 1 { // nobody stands out, or all do
			continue
		}
		a, b := (h[0]+r)/float64(pos+1), (h[1]+r)/float64(neg+1)
		by[m.ID] = round(max(0, math.Log(a/(1-a)*(1-b)/b)))
		sum += by[m.ID]
	}
	if sum == 0 {
		w.Note = "已办结疑点与各指标看不出关系，用缺省权重"
		return w
	}
	w.By, w.Note = by, "按已办结疑点校准"
	return w
}
