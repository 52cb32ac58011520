package claim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Rows collects rows of any tables in memory and prepares them for assembly: a rule's case, a stream, a test.
type Rows struct {
	Dicts   *Dicts
	batches map[string]*Batch
	// Bad is called for optional fields that cannot be read; nil ignores them.
	Bad func(table string, e *FieldError)
}

// NewRows returns an empty collection over the dictionaries.
func NewRows(ds *Dicts) *Rows { return &Rows{Dicts: ds, batches: map[string]*Batch{}} }

// Add appends a row given as column names and values. Unknown columns are an error.
func (r *Rows) Add(table string, names, values []string) error {
	t := TableOf(table)
	if t == nil {
		return fmt.Errorf("没有名为 %q 的表", table)
	}
	cols := make([]int, len(names))
	for i, n := range names {
		if cols[i] = t.Col(n); cols[i] < 0 {
			return fmt.Errorf("表 %s 没有列 %q", table, n)
		}
	}
	return r.AddCols(t, cols, values)
}

// AddCols appends a row given as column indices and values.
func (r *Rows) AddCols(t *Table, cols []int, values []string) error {
	b := r.batches[t.Name]
	if b == nil {
		b = NewBatch(t)
		r.batches[t.Name] = b
	}
	return b.Append(r.Dicts, cols, values, func(_ int, e *FieldError) {
		if r.Bad != nil {
			r.Bad(t.Name, e)
		}
	})
}

// Batch returns the rows of a table, nil when there are none.
func (r *Rows) Batch(table string) *Batch { return r.batches[table] }

// Reset drops the rows of all person-keyed tables.
func (r *Rows) Reset() {
	for name, b := range r.batches {
		if b.Table.PersonKeyed {
			delete(r.batches, name)
		}
	}
}

// Sources resolves persons and keys, drops withdrawn rows, sorts every person-keyed table for assembly and returns them.
func (r *Rows) Sources() []Source {
	pers, holder := r.persons()
	visitOf := map[uint64]int32{}
	if b := r.batches["visit"]; b != nil {
		m, p := b.Table.MustCol("mdtrt_id"), b.Table.MustCol("psn_no")
		for i := 0; i < b.N; i++ {
			visitOf[KeyOf(b.Str(m, i))] = b.I32(p, i)
		}
	}
	var out []Source
	for _, t := range tables {
		b := r.batches[t.Name]
		if b == nil || !t.PersonKeyed {
			continue
		}
		r.resolve(b, pers, visitOf, holder)
		sorted := b.Sorted(r.Dicts)
		out = append(out, Source{Batch: sorted, Driver: t.Name == "fee" || t.Name == "settlement" || t.Name == "visit"})
	}
	return out
}

// resolve fills Pers, Visit and Setl of a batch. A row names its person by psn_no, else by its visit, else by certificate.
func (r *Rows) resolve(b *Batch, pers func(int32) int32, visitOf map[uint64]int32, holder map[string]int32) {
	p, m, s, cert := b.Table.Col("psn_no"), b.Table.Col("mdtrt_id"), b.Table.Col("setl_id"), b.Table.Col("certno")
	b.Pers = make([]int32, b.N)
	b.Visit, b.Setl = nil, nil
	if m >= 0 {
		b.Visit = make([]uint64, b.N)
	}
	if s >= 0 {
		b.Setl = make([]uint64, b.N)
	}
	for i := 0; i < b.N; i++ {
		psn := int32(0)
		if p >= 0 {
			psn = b.I32(p, i)
		}
		if m >= 0 {
			b.Visit[i] = KeyOf(b.Str(m, i))
			if psn == 0 {
				psn = visitOf[b.Visit[i]]
			}
		}
		if s >= 0 {
			b.Setl[i] = KeyOf(b.Str(s, i))
		}
		if psn == 0 && cert >= 0 {
			psn = holder[strings.ToUpper(b.Str(cert, i))]
		}
		b.Pers[i] = pers(psn)
	}
}

