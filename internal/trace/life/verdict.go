package life

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Class says what a sale too many looks like. The words are the bureau's.
type Class uint8

// Classes.
const (
	NoClass    Class = iota
	Swap             // again at the same institution
	Elsewhere        // at another, neither at once nor long after
	Reflux           // at another long after
	Fake             // at another nearly at once
	OtherArea        // in another pooling area
	MultiSwipe       // at the same institution nearly at once for other persons
	Ward             // one box scanned for several in-patients of a ward: an upload error, explained
)

// String is the bureau's word.
func (c Class) String() string {
	return [...]string{"", "疑似串换", "跨机构重复", "疑似回流", "疑似假药", "跨统筹区重复", "疑似空刷", "住院统一扫码"}[c]
}

// Place is what a verdict must know of an institution.
type Place struct {
	Area     string // admdvs; the first four digits are the pooling area
	Hospital bool
	Group    int32 // chain or 医共体, 0 none
}

// Terms are the parameters of verdicts.
type Terms struct {
	Long  claim.Day // days from which a gap is a long one (T004)
	Short claim.Day // days below which a gap is a short one (T005)
	Reach claim.Day // days before a sale that earlier ones are looked at, 0 = all
	Swipe int64     // µs within which sales to several persons at one institution look like swipes without goods
	Where func(inst int32) Place
}

// Usual terms; Where must be set.
func Usual() Terms { return Terms{Long: 7, Short: 3, Swipe: 30 * 60 * 1_000_000} }

// Again is a sale too many.
type Again struct {
	Sale, Prev int   // indices into Sales: this one, and the latest live one before it
	Class      Class // explained when Ward
	Count      int   // live sales up to this one
	Persons    int   // different known persons among them
	// Same, Long, Near, Areas and Shop say which of the narrower readings hold against any earlier sale.
	Same, Long, Near, Areas, Shop bool
	// Over is set where only the parts sold add up to more than the pack: Excess units of this sale.
	Over   bool
	Excess claim.Qty
}

// Explained tells that the sale is no doubt but an error of upload.
func (a *Again) Explained() bool { return a.Class == Ward }

// Again lists the sales too many. pack is how many smallest units a box holds (1e-4), 0 unknown: then parts never accuse.
func (l *Life) Again(t *Terms, pack claim.Qty) []Again {
	var out []Again
	var live []int
	whole, parts := 0, claim.Qty(0)
	for i := range l.Sales {
		s := &l.Sales[i]
		if !s.Live() {
			continue
		}
		for t.Reach > 0 && len(live) > 0 && s.At.Day()-l.Sales[live[0]].At.Day() > t.Reach {
			if f := &l.Sales[live[0]]; !f.Split {
				whole--
			}
			live = live[1:]
			parts = 0
			for _, j := range live {
				if l.Sales[j].Split {
					parts = plus(parts, l.Sales[j].left)
				}
			}
		}
		over := false
		var excess claim.Qty
		switch {
		case !s.Split:
			if whole > 0 || len(live) > 0 {
				out = append(out, l.again(t, live, i))
			}
			whole++
		case whole > 0:
			out = append(out, l.again(t, live, i))
		case s.left == claim.None64 || parts == claim.None64:
			parts = claim.None64
		default:
			before := parts
			if parts += s.left; pack > 0 && parts > pack {
				over, excess = true, min(s.left, parts-max(pack, before))
			}
		}
		if over {
			a := Again{Sale: i, Prev: i, Over: true, Excess: excess, Count: len(live) + 1}
			if n := len(live); n > 0 {
				a = l.again(t, live, i)
				a.Over, a.Excess, a.Class = true, excess, NoClass
			}
			out = append(out, a)
		}
		live = append(live, i)
	}
	return out
}

