package casemix

import "math/bits"

// facts of one case while it is grouped: which lists its codes are in, by position, and its numbers.
type facts struct {
	c       *Case
	rows    [positions][]uint64
	counts  [positions]int32
	mcc, cc bool
	missing field // the first field a condition needed in vain
	scheme  *Scheme
}

func (n *node) eval(f *facts) truth {
	switch n.op {
	case opMember:
		return is(has(f.rows[n.pos], n.bit))
	case opAnd:
		t := yes
		for i := range n.kids {
			switch n.kids[i].eval(f) {
			case no:
				return no
			case unknown:
				t = unknown
			}
		}
		return t
	case opOr:
		t := no
		for i := range n.kids {
			switch n.kids[i].eval(f) {
			case yes:
				return yes
			case unknown:
				t = unknown
			}
		}
		return t
	case opNot:
		switch n.kids[0].eval(f) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	case opConst:
		return is(n.value != 0)
	case opNumber:
		v, ok := f.number(n.field)
		if !ok {
			f.missing = n.field
			return unknown
		}
		return is(compare(v, n.cmp, n.value))
	case opMCC:
		return is(f.mcc)
	case opCC:
		return is(f.cc)
	case opCount:
		return is(compare(f.counts[n.pos], n.cmp, n.value))
	case opSites:
		return is(compare(int32(bits.OnesCount16(f.sites())), n.cmp, n.value))
	case opCodes:
		if f.c.Discharge == 0 {
			f.missing = fieldDischarge
			return unknown
		}
		return is(n.value>>uint(f.c.Discharge)&1 != 0)
	case opText:
		dept := Fold(f.c.Dept)
		for _, t := range n.texts {
			if t == dept {
				return yes
			}
		}
		return no
	case opNewTech:
		return is(f.c.NewTech)
	}
	return no
}

// number of a field; false when the case does not have it.
func (f *facts) number(fd field) (int32, bool) {
	c := f.c
	switch fd {
	case fieldAge:
		return c.Age, true
	case fieldAgeDays:
		if c.Age > 0 {
			return max(c.Age*365, 366), true // past infancy: any bound of days is passed
		}
		return c.AgeDays, c.AgeDays != None
	case fieldWeight:
		return c.Weight, c.Weight != None
	case fieldLOS:
		return c.LOS, c.LOS != None
	case fieldICU:
		return max(c.ICUHours, 0), true
	case fieldDischarge:
		return int32(c.Discharge), c.Discharge != 0
	}
	return int32(c.Sex), true
}

// sites are the trauma sites that the diagnoses cover, as bits.
func (f *facts) sites() uint16 {
	var s uint16
	for i, b := range f.scheme.siteBits {
		if has(f.rows[atAnyDx], b) {
			s |= 1 << i
		}
	}
	return s
}
