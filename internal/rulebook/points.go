package rulebook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// shownPoints is how many points a card's page lists.
const shownPoints = 8

// pointView is a knowledge point in words.
type pointView struct{ Subject, Code, Says, Basis, Valid, Area string }

// pointParamTitles name the members of a point's params.
var pointParamTitles = map[string]string{
	"group": "组", "part": "部位", "cap_n": "含从项次数", "children": "子项", "require": "须有其一", "second": "第二项起比例", "per_day": "按住院天数乘",
	"channels": "通道数", "min_title": "最低职称代码", "fetal": "胎儿新生儿项目", "er_obs": "急诊监护", "extra": "不计天数", "icu": "重症床", "class": "类别",
	"analgesia": "术后镇痛",
}

func (v *cardView) setPoints(b *book, points []knowledge.Point) {
	v.PointCount = len(points)
	for i := range points[:min(len(points), shownPoints)] {
		p := &points[i]
		x := pointView{Subject: b.itemName(p.Subject), Code: p.Subject, Says: b.pointSays(p, b.itemName), Basis: p.Basis, Area: p.Area}
		switch {
		case p.To < claim.OpenDay && p.From > knowledge.FirstDay:
			x.Valid = p.From.String() + " 至 " + p.To.String()
		case p.To < claim.OpenDay:
			x.Valid = "至 " + p.To.String()
		case p.From > knowledge.FirstDay:
			x.Valid = p.From.String() + " 起"
		}
		v.Shown = append(v.Shown, x)
	}
}

// nameItems adds names that the national sheets' points carry: their basis begins with "name：" or "name 与 name：".
func (b *book) nameItems() {
	names := maps.Clone(b.ItemNames)
	if names == nil {
		names = map[string]string{}
	}
	for i := range b.Options.Points {
		p := &b.Options.Points[i]
		head, _, ok := strings.Cut(p.Basis, "：")
		if !ok || strings.HasPrefix(p.Subject, "diag:") {
			continue
		}
		first, second, _ := strings.Cut(head, " 与 ")
		if names[p.Subject] == "" {
			names[p.Subject] = first
		}
		if p.Second != "" && names[p.Second] == "" {
			names[p.Second] = second
		}
	}
	b.ItemNames = names
}

// itemName is the name of a code, or of the diagnoses that "diag:…" stands for; else the code.
func (b *book) itemName(code string) string {
	if d, ok := strings.CutPrefix(code, "diag:"); ok {
		return "诊断 " + d
	}
	return cmp.Or(b.ItemNames[code], code)
}

// pointSays is what a point limits, without its subject.
func (b *book) pointSays(p *knowledge.Point, name func(string) string) string {
	var out []string
	add := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if p.Second != "" {
		add("对 %s", name(p.Second))
	}
	if p.Scope != "" {
		add("范围 %s", p.Scope)
	}
	if p.Sex != "" {
		add("限%s性", p.Sex)
	}
	switch {
	case p.AgeMin >= 0 && p.AgeMax >= 0:
		add("%d–%d 周岁", p.AgeMin, p.AgeMax)
	case p.AgeMin >= 0:
		add("不小于 %d 周岁", p.AgeMin)
	case p.AgeMax >= 0:
		add("不大于 %d 周岁", p.AgeMax)
	}
	if p.WindowD > 0 {
		add("%d 天内", p.WindowD)
	}
	if p.Limit.Has() {
		add("限 %s%s", p.Limit, p.Unit)
	}
	if p.DiagSet != "" {
		add("诊断 %s", strings.ReplaceAll(p.DiagSet, "|", "、"))
	}
	if p.Allow != "" {
		add("取值 %s", strings.ReplaceAll(p.Allow, "|", "、"))
	}
	return strings.Join(append(out, paramSays(p, name)...), "；")
}

func paramSays(p *knowledge.Point, name func(string) string) []string {
	var m map[string]any
	if s := p.Params.String(); s == "" || json.Unmarshal([]byte(s), &m) != nil {
		return nil
	}
	var out []string
	for _, k := range sortedKeys(m) {
		title := cmp.Or(pointParamTitles[k], k)
		switch x := m[k].(type) {
		case bool:
			if x {
				out = append(out, title)
			}
		case []any:
			codes := make([]string, len(x))
			for i, e := range x {
				codes[i] = name(fmt.Sprint(e))
			}
			out = append(out, title+" "+strings.Join(codes, "、"))
		default:
			out = append(out, title+" "+fmt.Sprint(x))
		}
	}
	return out
}
