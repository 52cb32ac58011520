package fsi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func seeds(f *testing.F) {
	f.Add([]byte(small))
	f.Add(Encode(full(f, 3)))
	for _, b := range families() {
		if len(b.body) < 4096 {
			f.Add([]byte(b.body))
		}
	}
	f.Add([]byte(fee("2204", "F1", "X1", "D", `,"expContent":"{\"resc_flag\":1}"`)))
	f.Add([]byte(settle("2207", "")))
	f.Add([]byte(`{"infno":"3661","input":{"trigScen":{"patientDtos":[{"psn_no":"P","encounterDtos":{"mdtrt_id":"M","orderDtos":{"rx_id":"1"}}}]}}}`))
	for _, infno := range slices.Sorted(maps.Keys(known)) {
		f.Add([]byte(shapeOf(infno)))
	}
	f.Add([]byte(`{"infno":"3103","input":{"data":{"warns":{"warn_rslt_id":"j","dspo_way":"2"}}}}`))
	f.Add([]byte(`{"infno":"3702","opter":"1","input":{"data":[{"findingId":"f","appl_rea":"合理诊疗","line_no":["1",2],"ver":"3"}]}}`))
	f.Add([]byte(`{"infno":"3704","opter":"1","input":{"finding_id":"f","file_name":"a.png","file_cont":"iVBORw=="}}`))
}

// shapeOf is a message of a transaction with the nodes and names that its senders write.
func shapeOf(infno string) string {
	const head = `{"infno":%q,"msgid":"m","mdtrtarea_admvs":"990101","fixmedins_code":"H99010100001","%s":%s}`
	line := `{"feedetl_sn":"F1","mdtrt_id":"M1","psn_no":"P1","chrg_bchno":"B1","fee_ocur_time":"2025-03-18 09:30:00","med_list_codg":"X1","cnt":"2","pric":"1.5",` +
		`"det_item_fee_sumamt":"3.00","drugtracinfo":[{"drug_trac_codg":"T1"}],"vali_flag":"1"}`
	bill := `{"data":{"psn_no":"P1","mdtrt_id":"M1","chrg_bchno":"B1","med_type":"11","setl_time":"2025-03-18 09:40:00","medfee_sumamt":"3.00","drug_trac_info":[{"feedetl_sn":"F1","drug_trac_codg":"T1"}]}}`
	switch infno {
	case "2204", "2301":
		return fmt.Sprintf(head, infno, "input", `{"feedetail":[`+line+`]}`)
	case "5203":
		return fmt.Sprintf(head, infno, "output", `{"setlinfo":{"psn_no":"P1","mdtrt_id":"M1","setl_id":"S1","setl_time":"2025-03-18 09:40:00"}}`)
	case "5204":
		return fmt.Sprintf(head, infno, "output", `{"result":[`+line+`]}`)
	case "3101", "3102":
		return strings.Replace(small, "3102", infno, 1)
	case "3103":
		return fmt.Sprintf(head, infno, "input", `{"data":{"warn_type":"2","warns":[{"warn_rslt_id":"j","dspo_way":"1","dspo_way_rea":"01：已记录"}]}}`)
	case "3501", "3502", "3503", "3504", "3505", "3506", "3507":
		return fmt.Sprintf(head, infno, "input", `{"data":[{"med_list_codg":"X1","fixmedins_bchno":"L1","manu_lotnum":"N1","expy_end":"2027-01-01","inv_cnt":"5","drugtracinfo":[{"drug_trac_codg":"T1"}]}]}`)
	case "9001", "9002":
		return fmt.Sprintf(head, infno, "input", `{"signIn":{"opter_no":"d1","mac":"00","ip":"127.0.0.1"}}`)
	}
	return fmt.Sprintf(head, infno, "input", bill)
}