// persons unites the numbers of one person: those linked to one pers_id, and those with one certificate, birth date and
// sex (a certificate alone may be a guardian's). The smallest code stands for the person. holder is who a certificate
// belongs to, 0 when several persons have it.
func (r *Rows) persons() (pers func(int32) int32, holder map[string]int32) {
	parent := map[int32]int32{}
	var root func(int32) int32
	root = func(x int32) int32 {
		if p, ok := parent[x]; ok && p != x {
			return root(p)
		}
		return x
	}
	union := func(a, b int32) {
		if a, b = root(a), root(b); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	guardian := map[int32]bool{}
	first := map[string]int32{}
	join := func(key string, psn int32) {
		if o, ok := first[key]; ok {
			union(o, psn)
		} else {
			first[key] = psn
		}
	}
	if b := r.batches["person_link"]; b != nil {
		t := b.Table
		for i := 0; i < b.N; i++ {
			psn := b.I32(t.MustCol("psn_no"), i)
			if r.Dicts[DictList].String(b.I32(t.MustCol("link_type"), i)) == "监护人证" {
				guardian[psn] = true
				continue
			}
			join("link\x1f"+b.Str(t.MustCol("pers_id"), i), psn)
		}
	}
	holder = map[string]int32{}
	b := r.batches["person"]
	if b == nil {
		return root, holder
	}
	own := func(f func(key string, psn int32)) {
		for i := 0; i < b.N; i++ {
			if k, psn := CertificateKey(b, r.Dicts, i); k != "" && !guardian[psn] {
				f(k, psn)
			}
		}
	}
	own(func(key string, psn int32) { join("cert\x1f"+key, psn) })
	own(func(key string, psn int32) {
		cert, _, _ := strings.Cut(key, "|")
		if o, ok := holder[cert]; ok && o != root(psn) {
			psn = 0
		}
		holder[cert] = root(psn)
	})
	return root, holder
}

// CertificateKey is what identifies a person by certificate in row i of a person batch: number, birth date and sex
// together, "" when the certificate cannot identify anybody.
func CertificateKey(b *Batch, ds *Dicts, i int) (key string, psn int32) {
	t := b.Table
	psn = b.I32(t.MustCol("psn_no"), i)
	cert := strings.ToUpper(b.Str(t.MustCol("certno"), i))
	kind := ds[DictList].String(b.I32(t.MustCol("psn_cert_type"), i))
	if (kind != "" && kind != "01") || len(cert) < 15 || strings.Trim(cert, "9") == "" || strings.Trim(cert, "0") == "" ||
		!OwnCert(cert, Day(b.I32(t.MustCol("brdy"), i))) {
		return "", psn
	}
	return fmt.Sprintf("%s|%d|%s", cert, b.I32(t.MustCol("brdy"), i), ds[DictList].String(b.I32(t.MustCol("gend"), i))), psn
}

// OwnCert tells whether a certificate can belong to somebody born that day: the day in the number is not twelve years or
// more before it. Numbers without a readable day may be anybody's.
func OwnCert(no string, brdy Day) bool {
	s := ""
	switch len(no) {
	case 18:
		s = no[6:14]
	case 15:
		s = "19" + no[6:12]
	default:
		return true
	}
	d, err := ParseDay(s)
	return err != nil || !brdy.Has() || d.YearsOn(brdy) < 12
}

// Sorted returns the live rows of a resolved batch in assembly order: person, time, mdtrt_id, then the table's key.
func (b *Batch) Sorted(ds *Dicts) *Batch {
	t := b.Table
	perm := make([]int, 0, b.N)
	vali := t.Col("vali_flag")
	for i := 0; i < b.N; i++ {
		if vali < 0 || ds[DictList].String(b.I32(vali, i)) != "0" {
			perm = append(perm, i)
		}
	}
	at, m := -1, t.Col("mdtrt_id")
	if t.At != "" {
		at = t.Col(t.At)
	}
	var texts []int
	for _, k := range append([]string{"feedetl_sn"}, t.Key...) {
		if c := t.Col(k); c >= 0 && t.Columns[c].Type == Str && c != m {
			texts = append(texts, c)
		}
	}
	slices.SortStableFunc(perm, func(x, y int) int {
		if c := cmp.Compare(b.Pers[x], b.Pers[y]); c != 0 {
			return c
		}
		if at >= 0 {
			if c := cmp.Compare(Time(b.I64(at, x)).Clock(), Time(b.I64(at, y)).Clock()); c != 0 {
				return c
			}
		}
		if m >= 0 {
			if c := strings.Compare(b.Str(m, x), b.Str(m, y)); c != 0 {
				return c
			}
		}
		for _, k := range texts {
			if c := strings.Compare(b.Str(k, x), b.Str(k, y)); c != 0 {
				return c
			}
		}
		return 0
	})
	return b.Pick(perm)
}

// Pick returns the rows of a batch in the order given.
func (b *Batch) Pick(rows []int) *Batch {
	out := &Batch{Table: b.Table, N: len(rows), Cols: make([]Col, len(b.Cols))}
	for c := range b.Cols {
		src, dst := &b.Cols[c], &out.Cols[c]
		if src.I32 != nil {
			dst.I32 = pick(src.I32, rows, src.Skip)
		}
		if src.I64 != nil {
			dst.I64 = pick(src.I64, rows, src.Skip)
		}
		if src.Text.Off != nil {
			for _, r := range rows {
				dst.Text.Append(src.Text.At(r))
			}
			if len(rows) == 0 {
				dst.Text.Off = []uint32{0}
			}
		}
	}
	out.Pers, out.Visit, out.Setl = pick(b.Pers, rows, 0), pick(b.Visit, rows, 0), pick(b.Setl, rows, 0)
	return out
}

func pick[T any](src []T, rows []int, skip int) []T {
	if src == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = src[r+r*skip]
	}
	return out
}
