package synth

import "github.com/mingjian/mingjian/internal/claim"

// guestStride keeps guests' numbers clear of everyone else's: five million is the largest city.
const guestStride = 10_000_000

// stranger makes a grown-up stranger (k from 1 to 9) who plays a part in the host's scene and lives nowhere else.
func (s *scene) stranger(k int) *person {
	host := s.p
	g := peopleOf(&s.opt, s.pl, s.ix, k*guestStride+host.n)
	g.guardian, g.linked, g.renumbered, g.gendCode, g.fixGend, g.fixName = -1, false, 0, 0, false, false
	g.chronic, g.insutype, g.psnType = nil, host.insutype, host.psnType
	g.born = host.born - claim.Day(61*k) // numbers of certificates repeat after five million persons: the birthday tells them apart
	g.cert = certificate(g.born, g.male, g.n)
	s.events = append(s.events, func(o *blockOut) { o.personRows(g) })
	return g
}

// crowd is the host and n−1 guests; the host comes last.
func (s *scene) crowd(n int) []*person {
	var all []*person
	for k := 1; k < n; k++ {
		all = append(all, s.stranger(k))
	}
	return append(all, s.p)
}
