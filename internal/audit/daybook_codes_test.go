package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
)

// codedTown sells boxes again in other months, to other persons: k1 two months later at another pharmacy, k2 after the first
// sale was refunded, k3 after it was taken back by a negative line, k4 in the same month; k5 while the stay that it was used in had not been settled.
func codedTown() upload {
	u := upload{}
	for _, d := range []string{"D1", "D2"} {
		u.add("institution", "fixmedins_code="+d+" fixmedins_name=药店"+d+" fixmedins_type=2 admdvs=990101 begndate=2020-01-01")
	}
	sell := func(id, psn, inst, at string, code int) {
		u.sale(id, psn, inst, at, "10", "").drug(id, psn, inst, at, "10", fmt.Sprintf("drug_trac_codg=9900001000000000%04d", code))
	}
	sell("a1", "P1", "D1", "2025-01-10_10:00:00", 1)
	sell("a2", "P2", "D2", "2025-03-10_10:00:00", 1)
	sell("b1", "P3", "D1", "2025-01-11_10:00:00", 2)
	u.undone("b1", "P3", "D1", "2025-02-03_10:00:00", "10")
	sell("b2", "P4", "D2", "2025-03-11_10:00:00", 2)
	sell("c1", "P5", "D1", "2025-01-12_10:00:00", 3)
	u.add("fee", "feedetl_sn=c1-2 mdtrt_id=c1 setl_id=s-c1 psn_no=P5 fixmedins_code=D1 fee_ocur_time=2025-01-13_10:00:00 list_type=101 hilist_code=XZZ5001A001001015001 hilist_name=药 cnt=-1 cnt_unt=盒 pric=10 det_item_fee_sumamt=-10 inscp_scp_amt=-10 init_feedetl_sn=c1-1")
	sell("c2", "P6", "D2", "2025-03-12_10:00:00", 3)
	sell("d1", "P1", "D1", "2025-03-13_10:00:00", 4)
	sell("d2", "P3", "D1", "2025-03-20_10:00:00", 4)
	// sold again in January, when nobody knew of the stay's line: the payment too many is made in March
	u.ward("e1", "P2", "H1", "2025-01-05_09:00:00", "2025-03-08_09:00:00", "2025-03-08_10:00:00")
	u.drug("e1", "P2", "H1", "2025-01-06_10:00:00", "10", "drug_trac_codg=99000010000000000005")
	sell("e2", "P4", "D2", "2025-01-20_10:00:00", 5)
	return u
}

// TestCodesOfThePast: a box sold again is found whether the month of the first sale is judged along or not, however persons
// lie in buckets, and what was taken back before does not count.
func TestCodesOfThePast(t *testing.T) {
	t.Parallel()
	want := []string{"2025-03 T001 a2-1", "2025-03 T001 d2-1", "2025-03 T001 e1-1"}
	for _, buckets := range []int{1, 4} {
		for _, months := range [][]string{nil, {"2025-01", "2025-02", "2025-03"}, {"2025-03"}} {
			w := &town{t: t, dir: t.TempDir(), buckets: buckets}
			w.arrive(townsfolk())
			w.arrive(codedTown())
			for _, m := range months {
				w.audit(audit.Options{From: month(t, m), To: month(t, m)})
			}
			if months == nil {
				w.audit(audit.Options{})
			}
			var got []string
			for _, r := range w.rows() {
				if r.RuleID == "T001" && r.Type == 1 {
					got = append(got, fmt.Sprintf("%s %s %s", r.Month, r.RuleID, r.Sn))
				}
			}
			slices.Sort(got)
			w.want(fmt.Sprintf("%d buckets, months %v", buckets, months), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// shelfTown billed six stents in a quarter of which three were there; the hospital's last upload is of the quarter's first month, and
// in its last month only somebody else is settled. Of a balloon that was not there it billed one in January, which is within the
// tolerance, another in February, and one used in January that was settled in March.
func shelfTown() upload {
	u := upload{}
	u.add("institution", "fixmedins_code=H8 fixmedins_name=支架医院 fixmedins_type=1 hosp_lv=05 admdvs=990101 begndate=2020-01-01")
	u.add("stock", "fixmedins_code=H8 invdate=2024-12-31 med_list_codg=C990200000001 fixmedins_bchno=B1 inv_cnt=2")
	u.add("stock", "fixmedins_code=H8 invdate=2024-12-31 med_list_codg=C990200000002 fixmedins_bchno=B1 inv_cnt=0")
	u.add("purchase", "fixmedins_code=H8 purc_no=J1 med_list_codg=C990200000001 fixmedins_bchno=B2 purc_retn_cnt=1 finl_trns_pric=10 purc_retn_stoin_time=2025-01-04_08:00:00")
	for i, day := range []string{"2025-01-10", "2025-02-19"} {
		u.visit(fmt.Sprint("st", i), fmt.Sprint("P", i+1), "H8", day, "C990200000001*3")
	}
	for i, day := range []string{"2025-01-11", "2025-02-20"} {
		u.visit(fmt.Sprint("ba", i), fmt.Sprint("P", i+1), "H8", day, "C990200000002")
	}
	u.ward("ba2", "P4", "H8", "2025-01-07_09:00:00", "2025-03-04_09:00:00", "2025-03-04_10:00:00")
	u.drug("ba2", "P4", "H8", "2025-01-08_10:00:00", "10", "")
	for _, f := range u["fee"] {
		if f["list_type"] = "301"; f["mdtrt_id"] == "ba2" {
			f["hilist_code"] = "C990200000002"
		}
	}
	return u.visit("later", "P3", "H8", "2025-03-05", "990200000000001")
}

// TestQuarterOfShelves: what a quarter lacked is found in the month of the line by what that month knew, whichever of its months are
// judged together.
func TestQuarterOfShelves(t *testing.T) {
	t.Parallel()
	for _, months := range [][]string{nil, {"2025-01", "2025-02", "2025-03"}, {"2025-02"}} {
		w := &town{t: t, dir: t.TempDir(), buckets: 1}
		w.arrive(townsfolk())
		w.arrive(shelfTown())
		for _, m := range months {
			w.audit(audit.Options{From: month(t, m), To: month(t, m)})
		}
		if months == nil {
			w.audit(audit.Options{})
		}
		var got []string
		for _, r := range w.rows() {
			if r.RuleID == "B017" && r.Type == 1 {
				got = append(got, fmt.Sprintf("%s %s %s", r.Month, r.Sn, r.Vola))
			}
		}
		slices.Sort(got)
		want := []string{"2025-02 ba1-1 10.00", "2025-02 st1-1 30.00", "2025-03 ba2-1 10.00"}
		if len(months) == 1 {
			want = want[:2]
		}
		w.want(fmt.Sprint("months ", months), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
