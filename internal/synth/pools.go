package synth

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// core items every bill needs, by name and in the order in which they claim their place in the clean set: an item that a
// pair rule links with one already taken stays out.
var core = []string{"普通病房床位费（三人及以上间）", "Ⅱ级护理", "住院诊查费", "一般诊疗费", "静脉输液（第一组）", "精密输液器", "静脉留置针", "血常规",
	"尿常规", "肝功能全套", "肾功能全套", "血脂全套", "电解质全套", "凝血四项", "C反应蛋白测定", "常规心电图", "腹部彩超", "氧气吸入",
	"雾化吸入", "无张力疝修补术", "腹腔镜胆囊切除术", "腹腔镜阑尾切除术", "痔切除术", "椎管内麻醉", "术后静脉镇痛", "血液透析",
	"单胎顺产接生", "剖宫产术", "产前常规超声"}

// pairRules link two items that a clean bill may not carry together.
var pairRules = []string{"B002", "B003", "B004", "E002", "F001", "F002", "F003", "F004", "F006", "F018"}

// neverRandom are rules whose subjects only scenarios (or the chronic programme, the ward, the theatre) use.
var neverRandom = []string{"A007", "A008", "A013", "A015", "A016", "B023", "E001", "C009", "H002",
	"C001", "C006", "C007", "C010", "C011", "C019", "C025", "D011", "D012", "D013", "D014",
	"A014", "A019", "A020", "A021", "A023", "A031", "A032", "A033", "A034", "A035",
	"T014", "T021", "E006"}

// onceHarmless are rules of neverRandom that ask for more than one day of use: a scene may book their items once.
var onceHarmless = []string{"C007", "C011"}

// pools builds the clean set: random traffic draws from nothing else. Whatever is in it can stand on one bill together.
func (ix *index) pools(from, to claim.Day) {
	linked := map[*item][]*item{}
	unbilled := map[*item]bool{} // the last part of a whole that random traffic never bills
	for _, r := range pairRules {
		for _, p := range ix.points[r] {
			if a, b := ix.byCode[p.Subject], ix.byCode[p.Second]; a != nil && b != nil {
				linked[a], linked[b] = append(linked[a], b), append(linked[b], a)
			}
		}
	}
	for _, p := range ix.points["B013"] { // a set of all children would have to be billed as the whole
		if n := len(p.Params.Children); n > 0 {
			a, b := ix.byCode[p.Subject], ix.byCode[p.Params.Children[n-1]]
			if a != nil && b != nil {
				linked[a], linked[b] = append(linked[a], b), append(linked[b], a)
				unbilled[b] = unbilled[b] || ix.everydayHarm(a) || !a.restrict()
			}
		}
	}
	clean := map[*item]bool{}
	consider := func(it *item) {
		if it == nil || unbilled[it] || slices.Contains(oddOnes, it.Name) || clean[it] || it.From > from-400 || it.To < to+60 {
			return
		}
		for _, o := range linked[it] {
			if clean[o] {
				return
			}
		}
		if !ix.everydayHarm(it) && it.restrict() {
			clean[it] = true
			ix.enlist(it)
		}
	}
	for _, name := range core {
		consider(ix.byName[name])
	}
	for _, it := range ix.items {
		consider(it)
	}
}

// restrict turns the item's points into limits of use; false when random traffic must leave it alone.
func (it *item) restrict() bool {
	u := &it.use
	for _, m := range it.marks {
		if m.rule == "B023" && theatre[it.Name] != "" { // three sessions a week keep every such limit
			continue
		}
		if slices.Contains(neverRandom, m.rule) && m.part == 's' {
			return false
		}
		if m.part == 's' && !u.take(m.rule, m.pt) {
			return false
		}
	}
	return true
}

