package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// report is one row of the examination register.
type report struct {
	it               *item
	part, device     string
	asked, done, out claim.Time
	k                int // number among the visit's reports
}

func (s *scene) reported(v *visit, e report) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("exam")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("JC" + v.no() + itoa(e.k))
		r.str(v.p.no(v.day()))
		r.str(e.it.Code)
		r.str(e.it.Name)
		r.str(e.part)
		r.time(e.asked)
		r.time(e.done)
		r.time(e.out)
		r.str(e.device)
		r.end()
	})
}

// measured writes a laboratory report with its times.
func (s *scene) measured(v *visit, it *item, sampled, out claim.Time) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("lab")
		r.str(v.inst.code)
		r.str(v.no())
		r.str("LF" + v.no())
		r.str(v.p.no(v.day()))
		r.str(it.Code)
		r.str("1")
		r.str("LI" + itoa(it.n))
		r.str(it.Name)
		r.str("5.1")
		r.str("mmol/L")
		r.str("3.9-6.1")
		r.time(sampled)
		r.time(out)
		r.end()
	})
}

func reportScenarios() []*scenario {
	return append(append(wornScenarios(), machineScenarios()...), sampleScenarios()...)
}

// wornScenarios: F007, a device worn for hours.
func wornScenarios() []*scenario {
	adult := want{}
	// hours from the request to the report, on top of what the point asks for, by report.
	worn := func(more []int, change func(s *scene, v *visit, ln *line, e *report)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "I25.100")
			p, it := s.pick("F007", v, func(p *knowledge.Point, it *item) bool { return it.only("F007") })
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			for k, h := range more {
				e := report{it: it, asked: addSec(ln.at, 600), done: addSec(ln.at, 1200), k: k}
				e.out = addSec(e.asked, (int(p.Limit/claim.QtyOne)+h)*3600)
				if change != nil {
					change(s, v, ln, &e)
				}
				s.reported(v, e)
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	return []*scenario{
		planted("F007", "read two hours too soon", adult, worn([]int{-2}, nil)).spanning(6),
		planted("F007", "read within the hour", adult, worn([]int{0}, func(s *scene, v *visit, ln *line, e *report) { e.out = addSec(e.done, 1800) })).spanning(6),
		near("F007", "worn long enough", adult, worn([]int{0}, nil)).spanning(6),
		near("F007", "the second report is late enough", adult, worn([]int{-3, 1}, nil)).spanning(6),
		near("F007", "no report", adult, worn(nil, nil)).spanning(6),
		near("F007", "only days written down", adult, worn([]int{-3}, func(s *scene, v *visit, ln *line, e *report) {
			e.asked, e.done, e.out = e.asked.Day().Start(), e.done.Day().Start(), e.out.Day().Start()
		})).spanning(6),
		near("F007", "reported before it was done", adult, worn([]int{0}, func(s *scene, v *visit, ln *line, e *report) { e.out = addSec(e.done, -7200) })).spanning(6),
		near("F007", "carried out elsewhere", adult, worn([]int{-3}, func(s *scene, v *visit, ln *line, e *report) { ln.sentOut = true })).spanning(6),
		near("F007", "paid by the patient", adult, worn([]int{-3}, func(s *scene, v *visit, ln *line, e *report) { ln.own = true })).spanning(6),
	}
}

// machineScenarios: F008, at the private hospital, whose machines are registered.
func machineScenarios() []*scenario {
	adult := want{}
	// grade asks for a point of the device, device is the number on the report ("-": no report).
	on := func(kind string, low, high float64, device string, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(oneOf(&s.c, s.pl.by[kindPrivate]), 0, "A03", "K52.900")
			_, it := s.pick("F008", v, func(p *knowledge.Point, it *item) bool {
				grade := float64(p.Limit) / float64(claim.QtyOne)
				return p.Params.Group == kind && it.only("F008", "C022", "B018") && grade >= low && grade <= high
			})
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			if device != "-" {
				s.reported(v, report{it: it, part: "胸部", device: device, asked: addSec(ln.at, -600), done: ln.at, out: addSec(ln.at, 3600)})
			}
			if change != nil {
				change(s, v, ln)
			}
			s.imaging = append(s.imaging, s.d)
			s.hit(v, ln, whole)
			return true
		}
	}
	return []*scenario{
		planted("F008", "made on the smaller machine", adult, on("CT", 64, 64, deviceCT16, nil)),
		planted("F008", "no such machine in the house", adult, on("CT", 128, 256, "-", nil)),
		planted("F008", "a stronger field than there is", adult, on("MR", 3, 3, deviceMR, nil)),
		near("F008", "made on the right machine", adult, on("CT", 64, 64, deviceCT64, nil)),
		near("F008", "the right machine is in the house", adult, on("CT", 16, 64, "-", nil)),
		near("F008", "the field is there", adult, on("MR", 1, 1.5, deviceMR, nil)),
		near("F008", "one of the machines says nothing of its field", adult, on("MR", 3, 3, "", nil)),
		near("F008", "a machine of no register", adult, on("CT", 128, 256, deviceNone, nil)),
		near("F008", "carried out elsewhere", adult, on("CT", 64, 64, deviceCT16, func(s *scene, v *visit, ln *line) { ln.sentOut = true })),
		near("F008", "paid by the patient", adult, on("CT", 64, 64, deviceCT16, func(s *scene, v *visit, ln *line) { ln.own = true })),
		near("F008", "no register in the house", adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			_, it := s.pick("F008", v, func(p *knowledge.Point, it *item) bool { return it.only("F008", "C022", "B018") })
			if it == nil {
				return false
			}
			s.imaging = append(s.imaging, s.d)
			s.hit(v, v.add(it, 1, s.when(0, 11)), unsure)
			return true
		}),
	}
}

