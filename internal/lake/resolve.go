package lake

import (
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/mingjian/mingjian/internal/claim"
)

// ofVisit are the tables whose rows belong to the month in which their visit began.
var ofVisit = map[string]bool{"diagnosis": true, "operation": true, "medorder": true, "exec": true, "exam": true, "lab": true,
	"record": true, "bed_move": true, "icu": true, "leave": true, "implant": true, "consent": true, "front_page": true, "special_case": true}

// parentsOf are the tables a table's rows are joined with to find their person and month.
func parentsOf(t *claim.Table) []string {
	var out []string
	switch {
	case !t.PersonKeyed:
	case t.Name == "fee":
		out = append(out, "settlement")
	case t.Name == "visit" || t.Name == "settlement":
	case ofVisit[t.Name] || t.Name == "sale":
		out = append(out, "visit")
	}
	if t.PersonKeyed && t.Col("certno") >= 0 && t.Name != "person" {
		out = append(out, "person")
	}
	return out
}

// resolver finds person, bucket and month of rows.
type resolver struct {
	t       *claim.Table
	buckets int
	pers    *persons
	visits  keyIndex
	setls   keyIndex
	psn     int // columns, −1 when the table has none
	mdtrt   int
	setl    int
	cert    int
	inst    int
	byVisit bool // the person or month comes from the visit
}

func newResolver(t *claim.Table, buckets int, p *persons, visits, setls keyIndex) *resolver {
	r := &resolver{t: t, buckets: buckets, pers: p, visits: visits, setls: setls, psn: t.Col("psn_no"), mdtrt: t.Col("mdtrt_id"),
		setl: t.Col("setl_id"), cert: t.Col("certno"), inst: t.Col("fixmedins_code"),
		byVisit: ofVisit[t.Name] || t.Name == "sale"}
	if t.Name == "person" {
		r.cert = -1
	}
	if r.inst >= 0 && t.Columns[r.inst].Type != claim.Code {
		r.inst = -1
	}
	return r
}

// join fills Pers, Visit and Setl of the batch and returns each row's group, psn_no and institution.
func (r *resolver) join(b *claim.Batch) (refs []ref, psns, insts []int32) {
	refs, psns, insts = make([]ref, b.N), make([]int32, b.N), make([]int32, b.N)
	if r.inst >= 0 && b.Cols[r.inst].I32 != nil {
		copy(insts, b.Cols[r.inst].I32)
	}
	if !r.t.PersonKeyed {
		for i := range refs {
			refs[i] = makeRef(0, 0)
		}
		return refs, psns, insts
	}
	b.Pers = make([]int32, b.N)
	b.Visit, b.Setl = keysOf(b, r.mdtrt), keysOf(b, r.setl)
	at := atColumn(b)
	visits, setls := lookup{x: r.visits}, lookup{x: r.setls}
	for i := range refs {
		var visit, setl keyRow
		if r.byVisit {
			visit = visits.get(b.Visit[i])
		}
		if r.t.Name == "fee" {
			setl = setls.get(b.Setl[i])
		}
		psn := r.person(b, i, visit.psn)
		if insts[i] == 0 {
			insts[i] = visit.inst
		}
		psns[i] = psn
		if psn == 0 {
			refs[i] = r.waiting(b, i)
			continue
		}
		b.Pers[i] = r.pers.of(psn)
		m := visit.ref.month()
		switch {
		case r.t.Name == "fee":
			m = setl.ref.month()
		case r.t.Name == "visit" || r.t.Name == "settlement":
			m = claim.Time(at[i]).Day().Month()
		case !ofVisit[r.t.Name]:
			m = 0
		}
		refs[i] = makeRef(bucketOf(b.Pers[i], r.buckets), m)
	}
	return refs, psns, insts
}

// person finds a row's psn_no: its own, else its visit's, else the holder of its certificate. 0 = not known yet.
func (r *resolver) person(b *claim.Batch, i int, ofVisit int32) int32 {
	if r.psn >= 0 {
		if psn := b.I32(r.psn, i); psn != 0 {
			return psn
		}
	}
	if ofVisit == 0 && r.cert >= 0 {
		return r.pers.byCert(b.Str(r.cert, i))
	}
	return ofVisit
}

// waiting is the group of a row whose person is not known yet. Such rows are spread like others, so that a file that
// comes long before its visits does not become one huge group.
func (r *resolver) waiting(b *claim.Batch, i int) ref {
	if b.Visit == nil {
		return makeRef(bucketWaiting, 0)
	}
	return makeRef(bucketWaiting, claim.Month(b.Visit[i]&uint64(r.buckets-1)))
}

// lookup remembers the parent found last: neighbours have the same one.
type lookup struct {
	x    keyIndex
	key  uint64
	last keyRow
}

// get is the live parent of a key; zero when there is none.
func (l *lookup) get(key uint64) keyRow {
	if key != l.key {
		l.key = key
		row, ok := l.x.live(key)
		if !ok {
			row = keyRow{}
		}
		l.last = row
	}
	return l.last
}

// keysOf hashes a text column for joining; all zero when the file lacks it, nil when the table does.
func keysOf(b *claim.Batch, ci int) []uint64 {
	if ci < 0 {
		return nil
	}
	out := make([]uint64, b.N)
	t := &b.Cols[ci].Text
	if t.Off == nil {
		return out
	}
	for i := range out {
		if i > 0 && t.At(i) == t.At(i-1) {
			out[i] = out[i-1]
		} else {
			out[i] = claim.KeyOf(t.At(i))
		}
	}
	return out
}

// persons says which psn_no are one person.
type persons struct {
	rep   []int32 // by psn code; codes beyond it stand for themselves
	known []byte  // by psn code: 1 = in a person row
	cert  []uint64
	owner []int32 // person of cert[i]
}

// of is the person of a psn code.
func (p *persons) of(psn int32) int32 {
	if int(psn) < len(p.rep) && psn > 0 {
		return p.rep[psn]
	}
	return psn
}

func (p *persons) knows(psn int32) bool { return int(psn) < len(p.known) && p.known[psn] != 0 }

// byCert is the person of a certificate number; 0 when nobody or more than one person has it.
func (p *persons) byCert(no string) int32 {
	if no = certNumber(no); no == "" {
		return 0
	}
	if i, ok := slices.BinarySearch(p.cert, xxhash.Sum64String(no)); ok {
		return p.owner[i]
	}
	return 0
}

// certNumber normalises a certificate number; "" when it identifies nobody (empty, or one digit repeated).
func certNumber(no string) string {
	no = strings.ToUpper(strings.TrimSpace(no))
	if strings.Trim(no, "9") == "" || strings.Trim(no, "0") == "" {
		return ""
	}
	return no
}
