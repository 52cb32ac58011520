package fsi

import (
	"testing"

	"github.com/mingjian/mingjian/internal/online"
)

func TestSamplesSayWhatIsCertain(t *testing.T) {
	t.Parallel()
	out, err := Samples()
	if err != nil || len(out[Channel]) != 2 || len(out[BillChannel]) != 1 {
		t.Fatal(out, err)
	}
	before, during, bill := online.FactsOf(out[Channel][0]), online.FactsOf(out[Channel][1]), online.FactsOf(out[BillChannel][0])
	if !before["diagnosis.diag_code"] || !during["diagnosis.diag_code"] || bill["diagnosis"] || bill["visit.dscg_maindiag_code"] || !bill["fee.hilist_code"] || !bill["fee.bilg_dr_codg"] {
		t.Errorf("%v\n%v\n%v", before, during, bill)
	}
}