// sampleScenarios: F014, samples and reports out of order. L005 says the same of samples far outside the stay.
func sampleScenarios() []*scenario {
	adult := want{}
	const hour = 3600
	outpatient := func(toReport int, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			t := addSec(ln.at, 600)
			out := addSec(t, toReport)
			if change != nil {
				change(s, v, ln)
			}
			if ln.dayOnly { // the laboratory writes days only
				ln.dayOnly, t, out = false, t.Day().Start(), out.Day().Start()
			}
			s.measured(v, it, t, out)
			s.hit(v, nil, zero)
			return true
		}
	}
	// sampled some seconds before admission (negative) or after discharge.
	bed := func(before, after int, l005 bool, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 3, 5, pneumonia)
			var it *item
			for _, x := range s.ix.roles["lab2"] {
				if !x.has("C003", 0) && x.fits(s.p, s.d) && x.suits(v) && !s.has(v, x) {
					it = x
					break
				}
			}
			if it == nil || v.open {
				return false
			}
			ln := v.add(it, 1, addSec(v.begin, 2*hour))
			t := addSec(v.begin, -before)
			if after > 0 {
				t = addSec(v.end, after)
			}
			if change != nil {
				change(s, v, ln)
			}
			s.measured(v, it, t, addSec(t, 2*hour))
			s.hit(v, nil, zero)
			if l005 {
				s.also("L005", v, nil, zero)
			}
			return true
		}
	}
	return []*scenario{
		planted("F014", "reported before it was taken", adult, outpatient(-1800, nil)),
		planted("F014", "taken before admission", adult, bed(26*hour, 0, true, nil)).spanning(10),
		planted("F014", "taken long after discharge", adult, bed(0, 26*hour, true, nil)).spanning(12),
		near("F014", "reported after it was taken", adult, outpatient(1800, nil)),
		near("F014", "only days written down", adult, outpatient(-1800, func(s *scene, v *visit, ln *line) { ln.dayOnly = true })),
		near("F014", "carried out elsewhere", adult, outpatient(-1800, func(s *scene, v *visit, ln *line) { ln.sentOut = true })),
		near("F014", "taken after admission", adult, bed(-hour, 0, false, nil)).spanning(10),
		near("F014", "taken the day before admission", adult, bed(20*hour, 0, false, nil)).spanning(10),
		near("F014", "taken the day after discharge", adult, bed(0, 20*hour, false, nil)).spanning(10),
		near("F014", "under observation", adult, bed(26*hour, 0, false, func(s *scene, v *visit, ln *line) { v.obs = addSec(v.begin, -30*hour) })).spanning(10),
		near("F014", "admission prepared", adult, bed(30*hour, 0, false, func(s *scene, v *visit, ln *line) { v.preIpt = true })).spanning(10),
		near("F014", "newborn on the mother's card", want{female: true, from: 21, to: 40}, bed(26*hour, 0, false, func(s *scene, v *visit, ln *line) {
			v.newborn, v.mom = true, v.p.no(v.day())
		})).spanning(10),
		near("F014", "a bed's sample carried out elsewhere", adult, bed(26*hour, 0, true, func(s *scene, v *visit, ln *line) { ln.sentOut = true })).spanning(10),
	}
}
