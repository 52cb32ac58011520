package audit_test

import (
	"context"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// What points name is summed by money, net of what was given back; an item under a suffix is the item, one without a point is listed.
func TestCoverage(t *testing.T) {
	w := newTown(t).know("B023 I1 window_d=7 limit_value=3", "A002 I2 sex=女")
	u := upload{}
	u.visit("M1", "P1", "H1", "2025-03-03", "I1*2", "I1-0001", "I9*5")
	u.visit("M2", "P2", "H2", "2025-03-04", "I2", "I9", "I8*-1")
	u.visit("M3", "P2", "H2", "2025-04-04", "I2*100")
	w.arrive(u)
	g, err := w.open().Ground(month(t, "2025-03"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Coverage(context.Background(), month(t, "2025-03"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if c.Month != "2025-03" || c.Lines != 6 || c.Items != 5 || c.Fen != 9000 || c.Named != (audit.Named{Items: 3, Lines: 3, Fen: 4000}) {
		t.Errorf("%+v", c)
	}
	if len(c.Rules) != 2 || c.Rules[0].Rule != "B023" || c.Rules[0].Fen != 3000 || c.Rules[0].Items != 2 || c.Rules[1].Rule != "A002" || c.Rules[1].Fen != 1000 {
		t.Errorf("%+v", c.Rules)
	}
	if len(c.Open) != 1 || c.Open[0] != (audit.OpenItem{Code: "I9", Name: "I9", Lines: 2, Fen: 6000}) {
		t.Errorf("%+v", c.Open)
	}
	g, err = w.open().Ground(month(t, "2025-04"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = g.Coverage(context.Background(), month(t, "2024-05"), 1); err != nil {
		t.Fatal(err)
	}
	if c.From != "2025-03" || c.Month != "2025-04" || c.Lines != 7 || c.Fen != 109_000 || c.Named != (audit.Named{Items: 3, Lines: 4, Fen: 104_000}) {
		t.Errorf("two months: %+v", c)
	}
}
