package synth

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// theatrePlan keeps the surgeons of one block: each block has surgeons of its own at every hospital, so that no worker has
// to know what another block operates on, and nobody stands at two tables.
type theatrePlan struct {
	taken []operated
	staff []*surgeon
}

type surgeon struct {
	doctor
	inst *institution
}

// operated is a time at which a surgeon of the block stands at the table.
type operated struct {
	by       *surgeon
	from, to claim.Time
	patient  int
}

// staffTheatre gives every operation of the visit a surgeon who is free; those a scenario names stay.
func (l *life) staffTheatre(o *blockOut, v *visit) {
	for i := range v.opers {
		op := &v.opers[i]
		if op.fixed || !op.begin.Has() {
			continue
		}
		op.doc = &l.freeSurgeon(o, v, op).doctor
	}
}

func (l *life) freeSurgeon(o *blockOut, v *visit, op *operation) *surgeon {
	k := 0
	for _, s := range l.theatre.staff {
		if s.inst != v.inst {
			continue
		}
		k++
		if !l.operates(s, v, op) {
			l.theatre.taken = append(l.theatre.taken, operated{s, op.begin, op.end, v.p.n})
			return s
		}
	}
	i := v.inst
	s := &surgeon{doctor: doctor{code: fmt.Sprintf("D%sS%04d%02d", i.code[1:], l.number, k), name: surnames[:3] + "医师", title: "232"}, inst: i}
	l.theatre.staff = append(l.theatre.staff, s)
	l.theatre.taken = append(l.theatre.taken, operated{s, op.begin, op.end, v.p.n})
	o.doctorRow(i, "A04", &s.doctor, l.city.first-1500)
	return s
}

// operates tells whether the surgeon stands at another patient's table at the time.
func (l *life) operates(s *surgeon, v *visit, op *operation) bool {
	for _, t := range l.theatre.taken {
		if t.by == s && t.patient != v.p.n && (!t.to.Has() || !op.end.Has() || t.from < op.end && op.begin < t.to) {
			return true
		}
	}
	return false
}

// guest is a person beside the city's own who plays the other part of a scenario: the patient before, the doctor in bed.
func (s *scene) guest() *person {
	for k := 1; ; k++ {
		p := peopleOf(&s.opt, s.pl, s.ix, s.opt.Persons*k+s.p.n)
		if age := p.age(s.d); age < 25 || age > 65 {
			continue
		}
		p.guardian, p.linked, p.renumbered, p.gendCode, p.fixGend, p.fixName, p.chronic = -1, false, 0, 0, false, false, nil
		s.events = append(s.events, func(o *blockOut) { o.personRows(p) })
		return p
	}
}

// as plays a part of the scenario for another person.
func (s *scene) as(p *person, f func()) {
	host := s.life.p
	s.life.p = p
	f()
	s.life.p = host
}

// bedRow writes where the visit's patient lay.
func (s *scene) bedRow(v *visit, ward, room, bed string, from, to claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("bed_move")
		r.str(v.no())
		r.str(ward)
		r.str(room)
		r.str(bed)
		r.str(v.dept.code)
		r.time(from)
		r.time(to)
		r.end()
	})
}
