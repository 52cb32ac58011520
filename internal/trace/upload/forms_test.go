package upload

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// body is a row of each transaction with all that must be there; %s is put in for more fields, with a comma before.
var body = map[string]string{
	"3501": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","invdate":"2025-09-01","inv_cnt":5,"fixmedins_bchno":"b1"%s}`,
	"3502": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","inv_chg_type":"105","cnt":1,"inv_chg_time":"2025-09-01 10:00:00","fixmedins_bchno":"b1"%s}`,
	"3503": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","fixmedins_bchno":"b1","purc_retn_cnt":9,"purc_retn_stoin_time":"2025-09-01 10:00:00"%s}`,
	"3504": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","fixmedins_bchno":"b1","purc_retn_cnt":9,"purc_retn_stoin_time":"2025-09-01 10:00:00"%s}`,
	"3505": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","fixmedins_bchno":"b1","sel_retn_cnt":2,"sel_retn_time":"2025-09-01 10:00:00","mdtrt_sn":"m1"%s}`,
	"3506": `{"med_list_codg":"X1","fixmedins_hilist_id":"L1","fixmedins_bchno":"b1","sel_retn_cnt":2,"sel_retn_time":"2025-09-01 10:00:00"%s}`,
	"3507": `{"fixmedins_bchno":"b1","inv_data_type":"4"%s}`,
}

var node = map[string]string{"3501": "invinfo", "3502": "invinfo", "3503": "purcinfo", "3504": "purcinfo", "3505": "selinfo", "3506": "selinfo", "3507": "data"}

