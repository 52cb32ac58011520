package counter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/counter"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

const inst, other = "P99010190001", "P99010190002"

func code(n int) string { return fmt.Sprintf("9900007%013d", n) }

func openDesk(t *testing.T, dir string) *counter.Desk {
	t.Helper()
	x, err := index.Open(dir, life.Usual(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := counter.Open(dir, x, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func send(t *testing.T, d *counter.Desk, inst, infno, in string, stop counter.Stop) *counter.Receipt {
	t.Helper()
	at, _ := claim.ParseTime("2025-09-02 12:00:00")
	r, err := d.Receive(&counter.Call{Infno: infno, Inst: inst, MsgID: "m", At: at, Input: []byte(in), Stop: stop})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func row(bch, doc, at, more string) string {
	return fmt.Sprintf(`{"med_list_codg":"X1","fixmedins_bchno":%q,"rtal_docno":%q,"sel_retn_cnt":"1","sel_retn_time":%q,"trdn_flag":"0"%s}`, bch, doc, at, more)
}

func traced(codes ...string) string {
	return `,"drugtracinfo":[{"drug_trac_codg":"` + strings.Join(codes, `"},{"DRUG_TRAC_CODG":"`) + `"}]`
}

func taken(r *counter.Receipt) (n int) {
	for _, o := range r.Rows {
		if o.Taken {
			n++
		}
	}
	return n
}

func sold(t *testing.T, d *counter.Desk, n int) bool {
	t.Helper()
	at, _ := claim.ParseTime("2025-09-09 12:00:00")
	_, a, err := d.Look(other, code(n), at)
	if err != nil {
		t.Fatal(err)
	}
	return !a.Stands()
}

func TestSaleReturnDelete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := openDesk(t, dir)
	sell := func(inst, bch, doc string, n int, more string, stop counter.Stop) *counter.Receipt {
		return send(t, d, inst, "3505", `{"selinfo":`+row(bch, doc, "2025-09-01 10:00:00", traced(code(n))+more)+`}`, stop)
	}
	if taken(sell(inst, "b1", "r1", 1, "", counter.Confirm)) != 1 || !sold(t, d, 1) {
		t.Fatal("a new box was not taken")
	}
	if taken(sell(inst, "b1", "r1", 1, "", counter.Confirm)) != 1 {
		t.Fatal("the same message again is the same sale")
	}
	r := sell(other, "b2", "r2", 1, "", counter.Confirm)
	if taken(r) != 0 || !r.Rows[0].Confirm || strings.Contains(r.Rows[0].Text, inst) {
		t.Fatalf("a second sale: %+v", r)
	}
	if taken(sell(other, "b2", "r2", 1, `,"trac_cfm_flag":"1"`, counter.Confirm)) != 0 {
		t.Fatal("a confirmation without a reason counts for nothing")
	}
	if taken(sell(other, "b2", "r2", 1, `,"trac_cfm_flag":"1","memo":"核对过药盒"`, counter.Block)) != 0 {
		t.Fatal("what is blocked cannot be confirmed")
	}
	if taken(sell(other, "b2", "r2", 1, `,"trac_cfm_flag":"1","memo":"核对过药盒"`, counter.Confirm)) != 1 {
		t.Fatal("the clerk confirmed with a reason")
	}
	// a return without its code finds it by the sale it names
	sell(inst, "b3", "r3", 3, "", counter.Confirm)
	back := func(bch, more string) string {
		return send(t, d, inst, "3506", `{"input":{"selinfo":`+row(bch, "", "2025-09-01 11:00:00", more)+`}}`, counter.Confirm).Rows[0].Text
	}
	if s := back("t0", `,"medins_prod_sel_no":"never"`); !strings.Contains(s, "待核") || !sold(t, d, 3) {
		t.Fatalf("a return of nothing: %q", s)
	}
	if s := back("t1", `,"medins_prod_sel_no":"r3"`); s != "" || sold(t, d, 3) {
		t.Fatalf("a return without its code: %q", s)
	}
	sell(inst, "b4", "r4", 3, "", counter.Confirm)
	if back("t1", `,"medins_prod_sel_no":"r3"`); !sold(t, d, 3) {
		t.Fatal("a return sent again took back another sale")
	}
	// a batch number deleted
	send(t, d, inst, "3507", `{"data":{"fixmedins_bchno":"b4","inv_data_type":4}}`, counter.Confirm)
	if sold(t, d, 3) {
		t.Fatal("a deleted sale stands")
	}
	if taken(sell(inst, "b4", "r4", 3, "", counter.Confirm)) != 1 || !sold(t, d, 3) {
		t.Fatal("what was deleted may come again")
	}
	// a batch: the good rows are taken, the others named
	r = send(t, d, inst, "3505A", `{"selinfoDetail":[`+row("b5", "r5", "2025-09-01 12:00:00", traced(code(5), code(6)))+`,`+row("b6", "r6", "2025-13-01", traced(code(7)))+`,`+
		row("b7", "r7", "2025-09-01 12:30:00", traced(code(5)))+`]}`, counter.Confirm)
	if !r.Batch || taken(r) != 1 || len(r.Rows) != 3 || !sold(t, d, 6) || sold(t, d, 7) {
		t.Fatalf("a batch: %+v", r)
	}
	for infno, in := range map[string]string{
		"3503": `{"purcinfo":{"med_list_codg":"X1","fixmedins_bchno":"g1","dynt_no":"d1","purc_retn_cnt":5,"purc_retn_stoin_time":"2025-08-01 08:00:00"}}`,
		"3504": `{"purcinfo":{"med_list_codg":"X1","fixmedins_bchno":"g1","medins_prod_purc_no":"d1","purc_retn_cnt":1,"purc_retn_stoin_time":"2025-08-03 08:00:00"}}`,
		"3501": `{"invinfo":[{"med_list_codg":"X1","fixmedins_bchno":"k1","invdate":"2025-07-31","inv_cnt":"3"}]}`,
		"3502": `{"INVINFO":{"MED_LIST_CODG":"X1","fixmedins_bchno":"c1","inv_chg_type":"105","cnt":1,"inv_chg_time":"2025-08-04 08:00:00"}}`,
	} {
		if r := send(t, d, inst, infno, in, counter.Confirm); taken(r) != 1 {
			t.Errorf("%s: %+v", infno, r)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	// opened again it knows what its documents sold, and what waits comes out as files
	d = openDesk(t, dir)
	if s := send(t, d, inst, "3506", `{"selinfo":`+row("t9", "", "2025-09-01 13:00:00", `,"medins_prod_sel_no":"r4"`)+`}`, counter.Confirm).Rows[0].Text; s != "" || sold(t, d, 3) {
		t.Fatalf("after opening again: %q", s)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	x, err := counter.Collect(dir, out)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(filepath.Join(out, "sale.csv"))
	if len(x.Files) != 4 || x.Deleted != 1 || strings.Count(string(b), "\n") != 1+8 {
		t.Errorf("collected %+v\n%s", x, b)
	}
	b, _ = os.ReadFile(filepath.Join(out, "purchase.csv"))
	if !strings.Contains(string(b), "d1,") || !strings.Contains(string(b), "d1-T2025") || !strings.Contains(string(b), "-1") {
		t.Errorf("a purchase and its return are two rows:\n%s", b)
	}
	if err := x.Done(); err != nil {
		t.Fatal(err)
	}
	if x, err = counter.Collect(dir, out); err != nil || x.Rows != 0 {
		t.Errorf("collected twice: %+v %v", x, err)
	}
}

func TestSettlementAndItsReversal(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	defer d.Close()
	at, _ := claim.ParseTime("2025-09-02 12:00:00")
	settle := func(inst, visit string, record bool, n int) (string, bool) {
		s := &counter.Settlement{Stop: counter.Confirm, Lines: []counter.SettledLine{{Sn: "f" + visit, Item: "X1", Cnt: claim.QtyOne, Codes: life.Codes(code(n))}}}
		s.Inst, s.Psn, s.At, s.Docs, s.Paid = inst, "p"+visit, at, []string{visit}, true
		why, ok, err := d.Settle(s, record)
		if err != nil {
			t.Fatal(err)
		}
		return why, ok
	}
	if why, ok := settle(inst, "m1", false, 1); why != "" || ok || sold(t, d, 1) {
		t.Fatalf("a question recorded something: %q", why)
	}
	if why, ok := settle(inst, "m1", true, 1); why != "" || !ok {
		t.Fatalf("%q", why)
	}
	// the same sale told by its upload
	if r := send(t, d, inst, "3505", `{"selinfo":`+row("b1", "r1", "2025-09-02 12:00:30", `,"mdtrt_sn":"m1"`+traced(code(1)))+`}`, counter.Confirm); taken(r) != 1 || r.Rows[0].Text != "" {
		t.Fatalf("the upload of a settled sale: %+v", r)
	}
	if _, ok := settle(other, "m2", true, 1); ok {
		t.Fatal("sold twice")
	}
	if err := d.Reverse(inst, []string{"m1"}, at); err != nil {
		t.Fatal(err)
	}
	if _, ok := settle(other, "m2", true, 1); !ok {
		t.Fatal("after the reversal the box is free")
	}
}
