package lake

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/mingjian/mingjian/internal/claim"
)

// loadPersons reads the file of united persons.
func loadPersons(dir string, st persState) (*persons, error) {
	if st.File == "" {
		return &persons{}, nil
	}
	b, err := os.ReadFile(dir + "/" + dictDir + "/" + st.File)
	if err != nil {
		return nil, fmt.Errorf("人员归并文件缺失，请从备份恢复：%w", err)
	}
	p := &persons{}
	if len(b) < 8 || xxhash.Sum64(b[8:]) != view[uint64](b, 0, 1)[0] {
		return nil, fmt.Errorf("人员归并文件 %s 已损坏，请从备份恢复", st.File)
	}
	b = b[8:]
	p.rep, b = get[int32](b)
	p.known, b = get[byte](b)
	p.cert, b = get[uint64](b)
	p.owner, _ = get[int32](b)
	return p, nil
}

// forReading is what readers ask: who is one person. The rest, some four fifths of the file, is for imports.
func (p *persons) forReading() *persons { return &persons{rep: slices.Clone(p.rep)} }

func (p *persons) save(path string) error {
	return WriteFileAtomic(path, func(w io.Writer) error {
		b := put(put(put(put([]byte(nil), p.rep), p.known), p.cert), p.owner)
		sum := xxhash.Sum64(b)
		if _, err := w.Write(bytesOf([]uint64{sum})); err != nil {
			return err
		}
		_, err := w.Write(b)
		return err
	})
}

// union joins psn codes; the smallest code of a person stands for all.
type union []int32

func (u union) find(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int32) {
	a, b = u.find(a), u.find(b)
	if a < b {
		u[b] = a
	} else {
		u[a] = b
	}
}

// identity is one reason to unite: all psn codes with the same hash are one person.
type identity struct {
	hash uint64
	psn  int32
}

// unite computes persons from the live rows of person and person_link.
//
// person_link decides first: the same pers_id is one person. Else the same certificate, when birth date and sex agree
// and the certificate can be the person's own: a child registered under a guardian's certificate carries a birth date
// years after the one in the number, and a link of type 监护人证 says so outright. Twins under their mother's
// certificate agree in everything but must stay two persons, which is why the date in the number is looked at.
func (w *Writer) unite(people, links []*claim.Batch) *persons {
	n := w.dicts[claim.DictPerson].Len()
	p := &persons{known: make([]byte, n)}
	guarded := w.guarded(links)
	var ids, certs []identity
	born := map[int32]uint64{}
	for _, b := range people {
		t := b.Table
		psn, kind, cert, gend, brdy := t.MustCol("psn_no"), t.MustCol("psn_cert_type"), t.MustCol("certno"), t.MustCol("gend"), t.MustCol("brdy")
		one := w.dicts[claim.DictList].Find("01")
		for i := range b.N {
			code := b.I32(psn, i)
			p.known[code] = 1
			self := mix(uint64(uint32(b.I32(gend, i)))<<32 | uint64(uint32(b.I32(brdy, i))))
			if guarded != nil {
				born[code] = self
			}
			no := certNumber(b.Str(cert, i))
			if k := b.I32(kind, i); no == "" || guarded[code] || (k != 0 && k != one) || !claim.OwnCert(no, claim.Day(b.I32(brdy, i))) {
				continue
			}
			h := xxhash.Sum64String(no)
			ids = append(ids, identity{mix(h) + self, code})
			certs = append(certs, identity{h, code})
		}
	}
	ids = append(ids, w.linkIdentities(links, born)...)
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	slices.SortFunc(ids, cmpIdentity)
	for i := 1; i < len(ids); i++ {
		if ids[i].hash == ids[i-1].hash {
			u.join(ids[i].psn, ids[i-1].psn)
		}
	}
	p.rep = make([]int32, n)
	for i := range p.rep {
		p.rep[i] = u.find(int32(i))
	}
	p.owners(certs)
	return p
}

func cmpIdentity(a, b identity) int {
	if a.hash != b.hash {
		if a.hash < b.hash {
			return -1
		}
		return 1
	}
	return int(a.psn) - int(b.psn)
}

// guarded are the psn codes that carry a guardian's certificate; nil when nobody does.
func (w *Writer) guarded(links []*claim.Batch) map[int32]bool {
	var out map[int32]bool
	guard := w.dicts[claim.DictList].Find("监护人证")
	for _, b := range links {
		psn, kind := b.Table.MustCol("psn_no"), b.Table.MustCol("link_type")
		for i := range b.N {
			if guard > 0 && b.I32(kind, i) == guard {
				if out == nil {
					out = map[int32]bool{}
				}
				out[b.I32(psn, i)] = true
			}
		}
	}
	return out
}

// linkIdentities unites by pers_id. A 监护人证 row may name the guardian's pers_id, so it unites only persons of the
// same sex and birth date.
func (w *Writer) linkIdentities(links []*claim.Batch, born map[int32]uint64) (ids []identity) {
	guard := w.dicts[claim.DictList].Find("监护人证")
	for _, b := range links {
		t := b.Table
		psn, pers, kind := t.MustCol("psn_no"), t.MustCol("pers_id"), t.MustCol("link_type")
		for i := range b.N {
			code, h := b.I32(psn, i), xxhash.Sum64String(b.Str(pers, i))
			if guard <= 0 || b.I32(kind, i) != guard {
				ids = append(ids, identity{mix(h + 1), code})
			}
			if s, ok := born[code]; ok {
				ids = append(ids, identity{mix(h+2) + s, code})
			}
		}
	}
	return ids
}

// owners keeps, by certificate, the person who holds it; 0 when several persons do.
func (p *persons) owners(certs []identity) {
	slices.SortFunc(certs, cmpIdentity)
	for _, c := range certs {
		rep := p.of(c.psn)
		if n := len(p.cert); n > 0 && p.cert[n-1] == c.hash {
			if p.owner[n-1] != rep {
				p.owner[n-1] = 0
			}
			continue
		}
		p.cert, p.owner = append(p.cert, c.hash), append(p.owner, rep)
	}
}