func (u *usage) take(rule string, p *knowledge.Point) bool {
	whole := int(p.Limit / claim.QtyOne)
	switch rule {
	case "A001", "A002":
		u.male, u.female = u.male || p.Sex == "男", u.female || p.Sex == "女"
	case "A003":
		u.ageMax = min(u.ageMax, 13)
	case "A004", "C024":
		if p.AgeMax >= 0 {
			u.ageMax = min(u.ageMax, p.AgeMax)
		}
		u.ageMin = max(u.ageMin, p.AgeMin)
	case "A005":
		if p.Allow != "儿童" {
			return false
		}
		u.ageMax = min(u.ageMax, 13)
	case "A006":
		u.ageMin = max(u.ageMin, max(18, p.AgeMin))
	case "A009", "A010":
		if p.Limit.Has() {
			u.level = max(u.level, whole)
		}
		if p.Allow != "" {
			u.cates = strings.Split(p.Allow, "|")
		}
	case "A011", "A012":
		u.bed = u.bed && strings.Contains(p.Allow, "住院")
		u.out = u.out && strings.Contains(p.Allow, "门诊")
		u.er = u.er && strings.Contains(p.Allow, "急诊")
	case "A017", "A018":
		u.depts, u.title = strings.Split(p.Allow, "|"), p.Params.MinTitle
	case "A029":
		u.takeMax = whole
	case "D001":
		u.qtyMax = p.Limit
	case "D015":
		u.daysMax = whole
	case "B022":
		return p.Params.PerDay
	case "B001", "B021":
		return whole >= 1
	case "B011", "B012":
		u.group = rule + p.Params.Group
	case "C002":
		u.imaging, u.part = true, p.Params.Part
	case "C022":
		u.radiology = true
	case "A022":
		return false
	}
	return true
}

// oddOnes would look strange when drawn by chance.
var oddOnes = []string{"洗胃", "腹膜透析换液", "化疗药物配置", "关节腔注射", "拆线", "心理测评", "静脉留置针穿刺", "乳腺钼靶摄影", "腹膜透析管",
	"心脏起搏器安置术", "动静脉内瘘成形术", "颅骨修补术", "步态训练", "光子嫩肤治疗", "重睑成形术", "人工授精治疗", "交叉配血"}

// theatre items are booked by name, in the stories of deliveries and of dialysis.
var theatre = map[string]string{"血液透析": "dialysis", "单胎顺产接生": "delivery", "剖宫产术": "caesarean", "产前常规超声": "antenatal"}

// enlist puts a clean item into the role it plays on bills.
func (ix *index) enlist(it *item) {
	put := func(role string) { ix.roles[role] = append(ix.roles[role], it) }
	cheap := it.Price <= 120*claim.PriceOne
	switch {
	case theatre[it.Name] != "":
		put(theatre[it.Name])
	case it.level == '3':
	case it.list == "102":
		put("herb")
	case it.list == "101":
		ix.enlistDrug(it)
	case it.list == "301":
		switch {
		case it.Price <= 30*claim.PriceOne:
			put("consumable")
		case it.Price <= 800*claim.PriceOne:
			put("opconsumable")
		}
	case it.list == "201" && (it.use.imaging || (it.use.radiology && !cheap)):
		put("imaging")
	case it.list == "201" && !it.use.female && !it.use.male && it.use.ageMax > 99:
		ix.enlistService(it, put)
	}
}

func (ix *index) enlistDrug(it *item) {
	put := func(role string) { ix.roles[role] = append(ix.roles[role], it) }
	external := false
	for _, w := range []string{"外用", "滴", "喷", "吸入", "贴", "膏", "栓", "洗"} {
		external = external || strings.Contains(it.Dosform, w) || strings.Contains(it.MedcWay, w)
	}
	it.tier = 0
	if it.Price > 60*claim.PriceOne {
		it.tier = 2
	}
	switch {
	case it.Nego || it.Narcotic:
	case it.injected() && !strings.Contains(it.Name, "麻醉") && !strings.Contains(it.ATC, "N01") && it.Price < 120*claim.PriceOne:
		put("injected")
	case external && strings.Contains(it.MedcWay, "静脉"):
	case external && it.Price < 60*claim.PriceOne:
		put("external")
	case strings.Contains(it.MedcWay, "口服") && it.DDD.Has() && it.DDDUnit == it.PrepUnit && it.Price < 80*claim.PriceOne:
		put("oral")
	}
}

