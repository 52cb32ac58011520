package traceapi

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace"
)

// town are two shops of which the second sells a box of the first again, and the first sells more than it had.
var town = map[string]string{
	"institution": "fixmedins_code,fixmedins_name,fixmedins_type,admdvs\nP9901A,甲药店,2,990101\nP9901B,乙药店,2,990101\n",
	"person":      "psn_no,gend,brdy\np1,1,1980-01-01\np2,2,1981-01-01\n",
	"visit":       "mdtrt_id,psn_no,fixmedins_code,med_type,begntime\nm1,p1,P9901A,41,2025-09-01 09:00:00\nm2,p2,P9901B,41,2025-09-20 09:00:00\n",
	"settlement": "setl_id,mdtrt_id,psn_no,fixmedins_code,setl_time,medfee_sumamt,fund_pay_sumamt\n" +
		"s1,m1,p1,P9901A,2025-09-01 09:05:00,60,30\ns2,m2,p2,P9901B,2025-09-20 09:05:00,20,10\n",
	"fee": "feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,cnt,pric,det_item_fee_sumamt,inscp_scp_amt,drug_trac_codg\n" +
		"f1,m1,s1,p1,P9901A,2025-09-01 09:00:00,101,XZZ5001A001001015001,3,20,60,60,99012341234567890123\n" +
		"f2,m2,s2,p2,P9901B,2025-09-20 09:00:00,101,XZZ5001A001001015001,1,20,20,20,99012341234567890123\n",
	"stock": "fixmedins_code,invdate,med_list_codg,fixmedins_bchno,inv_cnt\nP9901A,2025-08-20,XZZ5001A001001015001,b1,1\n",
	"purchase": "fixmedins_code,purc_no,med_list_codg,fixmedins_bchno,manu_lotnum,expy_end,purc_retn_cnt,purc_retn_stoin_time,drug_trac_codg\n" +
		"P9901A,g1,XZZ5001A001001015001,b2,L2,2025-08-31,1,2025-08-25 08:00:00,99012341234567890123\n",
}

func imported(t *testing.T, dir string, tables map[string]string) *trace.Facts {
	t.Helper()
	in := t.TempDir()
	for name, text := range tables {
		if err := os.WriteFile(filepath.Join(in, name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(context.Background(), []string{in}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	w.Close()
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
	return trace.NewFacts(k, ds)
}

// What is worked out of all boxes and shelves is worked out once for the same facts, says what working it out anew says, and is
// another with other facts.
func TestDigestOnceForTheSameFacts(t *testing.T) {
	t.Parallel()
	dir, g := t.TempDir(), &group{}
	f := imported(t, dir, town)
	d, err := g.digestOf(f)
	if err != nil {
		t.Fatal(err)
	}
	clues, n := f.Clues()
	if !reflect.DeepEqual(d.clues, clues) || d.funnel != n || n.Doubtful != 1 {
		t.Errorf("kept %+v %+v, anew %+v %+v", d.clues, d.funnel, clues, n)
	}
	if len(d.places) != 2 || d.places[0].Inst != "P9901A" || d.places[0].Short != 1 || d.places[0].Name != "甲药店" || d.places[0].area != "990101" {
		t.Errorf("places %+v", d.places)
	}
	if again, _ := g.digestOf(f); &again.clues[0] != &d.clues[0] {
		t.Error("worked out twice for the same facts")
	}
	more := map[string]string{
		"visit":      "mdtrt_id,psn_no,fixmedins_code,med_type,begntime\nm3,p1,P9901B,41,2025-09-25 09:00:00\n",
		"settlement": "setl_id,mdtrt_id,psn_no,fixmedins_code,setl_time,medfee_sumamt,fund_pay_sumamt\ns3,m3,p1,P9901B,2025-09-25 09:05:00,20,10\n",
		"fee": "feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,cnt,pric,det_item_fee_sumamt,inscp_scp_amt,drug_trac_codg\n" +
			"f3,m3,s3,p1,P9901B,2025-09-25 09:00:00,101,XZZ5001A001001015001,1,20,20,20,99012341234567890123\n",
	}
	d, err = g.digestOf(imported(t, dir, more))
	if err != nil || d.funnel.Doubtful != 2 || len(d.clues) != 2 {
		t.Errorf("after new data: %+v %v", d.funnel, err)
	}
}

// The batches of an item as the page shows them: what was sold of a lot past its expiry, and what nobody names a batch of.
func TestLotsOfAnItem(t *testing.T) {
	t.Parallel()
	f := imported(t, t.TempDir(), town)
	var got []lotOut
	err := f.Lots("P9901A", "XZZ5001A001001015001", func(lots []trace.Lot) error {
		for i := range lots {
			got = append(got, lotRow(&lots[i]))
		}
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	b1, b2 := got[0], got[1]
	if b1.Batch != "b1" || b1.Closing != "1" || b1.Billed != "0" || !b1.Known {
		t.Errorf("the lot that was counted: %+v", b1)
	}
	if b2.Batch != "b2" || b2.Number != "L2" || b2.Expiry != "2025-08-31" || b2.Billed != "3" || b2.Closing != "-2" || !b2.Expired || b2.Late != "3" || len(b2.Days) != 2 {
		t.Errorf("the lot that the box's purchase names: %+v", b2)
	}
}
