package fsi

import (
	"bytes"
	"encoding/json"
	"errors"
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
	f.Add([]byte(`{"infno":"3103","input":{"data":{"warns":{"warn_rslt_id":"j","dspo_way":"2"}}}}`))
	f.Add([]byte(`{"infno":"3702","opter":"1","input":{"data":[{"findingId":"f","appl_rea":"合理诊疗","line_no":["1",2],"ver":"3"}]}}`))
	f.Add([]byte(`{"infno":"3704","opter":"1","input":{"finding_id":"f","file_name":"a.png","file_cont":"iVBORw=="}}`))
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
