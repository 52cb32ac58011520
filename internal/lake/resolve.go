package lake

import (
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/mingjian/mingjian/internal/claim"
)

// ofVisit are the tables whose rows belong to the month in which their visit began.
var ofVisit = map[string]bool{"diagnosis": true, "operation": true, "medorder": true, "exec": true, "exam": true, "lab": true,
	"record": true, "bed_move": true, "icu": true, "leave": true, "implant": true, "consent": true}

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
}

func newResolver(t *claim.Table, buckets int, p *persons, visits, setls keyIndex) *resolver {
	r := &resolver{t: t, buckets: buckets, pers: p, visits: visits, setls: setls, psn: t.Col("psn_no"), mdtrt: t.Col("mdtrt_id"),
		setl: t.Col("setl_id"), cert: t.Col("certno"), inst: t.Col("fixmedins_code")}
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
	var visit, setl keyRow
	var hasVisit, hasSetl bool
	useVisit := ofVisit[r.t.Name] || r.t.Name == "sale"
	for i := range refs {
		if useVisit && (visit.key != b.Visit[i] || i == 0) {
			visit, hasVisit = r.visits.live(b.Visit[i])
			visit.key = b.Visit[i]
		}
		if r.t.Name == "fee" && (setl.key != b.Setl[i] || i == 0) {
			setl, hasSetl = r.setls.live(b.Setl[i])
			setl.key = b.Setl[i]
		}
		psn := int32(0)
		if r.psn >= 0 {
			psn = b.I32(r.psn, i)
		}
		if psn == 0 && useVisit && hasVisit {
			psn = visit.psn
		}
		if psn == 0 && r.cert >= 0 {
			psn = r.pers.byCert(b.Str(r.cert, i))
		}
		if insts[i] == 0 && useVisit && hasVisit {
			insts[i] = visit.inst
		}
		psns[i] = psn
		if psn == 0 {
			refs[i] = makeRef(bucketWaiting, 0)
			continue
		}
		b.Pers[i] = r.pers.of(psn)
		var m claim.Month
		switch {
		case r.t.Name == "fee":
			if hasSetl {
				m = setl.ref.month()
			}
		case r.t.Name == "visit" || r.t.Name == "settlement":
			m = claim.Time(at[i]).Day().Month()
		case ofVisit[r.t.Name]:
			if hasVisit {
				m = visit.ref.month()
			}
		}
		refs[i] = makeRef(bucketOf(b.Pers[i], r.buckets), m)
	}
	return refs, psns, insts
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
