package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// sale adds a pharmacy's visit and settlement at a moment; more are further columns of the settlement.
func (u upload) sale(id, psn, inst, at, amount, more string) upload {
	u.add("visit", fmt.Sprintf("mdtrt_id=%s psn_no=%s fixmedins_code=%s med_type=41 begntime=%s endtime=%s", id, psn, inst, at, at))
	return u.add("settlement", strings.TrimSpace(fmt.Sprintf("setl_id=s-%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 med_type=41 setl_time=%s medfee_sumamt=%s fund_pay_sumamt=0 %s",
		id, id, psn, inst, at, amount, more)))
}

// drug adds a line of a sale.
func (u upload) drug(id, psn, inst, at, pric, more string) upload {
	return u.add("fee", strings.TrimSpace(fmt.Sprintf("feedetl_sn=%s-1 mdtrt_id=%s setl_id=s-%s psn_no=%s fixmedins_code=%s fee_ocur_time=%s list_type=101 hilist_code=XZZ5001A001001015001 hilist_name=药 cnt=1 cnt_unt=盒 pric=%s det_item_fee_sumamt=%s inscp_scp_amt=%s %s",
		id, id, id, psn, inst, at, pric, pric, pric, more)))
}

// ward adds an in-patient visit that is settled on the day after it ended.
func (u upload) ward(id, psn, inst, from, to, setl string) upload {
	u.add("visit", fmt.Sprintf("mdtrt_id=%s psn_no=%s fixmedins_code=%s med_type=21 begntime=%s endtime=%s dscg_way=1", id, psn, inst, from, to))
	return u.add("settlement", fmt.Sprintf("setl_id=s-%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 med_type=21 setl_time=%s medfee_sumamt=100 fund_pay_sumamt=60", id, id, psn, inst, setl))
}

// undone adds the refund of a settlement.
func (u upload) undone(id, psn, inst, at, amount string) upload {
	return u.add("settlement", fmt.Sprintf("setl_id=r-%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 med_type=41 setl_time=%s medfee_sumamt=-%s fund_pay_sumamt=0 refd_setl_flag=1 init_setl_id=s-%s",
		id, id, psn, inst, at, amount, id))
}

var bookRules = []string{"B031", "D008", "F016", "G008", "G027", "L008", "P002", "P007", "P008"}

// bookTown is what day-book cards find, spread over persons, buckets and months: every finding's evidence lies in an
// earlier month or with another person.
func bookTown() upload {
	u := upload{}
	for _, d := range []string{"D1", "D2"} {
		u.add("institution", "fixmedins_code="+d+" fixmedins_name=药店"+d+" fixmedins_type=2 admdvs=990101 open_time=00:00 close_time=24:00 begndate=2020-01-01")
	}
	u.add("terminal", "dev_no=t1 fixmedins_code=D1").add("terminal", "dev_no=t2 fixmedins_code=D1")
	// P008: five cards around midnight of a month's end
	for i, at := range []string{"2025-01-31_23:58:31", "2025-01-31_23:59:11", "2025-02-01_00:00:03", "2025-02-01_00:00:41", "2025-02-01_00:01:17"} {
		u.sale(fmt.Sprintf("c%d", i+1), fmt.Sprintf("P%d", i+1), "D1", at, fmt.Sprintf("%d1", i+1), "dev_no=t1")
	}
	// B031: D1's terminal at D2
	u.sale("t", "P6", "D2", "2025-02-03_10:11:12", "33", "dev_no=t2")
	// P002: a prescription filled by two persons in two months
	u.sale("x1", "P1", "D1", "2025-01-20_10:11:12", "10", "").drug("x1", "P1", "D1", "2025-01-20_10:11:12", "10", "hi_rxno=k1")
	u.sale("x2", "P2", "D2", "2025-03-05_10:11:12", "10", "").drug("x2", "P2", "D2", "2025-03-05_10:11:12", "10", "hi_rxno=k1")
	// D008: ten lines of 10 yuan in January and February, 20 yuan in March
	for i := range 10 {
		id, psn, at := fmt.Sprintf("q%d", i), fmt.Sprintf("P%d", i%6+1), fmt.Sprintf("2025-%02d-%02d_11:12:13", i%2+1, i+11)
		u.sale(id, psn, "D1", at, "10", "").drug(id, psn, "D1", at, "10", "")
	}
	u.sale("q", "P4", "D1", "2025-03-06_11:12:13", "20", "").drug("q", "P4", "D1", "2025-03-06_11:12:13", "20", "")
	// F016 and G008: one surgeon, one bed; who was first is settled in another month
	u.ward("w1", "P1", "H1", "2025-01-25_08:00:00", "2025-02-05_08:00:00", "2025-03-02_09:10:11").ward("w2", "P2", "H1", "2025-01-26_08:00:00", "2025-02-06_08:00:00", "2025-02-07_09:10:11")
	for i, from := range []string{"2025-01-30_08:00:00", "2025-01-30_09:00:00"} {
		u.add("operation", fmt.Sprintf("mdtrt_id=w%d oprn_srt_no=1 oprn_oprt_code=99.01 oper_dr_code=k1 oprn_oprt_begntime=%s oprn_oprt_endtime=2025-01-30_11:00:00", i+1, from))
		u.add("bed_move", fmt.Sprintf("mdtrt_id=w%d wardarea_codg=W wardno=301 bedno=1 begntime=2025-01-2%d_09:00:00 endtime=2025-02-05_08:00:00", i+1, i+6))
	}
	// G027: P5 is doctor k5, lies in H2 and orders for P6 in H1
	u.add("person", "psn_no=P5 gend=1 brdy=1980-01-01 insutype=390 certno=330102198001010011 begndate=2020-02-01")
	u.add("practitioner", "prac_psn_code=k5 fixmedins_code=H1 certno=330102198001010011 begndate=2020-01-01")
	u.ward("w5", "P5", "H2", "2025-02-10_08:00:00", "2025-02-20_08:00:00", "2025-03-01_09:10:11")
	u.add("visit", "mdtrt_id=g psn_no=P6 fixmedins_code=H1 med_type=11 begntime=2025-02-15_08:00:00 endtime=2025-02-15_09:00:00")
	u.add("fee", "feedetl_sn=g-1 mdtrt_id=g setl_id=s-g psn_no=P6 fixmedins_code=H1 fee_ocur_time=2025-02-15_08:30:00 list_type=201 hilist_code=N hilist_name=N cnt=1 pric=10 det_item_fee_sumamt=10 inscp_scp_amt=10 bilg_dr_codg=k5")
	u.add("settlement", "setl_id=s-g mdtrt_id=g psn_no=P6 fixmedins_code=H1 insutype=390 med_type=11 setl_time=2025-02-15_09:10:11 medfee_sumamt=10 fund_pay_sumamt=6")
	// L008 and P007: ten equal settlements of one operator within five seconds
	for i := range 10 {
		u.sale(fmt.Sprintf("b%d", i), fmt.Sprintf("P%d", i%6+1), "D2", fmt.Sprintf("2025-03-10_12:00:0%d", i/2+1), "88", "opter=o1")
	}
	return u
}