// FuzzRead holds the reader to encoding/json: it reads nothing that is no JSON, and calls nothing that is JSON broken.
func FuzzRead(f *testing.F) {
	seeds(f)
	ps, err := LoadProfiles("")
	if err != nil {
		f.Fatal(err)
	}
	lim := Limits{Bytes: 1 << 20, Depth: 64, Orders: 1000, Items: 1000}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := ps.Read(body, Source{Limits: &lim})
		if m2, err2 := ps.Read(body, Source{Limits: &lim}); !cmp.Equal(err, err2) || !cmp.Equal(m.Request, m2.Request) || !cmp.Equal(m.Feedback, m2.Feedback) ||
			(m.Bill != nil && !cmp.Equal(m.Bill.Request, m2.Bill.Request)) {
			t.Fatalf("read again it says something else: %v, %v: %q", err, err2, body)
		}
		text := bytes.TrimPrefix(body, []byte("\ufeff"))
		valid := json.Valid(text) && utf8.Valid(text)
		if err == nil {
			if !valid {
				t.Fatalf("read although it is no JSON: %q", body)
			}
			if m.Request == nil && m.Feedback == nil && m.Bill == nil && m.Goods == nil && m.Pleas == nil && m.National[0] != '9' {
				t.Fatalf("nothing was read from %q", body)
			}
			return
		}
		var bad *Fault
		if !errors.As(err, &bad) || bad.Code == "" || bad.Text == "" {
			t.Fatalf("%v is no fault", err)
		}
		if valid && bad.Path == "" && (bad.Code == NotJSON || bad.Code == Truncated || bad.Code == NotText) {
			t.Fatalf("%v, although it is JSON: %q", bad, body)
		}
	})
}

// FuzzAgain writes what was read and reads it again: nothing changes any more.
func FuzzAgain(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := Decode(body, nil)
		if err != nil || (q.Infno != "3101" && q.Infno != "3102") {
			return
		}
		again, err := Decode(Encode(q), nil)
		if err != nil {
			var bad *Fault
			if errors.As(err, &bad) && bad.Code == TooMany {
				return
			}
			t.Fatalf("%v\n%s\n%s", err, body, Encode(q))
		}
		third, err := Decode(Encode(again), nil)
		if err != nil {
			t.Fatal(err)
		}
		again.Odd, third.Odd = nil, nil
		if d := cmp.Diff(again, third); d != "" {
			t.Fatalf("%s\n%s", d, body)
		}
	})
}

// FuzzHandler sends bodies to every address of the interface: each is answered with an envelope, whatever it is.
func FuzzHandler(f *testing.F) {
	s := newStand(f, nil)
	h, err := Handler(s.deps)
	if err != nil {
		f.Fatal(err)
	}
	paths := []string{"/fsi/api/3102", "/mbs/fmi/fsi/api/callFsiService/callService", releasePath, slipPath}
	for _, infno := range slices.Sorted(maps.Keys(known)) {
		f.Add(uint8(1), []byte(shapeOf(infno)))
	}
	f.Add(uint8(0), []byte(small))
	f.Add(uint8(2), []byte(`{"fixmedins_code":"H99010100001","opter":"d01","input":{"jr_id":"j","reason_code":"01","reason":"x"}}`))
	f.Add(uint8(2), []byte(`{"fixmedins_code":"H99010100001","opter":"d02","input":{"data":{"release_id":"r"}}}`))
	f.Add(uint8(3), []byte(`{"fixmedins_code":"H99010100001","input":{"jr_id":["j","k"]}}`))
	f.Fuzz(func(t *testing.T, at uint8, body []byte) {
		r := httptest.NewRequest(http.MethodPost, paths[int(at)%len(paths)], bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		s.sign(r, s.id, s.secret, s.deps.Now())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var a answered
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Refmsg) != 30 {
			t.Fatalf("%v: %q is answered %q", err, body, w.Body)
		}
		if w.Code == http.StatusServiceUnavailable {
			t.Fatalf("%q broke it: %s", body, w.Body)
		}
	})
}
