package audit_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace"
)

// shelfKey is an item at an institution.
type shelfKey struct{ inst, item string }

// ledgerOfTheCity: the ledger balances to the last unit for every institution, item and day, says what the uploads say when they
// are added up a second time from the files, and shows each planted shortage with its amount. dir holds the city of the tables.
func ledgerOfTheCity(t *testing.T, tables, dir string) {
	t.Helper()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.Open(dir, lib)
	if err != nil {
		t.Fatal(err)
	}
	k, ds, err := a.CodeBook(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	bought, changed, counted, gaps := fromFiles(t, tables)
	got := map[shelfKey]claim.Qty{}
	moved := map[shelfKey]claim.Qty{}
	deep := map[shelfKey]claim.Qty{} // the deepest that the stock went below nothing
	shelves, days := 0, 0
	last := map[shelfKey]*trace.Day{}
	err = trace.NewFacts(k, ds).Ledger("", "", func(d *trace.Day) error {
		key := shelfKey{d.Inst, d.Item}
		days++
		if d.Opening+d.Bought-d.SentBack-d.Billed-d.SoldOwn+d.Changed != d.Closing {
			t.Errorf("%v %s does not balance: %+v", key, d.Date, d)
		}
		if p := last[key]; p != nil {
			carried := p.Closing
			if p.Counted != claim.None64 {
				carried = p.Counted
			}
			if d.Opening != carried {
				t.Errorf("%v %s opens with %s, %s closed with %s", key, d.Date, d.Opening, p.Date, carried)
			}
		} else {
			shelves++
			if d.Opening != 0 || d.Known {
				t.Errorf("%v begins with a known opening: %+v", key, d)
			}
		}
		if d.Counted != claim.None64 {
			if d.Gap != d.Counted-d.Closing || d.Counted != counted[key][d.Date] {
				t.Errorf("%v %s counted %s, the files say %s", key, d.Date, d.Counted, counted[key][d.Date])
			}
			delete(counted[key], d.Date)
		}
		got[key] += d.Bought - d.SentBack
		moved[key] += d.Changed
		if d.Known {
			deep[key] = min(deep[key], d.Closing)
		}
		c := *d
		last[key] = &c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	lotsOfTheCity(t, trace.NewFacts(k, ds))
	if _, n := trace.NewFacts(k, ds).Clues(); n.Repeated == 0 || n.Repeated != n.Returned+n.Resent+n.Parts+n.Cleared+n.Ward+n.Doubtful {
		t.Errorf("of the sales beyond the first of a box not all are accounted for: %+v", n)
	}
	if shelves < 100 || days < 300 {
		t.Fatalf("%d shelves, %d days: the city has more", shelves, days)
	}
	for key, n := range bought {
		if got[key] != n {
			t.Errorf("%v bought %s, the files say %s", key, got[key], n)
		}
	}
	for key, n := range changed {
		if moved[key] != n {
			t.Errorf("%v changed %s, the files say %s", key, moved[key], n)
		}
	}
	for key, left := range counted {
		for day := range left {
			t.Errorf("%v: the stock-taking of %s is not in the ledger", key, day)
		}
	}
	if len(gaps) < 12 {
		t.Fatalf("only %d planted shortages", len(gaps))
	}
	for key, over := range gaps {
		if -deep[key] != over {
			t.Errorf("%v: planted %s short, the ledger shows %s", key, over, -deep[key])
		}
	}
}

// lotsOfTheCity: the batches of every item sum to the item, to the last unit, every day.
func lotsOfTheCity(t *testing.T, f *trace.Facts) {
	t.Helper()
	type at struct{ inst, item, date string }
	type sum [7]claim.Qty // bought, sent back, billed, sold own, changed, gap, counted
	of := func(d *trace.Day) sum {
		return sum{d.Bought, d.SentBack, d.Billed, d.SoldOwn, d.Changed, d.Gap, max(0, d.Counted)}
	}
	whole := map[at]sum{}
	if err := f.Ledger("", "", func(d *trace.Day) error { whole[at{d.Inst, d.Item, d.Date}] = of(d); return nil }); err != nil {
		t.Fatal(err)
	}
	parts := map[at]sum{}
	named, billed, known := 0, claim.Qty(0), claim.Qty(0)
	err := f.Lots("", "", func(lots []trace.Lot) error {
		for i := range lots {
			l := &lots[i]
			named += len(l.Batch + l.Number)
			carried := claim.Qty(0)
			for k := range l.Days {
				d := &l.Days[k]
				key := at{d.Inst, d.Item, d.Date}
				p, x := parts[key], of(d)
				for n := range p {
					p[n] += x[n]
				}
				parts[key] = p
				if billed += d.Billed; l.Named() {
					known += d.Billed
				}
				if d.Opening != carried || d.Opening+d.Bought-d.SentBack-d.Billed-d.SoldOwn+d.Changed != d.Closing {
					t.Errorf("%v lot %s %s does not balance, %s carried: %+v", key, l.Batch, l.Number, carried, d)
				}
				if carried = d.Closing; d.Counted != claim.None64 {
					carried = d.Counted
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if named == 0 || known == 0 || len(parts) < 300 {
		t.Fatalf("the city has no batches to speak of: %s of %s billed are known by batch", known, billed)
	}
	t.Logf("%s of %s packs billed are known by batch", known, billed)
	for key, x := range parts {
		if whole[key] != x {
			t.Errorf("%v: the batches come to %v, the item to %v", key, x, whole[key])
		}
	}
	for key, x := range whole {
		if parts[key] != x {
			t.Errorf("%v: no batch has what the item moved: %v", key, x)
		}
	}
}

// fromFiles adds the uploads up with nothing but the files: net purchases, net changes, stock-takings by day, and what the labels of
// B015 and B017 say was missing (money at 30 yuan a pack).
func fromFiles(t *testing.T, tables string) (bought, changed map[shelfKey]claim.Qty, counted map[shelfKey]map[string]claim.Qty, gaps map[shelfKey]claim.Qty) {
	qty := func(s string) claim.Qty {
		n, err := claim.ParseDecimal(s, 4)
		if err != nil {
			t.Fatal(s, err)
		}
		return claim.Qty(n)
	}
	bought, changed, counted, gaps = map[shelfKey]claim.Qty{}, map[shelfKey]claim.Qty{}, map[shelfKey]map[string]claim.Qty{}, map[shelfKey]claim.Qty{}
	for _, r := range csvRows(t, tables, "purchase") {
		bought[shelfKey{r["fixmedins_code"], r["med_list_codg"]}] += qty(r["purc_retn_cnt"])
	}
	out := map[string]bool{"102": true, "104": true, "105": true, "107": true, "111": true}
	for _, r := range csvRows(t, tables, "stock_change") {
		n := qty(r["cnt"])
		if kind := r["inv_chg_type"]; kind == "108" || kind == "109" { // the purchase says it already
			continue
		}
		if out[r["inv_chg_type"]] {
			n = -n
		}
		changed[shelfKey{r["fixmedins_code"], r["med_list_codg"]}] += n
	}
	for _, r := range csvRows(t, tables, "stock") {
		key := shelfKey{r["fixmedins_code"], r["med_list_codg"]}
		if counted[key] == nil {
			counted[key] = map[string]claim.Qty{}
		}
		counted[key][r["invdate"]] += qty(r["inv_cnt"])
	}
	lines := map[string]map[string]string{}
	for _, r := range csvRows(t, tables, "fee") {
		lines[r["mdtrt_id"]+"|"+r["feedetl_sn"]] = r
	}
	for _, r := range csvRows(t, tables, "truth") {
		if (r["rule_id"] == "B015" || r["rule_id"] == "B017") && r["kind"] == "plant" {
			ln := lines[r["mdtrt_id"]+"|"+r["feedetl_sn"]]
			fen, err := claim.ParseDecimal(r["vola_amt"], 2)
			if err != nil {
				t.Fatal(err)
			}
			gaps[shelfKey{ln["fixmedins_code"], ln["hilist_code"]}] += claim.Qty(fen) * claim.QtyOne / 3000
		}
	}
	return bought, changed, counted, gaps
}

// csvRows reads a table of a city, all its months.
func csvRows(t *testing.T, dir, table string) (out []map[string]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, table+"*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		base := strings.TrimSuffix(filepath.Base(name), ".csv")
		if rest := strings.TrimPrefix(base, table); rest != "" && !strings.HasPrefix(rest, "_2") {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil || len(rows) == 0 {
			t.Fatal(name, err)
		}
		for _, rec := range rows[1:] {
			r := map[string]string{}
			for i, h := range rows[0] {
				r[h] = rec[i]
			}
			out = append(out, r)
		}
	}
	return out
}
