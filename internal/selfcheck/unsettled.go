package selfcheck

import (
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// Unsettled begins the settlement number of a visit that was not settled yet.
const Unsettled = "结算前-"

// settleColumns are the columns of the settlements that unsettled writes.
var settleColumns = []string{"setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "setl_time", "medfee_sumamt", "inscp_scp_amt", "fund_pay_sumamt"}

// openVisit is a visit of which lines have no settlement. Money is in fen.
type openVisit struct {
	psn, last    string // of the lines; when the last was billed
	sum, inscope int64
}

// unsettled gives the institution's lines without a settlement one for each visit, so that they are judged before they are settled. The fund's
// part is not known yet: all that is in scope counts as its. It writes two files into a folder and returns their paths, none when all is settled,
// and how many visits these are.
func unsettled(snap *lake.Snapshot, inst, dir string) (paths []string, visits int, err error) {
	t := claim.MustTable("fee")
	cols := make([]string, len(t.Columns))
	for i := range t.Columns {
		cols[i] = t.Columns[i].Name
	}
	settled := map[[2]string]bool{} // visit and line
	err = each(snap, "fee", []string{"mdtrt_id", "setl_id", "feedetl_sn", "fixmedins_code"}, func(at func(string) string) {
		if at("fixmedins_code") == inst && at("setl_id") != "" {
			settled[[2]string{at("mdtrt_id"), at("feedetl_sn")}] = true
		}
	})
	if err != nil {
		return nil, 0, err
	}
	open := map[string]*openVisit{}
	fees := [][]string{cols}
	err = each(snap, "fee", cols, func(at func(string) string) {
		m := at("mdtrt_id")
		if at("fixmedins_code") != inst || at("setl_id") != "" || settled[[2]string{m, at("feedetl_sn")}] {
			return
		}
		v := open[m]
		if v == nil {
			v = &openVisit{psn: at("psn_no")}
			open[m] = v
		}
		all := fen(at("det_item_fee_sumamt"))
		v.sum += all
		if in := at("inscp_scp_amt"); in != "" {
			all = fen(in)
		}
		v.inscope += all
		v.last = max(v.last, at("fee_ocur_time"))
		row := make([]string, len(cols))
		for i, c := range cols {
			row[i] = at(c)
			if c == "setl_id" {
				row[i] = Unsettled + m
			}
		}
		fees = append(fees, row)
	})
	if err != nil || len(open) == 0 {
		return nil, 0, err
	}
	if err := each(snap, "visit", []string{"mdtrt_id", "endtime"}, func(at func(string) string) {
		if v := open[at("mdtrt_id")]; v != nil {
			v.last = max(v.last, at("endtime"))
		}
	}); err != nil {
		return nil, 0, err
	}
	bills := [][]string{settleColumns}
	for _, m := range slices.Sorted(maps.Keys(open)) {
		v := open[m]
		in := claim.Money(v.inscope).String()
		bills = append(bills, []string{Unsettled + m, m, v.psn, inst, v.last, claim.Money(v.sum).String(), in, in})
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, err
	}
	for name, rows := range map[string][][]string{"fee": fees, "settlement": bills} {
		path := filepath.Join(dir, name+".csv")
		if err := lake.WriteFileAtomic(path, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) }); err != nil {
			return nil, 0, err
		}
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(b, a) }) // settlements first
	return paths, len(open), nil
}

// fen reads money as the lake writes it; "" is none.
func fen(s string) int64 {
	n, err := claim.ParseDecimal(s, 2)
	if err != nil {
		return 0
	}
	return n
}

// before tells whether a settlement number is of a visit that was not settled yet.
func before(setl string) bool { return strings.HasPrefix(setl, Unsettled) }
