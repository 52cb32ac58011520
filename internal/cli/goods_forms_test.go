package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestGoodsFormsOverHTTP sends each of 3501–3507 to a running server in every form the editions write it, from goods received to the upload
// withdrawn, and asks after each sale whether its box may be sold elsewhere.
func TestGoodsFormsOverHTTP(t *testing.T) {
	t.Parallel()
	dir, c := goodsTown(t)
	cmd := goodsServer(t, dir, c)
	const inst, other = 1, 2
	type result struct {
		Result struct {
			OK string `json:"retRslt"`
		} `json:"result"`
		Good []struct{ Seq, Msg string } `json:"sucessData"`
		Bad  []struct{ Seq, Msg string } `json:"failData"`
	}
	send := func(what, infno string, who int, in string) (*tillSaid, result) {
		t.Helper()
		a, err := c.send(infno, tillInst(who), in)
		if err != nil {
			t.Fatal(err)
		}
		var r result
		if len(a.Output) > 0 {
			if err := json.Unmarshal(a.Output, &r); err != nil {
				t.Errorf("%s: %s: %v", what, a.Output, err)
			}
		}
		return a, r
	}
	taken := func(what, infno string, who int, in string) result {
		t.Helper()
		a, r := send(what, infno, who, in)
		if a.Code != 0 || r.Result.OK != "1" {
			t.Errorf("%s %s: %d %s %s\n%s", infno, what, a.Code, a.Err, a.Output, in)
		}
		return r
	}
	// free asks by selling it elsewhere, in the batch form, which answers by rows, and takes that back.
	n := 0
	free := func(code string) bool {
		t.Helper()
		n++
		doc := fmt.Sprint("free", n)
		_, r := send("free", "3505A", other, strings.Replace(saleOf(doc, code), `"selinfo":{`, `"selinfo":[{`, 1)[:len(saleOf(doc, code))]+"]}")
		if len(r.Good)+len(r.Bad) != 1 {
			t.Fatalf("the answer tells of %+v", r)
		}
		if len(r.Good) == 1 {
			taken("back", "3507", other, fmt.Sprintf(`{"data":{"fixmedins_bchno":"b%s","inv_data_type":"4"}}`, doc))
		}
		return len(r.Good) == 1
	}
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	goods := map[string][2]string{
		"3501": {"invinfo", `"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","invdate":%q,"inv_cnt":"5.00","fixmedins_bchno":%q`},
		"3502": {"invinfo", `"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","inv_chg_type":"105","cnt":1,"inv_chg_time":%q,"fixmedins_bchno":%q`},
		"3503": {"purcinfo", `"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","purc_retn_stoin_time":%q,"purc_retn_cnt":"9","fixmedins_bchno":%q`},
		"3504": {"purcinfo", `"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","purc_retn_stoin_time":%q,"purc_retn_cnt":1,"fixmedins_bchno":%q`},
		"3506": {"selinfo", `"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","sel_retn_time":%q,"sel_retn_cnt":1,"fixmedins_bchno":%q`},
	}
	for infno, x := range goods {
		row := func(bch string) string {
			at := tillNow()
			if infno == "3501" {
				at = at[:10]
			}
			return "{" + fmt.Sprintf(x[1], at, bch) + "}"
		}
		taken("one", infno, inst, fmt.Sprintf(`{%q:%s}`, x[0], row("f1")))
		taken("a list", infno, inst, fmt.Sprintf(`{%q:[%s]}`, x[0], row("f2")))
		taken("as text", infno, inst, fmt.Sprintf(`{%q:%s}`, x[0], quote(row("f3"))))
		taken("in data", infno, inst, fmt.Sprintf(`{"data":{%q:%s}}`, x[0], row("f4")))
		r := taken("batch", infno+"A", inst, fmt.Sprintf(`{%q:[%s,%s]}`, x[0], row("f5"), row("f6")))
		if len(r.Good) != 2 || len(r.Bad) != 0 {
			t.Errorf("%s: a batch of two: %+v", infno, r)
		}
		_, r = send("a bad row", infno+"A", inst, fmt.Sprintf(`{"%sDetail":[%s,{"memo":"x"}]}`, x[0], row("f7")))
		if r.Result.OK != "0" || len(r.Good) != 1 || len(r.Bad) != 1 || r.Bad[0].Seq != "2" || !strings.Contains(r.Bad[0].Msg, "缺少") {
			t.Errorf("%s: one bad row of two: %+v", infno, r)
		}
		for what, in := range map[string]string{"an empty list": "[]", "an empty text": `""`, "null": "null"} {
			if a, _ := send(what, infno, inst, fmt.Sprintf(`{%q:%s}`, x[0], in)); a.Code == 0 || !strings.Contains(a.Err, x[0]) {
				t.Errorf("%s %s: %d %s", infno, what, a.Code, a.Err)
			}
		}
	}
	// Sales: what the code stands in, and whatever the node looks like, the box is sold.
	box := 5_000_000
	sold := map[string]string{}
	for what, form := range map[string]string{
		"a list of nodes": `"drugtracinfo":[{"drug_trac_codg":%q}]`, "one node": `"drugtracinfo":{"drug_trac_codg":%q}`, "a list of texts": `"drugtracinfo":[%q]`, "a text": `"drugtracinfo":%q`,
		"the flat field": `"drug_trac_codg":%q`, "a flat list": `"drug_trac_codg":[%q]`, "capitals": `"DRUGTRACINFO":[{"DRUG_TRAC_CODG":%q}]`, "no underscores": `"drugTracInfo":[{"drugTracCodg":%q}]`,
	} {
		for _, shape := range []string{`{"selinfo":%s}`, `{"selinfo":[%s]}`, `{"selinfoDetail":[%s]}`, `{"data":{"selinfo":%s}}`} {
			box++
			doc, code := fmt.Sprint("s", box), tillCode(box)
			row := fmt.Sprintf(`{"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","fixmedins_bchno":"b%s","rtal_docno":%q,"mdtrt_sn":"m%s","sel_retn_cnt":"1","trdn_flag":"0","sel_retn_time":%q,"MDTRT_SETL_TYPE":"2","setl_id":null,"psn_no":"",`, doc, doc, doc, tillNow()) + fmt.Sprintf(form, code) + "}"
			infno := "3505"
			if strings.Contains(shape, "Detail") {
				infno = "3505A"
			}
			taken(what, infno, inst, fmt.Sprintf(shape, row))
			sold[doc] = code
			if free(code) {
				t.Errorf("%s in %s: the box is still free", what, shape)
			}
		}
	}
	// A return by the code alone, by the sale it names, and by nothing but item and batch; each frees the box.
	back := func(what, doc, more string) {
		t.Helper()
		taken(what, "3506", inst, fmt.Sprintf(`{"selinfo":{"med_list_codg":"XZZ5001A001001015001","fixmedins_hilist_id":"a","fixmedins_bchno":"b%s","sel_retn_cnt":1,"sel_retn_time":%q%s}}`, doc, tillNow(), more))
		if !free(sold[doc]) {
			t.Errorf("%s: the box is not free after its return", what)
		}
	}
	back("a return with the code", "s5000001", fmt.Sprintf(`,"drug_trac_codg":%q`, sold["s5000001"]))
	back("a return that names its sale", "s5000002", `,"medins_prod_sel_no":"s5000002"`)
	back("a return that names no sale", "s5000003", "")
	// Withdrawals.
	for what, form := range map[string]string{"one": `{"data":{"fixmedins_bchno":"b%s","inv_data_type":"4"}}`, "a list": `{"data":[{"fixmedins_bchno":"b%s","inv_data_type":4}]}`, "in capitals": `{"data":{"FIXMEDINS_BCHNO":"b%s","INV_DATA_TYPE":"04"}}`, "no underscores": `{"data":{"fixmedinsBchno":"b%s","invDataType":"4"}}`} {
		doc := map[string]string{"one": "s5000004", "a list": "s5000005", "in capitals": "s5000006", "no underscores": "s5000007"}[what]
		taken(what, "3507", inst, fmt.Sprintf(form, doc))
		if !free(sold[doc]) {
			t.Errorf("3507 %s: the box is not free", what)
		}
	}
	if a, _ := send("of a wrong kind", "3507", inst, `{"data":{"fixmedins_bchno":"bs5000008","inv_data_type":"9"}}`); a.Code == 0 || !strings.Contains(a.Err, "inv_data_type") {
		t.Errorf("%d %s", a.Code, a.Err)
	}
	if free(sold["s5000008"]) {
		t.Error("a withdrawal that was refused freed the box")
	}
	cmd.Process.Kill()
	cmd.Wait()
	goodsServer(t, dir, c)
	if free(sold["s5000009"]) || !free(sold["s5000003"]) {
		t.Error("what was acknowledged is not so after a kill")
	}
}