func (l *Life) again(t *Terms, live []int, i int) Again {
	s := &l.Sales[i]
	a := Again{Sale: i, Prev: live[len(live)-1], Count: len(live) + 1}
	seen := map[int32]bool{}
	if s.Pers != 0 {
		seen[s.Pers] = true
	}
	ward := true
	for _, j := range live {
		p := &l.Sales[j]
		if p.Pers != 0 {
			seen[p.Pers] = true
		}
		gap := s.At.Day() - p.At.Day()
		switch {
		case p.Inst == s.Inst:
			a.Same = true
		case gap >= t.Long:
			a.Long = true
		case gap < t.Short:
			a.Near = true
		}
		x, y := t.Where(p.Inst), t.Where(s.Inst)
		a.Areas = a.Areas || (pool(x.Area) != "" && pool(y.Area) != "" && pool(x.Area) != pool(y.Area))
		a.Shop = a.Shop || (l.Sales[live[0]].Inst != s.Inst && t.Where(l.Sales[live[0]].Inst).Hospital && !y.Hospital)
		ward = ward && p.Ward && s.Ward && p.Inst == s.Inst && gap == 0
	}
	a.Persons = len(seen)
	p := &l.Sales[a.Prev]
	gap := s.At.Day() - p.At.Day()
	switch {
	case ward && a.Persons > 1:
		a.Class = Ward
	case p.Inst != s.Inst && pool(t.Where(p.Inst).Area) != pool(t.Where(s.Inst).Area) && pool(t.Where(p.Inst).Area) != "" && pool(t.Where(s.Inst).Area) != "":
		a.Class = OtherArea
	case p.Inst == s.Inst && p.Pers != 0 && s.Pers != 0 && p.Pers != s.Pers && !p.At.DayOnly() && !s.At.DayOnly() && s.At.Clock()-p.At.Clock() <= t.Swipe:
		a.Class = MultiSwipe
	case p.Inst == s.Inst:
		a.Class = Swap
	case gap >= t.Long:
		a.Class = Reflux
	case gap < t.Short:
		a.Class = Fake
	default:
		a.Class = Elsewhere
	}
	return a
}

// pool is the pooling area of a division: its city.
func pool(area string) string {
	if len(area) < 4 {
		return ""
	}
	return area[:4]
}

// Proof says how a sale stands against the stock of its institution.
type Proof uint8

// Proofs.
const (
	Proved     Proof = iota // bought or moved in before (or within the tolerance after) the sale
	NoProof                 // no report that the institution or its chain ever received the box
	TooLate                 // received only later than the tolerance after the sale
	GaveBack                // sent back to the supplier before the sale, and not received since
	Scrapped                // destroyed before the sale
	WrongPlace              // taken back by another institution than sold it
)

// Proof looks for the box's arrival at the seller within back days before and late days after the sale.
func (l *Life) Proof(t *Terms, i int, back, late claim.Day) (Proof, *Event) {
	s := &l.Sales[i]
	g := t.Where(s.Inst).Group
	mine := func(inst int32) bool { return inst == s.Inst || (g != 0 && t.Where(inst).Group == g) }
	var gone, came, after *Event
	for k := range l.Stock {
		e := &l.Stock[k]
		early := e.At.Day() < s.At.Day() || (e.At.Day() == s.At.Day() && (e.At.DayOnly() || s.At.DayOnly() || e.At.Clock() <= s.At.Clock()))
		switch e.Kind {
		case Bought, MovedIn:
			switch {
			case !mine(e.Inst):
				if early && gone != nil && gone.Kind == SentBack {
					gone = nil // the supplier sold it on
				}
			case early:
				if s.At.Day()-e.At.Day() <= back {
					came = e
				}
				if gone != nil && gone.Kind != Destroyed {
					gone = nil
				}
			case after == nil:
				after = e
			}
		case SentBack, Destroyed:
			if early && mine(e.Inst) && !(e.At.Day() == s.At.Day() && (e.At.DayOnly() || s.At.DayOnly())) {
				gone = e
			}
		}
	}
	switch {
	case gone != nil && gone.Kind == Destroyed:
		return Scrapped, gone
	case gone != nil:
		return GaveBack, gone
	case came != nil:
		return Proved, came
	case after != nil && after.At.Day()-s.At.Day() <= late:
		return Proved, after
	case after != nil:
		return TooLate, after
	}
	return NoProof, nil
}
