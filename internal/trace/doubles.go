package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Doubles reads an index from end to end and writes, as CSV, every sale too many with its class. parts are read side by
// side; the order of the rows does not depend on them. pack tells the smallest units in a code's box, 0 unknown.
func Doubles(x *index.Index, terms life.Terms, pack func(*life.Life) claim.Qty, parts int, w io.Writer) (records, found int64, err error) {
	type out struct {
		b     bytes.Buffer
		found int64
	}
	outs := make([]out, parts)
	records, err = x.Scan(parts, func(p int, recs []index.Record) error {
		o := &outs[p]
		l := life.Of(index.Events(recs))
		for _, a := range l.Again(&terms, pack(&l)) {
			if a.Explained() {
				continue
			}
			o.found++
			s, b := &l.Sales[a.Sale], &l.Sales[a.Prev]
			code := l.Key.Text()
			if code == "" {
				code = fmt.Sprintf("#%x", l.Key[:])
			}
			class := a.Class.String()
			if a.Over {
				class = "拆零超量"
			}
			fmt.Fprintf(&o.b, "%s,%s,%d,%d,%s,%s,%s,%s\n", code, class, a.Count, a.Persons, x.Institution(uint32(s.Inst)), s.At,
				x.Institution(uint32(b.Inst)), b.At)
		}
		return nil
	})
	if err != nil {
		return records, 0, err
	}
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, "drug_trac_codg,class,sales,persons,fixmedins_code,sel_retn_time,prev_fixmedins_code,prev_sel_retn_time")
	for i := range outs {
		found += outs[i].found
		if _, err := bw.Write(outs[i].b.Bytes()); err != nil {
			return records, found, err
		}
	}
	return records, found, bw.Flush()
}
