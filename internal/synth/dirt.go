package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// How a line's row reaches the file when something went wrong on the way. None of it changes what finally holds.
type mishap byte

const (
	asItIs    mishap = iota
	resent           // the identical row twice
	corrected        // first with another quantity, then right with a newer updt_time
	revoked          // first valid, then vali_flag 0 with a newer updt_time
)

// smudge soils a visit's lines before it is settled: partial refunds, voided, corrected and repeated rows. Visits that
// carry labels stay clean.
func (l *life) smudge(v *visit) {
	if len(v.lines) < 2 {
		return
	}
	ln := v.lines[l.c.n(len(v.lines))]
	switch r := l.c.float(); {
	case r < 0.004:
		if ln.cnt >= claim.QtyOne && !ln.take && !v.open {
			ln.cnt, ln.at, ln.generated = -claim.QtyOne, addSec(ln.at, 2400), true
			ln.order, ln.rx = 0, 0
			if l.c.p(0.5) {
				ln.refund = -1 // numbered with the lines
			}
			v.lines = append(v.lines, ln)
		}
	case r < 0.007:
		ln.void, ln.generated = true, true
		if l.c.p(0.4) {
			ln.mishap = revoked
		}
		v.lines = append(v.lines, ln)
	case r < 0.010:
		v.lines[l.c.n(len(v.lines))].mishap = resent
	case r < 0.012:
		v.lines[l.c.n(len(v.lines))].mishap = corrected
	}
}

// soil reverses some settlements: most on the same day, some settled again with another diagnosis, some in a later month.
func (l *life) soil(v *visit) {
	if v.open || len(v.setls) != 1 || !l.c.p(0.007) {
		return
	}
	s := &v.setls[0]
	later := addSec(s.at, l.c.between(300, 2400))
	switch r := l.c.float(); {
	case r < 0.45:
		v.reverse(0, later, l.c.p(0.3))
	case r < 0.80:
		v.reverse(0, later, false)
		v.resettle(0, addSec(later, 180))
		if l.c.p(0.5) && len(v.diags) > 0 {
			v.wrongDiag = "R69.x00"
		}
	default:
		if on := s.at + claim.Time(l.c.between(25, 45))*microsOfDay; on.Day() < l.last {
			v.reverse(0, on, l.c.p(0.3))
		} else {
			v.reverse(0, later, false)
		}
	}
}
