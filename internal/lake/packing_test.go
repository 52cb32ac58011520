package lake

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// A projection says the same whether its columns lie apart or row by row, and so do rows picked of it.
func TestProjectionByRow(t *testing.T) {
	t.Parallel()
	ds := claim.NewDicts()
	rows := claim.NewRows(ds)
	cols := []string{"setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "insutype", "setl_time", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "begndate"}
	for _, f := range [][]string{
		{"S1", "M1", "P1", "H1", "310", "2025-03-01 08:00:00", "10.01", "5.00", "", "2025-03-01"},
		{"S2", "M2", "P1", "H2", "", "2025-03-02", "-10.01", "0", "", ""},
		{"S3", "M3", "P2", "H1", "390", "2025-03-03 23:59:59", "7", "7", "0.01", "2025-02-28"},
	} {
		if err := rows.Add("settlement", cols, f); err != nil {
			t.Fatal(err)
		}
	}
	b := rows.Sources()[0].Batch
	for name, byRow := range map[string]map[string][]string{"columns": nil, "rows": {"settlement": nil}, "some apart": {"settlement": {"fixmedins_code", "setl_time"}}} {
		path := filepath.Join(t.TempDir(), "000-x.arrow")
		if err := WriteProjection(path, []string{"settlement", "settlement@none"}, []*claim.Batch{b, b.Pick(nil)}, byRow); err != nil {
			t.Fatal(name, err)
		}
		p, err := OpenProjection(path, func(string) bool { return true })
		if err != nil {
			t.Fatal(name, err)
		}
		got := p.Batches["settlement"]
		if got.N != b.N || p.Batches["settlement@none"].N != 0 || !slices.Equal(got.Pers, b.Pers) || !slices.Equal(got.Setl, b.Setl) {
			t.Fatalf("%s: %d rows of %d", name, got.N, b.N)
		}
		some := got.Pick([]int{2, 0})
		for c := range b.Cols {
			for r := range b.N {
				if x, y := b.Format(ds, c, r), got.Format(ds, c, r); x != y {
					t.Errorf("%s: row %d column %s is %q, not %q", name, r, b.Table.Columns[c].Name, y, x)
				}
			}
			if x, y := b.Format(ds, c, 2), some.Format(ds, c, 0); x != y {
				t.Errorf("%s: picked column %s is %q, not %q", name, b.Table.Columns[c].Name, y, x)
			}
		}
		p.Close()
	}
}
