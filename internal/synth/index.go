package synth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// item of the catalogue as a bill needs it, with what the knowledge points ask of its use.
type item struct {
	knowledge.Item
	n     int
	list  string
	level byte // 1 甲 2 乙 3 丙
	tier  int  // institutions below this level do not have it
	dose  claim.Qty
	times int
	freq  string
	local string // code of institutions that use local codes

	prices  [4]claim.Price // by institution level
	marks   []mark         // every point that names the item
	limited bool           // a price limit is published
	harmful bool           // some diagnosis forbids it
	use     usage
	rx      bool        // the catalogue asks for a prescription
	listed  claim.Price // 挂网价, 0 none
}

// mark says in which part a point names an item.
type mark struct {
	rule string
	part byte // s subject, 2 second, c child, r required
	pt   *knowledge.Point
}

// usage is what random traffic must respect.
type usage struct {
	male, female   bool // only this sex
	ageMin, ageMax int
	level          int
	cates, depts   []string
	title          string
	bed, out, er   bool // where it may be used
	group          string
	takeMax        int // days at discharge, 0 no limit of its own
	qtyMax         claim.Qty
	daysMax        int // days on one prescription, 0 no limit of its own
	imaging        bool
	radiology      bool
	part           string
}

// disease of the chronic programme: its code and what its catalogue allows.
type disease struct {
	code, name string
	diags      []string
	rate       float64 // among adults
	drugs      []*item
}

type diagnosis struct {
	code, name, dept string
	out, bed         int
	from, to         int
	winter           bool
}

// index is the knowledge as the city uses it.
type index struct {
	pack     *knowledge.Pack
	items    []*item
	byCode   map[string]*item
	byName   map[string]*item
	points   map[string][]*knowledge.Point
	roles    map[string][]*item
	herbs    []*item // herbs and granules
	diseases []*disease
	diags    []*diagnosis
	outSum   int
	bedSum   int
	common   *diagnosis
	outbreak *diagnosis
	names    map[string]string      // diagnosis names
	awarded  map[string]claim.Price // prices of centralised procurement
	changed  *item                  // its code ends in the first third of the window
	goods    *item                  // a material no point speaks of: what scenes bill where only money counts
	selfMade []*item                // in no list: an own code, a placeholder, a material
	devices  []string               // kinds of devices that items need
	lacking  map[string]bool        // … that some institutions do without
}

func newIndex(pack *knowledge.Pack, from, to claim.Day) (*index, error) {
	ix := &index{pack: pack, byCode: map[string]*item{}, byName: map[string]*item{}, points: map[string][]*knowledge.Point{},
		roles: map[string][]*item{}, names: map[string]string{}, awarded: map[string]claim.Price{}}
	for n, it := range pack.Items {
		x := &item{Item: it, n: n, list: it.ListType, level: '1', use: usage{ageMax: 200, bed: true, out: true, er: true}}
		if len(it.Level) == 2 {
			x.level = it.Level[1]
		}
		for l := range x.prices {
			x.prices[l] = it.Price
		}
		x.local = fmt.Sprintf("JX%06d", 100+n*7)
		x.dosage()
		ix.items = append(ix.items, x)
		if x.list == "102" || x.list == "106" {
			ix.herbs = append(ix.herbs, x)
		}
		ix.byCode[it.Code] = x
		if _, dup := ix.byName[it.Name]; !dup {
			ix.byName[it.Name] = x
		}
	}
	ix.limits(pack.PriceLimit)
	if err := ix.flags(pack); err != nil {
		return nil, err
	}
	ix.changed = &item{Item: knowledge.Item{Code: changedItem, Name: "示例换版治疗", ListType: "201", ChargeType: "05", Level: "01", Unit: "次",
		PricingUnit: "次", Price: 20 * claim.PriceOne, From: from - 1000, To: from + lead + (to-from)/3}, list: "201", level: '1', local: "JX999999"}
	for l := range ix.changed.prices {
		ix.changed.prices[l] = ix.changed.Price
	}
	ix.inventItems(from)
	for i := range pack.Points {
		p := &pack.Points[i]
		if p.From > from || (p.To < to) {
			continue
		}
		ix.points[p.RuleID] = append(ix.points[p.RuleID], p)
		ix.mark(p.Subject, p, 's')
		ix.mark(p.Second, p, '2')
		for _, c := range p.Params.Children {
			ix.mark(c, p, 'c')
		}
		for _, c := range p.Params.Require {
			ix.mark(c, p, 'r')
		}
	}
	for _, it := range ix.items {
		if it.list == "301" && len(it.marks) == 0 && it.level == '1' && it.Price >= 10*claim.PriceOne {
			ix.goods = it
			break
		}
	}
	if ix.goods == nil {
		return nil, errors.New("知识库没有一种不受任何知识点约束的甲类耗材，无法生成示例城市")
	}
	ix.diagnoses()
	ix.pools(from, to)
	ix.deviceKinds()
	return ix, ix.chronicProgramme()
}

// changedItem is the one catalogue code of the city's own: it carries no knowledge, only an end.
const changedItem = "990599990000000"

