package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// shelf is the stock of one product at the hospital that uploads its ledger, and what it sold of it twice in a period.
type shelf struct {
	list   string
	opened string // counted on the evening before the period, "" nobody counted
	sold   [2]int // packs: to a stranger and then to the host
	come   func(s *scene, x *shelf, it *item)
	parts  bool  // sold by the tablet
	over   int64 // packs of the second sale for which nothing was left; of B016, 1e-6 yuan above the limit
	price  claim.Price
	begin  claim.Day // of the period
	end    claim.Day
}

// moved writes a movement of stock on a day.
func (x *shelf) moved(s *scene, it *item, kind string, d claim.Day, cnt string) {
	no, inst := "BG"+kind+s.p.no(s.d)+itoa(int(d)), s.pl.by[kindTraced][shelfHosp]
	s.events = append(s.events, func(o *blockOut) {
		o.named("stock_change", "fixmedins_code", inst.code, "chg_no", no, "med_list_codg", it.Code, "inv_chg_type", kind, "cnt", cnt, "inv_chg_time", stampOf(timeOn(d)))
	})
}

// bought writes a purchase; a negative count is sent back.
func (x *shelf) bought(s *scene, it *item, d claim.Day, cnt, price string) {
	no, inst := "JX"+s.p.no(s.d)+itoa(int(d)), s.pl.by[kindTraced][shelfHosp]
	s.events = append(s.events, func(o *blockOut) {
		o.named("purchase", "fixmedins_code", inst.code, "purc_no", no, "med_list_codg", it.Code, "fixmedins_bchno", no, "purc_retn_cnt", cnt, "finl_trns_pric", price,
			"purc_retn_stoin_time", stampOf(timeOn(d)))
	})
}

// period finds the months that are judged: the scene's, or the last quarter that has ended by the window's end.
func (x *shelf) period(s *scene, months int) bool {
	m := s.d.Month()
	for int(m+1)%months != 0 {
		m++
	}
	if m > s.last.Month() {
		m -= claim.Month(months)
	}
	x.begin, x.end = (m - claim.Month(months) + 1).First(), m.Last()
	return x.begin >= s.first
}

func (x shelf) play(s *scene) bool {
	months := 1
	if x.list == "301" {
		months = 3
	}
	if !x.period(s, months) {
		return false
	}
	s.d = x.begin + 9
	inst := s.pl.by[kindTraced][shelfHosp]
	it := s.product(x.list, 0, 30*claim.PriceOne)
	if x.opened != "" {
		no, d := "K"+s.p.no(s.d), x.begin-1
		s.events = append(s.events, func(o *blockOut) {
			o.named("stock", "fixmedins_code", inst.code, "invdate", dayOf(d), "med_list_codg", it.Code, "fixmedins_bchno", no, "inv_cnt", x.opened)
		})
	}
	if x.list == "301" { // known to the house for long: what is sold now lies in the stock-taking
		x.bought(s, it, x.begin-400, "1", "30")
	}
	sell := func(off claim.Day, n int) (*visit, *line) {
		v := s.clinicVisit(inst, int(x.begin+off-s.d), "A03", "K52.900")
		ln := v.add(it, float64(n), at(v.day(), 11*3600))
		if x.price > 0 {
			ln.price = x.price
		}
		if x.parts {
			ln.parts, ln.cnt, ln.price = true, ln.cnt*24, it.Price/24/10_000*10_000
		}
		return v, ln
	}
	gap := claim.Day(6)
	if months == 3 {
		gap = 40
	}
	if x.sold[0] > 0 {
		s.as(s.stranger(1), func() { sell(9, x.sold[0]) })
	}
	v, ln := sell(9+gap, x.sold[1])
	if x.come != nil {
		x.come(s, &x, it)
	}
	amt := excess(claim.Qty(x.over)*claim.QtyOne, claim.Qty(x.sold[1])*claim.QtyOne)
	if s.sc.rule == "B016" {
		amt = amount{mode: amtLine, num: x.over, den: int64(ln.price)}
	}
	s.hit(v, ln, amt)
	return true
}

