package synth

import (
	"fmt"
	"hash/fnv"
	"math"

	"github.com/mingjian/mingjian/internal/claim"
)

// Areas of the city. Only 9901xx is in the reserved range, so every institution shares one city.
const (
	areaCity     = "990100" // the city's own district: tertiary hospitals
	areaCounty   = "990101" // the county whose insured the data describes
	areaNeighbor = "990102"
	areaFar      = "990103" // a county half a day away
	areaAbroad   = "990199" // stands for a place outside the mainland: scenarios only
)

type kind uint8

const (
	kindCounty kind = iota
	kindTCM
	kindMaternity
	kindTownship
	kindClinic
	kindPharmacy
	kindTertiary
	kindNeighbor
	kindPrivate
	kindSuspended // agreement interrupted for a time; scenarios only
	kindOddShop   // pharmacies with hours or staff of their own; scenarios only
	kindAbroad    // outside the mainland; scenarios only
	kindPeer      // primary hospitals of the quarter that plays the models' scenes
	kindPeerShop  // its pharmacies
	kindFar       // a county beyond reach; the quarter only
	kindTraced    // hospitals that scan devices or keep a ledger of stock; scenarios only
	kindBoxShop   // pharmacies of the quarter whose boxes are followed
	kindCount
)

// institution with the habits that make its exports differ from others'.
type institution struct {
	code, name, lv, cate, area, group string
	kind                              kind
	level                             int // 3 2 1, 0 none
	lon, lat                          float64
	beds                              int
	depts                             []dept
	township                          int
	barred                            [2]doctor // credential suspended, credential ended: scenarios only

	noInscp   bool   // leaves inscp_scp_amt empty
	noDays    bool   // leaves prd_days and dosage empty
	dateOnly  bool   // writes dates without a time
	batchHour bool   // books hour items in one go, twice a month
	codeShape byte   // 0 national code, 1 with a -suffix, 2 local code for some items
	open      int    // second of the day
	shut      int    // second of the day
	suffix    string // of codeShape 1
	duty      dutyHabit
	faces     bool      // takes a picture of whom it bills
	tills     [3]string // dev_no of a pharmacy's terminals

	uploads  bool   // says when a line was uploaded
	noScope  bool   // has no licensed departments on file
	terminal string // settles on a registered terminal
	ledger   bool   // keeps a list of devices
}

type dept struct {
	code, name string
	doctors    []doctor
}

type doctor struct {
	code, name, title string
	cert              string // of scenario doctors who are patients as well
}

func (i *institution) hospital() bool { return i.kind != kindClinic && !i.pharmacy() }

func (i *institution) pharmacy() bool {
	return i.kind == kindPharmacy || i.kind == kindOddShop || i.kind == kindPeerShop || i.kind == kindBoxShop
}

// dept returns the department with the code, or the first.
func (i *institution) dept(code string) *dept {
	for k := range i.depts {
		if i.depts[k].code == code {
			return &i.depts[k]
		}
	}
	return &i.depts[0]
}

func (i *institution) hasDept(code string) bool { return i.dept(code).code == code }

// km between two institutions, near enough for a county.
func km(a, b *institution) float64 {
	dy := (a.lat - b.lat) * 111
	dx := (a.lon - b.lon) * 111 * math.Cos(a.lat*math.Pi/180)
	return math.Hypot(dx, dy)
}

// place is everything that does not depend on a person.
type place struct {
	all      []*institution
	by       [kindCount][]*institution
	clinics  [][]*institution // by township
	pharmacy [][]*institution // by township
	firstDay claim.Day
	outbreak []claim.Day // first day of a school outbreak, by township; 0 none
	market   []int       // market day of the township: day number mod 5
}

var deptNames = [][2]string{{"A03", "内科"}, {"A04", "外科"}, {"A07", "儿科"}, {"A05", "妇产科"}, {"A20", "急诊医学科"},
	{"A50", "中医科"}, {"A10", "眼科"}, {"A11", "耳鼻咽喉科"}, {"A13", "皮肤科"}, {"A12", "口腔科"}, {"A21", "康复医学科"},
	{"A19", "肿瘤科"}, {"A03.06", "肾脏内科"}, {"A15", "精神科"}}

var deptsOf = [kindCount]int{kindCounty: 14, kindTCM: 14, kindMaternity: 5, kindTownship: 6, kindClinic: 0, kindPharmacy: 0,
	kindTertiary: 14, kindNeighbor: 14, kindPrivate: 6, kindSuspended: 6,
	kindAbroad: 6, kindPeer: 4, kindFar: 6, kindTraced: 4}

// atLeast scales a count per 100,000 persons, with a floor that keeps a small city whole.
func atLeast(floor int, per100k float64, persons int) int {
	return max(floor, int(math.Round(per100k*float64(persons)/100_000)))
}