// bookFound is what the cards find there.
var bookFound = []string{
	"2025-02 B031 t=0.00", "2025-02 F016 w2=0.00", "2025-02 G008 w2=0.00", "2025-02 G027 g=0.00", "2025-02 P008 c5=0.00",
	"2025-03 D008 q-1=10.00", "2025-03 L008 b9=0.00", "2025-03 P002 x2-1=10.00", "2025-03 P007 b4=0.00",
}

func (w *town) books() (out []string) {
	for _, r := range w.rows() {
		if r.Type == 1 && strings.Contains(strings.Join(bookRules, " "), r.RuleID) {
			sn := r.Sn
			if sn == "" {
				sn = r.Mdtrt
			}
			out = append(out, fmt.Sprintf("%s %s %s=%s", r.Month, r.RuleID, sn, r.Vola))
		}
	}
	return out
}

func (w *town) wantBooks(what string, want []string) {
	w.t.Helper()
	w.want(what, strings.Join(w.books(), "\n"), strings.Join(want, "\n"))
}

// TestDayBookOfALongStay: who already lay in the bed, and whom the surgeon already operated, came months before, and others were
// there in between; whether the past is read merged or month by month, and whether or not anything was settled the month before.
func TestDayBookOfALongStay(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"2025-05-11", "2025-07-11"} {
		for _, merged := range []bool{true, false} {
			w := newTown(t)
			w.arrive(townsfolk())
			u := upload{}
			u.ward("w1", "P1", "H1", "2025-03-10_08:00:00", "2025-08-20_08:00:00", "2025-08-21_09:10:11").ward("w2", "P2", "H1", "2025-08-18_08:00:00", "2025-08-22_08:00:00", "2025-08-23_09:10:11")
			u.sale("x", "P3", "H1", between+"_10:11:12", "10", "")
			u.add("visit", "mdtrt_id=y psn_no=P2 fixmedins_code=H1 med_type=11 begntime=2025-07-20_08:00:00 endtime=2025-07-20_09:00:00") // never settled
			for i, from := range []string{"2025-03-10_09:00:00", "2025-08-18_09:00:00"} {
				u.add("operation", fmt.Sprintf("mdtrt_id=w%d oprn_srt_no=1 oprn_oprt_code=99.01 oper_dr_code=k1 oprn_oprt_begntime=2025-08-19_0%d:00:00 oprn_oprt_endtime=2025-08-19_11:00:00", i+1, i+8))
				u.add("bed_move", fmt.Sprintf("mdtrt_id=w%d wardarea_codg=W wardno=301 bedno=1 begntime=%s endtime=2025-08-20_08:00:00", i+1, from))
			}
			w.arrive(u)
			a := w.open()
			if !merged {
				a.ReadMonthsApart()
			}
			if _, err := a.Run(t.Context(), audit.Options{From: month(t, "2025-08"), To: month(t, "2025-08")}); err != nil {
				t.Fatal(err)
			}
			w.wantBooks(fmt.Sprintf("another in %s, merged %t", between, merged), []string{"2025-08 F016 w2=0.00", "2025-08 G008 w2=0.00"})
		}
	}
}