// shelfScenarios: B015, B016, B017.
func shelfScenarios() []*scenario {
	adult := want{from: 20, to: 78}
	of := func(rule, kind, name string, x shelf) *scenario {
		x.list = "101"
		if rule == "B017" {
			x.list = "301"
		}
		sc := near(rule, name, adult, x.play)
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	buy := func(off claim.Day, cnt, price string) func(*scene, *shelf, *item) {
		return func(s *scene, x *shelf, it *item) { x.bought(s, it, x.begin+off, cnt, price) }
	}
	change := func(kind, cnt string) func(*scene, *shelf, *item) {
		return func(s *scene, x *shelf, it *item) { x.moved(s, it, kind, x.begin+5, cnt) }
	}
	const yuan = claim.PriceOne
	return variants(
		of("B015", plant, "more billed than there was", shelf{opened: "3", sold: [2]int{4, 5}, come: buy(3, "2", "30"), over: 4}),
		of("B015", plant, "some were destroyed", shelf{opened: "9", sold: [2]int{4, 4}, come: change("105", "5"), over: 4}),
		of("B015", plant, "some were sent back", shelf{opened: "7", sold: [2]int{3, 3}, come: buy(4, "-4", "30"), over: 3}),
		of("B015", plant, "the opening is nothing", shelf{opened: "0", sold: [2]int{0, 3}, over: 3}),
		of("B015", nearMiss, "enough", shelf{opened: "3", sold: [2]int{4, 5}, come: buy(3, "6", "30")}),
		of("B015", nearMiss, "a pack too many", shelf{opened: "3", sold: [2]int{3, 3}, come: buy(3, "2", "30")}),
		of("B015", nearMiss, "moved in from another house", shelf{opened: "3", sold: [2]int{4, 5}, come: change("101", "6")}),
		of("B015", nearMiss, "a gift", shelf{opened: "3", sold: [2]int{4, 5}, come: change("110", "6")}),
		of("B015", nearMiss, "found at stock-taking", shelf{opened: "3", sold: [2]int{4, 5}, come: change("103", "6")}),
		of("B015", nearMiss, "the purchase uploaded after the month", shelf{opened: "3", sold: [2]int{4, 5}, come: func(s *scene, x *shelf, it *item) { x.bought(s, it, x.end+7, "6", "30") }}),
		of("B015", nearMiss, "nobody counted", shelf{sold: [2]int{4, 5}, come: buy(3, "2", "30")}),
		of("B015", nearMiss, "sold by the tablet", shelf{opened: "3", sold: [2]int{1, 2}, parts: true}),

		of("B017", plant, "more billed than there was in a quarter", shelf{opened: "2", sold: [2]int{3, 3}, come: buy(3, "1", "30"), over: 3}),
		of("B017", plant, "a model never bought", shelf{opened: "0", sold: [2]int{0, 4}, over: 4}),
		of("B017", nearMiss, "enough", shelf{opened: "2", sold: [2]int{3, 3}, come: buy(3, "4", "30")}),
		of("B017", nearMiss, "bought in the quarter's second month", shelf{opened: "2", sold: [2]int{3, 3}, come: buy(45, "4", "30")}),
		of("B017", nearMiss, "on loan", shelf{opened: "2", sold: [2]int{3, 3}, come: change("106", "4")}),

		of("B016", plant, "dear packs billed, cheap ones bought", shelf{sold: [2]int{0, 2}, price: 16 * yuan, come: buy(2, "9", "10"), over: int64(1 * yuan)}),
		of("B016", plant, "three times the price", shelf{sold: [2]int{0, 2}, price: 30 * yuan, come: buy(-60, "9", "10"), over: int64(15 * yuan)}),
		of("B016", nearMiss, "half as much again", shelf{sold: [2]int{0, 2}, price: 15 * yuan, come: buy(2, "9", "10")}),
		of("B016", nearMiss, "a dear lot among the cheap ones", shelf{sold: [2]int{0, 2}, price: 16 * yuan, come: func(s *scene, x *shelf, it *item) {
			x.bought(s, it, x.begin+2, "9", "10")
			x.bought(s, it, x.begin-100, "2", "12")
		}}),
		of("B016", nearMiss, "the price of the purchase is not said", shelf{sold: [2]int{0, 2}, price: 16 * yuan, come: buy(2, "9", "")}),
		of("B016", nearMiss, "bought too long ago to say", shelf{sold: [2]int{0, 2}, price: 30 * yuan, come: buy(-220, "9", "10")}),
	)
}