func newPlace(opt *Options) *place {
	p := &place{firstDay: opt.first()}
	n := opt.Persons
	towns := atLeast(3, 8, n)
	add := func(k kind, count int, lv, cate, area string) {
		for j := range count {
			c := newChance(opt.Seed, streamPlace, uint64(k)<<32|uint64(j))
			inst := &institution{kind: k, lv: lv, cate: cate, area: area, level: int(claim.TierOf(lv)), township: j % towns}
			p.locate(inst, c, j, towns)
			inst.code, inst.name = p.nameOf(inst, k, j)
			inst.staff(c, k, n, count)
			inst.habits(c, k, j, opt)
			p.all = append(p.all, inst)
			p.by[k] = append(p.by[k], inst)
		}
	}
	add(kindCounty, atLeast(1, 0.6, n), "05", "综合医院", areaCounty)
	add(kindTCM, atLeast(1, 0.3, n), "06", "中医医院", areaCounty)
	add(kindMaternity, atLeast(1, 0.3, n), "06", "妇幼保健院", areaCounty)
	add(kindTownship, towns, "09", "乡镇卫生院", areaCounty)
	add(kindClinic, atLeast(9, 60, n), "11", "村卫生室", areaCounty)
	add(kindPharmacy, atLeast(6, 38, n), "", "", areaCounty)
	add(kindTertiary, atLeast(2, 0.2, n), "01", "综合医院", areaCity)
	add(kindNeighbor, atLeast(1, 0.1, n), "05", "综合医院", areaNeighbor)
	add(kindPrivate, atLeast(1, 0.6, n), "09", "综合医院", areaCounty)
	add(kindSuspended, 1, "09", "综合医院", areaCounty)
	add(kindOddShop, oddShops, "", "", areaCounty)
	add(kindAbroad, 1, "05", "综合医院", areaAbroad)
	add(kindTraced, tracedHospitals, "05", "综合医院", areaCounty)
	if !opt.Clean {
		add(kindPeer, peerHospitals, "09", "综合医院", areaCounty)
		add(kindPeerShop, peerShops, "", "", areaCounty)
		add(kindFar, 1, "05", "综合医院", areaFar)
		add(kindBoxShop, boxShops, "", "", areaCounty)
		for _, i := range p.by[kindPeer][5:7] {
			i.group = "YG新区" // their doctors help each other out
		}
	}

	p.clinics, p.pharmacy = make([][]*institution, towns), make([][]*institution, towns)
	for _, i := range p.by[kindClinic] {
		p.clinics[i.township] = append(p.clinics[i.township], i)
	}
	for _, i := range p.by[kindPharmacy] {
		p.pharmacy[i.township] = append(p.pharmacy[i.township], i)
	}
	p.outbreak, p.market = make([]claim.Day, towns), make([]int, towns)
	for t := range towns {
		c := newChance(opt.Seed, streamPlace, 1<<40|uint64(t))
		if c.p(0.25) {
			p.outbreak[t] = opt.first() + claim.Day(c.n(max(1, int(opt.last()-opt.first())-10)))
		}
		p.market[t] = c.n(5)
	}
	return p
}

// locate puts townships on a grid of 9 km, the county seat in the middle, other areas 45 km and 60 km away.
func (p *place) locate(i *institution, c *chance, j, towns int) {
	const seatLon, seatLat = 116.40, 31.60
	side := int(math.Ceil(math.Sqrt(float64(towns))))
	i.lon, i.lat = seatLon+0.01*c.float(), seatLat+0.01*c.float()
	switch i.kind {
	case kindTownship, kindClinic, kindPharmacy:
		t := i.township
		i.lon = seatLon + 0.10*(float64(t%side)-float64(side)/2) + 0.07
		i.lat = seatLat + 0.085*(float64(t/side)-float64(side)/2) + 0.06
		if i.kind != kindTownship {
			i.lon += 0.04 * (c.float() - 0.5)
			i.lat += 0.04 * (c.float() - 0.5)
		}
	case kindTertiary:
		i.lon += 0.48 + 0.02*float64(j)
	case kindNeighbor:
		i.lat += 0.55
	case kindFar:
		i.lat += 1.9
	}
}

func (p *place) nameOf(i *institution, k kind, j int) (code, name string) {
	prefix := "H"
	if k == kindPharmacy || k == kindOddShop || k == kindPeerShop || k == kindBoxShop {
		prefix = "P"
	}
	code = fmt.Sprintf("%s%s%d%04d", prefix, i.area, int(k), j+1)
	names := [kindCount]string{"示例县人民医院", "示例县中医医院", "示例县妇幼保健院", "示例镇卫生院", "示例村卫生室", "示例大药房", "示例市中心医院",
		"示例邻县人民医院", "示例民营医院", "示例康宁医院", "示例便民药房", "示例境外医院", "示例新区卫生院", "示例新区药房", "示例远县人民医院",
		"示例惠民医院", "示例惠民药房"}
	name = names[k]
	if k == kindTownship || k == kindClinic || k == kindPharmacy || j > 0 || k == kindPeer || k == kindPeerShop || k == kindTraced || k == kindBoxShop {
		name = fmt.Sprintf("%s（%d）", name, j+1)
	}
	if k == kindTownship || k == kindClinic {
		i.group = fmt.Sprintf("YG%d", i.township%max(1, len(p.by[kindCounty])))
	}
	if k == kindOddShop && (j == boughtShop || j == chainShop) {
		i.group = "LS1" // one chain: the goods come through its other shop
	}
	if k == kindCounty {
		i.group = fmt.Sprintf("YG%d", j)
	}
	return code, name
}

