package claim

import "testing"

// Receipts come in order of days whatever the file's order; returns to the supplier are none; a book begins with its first
// receipt of anything.
func TestSupplies(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `purchase fixmedins_code=h1 purc_no=2 med_list_codg=A fixmedins_bchno=b purc_retn_cnt=5 finl_trns_pric=9 purc_retn_stoin_time=2025-02-01
purchase fixmedins_code=h1 purc_no=1 med_list_codg=A fixmedins_bchno=b purc_retn_cnt=5 finl_trns_pric=8.5 purc_retn_stoin_time=2025-01-10
purchase fixmedins_code=h1 purc_no=3 med_list_codg=A fixmedins_bchno=b purc_retn_cnt=-5 finl_trns_pric=7 purc_retn_stoin_time=2025-01-01
purchase fixmedins_code=h1 purc_no=4 med_list_codg=B fixmedins_bchno=b purc_retn_cnt=1 finl_trns_pric=1 purc_retn_stoin_time=2024-12-31
purchase fixmedins_code=h2 purc_no=5 med_list_codg=B fixmedins_bchno=b purc_retn_cnt=-1 finl_trns_pric=1 purc_retn_stoin_time=2024-12-31`)
	h1, a := ds[DictInst].Find("h1"), ds[DictItem].Find("A")
	got := r.Supplies(h1, a)
	if len(got) != 2 || got[0].Day != DayOf(2025, 1, 10) || got[0].Pric != 8_500_000 || got[1].Day != DayOf(2025, 2, 1) {
		t.Errorf("receipts %v", got)
	}
	if d := r.SuppliedSince(h1); d != DayOf(2024, 12, 31) {
		t.Errorf("the book begins on %s", d)
	}
	if d := r.SuppliedSince(ds[DictInst].Find("h2")); d != NoDay {
		t.Errorf("a book of returns only begins on %s", d)
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `device fixmedins_code=h1 device_no=d1 device_type=CT grade=64排 begndate=2025-01-01 enddate=2025-06-30
device fixmedins_code=h1 device_no=d2 device_type=MR grade=1.5T`)
	got := r.Devices(ds[DictInst].Find("h1"))
	if len(got) != 2 || got[0].No != "d1" || got[0].Type != "CT" || got[0].Grade != "64排" {
		t.Fatalf("devices %v", got)
	}
	for day, want := range map[Day]bool{DayOf(2024, 12, 31): false, DayOf(2025, 1, 1): true, DayOf(2025, 6, 30): true, DayOf(2025, 7, 1): false} {
		if got[0].On(day) != want {
			t.Errorf("on %s: %v", day, !want)
		}
	}
	if !got[1].On(DayOf(2000, 1, 1)) || !got[1].On(DayOf(2099, 1, 1)) {
		t.Error("a row without dates is always valid")
	}
}
