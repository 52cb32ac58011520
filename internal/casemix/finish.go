package casemix

import (
	"maps"
	"slices"
	"strings"
)

// finish turns the gathered lists into rows of bits and drops what only building needed.
func (b *builder) finish() {
	s := b.s
	var ids [2]map[string]int32
	for kind := range 2 {
		s.books[kind], ids[kind] = b.book(kind)
	}
	dx := &s.books[diagnoses]
	s.severity = make([]severity, len(dx.names))
	prefixes := map[string]severity{}
	for c, v := range b.cc {
		if p, ok := strings.CutSuffix(c, "%"); ok {
			prefixes[p] = v
		}
	}
	s.prefixSeverity = prefixes
	for e, name := range dx.names {
		code := Fold(name)
		s.severity[e] = s.withPrefixes(b.cc[code], code)
		if more := b.also[code]; len(more) > 0 {
			if s.more == nil {
				s.more = map[int32][]int32{}
			}
			s.more[int32(e)] = more
		}
	}
	for kind := range 2 {
		k := &s.books[kind]
		k.index = newIndex(ids[kind], k.words, func(e int32, rec []uint64) {
			rec[recEntry] = uint64(uint32(e))
			if kind == diagnoses {
				v := s.severity[e]
				rec[recEntry] |= uint64(uint32(v.excluded)) << 32
				rec[recSev] = uint64(uint32(v.mcc)) | uint64(uint32(v.cc))<<32
			}
			copy(rec[recHead:], k.row(e))
		})
	}
	for i := range s.mdcs {
		m := &s.mdcs[i]
		m.entry.uses(&s.reads)
		s.entries = append(s.entries, m.entry.gate())
		for j := range m.adrgs {
			m.adrgs[j].condition.uses(&s.reads)
			m.gates = append(m.gates, m.adrgs[j].condition.gate())
			for k := range m.adrgs[j].drgs {
				m.adrgs[j].drgs[k].condition.uses(&s.reads)
			}
		}
	}
}

// withPrefixes completes what the complication tables say of a code itself with what they say of its longest prefix,
// each table apart: a prefix that is a CC does not hide the exclusion table of a shorter one.
func (s *Scheme) withPrefixes(v severity, code string) severity {
	if len(s.prefixSeverity) == 0 {
		return v
	}
	for n := len(code); n > 0; n-- {
		p := s.prefixSeverity[code[:n]]
		if v.mcc == 0 {
			v.mcc = p.mcc
		}
		if v.cc == 0 {
			v.cc = p.cc
		}
		if v.excluded == 0 {
			v.excluded = p.excluded
		}
	}
	return v
}

// book builds one dictionary. A map from an old code leads to the entry of the new one, unless the old code is itself
// in the tables: what a scheme names is never re-mapped. The codes and their entries come with it, for the index.
func (b *builder) book(kind int) (book, map[string]int32) {
	ids := make(map[string]int32, 2*len(b.spell[kind]))
	out := book{titles: b.titles[kind], prefix: map[string][]uint64{}, catalogued: b.s.books[kind].catalogued,
		words: max(1, (len(b.lists[kind])+63)/64)}
	add := func(code, name string) int32 {
		e := int32(len(out.names))
		ids[code], out.names = e, append(out.names, name)
		return e
	}
	for _, code := range slices.Sorted(maps.Keys(b.spell[kind])) {
		if !strings.HasSuffix(code, "%") {
			add(code, b.spell[kind][code])
		}
	}
	for _, src := range slices.Sorted(maps.Keys(b.alias[kind])) {
		if _, known := ids[src]; known {
			continue
		}
		dst := b.alias[kind][src]
		e, ok := ids[dst]
		if !ok {
			e = add(dst, dst)
		}
		ids[src] = e
	}
	out.rows = make([]uint64, len(out.names)*out.words)
	for bit, l := range b.lists[kind] {
		for _, c := range l.codes {
			if p, ok := strings.CutSuffix(c, "%"); ok {
				row := out.prefix[p]
				if row == nil {
					row = make([]uint64, out.words)
					out.prefix[p] = row
					out.longest = max(out.longest, len(p))
					if out.shortest == 0 || len(p) < out.shortest {
						out.shortest = len(p)
					}
				}
				row[bit>>6] |= 1 << (bit & 63)
				continue
			}
			e := int(ids[c])
			out.rows[e*out.words+bit>>6] |= 1 << (bit & 63)
		}
	}
	for e, name := range out.names { // "x001" as the tables write it is found without folding
		if _, taken := ids[name]; !taken {
			ids[name] = int32(e)
		}
	}
	if len(out.prefix) > 0 {
		for e, name := range out.names {
			if p := out.byPrefix(Fold(name)); p != nil {
				or(out.row(int32(e)), p)
			}
		}
	}
	return out, ids
}