// inventItems makes what no catalogue knows, as an institution may invent it: under its own code, under a placeholder, and a material.
func (ix *index) inventItems(from claim.Day) {
	for k, x := range []knowledge.Item{{Code: "JX999901", Name: "示例自立舒适护理", ListType: "201"}, {Code: "000000", Name: "示例自立引导费", ListType: "201"},
		{Code: "JX999903", Name: "示例自制敷料", ListType: "301"}} {
		x.ChargeType, x.Level, x.Unit, x.PricingUnit, x.Price, x.From, x.To = "05", "01", "次", "次", 45*claim.PriceOne, from-1000, claim.OpenDay
		it := &item{Item: x, n: 1, list: x.ListType, level: '1', local: fmt.Sprintf("JX99990%d", k+1)}
		if x.ListType == "301" {
			it.ChargeType = "08"
		}
		for l := range it.prices {
			it.prices[l] = x.Price
		}
		ix.selfMade = append(ix.selfMade, it)
	}
}

func (ix *index) mark(code string, p *knowledge.Point, part byte) {
	if it := ix.byCode[code]; it != nil {
		it.marks = append(it.marks, mark{p.RuleID, part, p})
		it.harmful = it.harmful || part == 's' && (p.RuleID == "C013" || p.RuleID == "C015")
	}
}

// limits reads the price list by level: random traffic charges exactly the limit.
func (ix *index) limits(csv []byte) {
	for i, ln := range strings.Split(strings.TrimSpace(string(csv)), "\n") {
		f := strings.Split(strings.TrimRight(ln, "\r"), ",")
		if i == 0 || len(f) < 5 || f[4] != "限价" && f[4] != "中选价" {
			continue
		}
		it := ix.byCode[f[0]]
		p, err := claim.ParseDecimal(f[3], 6)
		if it == nil || err != nil {
			continue
		}
		if f[4] == "中选价" {
			ix.awarded[f[0]] = claim.Price(p)
			continue
		}
		for l := range it.prices {
			if f[2] == "" || int(claim.TierOf(f[2])) == l {
				it.prices[l], it.limited = claim.Price(p), true
			}
		}
	}
	for _, it := range ix.items {
		it.prices[0] = min(it.prices[0], it.prices[1])
	}
}

func (it *item) priceAt(i *institution) claim.Price {
	if it.list[0] == '1' {
		return it.Price
	}
	return it.prices[i.level]
}

// dosage derives an ordinary use from the defined daily dose.
func (it *item) dosage() {
	it.times, it.dose, it.freq = 1, claim.QtyOne, "qd"
	if n := int64(it.DDD) / 10_000; it.DDD.Has() && n > 0 && int64(it.DDD)%10_000 == 0 && it.DDDUnit == it.PrepUnit {
		switch {
		case n%3 == 0:
			it.times, it.freq = 3, "tid"
		case n%2 == 0:
			it.times, it.freq = 2, "bid"
		}
		it.dose = claim.Qty(n/int64(it.times)) * claim.QtyOne
	}
}

func (it *item) pack() int64 {
	if it.PacCnt.Has() && it.PacCnt > 0 {
		return int64(it.PacCnt)
	}
	return 10_000
}

func (it *item) injected() bool {
	return it.list == "101" && (strings.Contains(it.MedcWay, "静脉") || strings.Contains(it.MedcWay, "注射") || strings.Contains(it.MedcWay, "皮下"))
}

// has tells whether a rule's point names the item in the part (0 any).
func (it *item) has(rule string, part byte) bool {
	for _, m := range it.marks {
		if m.rule == rule && (part == 0 || m.part == part) {
			return true
		}
	}
	return false
}

// fits tells whether the person may use the item on the day as far as person limits go.
func (it *item) fits(p *person, d claim.Day) bool {
	u := &it.use
	if it.harmful && slices.ContainsFunc(p.chronic, func(d *disease) bool { return it.harms(d.diags[0]) }) {
		return false
	}
	if u.ageMin == 0 && u.ageMax == 200 && !u.male && !u.female {
		return true
	}
	age := p.age(d)
	return age >= u.ageMin && age <= u.ageMax && !(u.male && !p.male) && !(u.female && p.male)
}

// suits tells whether the item may stand on the visit: place, level, department, title and group.
func (it *item) suits(v *visit) bool {
	u := &it.use
	switch {
	case v.inpatient():
		if !u.bed {
			return false
		}
	case v.er || v.med[:2] == "13":
		if !u.er {
			return false
		}
	case !u.out:
		return false
	}
	if u.level > v.inst.level || it.tier > v.inst.level || (len(u.cates) > 0 && !slices.Contains(u.cates, v.inst.cate)) {
		return false
	}
	if u.title != "" && v.doc.title > u.title {
		return false
	}
	if len(u.depts) > 0 && !deptAllowed(u.depts, v.dept) {
		return false
	}
	if u.group != "" {
		for i := range v.lines {
			if v.lines[i].it.use.group == u.group {
				return false
			}
		}
	}
	return true
}

func deptAllowed(allow []string, d *dept) bool {
	for _, a := range allow {
		if strings.HasPrefix(d.code, a) || strings.Contains(d.name, a) {
			return true
		}
	}
	return false
}

// point returns the n-th point (cyclic) of a rule that the filter takes, nil when there is none.
func (ix *index) point(rule string, n int, take func(*knowledge.Point) bool) *knowledge.Point {
	ps := ix.points[rule]
	for i := range ps {
		p := ps[(n+i)%len(ps)]
		if take == nil || take(p) {
			return p
		}
	}
	return nil
}

// inSet tells whether a diagnosis belongs to a set of prefixes and ranges.
func inSet(code, set string) bool {
	for _, s := range strings.Split(set, "|") {
		if s == "" {
			continue
		}
		if a, b, ok := strings.Cut(s, "-"); ok {
			if len(code) >= 3 && code[:3] >= a && code[:3] <= b {
				return true
			}
		} else if strings.HasPrefix(code, s) {
			return true
		}
	}
	return false
}
