package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// What cases of day-book cards need: rows written once and repeated, persons named only by their visits, the book.

// repeated reads a row of a case. repeat: N makes N rows of it, with {i} in its values standing for 1 … N.
func repeated(r map[string]any) ([]map[string]string, error) {
	n := 1
	if v, ok := r["repeat"]; ok {
		var err error
		if n, err = strconv.Atoi(scalar(v)); err != nil || n < 1 || n > 1000 {
			return nil, fmt.Errorf("repeat 写作 %v，应为 1 至 1000 的整数", v)
		}
	}
	out := make([]map[string]string, n)
	for i := range out {
		out[i] = map[string]string{}
		for f, v := range r {
			if f != "repeat" {
				out[i][f] = strings.ReplaceAll(scalar(v), "{i}", strconv.Itoa(i+1))
			}
		}
	}
	return out, nil
}

// others adds the persons that only visits name, where visits name several.
func (w *world) others(given map[string][]map[string]string) {
	several := slices.ContainsFunc(given["visit"], func(v map[string]string) bool { return v["psn_no"] != given["visit"][0]["psn_no"] })
	if !several {
		return
	}
	for _, v := range given["visit"] {
		psn := v["psn_no"]
		if psn != "" && psn != "p1" && !slices.ContainsFunc(given["person"], func(p map[string]string) bool { return p["psn_no"] == psn }) {
			given["person"] = append(given["person"], map[string]string{"psn_no": psn})
		}
	}
}

// openBook gathers and judges the day book of the world.
func (w *world) openBook(b *Bound) {
	if b.BookRows(nil) == 0 {
		return
	}
	k := b.NewBook(0, claim.DayOf(2999, 1, 1).Month(), nil)
	sources := w.rows.Sources()
	k.AddSwipes(sources)
	k.AddCare(sources)
	k.AddCodes(sources)
	k.AddGoods(w.rows.Batch("sale"), w.rows.Batch("purchase"), w.rows.Batch("stock"), w.rows.Batch("stock_change"))
	if fee := w.rows.Batch("fee"); fee != nil {
		months := w.settled()
		for r := range fee.N {
			m := months[fee.Str(fee.Table.MustCol("setl_id"), r)]
			k.AddPrices(m, b.PriceSums(fee.Pick([]int{r})))
		}
	}
	k.last = 0
	for _, m := range w.settled() {
		k.last = max(k.last, m)
	}
	k.Judge(BookSwipes | BookBeds | BookOps | BookRx | BookPrices | BookDoctors | BookCodes | BookStock)
	b.SetBook(k)
}

// settled tells in which month each settlement was made.
func (w *world) settled() map[string]claim.Month {
	out := map[string]claim.Month{}
	if s := w.rows.Batch("settlement"); s != nil {
		for r := range s.N {
			out[s.Str(s.Table.MustCol("setl_id"), r)] = claim.Time(s.I64(s.Table.MustCol("setl_time"), r)).Day().Month()
		}
	}
	return out
}

// skipped is what a book could not judge; there may be no book.
func (k *Book) skipped() map[NotJudged]int64 {
	if k == nil {
		return nil
	}
	return k.Skipped
}
