package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// What a truth row says of its line or visit.
const (
	plant    = "plant"       // must be found
	nearMiss = "near_miss"   // must not be found
	side     = "side_effect" // another card that a plant necessarily sets off
)

// amount tells how the money at issue follows from what was billed.
type amount struct {
	mode     amountMode
	num, den int64
	money    claim.Money
}

type amountMode byte

const (
	amtNone  amountMode = iota // not determinable
	amtZero                    // the card claims no money
	amtLine                    // in-scope money of the line × num ÷ den
	amtVisit                   // in-scope money of the visit
	amtDrugs                   // in-scope money of the visit's drugs
	amtFixed
)

var (
	whole    = amount{mode: amtLine, num: 1, den: 1}
	zero     = amount{mode: amtZero}
	unsure   = amount{}
	visitSum = amount{mode: amtVisit}
	drugSum  = amount{mode: amtDrugs}
)

// excess is the share of a line that is too much.
func excess(over, of claim.Qty) amount {
	return amount{mode: amtLine, num: int64(over), den: int64(of)}
}

func fixed(m claim.Money) amount { return amount{mode: amtFixed, money: m} }

// truth is one label.
type truth struct {
	rule, kind string
	v          *visit
	tag        int // of the line; 0: the visit as a whole
	amt        amount
}

// write resolves the label: the line by its tag among the visit's lines.
func (t *truth) write(o *blockOut) {
	r := o.small("truth")
	r.str(t.rule)
	r.b = append(t.v.p.appendNo(r.b, t.v.day()), ',')
	r.b = append(t.v.appendNo(r.b), ',')
	var ln *line
	if t.tag > 0 {
		for i := range t.v.lines {
			if t.v.lines[i].tag == t.tag {
				ln = &t.v.lines[i]
				r.b = t.v.appendLine(r.b, ln.sn)
			}
		}
	}
	r.b = append(r.b, ',')
	r.str(t.kind)
	r.money(t.money(ln))
	r.end()
	o.stats.Truth[t.rule+" "+t.kind]++
}

func (t *truth) money(ln *line) claim.Money {
	switch {
	case t.kind == nearMiss:
		return claim.None64
	case t.amt.mode == amtZero:
		return 0
	case t.amt.mode == amtFixed:
		return t.amt.money
	case t.amt.mode == amtLine && ln != nil:
		return claim.Money(claim.MulDiv(int64(ln.in), t.amt.num, t.amt.den))
	case t.amt.mode == amtVisit, t.amt.mode == amtDrugs:
		var sum claim.Money
		for i := range t.v.lines {
			if l := &t.v.lines[i]; !l.void && !l.generated && (t.amt.mode == amtVisit || l.it.list[0] == '1') {
				sum += max(0, l.in)
			}
		}
		return sum
	}
	return claim.None64
}