// TestDayBook: the cards of the day book find the same whatever is judged together, however persons lie in buckets, and
// whether or not the derived files are there.
func TestDayBook(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, buckets := range []int{1, 4} {
		for _, apart := range []bool{false, true} {
			w := &town{t: t, dir: t.TempDir(), buckets: buckets}
			w.arrive(townsfolk())
			w.arrive(bookTown())
			months := []string{"2025-03", "2025-01", "2025-02"}
			for i := 0; apart && i < len(months); i++ {
				w.audit(audit.Options{From: month(t, months[i]), To: month(t, months[i])})
			}
			w.audit(audit.Options{})
			w.wantBooks(fmt.Sprintf("%d buckets, month by month %t", buckets, apart), bookFound)
			texts = append(texts, exported(t, w.dir))
			files, err := filepath.Glob(filepath.Join(w.dir, "daybook", "*", "*.book"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no derived files: %v", err)
			}
			for i, f := range files { // damaged or lost, they are made again
				if i%2 == 0 {
					err = os.Remove(f)
				} else {
					err = os.WriteFile(f, []byte("damaged"), 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			rep := w.audit(audit.Options{Force: true})
			w.wantChanges(rep, 0, int64(len(w.rows())-involvedRows(w)), 0, 0)
		}
	}
	for _, s := range texts[1:] {
		if s != texts[0] {
			t.Errorf("the same facts, other findings: %s", firstDifference(s, texts[0]))
		}
	}
}

func involvedRows(w *town) (n int) {
	seen := map[string]bool{}
	for _, r := range w.rows() {
		if seen[r.FindingID] {
			n++
		}
		seen[r.FindingID] = true
	}
	return n
}

// TestDayBookChanges: what happens to one person's settlements changes another's findings, in whichever month they lie.
func TestDayBookChanges(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.arrive(bookTown())
	w.audit(audit.Options{})
	rep := w.audit(audit.Options{Rules: []string{"A001"}, Force: true})
	w.wantBooks("after --rules of another card", bookFound)
	w.wantChanges(rep, 0, 0, 0, 0)
	rep = w.audit(audit.Options{Rules: bookRules, Force: true})
	w.wantBooks("after --rules of these cards", bookFound)
	w.wantChanges(rep, 0, int64(len(bookFound)), 0, 0)
	for _, r := range w.rows() {
		if r.RuleID == "P008" {
			x, err := w.open().Explain(r.FindingID)
			if err != nil || !x.Holds || !strings.Contains(x.String(), "s-c1、s-c2、s-c3、s-c4、s-c5") {
				t.Errorf("explanation: %v %v", err, x)
			}
		}
	}
	// In April other persons' settlements of January are taken back: the findings of February and March they bore go.
	w.arrive(upload{}.undone("c2", "P2", "D1", "2025-04-02_10:00:00", "21").undone("x1", "P1", "D1", "2025-04-03_10:00:00", "10").
		undone("b0", "P1", "D2", "2025-04-03_10:10:00", "88"))
	rep = w.audit(audit.Options{})
	var left []string
	for _, f := range bookFound {
		if !strings.Contains(f, "P008") && !strings.Contains(f, "P002") && !strings.Contains(f, "L008") {
			left = append(left, strings.Replace(f, "P007 b4", "P007 b5", 1))
		}
	}
	w.wantBooks("after the refunds", left)
	w.wantTold(rep, "撤回", "已于2025-01-20用过")
	if n := len(w.audit(audit.Options{}).Months); n != 0 {
		t.Errorf("a second run judged %d months", n)
	}
}

// TestDayBookInParts: a book gathered institution by institution says what one gathered whole says.
func TestDayBookInParts(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.arrive(townsfolk())
	w.arrive(bookTown())
	w.audit(audit.Options{})
	whole := exported(t, w.dir)
	for _, n := range []int64{1, 3} {
		a := w.open()
		a.LimitBook(n)
		if _, err := a.Run(t.Context(), audit.Options{Force: true}); err != nil {
			t.Fatal(err)
		}
		if got := exported(t, w.dir); got != whole {
			t.Errorf("%d rows at a time: %s", n, firstDifference(got, whole))
		}
	}
}