func (i *institution) staff(c *chance, k kind, persons, count int) {
	docs := 2
	switch k {
	case kindCounty:
		docs = max(14, persons/900/count)
	case kindTCM, kindMaternity, kindPrivate:
		docs = max(8, persons/4000/count)
	case kindTownship:
		docs = max(7, persons/1500/count)
	case kindTertiary, kindNeighbor:
		docs = max(14, persons/3000/count)
	}
	names := deptNames[:deptsOf[k]]
	if len(names) == 0 {
		names = [][2]string{{"A02", "全科医疗科"}}
	}
	for d, nm := range names {
		n := max(1, docs*[]int{4, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1}[d]/14)
		if len(names) == 1 {
			n = docs
		}
		dp := dept{code: nm[0], name: nm[1]}
		for range n {
			seq := len(i.doctorsOf()) + len(dp.doctors) + 1
			dp.doctors = append(dp.doctors, doctor{cert: doctorCert(c), code: "D" + i.code[1:7] + fmt.Sprintf("%s%03d", i.code[7:], seq),
				name: surname(c) + given(c), title: []string{"231", "232", "233", "234"}[c.pick([]int{10, 22, 38, 30})]})
		}
		i.depts = append(i.depts, dp)
	}
	// Two more doctors whose credential is suspended or ended; random traffic does not know them.
	for n := range 2 {
		i.barred[n] = doctor{code: "D" + i.code[1:7] + fmt.Sprintf("%s9%02d", i.code[7:], n+1), name: surname(c) + given(c), title: "233"}
	}
	i.beds = []int{600, 260, 120, 45, 0, 0, 1200, 500, 60, 40, 0, 100, peerBeds, 0, 300, 120, 0}[k]
}

// doctorCert is a certificate no person of the city has: persons use the numbers below 9999.
func doctorCert(c *chance) string {
	return certificate(claim.DayOf(1962, 1, 1)+claim.Day(c.n(11_000)), c.p(0.5), 9999*500+c.n(500))
}

// certificate is what a register shows of the doctor; those of scenes have one by their code, or a large city's hospitals would
// seem to leave it out.
func (d *doctor) certificate() string {
	if d.cert != "" {
		return d.cert
	}
	h := fnv.New64a()
	h.Write([]byte(d.code))
	return doctorCert(newChance(0, streamPlace, h.Sum64()))
}

func (i *institution) doctorsOf() (all []doctor) {
	for _, d := range i.depts {
		all = append(all, d.doctors...)
	}
	return all
}

func (i *institution) habits(c *chance, k kind, j int, opt *Options) {
	i.open, i.shut = 8*3600, 18*3600
	switch k {
	case kindClinic:
		i.dateOnly = j%3 == 2
		i.noDays = j%4 == 1
	case kindPharmacy:
		i.open, i.shut = 8*3600+1800, 21*3600
		i.noDays = j%3 == 1
		i.codeShape = byte(j % 2)
		if j%3 == 0 {
			i.duty = dutyWhole
		}
	case kindPeerShop, kindBoxShop:
		i.open, i.shut = 8*3600+1800, 21*3600
	case kindOddShop:
		i.oddHours(j)
	case kindTownship:
		i.noInscp = j%4 == 1
		i.codeShape = byte(j % 3)
		i.terminal, i.ledger = "T"+i.code, true
	case kindCounty:
		i.terminal, i.ledger = "T"+i.code, true
		// The rule on batch booking asks for 100 lines of an item in a month; a small city cannot promise them.
		i.batchHour = j == 0 && opt.Persons >= batchPersons
	case kindTCM:
		i.codeShape, i.faces = 2, true
		i.uploads, i.ledger = true, true
	case kindPrivate:
		i.noDays = true
		i.codeShape = 1
		i.uploads, i.noScope, i.terminal = true, true, "T"+i.code
	}
	i.suffix = fmt.Sprintf("-%03d", 1+c.n(400))
	for k := range i.tills {
		i.tills[k] = fmt.Sprintf("T%s%d", i.code[1:], k+1)
	}
}

// batchPersons is the smallest city whose county hospital surely books 100 hour lines a month.
const batchPersons = 20_000

const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
const givens = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志文斌宇浩欣怡梓涵子轩雨晨思佳俊鹏海燕春梅秀珍"

func surname(c *chance) string { return runeAt(surnames, c) }
func given(c *chance) string {
	if c.p(0.35) {
		return runeAt(givens, c)
	}
	return runeAt(givens, c) + runeAt(givens, c)
}

func runeAt(s string, c *chance) string {
	k := 3 * c.n(len(s)/3)
	return s[k : k+3]
}