// one reads a message that holds one row, and returns it as text: values, codes or what is to be withdrawn.
func one(t *testing.T, what, infno, in string) string {
	t.Helper()
	u, err := Parse(infno, "9901P1", []byte(in))
	if err != nil || len(u.Bad) > 0 || len(u.Rows)+len(u.Deletes) != 1 {
		t.Errorf("%s: %s: %+v %v", what, in, u, err)
		return ""
	}
	if len(u.Deletes) == 1 {
		return fmt.Sprint(u.Deletes[0])
	}
	b, err := json.Marshal(u.Rows[0].Values)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFormsOfEveryTransaction: however the node is wrapped, each transaction says the same.
func TestFormsOfEveryTransaction(t *testing.T) {
	for infno, row := range body {
		row := fmt.Sprintf(row, "")
		quoted, err := json.Marshal(`{"` + node[infno] + `":` + row + `}`)
		if err != nil {
			t.Fatal(err)
		}
		asText, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		n := node[infno]
		want := one(t, "plain", infno, `{"`+n+`":`+row+`}`)
		for what, x := range map[string][2]string{
			"a list":                   {infno, `{"` + n + `":[` + row + `]}`},
			"in input":                 {infno, `{"input":{"` + n + `":` + row + `}}`},
			"a list in input":          {infno, `{"input":{"` + n + `":[` + row + `]}}`},
			"input as text":            {infno, `{"input":` + string(quoted) + `}`},
			"the node as text":         {infno, `{"` + n + `":` + string(asText) + `}`},
			"nothing around it":        {infno, row},
			"a bare list":              {infno, `[` + row + `]`},
			"the batch form":           {infno + "A", `{"input":{"` + n + `":[` + row + `]}}`},
			"the batch form, one":      {infno + "A", `{"` + n + `":` + row + `}`},
			"a small letter":           {infno + "a", `{"` + n + `":` + row + `}`},
			"the node in capitals":     {infno, `{"` + strings.ToUpper(n) + `":` + row + `}`},
			"empty fields beside it":   {infno, `{"` + n + `":` + fmt.Sprintf(body[infno], `,"memo":"","manu_lotnum":"-","expy_end":null,"drugtracinfo":""`) + `}`},
			"a field nobody knows":     {infno, `{"` + n + `":` + fmt.Sprintf(body[infno], `,"exp_content":{"a":[1]},"zzz":1`) + `}`},
			"blanks round the name":    {infno, `{" ` + n + ` ":` + row + `}`},
			"an empty spelling before": {infno, `{"` + n + `":` + fmt.Sprintf(body[infno], `,"FIXMEDINS_BCHNO":""`) + `}`},
		} {
			if got := one(t, infno+" "+what, x[0], x[1]); got != want {
				t.Errorf("%s %s:\n%s\nwant\n%s", infno, what, got, want)
			}
		}
		if infno != "3507" {
			detail := `{"` + n + `Detail":[` + row + `]}`
			for what, in := range map[string]string{"a detail node": detail, "a detail node in input": `{"input":` + detail + `}`, "a detail node in the node": `{"` + n + `":` + detail + `}`} {
				if got := one(t, infno+" "+what, infno+"A", in); got != want {
					t.Errorf("%s %s:\n%s\nwant\n%s", infno, what, got, want)
				}
			}
		}
		for what, in := range map[string]string{"an empty list": `{"` + n + `":[]}`, "an empty text": `{"` + n + `":""}`, "null": `{"` + n + `":null}`} {
			if u, err := Parse(infno, "9901P1", []byte(in)); err == nil {
				t.Errorf("%s %s was taken: %+v", infno, what, u)
			}
		}
		two, err := Parse(infno+"A", "9901P1", []byte(`{"`+n+`":[`+row+`,{"memo":"x"},`+strings.ReplaceAll(row, "b1", "b2")+`]}`))
		if err != nil || !two.Batch || len(two.Rows)+len(two.Deletes) != 2 || len(two.Bad) != 1 || two.Bad[0].Row != 2 {
			t.Errorf("%s: one bad row of three: %+v %v", infno, two, err)
		}
	}
}

// TestNumbersAndNames: numbers as text, names in the other spelling, the names of other editions.
func TestNumbersAndNames(t *testing.T) {
	camel := func(s string) string {
		for i := 0; i+1 < len(s); i++ {
			if s[i] == '_' {
				s = s[:i] + strings.ToUpper(s[i+1:i+2]) + s[i+2:]
			}
		}
		return s
	}
	for infno, row := range body {
		row := fmt.Sprintf(row, `,"drug_trac_codg":"99012341234567890123"`)
		want := one(t, "plain", infno, `{"`+node[infno]+`":`+row+`}`)
		if got := one(t, infno+" camel", infno, `{"`+node[infno]+`":`+camel(row)+`}`); got != want {
			t.Errorf("%s in camel case:\n%s\nwant\n%s", infno, got, want)
		}
		text := row
		for _, n := range []string{"_cnt\":5", "cnt\":1", "_cnt\":9", "_cnt\":2"} {
			name, digit, _ := strings.Cut(n, "\":")
			text = strings.ReplaceAll(text, n, name+"\":\""+digit+"\"")
		}
		if got := one(t, infno+" text", infno, `{"`+node[infno]+`":`+text+`}`); got != want {
			t.Errorf("%s with numbers as text:\n%s\nwant\n%s", infno, got, want)
		}
	}
	for _, name := range []string{"prodentp_name", "prdr_name", "prodentpName", "PRDR_NAME"} {
		u, err := Parse("3503", "h", []byte(`{"purcinfo":`+fmt.Sprintf(body["3503"], `,"`+name+`":"某药厂"`)+`}`))
		if err != nil || len(u.Rows) != 1 || u.Rows[0].Values["prodentp_name"] != "某药厂" {
			t.Errorf("%s: %+v %v", name, u, err)
		}
	}
	// Hubei asks for no national code: the institution's own is what is known.
	u, err := Parse("3505A", "h", []byte(`{"selinfoDetail":[{"fixmedins_hilist_id":"L9","fixmedins_bchno":"b","sel_retn_cnt":"1","sel_retn_time":"2025-09-01 10:00:00","MDTRT_SETL_TYPE":"1","setl_id":"S1"}]}`))
	if err != nil || len(u.Rows) != 1 || u.Rows[0].Values["med_list_codg"] != "L9" || u.Rows[0].Values["setl_id"] != "S1" {
		t.Errorf("%+v %v", u, err)
	}
}

// TestCodesInEveryForm: where trace codes stand, alone or several.
func TestCodesInEveryForm(t *testing.T) {
	a, b := "99012341234567890123", "99012341234567890124"
	both := a + "|" + b
	for more, want := range map[string]string{
		`"drugtracinfo":[{"drug_trac_codg":"` + a + `"},{"drug_trac_codg":"` + b + `"}]`: both,
		`"drugtracinfo":{"drug_trac_codg":"` + both + `"}`:                               both,
		`"drugtracinfo":{"drug_trac_codg":["` + a + `","` + b + `"]}`:                    both,
		`"drugtracinfo":["` + a + `","` + b + `"]`:                                       both,
		`"drugtracinfo":"` + a + `,` + b + `"`:                                           both,
		`"drugtracinfo":"[{\"drug_trac_codg\":\"` + a + `\"}]"`:                          a,
		`"drugTracInfo":[{"drugTracCodg":"` + a + `"}]`:                                  a,
		`"DRUGTRACINFO":[{"DRUG_TRAC_CODG":"` + a + `"}]`:                                a,
		`"drug_trac_codg":["` + a + `","` + b + `","` + a + `"]`:                         both,
		`"drug_trac_codg":"` + a + `;` + b + `"`:                                         both,
		`"drugtracinfo":[{"drug_trac_codg":""},{"drug_trac_codg":"` + a + `"}]`:          a,
		`"drugtracinfo":null`:                                                            "", `"drugtracinfo":[]`: "", `"drugtracinfo":{}`: "", `"drugtracinfo":""`: "", `"drugtracinfo":"-"`: "", `"drug_trac_codg":"-"`: "",
	} {
		for _, infno := range []string{"3501", "3502", "3503", "3505", "3506"} {
			u, err := Parse(infno, "h", []byte(`{"`+node[infno]+`":`+fmt.Sprintf(body[infno], ","+more)+`}`))
			if err != nil || len(u.Rows) != 1 {
				t.Errorf("%s %s: %+v %v", infno, more, u, err)
				continue
			}
			var got []string
			for _, c := range u.Rows[0].Codes {
				got = append(got, c.Text)
			}
			if strings.Join(got, "|") != want {
				t.Errorf("%s %s: %v, want %s", infno, more, got, want)
			}
		}
	}
}
