package knowledge

import "testing"

func TestContainedCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		remark, item string
		want         int
	}{
		{"含5次血糖测定", "葡萄糖测定(某法)", 5},
		{"含5次血糖测定", "血清胰岛素测定", 0},
		{"含5次血糖和/或胰岛素测定", "血清胰岛素测定(某法)", 5},
		{"含5次血糖和/或胰岛素测定；包括C肽试验", "血清C肽测定-某法", 0},
		{"含血尿钾、钠、氯测定3次", "氯测定", 3},
		{"含血尿钾、钠、氯测定3次", "钙测定", 0},
		{"含皮质醇和ACTH测定各5次、测尿量8次", "血浆皮质醇测定", 5},
		{"含皮质醇和ACTH测定各5次、测尿量8次", "血清促肾上腺皮质激素测定", 5},
		{"含测血尿钾、钠6—8次", "钾测定", 8},
		{"含渗透压、尿比重测定至少各5—6个标本、每小时测血压、尿比重共8—10小时", "尿比重测定", 6},
		{"含血肾上腺素，血压每小时一次、连续8小时", "肾上腺素测定", 0},
		{"含血压监测半小时内测9次", "动态血压监测", 0},
		{"含监护、床位、诊查、护理", "普通病房床位费", 0},
		{"", "", 0},
		{"含一日三次皮质醇测定；另法每日2次皮质醇测定", "血浆皮质醇测定", 3},
	} {
		if got := containedCount(c.remark, c.item); got != c.want {
			t.Errorf("%s in %q: %d, want %d", c.item, c.remark, got, c.want)
		}
	}
}

func TestTextAgainstLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind        kind
		text, value string
		pending     bool
	}{
		{kindVisit, "限住院患者。", "住院", false},
		{kindVisit, "限急诊或住院患者。", "住院", true},
		{kindVisit, "限急诊或住院患者。", "急诊或住院", false},
		{kindVisit, "无说明", "门诊", false},
		{kindLevel, "限二级及以上医疗机构。", "二级", false},
		{kindLevel, "限心功能Ⅱ-Ⅲ级的患者。", "二级", false},
		{kindLevel, "限三级医疗机构。", "二级", true},
		{kindLevel, "需三级综合医院或二级专科医院医师处方。", "三级", true},
		{kindLevel, "首次处方时需由二级及以上医疗机构医师开具。", "二级", true},
		{kindCourse, "支付不超过14天。", "14天", false},
		{kindCourse, "发病48小时内用药，支付不超过20天。", "20天", false},
		{kindCourse, "单次住院最多支付14天。", "15天", true},
		{kindCourse, "支付不超过12个月", "365天", true},
		{kindCourse, "无说明", "7天", false},
	} {
		s := source{Kind: c.kind, Form: formGeneric, Name: "某药", Text: c.text, Value: c.value}
		r := s.read()
		if r.reason != "" || len(r.points) != 1 || (r.pending != "") != c.pending {
			t.Errorf("%s %q against %q: %+v", c.kind, c.text, c.value, r)
		}
	}
}
