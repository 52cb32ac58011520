package knowledge

import (
	"regexp"
	"strings"
)

// containedCount is how many of the contained item one main item includes, as its remark counts them; 0 is "all".
//
// The remark is read clause by clause. A count belongs to what follows it ("含5次血糖测定") or, where a stop or "各"
// shows that it closes a list, to what stands before it ("含血尿钾、钠、氯测定3次", "皮质醇和ACTH测定各5次"). It caps
// the item only when the analyte the item measures is named there. Of a range ("6—8次"), or of two counts of the same
// analyte, the larger is taken: that many are included in the price, only what is beyond is legal. How often something
// is watched ("每小时一次") is no count, and an item that is billed by time (…监测) is not counted in times.
func containedCount(remark, item string) int {
	names := analytes(item)
	if len(names) == 0 {
		return 0
	}
	best := 0
	for _, clause := range strings.FieldsFunc(plain(remark), func(r rune) bool { return strings.ContainsRune("；;。，,", r) }) {
		for _, c := range countsIn(clause) {
			if c.n > best && containsAny(c.of, names...) {
				best = c.n
			}
		}
	}
	return best
}

var (
	countPattern = regexp.MustCompile(`([0-9]+|[一二两三四五六七八九十])(?:-([0-9]+))?(?:次|个标本)`)
	frequency    = regexp.MustCompile(`每(?:[0-9]+|半)?(?:秒|分钟|小时|周|月)$`)
	methods      = regexp.MustCompile(`\([^()]*\)|（[^（）]*）`)
)

type count struct {
	n  int
	of string // the text the count belongs to
}

func countsIn(clause string) []count {
	var out []count
	marks := countPattern.FindAllStringSubmatchIndex(clause, -1)
	start := 0
	for i, m := range marks {
		before, end := clause[start:m[0]], len(clause)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		after := clause[m[1]:end]
		start = m[1]
		if frequency.MatchString(before) {
			continue
		}
		n := number(clause[m[2]:m[3]])
		if m[4] >= 0 {
			n = max(n, number(clause[m[4]:m[5]]))
		}
		if after == "" || strings.HasPrefix(after, "、") {
			out = append(out, count{n, before})
		} else {
			out = append(out, count{n, after})
		}
	}
	return out
}

// plain brings the several dashes and full-width signs of the sheets to one.
func plain(s string) string {
	return strings.NewReplacer("－", "-", "—", "-", "–", "-", "～", "-", "~", "-", "至", "-", "　", "", " ", "").Replace(s)
}

// otherNames are analytes that remarks call by another name than the item does.
var otherNames = []struct{ of, name string }{
	{"葡萄糖", "血糖"}, {"无机磷", "磷"}, {"促肾上腺皮质激素", "ACTH"}, {"抗利尿激素", "ADH"}, {"促性腺激素", "性腺激素"},
	{"17-酮类固醇", "17-酮"}, {"肺功能", "通气功能"}, {"肺通气功能", "通气功能"},
}

// analytes are the names under which a remark may speak of what the item measures.
func analytes(item string) []string {
	name := methods.ReplaceAllString(plain(item), "")
	if i := strings.Index(name, "测定"); i > 0 {
		name = name[:i]
	} else if strings.HasSuffix(name, "监测") {
		return nil
	}
	name = strings.TrimSuffix(name, "检查")
	for _, p := range []string{"血清", "血浆", "全血", "尿液", "末梢"} {
		name = strings.TrimPrefix(name, p)
	}
	if name == "" {
		return nil
	}
	out := []string{name}
	if t := strings.TrimPrefix(name, "尿"); t != name && len(t) > 3 {
		out = append(out, t)
	}
	for _, o := range otherNames {
		if strings.Contains(name, o.of) {
			out = append(out, o.name)
		}
	}
	return out
}
