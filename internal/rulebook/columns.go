package rulebook

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// codeWord is a table, a column, a parameter or a quantity as readings write them: table.column, limit_value, inscope.
var codeWord = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*(?:\.[a-z][a-z0-9_]*)?`)

// readingWords are the quantities that readings count with and the words of cards and points that have no column; 规则口径 §一 defines them.
var readingWords = map[string]string{
	"subject": "项目", "subject2": "对方项目", "limit": "限额", "needs": "要有", "refines": "优先于", "exempt": "豁免", "rule": "规则", "true": "是", "false": "否",
	"stay": "一次住院", "inscope": "纳入范围的金额", "days": "用药天数", "LOS": "住院天数", "net_cnt": "净量", "vola": "违规金额", "vola_amt": "违规金额", "fund_amt": "基金金额",
	"min": "取小", "max": "取大", "km": "公里", "dept": "科室", "adm_dept": "入院科室", "dscg_dept": "出院科室", "bilg_dept": "开单科室", "type": "机构类型", "incision": "切口",
	"refl": "转诊", "cap": "上限", "bed": "床位", "valid_from": "生效日期", "require": "须有的项目", "fund": "基金金额", "class": "类",
	"per_day": "每日", "channels": "通道数", "min_title": "最低职称", "price_ratio": "进价倍数", "ratio": "比例", "diag": "诊断", "age_max": "最大年龄", "cutoff": "截止日", "notes": "说明",
	"params.group": "组", "params.class": "类", "params.children": "子项", "params.part": "部位", "params.require": "须有的项目", "params.cap_n": "件数上限", "params.min_title": "最低职称",
	"params.er_obs": "急诊监护类", "params.extra": "加床、婴儿床", "params.icu": "重症监护床", "params.channels": "通道数", "params.fetal": "胎儿或新生儿项目",
	"params.per_day": "每日", "params.analgesia": "镇痛", "params.second": "第二项起的收费比例",
}

// aside are remarks on the list of rules that only maintainers read.
var aside = regexp.MustCompile(`（rules\.tsv[^（）]*）|rules\.tsv [^。]*。`)

// inWords writes a card's reading without the names of columns: by the titles of the interface, the fields of knowledge points, and the parameters of the
// card's check. What has no title stays as it is.
func (g *guide) inWords(check, reading string) string {
	reading = strings.NewReplacer("civil day", "自然日", "住院 stay", "一次住院").Replace(aside.ReplaceAllString(reading, ""))
	said := codeWord.ReplaceAllStringFunc(reading, func(w string) string {
		if s := readingWords[w]; s != "" {
			return s
		}
		table, column, ok := strings.Cut(w, ".")
		if !ok {
			return cmp.Or(g.word(check, w), w)
		}
		if table == "params" {
			return cmp.Or(g.word(check, column), w)
		}
		t, c := claim.TableTitles[table], claim.ColumnTitle(table, column)
		if t == "" || c == "" {
			return w
		}
		return t + "的" + c
	})
	return gap.ReplaceAllString(gap.ReplaceAllString(said, "$1$2"), "$1$2") // twice: a word of one character stands between two
}

// gap is a space that stood between a word and a code.
var gap = regexp.MustCompile(`(\p{Han}) (\p{Han})`)

// word is what a bare name is called; "" when it is none. A column comes before a parameter of the same name, which says what it is set to.
func (g *guide) word(check, w string) string {
	means := ""
	if p, ok := g.params[check+" "+w]; ok {
		means = p.Means
	} else if slices.ContainsFunc(g.checks[check].Params, func(p paramDefault) bool { return p.Name == w }) || strings.Contains(w, "_") {
		means = g.params[w].Means
	}
	means, _, _ = strings.Cut(means, "（") // a remark says nothing within a sentence
	return cmp.Or(claim.ColumnTitle("", w), means, pointFields[w], claim.TableTitles[w], claim.TagTitles[w], kindWords[w])
}
