package upload

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

const sold = `"med_list_codg":"X1","fixmedins_hilist_id":"L1","fixmedins_bchno":"b1","rtal_docno":"r1","mdtrt_sn":"m1","sel_retn_cnt":2,"sel_retn_time":"2025-09-01 10:00:00","trdn_flag":"0"`

func TestLeniency(t *testing.T) {
	a, b := "99012341234567890123", "99012341234567890124"
	for name, c := range map[string]struct {
		infno, in, codes string
	}{
		"one object, codes as a list":   {"3505", `{"input":{"selinfo":{` + sold + `,"drugtracinfo":[{"drug_trac_codg":"` + a + `"},{"drug_trac_codg":"` + b + `"}]}}}`, a + "|" + b},
		"codes as one object":           {"3505", `{"selinfo":{` + sold + `,"drugtracinfo":{"drug_trac_codg":"` + a + `"}}}`, a},
		"no code written as empty text": {"3505", `{"selinfo":{` + sold + `,"drugtracinfo":""}}`, ""},
		"flat field with bars":          {"3505", `{"selinfo":[{` + sold + `,"drug_trac_codg":"` + a + `|` + b + `"}]}`, a + "|" + b},
		"flat and node, the same code":  {"3505", `{"selinfo":[{` + sold + `,"drug_trac_codg":"` + a + `","drugtracinfo":[{"drug_trac_codg":"` + a + `"}]}]}`, a},
		"the batch form":                {"3505A", `{"input":{"selinfoDetail":[{` + sold + `,"drugtracinfo":["` + a + `"]}]}}`, a},
		"keys in capitals":              {"3505", strings.ToUpper(`{"selinfo":{` + sold + `}}`), ""},
		"the rows without a node":       {"3505", `{` + sold + `}`, ""},
	} {
		u, err := Parse(c.infno, "9901P1", []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := u.Rows[0]
		if len(u.Rows) != 1 || r.Values["drug_trac_codg"] != c.codes || r.Values["fixmedins_code"] != "9901P1" ||
			!strings.EqualFold(r.Values["mdtrt_id"], "m1") || r.Values["sel_retn_cnt"] != "2" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestReturnsAndDeletes(t *testing.T) {
	u, err := Parse("3506", "h", []byte(`{"selinfo":{`+sold+`,"medins_prod_sel_no":"r0"}}`))
	if err != nil || u.Rows[0].Values["sel_retn_cnt"] != "-2" || u.Rows[0].Values["medins_prod_sel_no"] != "r0" {
		t.Errorf("%+v %v", u, err)
	}
	u, err = Parse("3507", "h", []byte(`{"input":{"data":{"fixmedins_bchno":"b1","inv_data_type":"4"}}}`))
	if err != nil || len(u.Deletes) != 1 || u.Deletes[0] != (Delete{"b1", 4}) {
		t.Errorf("%+v %v", u, err)
	}
	for _, in := range []string{`{"data":{"fixmedins_bchno":"b1","inv_data_type":"5"}}`, `{"data":{"inv_data_type":"1"}}`, `[]`, `{`, `"x"`} {
		if u, err := Parse("3507", "h", []byte(in)); err == nil && len(u.Bad) == 0 {
			t.Errorf("%s was taken", in)
		}
	}
	if u, err := Parse("3505", "h", []byte(`{"selinfo":{`+strings.Replace(sold, "2025-09-01", "2025-13-01", 1)+`}}`)); err != nil || len(u.Bad) != 1 || !strings.Contains(u.Bad[0].Text, "sel_retn_time") {
		t.Errorf("a wrong time: %+v %v", u, err)
	}
	if _, err := Parse("9999", "h", []byte(`{}`)); err == nil {
		t.Error("another transaction")
	}
}

// What was read lands in the input tables as it is.
func TestRowsAreTheTables(t *testing.T) {
	for infno, in := range map[string]string{
		"3501": `{"invinfo":{"med_list_codg":"X","invdate":"2025-09-01","inv_cnt":"5.00","fixmedins_bchno":"b","expy_end":"2026-01-01"}}`,
		"3502": `{"invinfo":{"med_list_codg":"X","inv_chg_type":"105","cnt":1,"inv_chg_time":"2025-09-01 10:00:00","fixmedins_bchno":"b","pric":1.5}}`,
		"3503": `{"purcinfo":{"med_list_codg":"X","fixmedins_bchno":"b","purc_retn_cnt":9,"purc_retn_stoin_time":"2025-09-01 10:00:00","dynt_no":"d1"}}`,
		"3504": `{"purcinfo":{"med_list_codg":"X","fixmedins_bchno":"b","purc_retn_cnt":9,"purc_retn_stoin_time":"2025-09-01 10:00:00","medins_prod_purc_no":"d1"}}`,
		"3505": `{"selinfo":{` + sold + `}}`,
	} {
		u, err := Parse(infno, "9901P1", []byte(in))
		if err != nil {
			t.Errorf("%s: %v", infno, err)
			continue
		}
		r := claim.NewRows(claim.NewDicts())
		var names, values []string
		for k, v := range u.Rows[0].Values {
			names, values = append(names, k), append(values, v)
		}
		if err := r.Add(u.Rows[0].Table, names, values); err != nil {
			t.Errorf("%s: %v", infno, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("3505", `{"selinfo":{`+sold+`}}`)
	f.Add("3507", `{"data":[]}`)
	f.Fuzz(func(t *testing.T, infno, in string) {
		u, err := Parse(infno, "h", []byte(in))
		if (u == nil) == (err == nil) {
			t.Fatal("neither read nor refused")
		}
	})
}