func (ix *index) enlistService(it *item, put func(string)) {
	u := &it.use
	switch it.ChargeType {
	case "01":
		if it.Name == core[0] {
			put("bed")
		}
	case "02":
		switch {
		case it.Name == "住院诊查费":
			put("ward")
		case it.Name == "一般诊疗费":
			put("consult1")
		case u.out && it.has("A012", 's') && strings.Contains(it.Name, "门诊"):
			put("consult")
		}
	case "12":
		put("consult1")
	case "03":
		if it.Price < 200*claim.PriceOne && it.PricingUnit != "小时" && it.PricingUnit != "侧" && len(u.depts) == 0 {
			put("exam")
		}
	case "04":
		switch {
		case it.Price <= 75*claim.PriceOne:
			put("lab")
		case it.Price <= 180*claim.PriceOne:
			put("lab2")
		}
	case "05":
		switch {
		case it.Name == "静脉输液（第一组）":
			put("infuse")
		case strings.Contains(it.Name, "麻醉"):
			put("anaesthesia")
		case strings.Contains(it.Name, "旧码") || strings.Contains(it.Name, "抢救") || strings.Contains(it.Name, "复苏") || strings.Contains(it.Name, "复律"):
		case it.PricingUnit == "小时":
			if it.Name == "氧气吸入" {
				put("hour")
			}
		case len(u.depts) > 0:
			put("special")
		case it.Price <= 60*claim.PriceOne && it.PricingUnit != "日":
			put("treat")
		}
	case "06":
		if it.Price <= 2600*claim.PriceOne {
			put("surgery")
		}
	case "07":
		if it.Name == "Ⅱ级护理" {
			put("nursing")
		}
	}
}

// cityDiagnoses of random traffic: code|name|department|weight out-patient|weight in-patient|age from|to|season (w winter).
const cityDiagnoses = `
J06.900|急性上呼吸道感染|A03|30|0|0|99|w
J20.900|急性支气管炎|A03|18|0|0|99|w
J18.900|肺炎|A03|4|14|0|99|w
J02.900|急性咽炎|A11|12|0|0|99|w
K29.500|慢性胃炎|A03|10|0|14|99|
K52.900|胃肠炎|A03|8|4|0|99|
K80.200|胆囊结石|A04|2|6|25|99|
K40.900|腹股沟疝|A04|1|4|18|99|
K35.800|急性阑尾炎|A04|1|4|8|80|
K64.900|痔|A04|3|3|20|80|
I10.x00|特发性高血压|A03|12|0|40|99|
I25.100|冠状动脉粥样硬化性心脏病|A03|5|10|50|99|
I63.900|脑梗死|A03|3|14|50|99|
E11.900|2型糖尿病|A03|6|7|35|99|
J44.900|慢性阻塞性肺疾病|A03|3|9|55|99|w
M51.200|腰椎间盘突出|A50|7|8|25|99|
M54.500|腰痛|A50|7|0|18|99|
M17.900|膝关节病|A50|6|4|45|99|
S52.500|桡骨下端骨折|A04|2|4|5|99|
S01.000|头皮裂伤|A04|3|0|3|99|
N20.000|肾结石|A04|2|3|20|85|
K21.000|胃食管反流病|A03|4|2|18|99|
L30.900|湿疹|A13|6|0|0|99|
H10.900|结膜炎|A10|4|0|0|99|
R42.x00|头晕|A03|4|0|30|99|
G47.000|失眠|A03|4|0|25|99|
B34.900|病毒感染|A07|6|3|0|13|w
A08.400|病毒性肠道感染|A07|3|3|0|13|
J45.900|哮喘|A03|2|3|6|99|
I50.900|心力衰竭|A03|1|6|60|99|
`

func (ix *index) diagnoses() {
	for _, ln := range strings.Split(strings.TrimSpace(cityDiagnoses), "\n") {
		f := strings.Split(ln, "|")
		d := &diagnosis{code: f[0], name: f[1], dept: f[2], winter: f[7] == "w"}
		fmt.Sscan(f[3], &d.out)
		fmt.Sscan(f[4], &d.bed)
		fmt.Sscan(f[5], &d.from)
		fmt.Sscan(f[6], &d.to)
		for _, p := range ix.points["G015"] { // no bed for what belongs in the out-patient department
			if inSet(d.code, p.DiagSet) {
				d.bed = 0
			}
		}
		ix.names[d.code] = d.name
		ix.diags = append(ix.diags, d)
		ix.outSum += d.out
		ix.bedSum += d.bed
		switch d.code {
		case "J06.900":
			ix.common = d
		case "A08.400":
			ix.outbreak = d
		}
	}
}

func (ix *index) drawDiagnosis(c *chance, bed bool) *diagnosis {
	if bed {
		r := c.n(ix.bedSum)
		for _, d := range ix.diags {
			if r -= d.bed; r < 0 {
				return d
			}
		}
	}
	r := c.n(ix.outSum)
	for _, d := range ix.diags {
		if r -= d.out; r < 0 {
			return d
		}
	}
	return ix.common
}
