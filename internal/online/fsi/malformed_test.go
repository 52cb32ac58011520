package fsi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/mingjian/mingjian/internal/auth"
)

func zip(b []byte) []byte {
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// bad is a family of malformed input.
type bad struct {
	name string
	body string
	code Code
	path string // that the error names
	edit func(s *stand, r *http.Request)
}

func families() []bad {
	const orders = `"fsi_order_dtos":[`
	order := `{"rx_id":"R%d","hilist_code":"X1","curr_drord_flag":"1"},`
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, order, i+10)
		}
		return b.String()
	}
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	node := "input.data.patient_dtos[0].fsi_encounter_dtos[0].fsi_order_dtos"
	return []bad{
		{name: "empty body", body: "", code: Truncated},
		{name: "blanks", body: " \r\n", code: Truncated},
		{name: "not JSON", body: "<xml/>", code: NotJSON},
		{name: "single quotes", body: strings.ReplaceAll(small, `"`, `'`), code: NotJSON},
		{name: "truncated", body: small[:len(small)*2/3], code: Truncated},
		{name: "truncated in a string", body: small[:strings.Index(small, "patn_id")+3], code: Truncated},
		{name: "text behind the end", body: small + "x", code: NotJSON},
		{name: "two messages", body: small + small, code: NotJSON},
		{name: "comma before the end", body: with(`"1"}]`, `"1",}]`), code: NotJSON},
		{name: "comma missing", body: with(`"msgid":"m",`, `"msgid":"m"`), code: NotJSON},
		{name: "NaN", body: with("1.5", "NaN"), code: NotJSON},
		{name: "Infinity", body: with("1.5", "-Infinity"), code: NotJSON},
		{name: "leading zero", body: with("1.5", "01.5"), code: NotJSON},
		{name: "control character", body: with(`"P1"`, "\"P\x001\""), code: NotJSON},
		{name: "bad escape", body: with(`"P1"`, `"\x50"`), code: NotJSON},
		{name: "bad unicode escape", body: with(`"P1"`, `"\u00zz"`), code: NotJSON},
		{name: "invalid UTF-8", body: with(`"P1"`, "\"P\xff1\""), code: NotText},
		{name: "GB18030 undeclared", body: with(`"P1"`, "\"\xd6\xd0\xb9\xfa\""), code: NotText},
		{name: "not GB18030 though declared", body: with(`"P1"`, "\"P\xff1\""), code: NotText, edit: contentIs("application/json; charset=GBK")},
		{name: "array for the envelope", body: "[" + small + "]", code: WrongNode},
		{name: "text for the envelope", body: `"x"`, code: WrongNode},
		{name: "number for input", body: `{"infno":"3102","fixmedins_code":"H99010100001","input":5}`, code: WrongNode, path: "input"},
		{name: "text for patients", body: with(`"patient_dtos":[`, `"patient_dtos":"abc","x":[`), code: WrongNode, path: "patient_dtos"},
		{name: "number among orders", body: with(orders, orders+"7,"), code: WrongNode, path: node + "[0]"},
		{name: "array among orders", body: with(orders, orders+"[{}],"), code: WrongNode, path: node + "[0]"},
		{name: "broken JSON in a text", body: `{"infno":"3102","fixmedins_code":"H99010100001","input":"{\"data\":{"}`, code: Truncated, path: "input"},
		{name: "texts in texts", body: nested(), code: TooDeep},
		{name: "no infno", body: with(`"infno":"3102",`, ""), code: Missing},
		{name: "unknown infno", body: with("3102", "9999"), code: UnknownInfno},
		{name: "infno is an object", body: with(`"3102"`, `{"a":1}`), code: Missing},
		{name: "path and infno differ", body: small, code: WrongInfno, edit: func(_ *stand, r *http.Request) { r.URL.Path = "/fsi/api/3101" }},
		{name: "no input", body: `{"infno":"3102","fixmedins_code":"H99010100001"}`, code: Missing, path: "input"},
		{name: "no patients", body: with(`"patient_dtos":[`, `"patients":[`), code: Missing, path: "patient_dtos"},
		{name: "empty patients", body: `{"infno":"3102","fixmedins_code":"H99010100001","input":{"data":{"patient_dtos":[{}]}}}`, code: Missing, path: "patient_dtos"},
		{name: "no person", body: with(`"patn_id":"P1",`, ""), code: Missing, path: "patient_dtos[0].patn_id"},
		{name: "no visit", body: with(`"fsi_encounter_dtos"`, `"x"`), code: Missing, path: "fsi_encounter_dtos"},
		{name: "visit without number", body: with(`"mdtrt_id":"M1",`, "", `"curr_mdtrt_id":"M1",`, ""), code: Missing, path: "mdtrt_id"},
		{name: "no institution", body: with(`"fixmedins_code":"H99010100001",`, ""), code: Missing, path: "fixmedins_code", edit: asArea},
		{name: "one key twice", body: with(`"msgid":"m"`, `"msgid":"m","msgid":"n"`), code: Twice},
		{name: "one key of an order twice", body: with(`"cnt":1.5`, `"cnt":1.5,"CNT":2`), code: Twice, path: node + "[0].CNT"},
		{name: "input twice", body: with(`"input":`, `"input":{},"input":`), code: Twice},
		{name: "deep nesting", body: with(`"cnt":1.5`, `"cnt":`+deep(40)), code: TooDeep},
		{name: "very deep nesting", body: with(`"cnt":1.5`, `"cnt":1.5,"neu":`+strings.Repeat("[", 200_000)), code: TooDeep},
		{name: "too many orders", body: with(orders, orders+many(60)), code: TooMany, path: "fsi_order_dtos"},
		{name: "too many patients", body: with(`"patient_dtos":[`, `"patient_dtos":[`+strings.Repeat("{},", 60)), code: TooMany},
		{name: "too many rules", body: with(`"trig_scen":"7"`, `"rule_ids":[`+strings.Repeat(`"A001",`, 1100)+`"B"]`), code: TooMany},
		{name: "too big", body: with(`"P1"`, `"`+strings.Repeat("P", 70_000)+`"`), code: TooBig},
		{name: "gzip bomb", body: string(zip(bytes.Repeat([]byte("0"), 64<<20))), code: TooBig, edit: encodingIs("gzip")},
		{name: "no gzip", body: small, code: WrongType, edit: encodingIs("gzip")},
		{name: "gzip cut", body: string(zip([]byte(small))[:60]), code: Truncated, edit: encodingIs("gzip")},
		{name: "unknown encoding", body: small, code: WrongType, edit: encodingIs("br")},
		{name: "wrong content type", body: small, code: WrongType, edit: contentIs("application/xml")},
		{name: "form", body: "a=1", code: WrongType, edit: contentIs("application/x-www-form-urlencoded")},
		{name: "unreadable content type", body: small, code: WrongType, edit: contentIs("a/b/c;;")},
		{name: "unknown character set", body: small, code: WrongType, edit: contentIs("application/json; charset=big5")},
		{name: "encrypted", body: `{"infno":"3102","fixmedins_code":"H99010100001","enctype":"SM4","mdtrtarea_admvs":"990101","input":"A7F3"}`, code: Encrypted},
		{name: "not POST", body: "", code: WrongMethod, edit: func(_ *stand, r *http.Request) { r.Method = http.MethodGet }},
		{name: "unsigned", body: small, code: Unsigned, edit: func(_ *stand, r *http.Request) { r.Header = http.Header{"Content-Type": {"application/json"}} }},
		{name: "half a signature", body: small, code: Unsigned, edit: func(_ *stand, r *http.Request) { r.Header.Del("x-tif-nonce") }},
		{name: "forged", body: small, code: Forged, edit: func(_ *stand, r *http.Request) { r.Header.Set("x-tif-signature", strings.Repeat("0", 64)) }},
		{name: "unknown key", body: small, code: Forged, edit: func(s *stand, r *http.Request) { s.sign(r, "mkx", s.secret, s.deps.Now()) }},
		{name: "nonce changed", body: small, code: Forged, edit: func(_ *stand, r *http.Request) { r.Header.Set("x-tif-nonce", "other") }},
		{name: "expired", body: small, code: Expired, edit: func(s *stand, r *http.Request) { s.sign(r, s.id, s.secret, s.deps.Now().Add(-6*time.Minute)) }},
		{name: "from the future", body: small, code: Expired, edit: func(s *stand, r *http.Request) { s.sign(r, s.id, s.secret, s.deps.Now().Add(6*time.Minute)) }},
		{name: "time in milliseconds", body: small, code: Expired, edit: func(s *stand, r *http.Request) {
			stamp := fmt.Sprint(s.deps.Now().UnixMilli())
			r.Header.Set("x-tif-timestamp", stamp)
			r.Header.Set("x-tif-signature", auth.SignTIF(s.secret, stamp, r.Header.Get("x-tif-nonce")))
		}},
		{name: "replayed", body: small, code: Replayed, edit: func(s *stand, r *http.Request) {
			again := s.request("/fsi/api/3102", []byte(small))
			again.Header = r.Header.Clone()
			s.do(again)
		}},
		{name: "another institution", body: with("H99010100001", "H99010100002"), code: OtherScope, path: "fixmedins_code"},
		{name: "bad token", body: small, code: Forged, edit: func(_ *stand, r *http.Request) {
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer x"}}
		}},
		{name: "other authorization", body: small, code: Unsigned, edit: func(_ *stand, r *http.Request) {
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic eDp5"}}
		}},
		{name: "engine breaks", body: item("XPANIC"), code: Failed},
		{name: "bill without person", body: `{"infno":"2207","fixmedins_code":"H99010100001","input":{"data":{"mdtrt_id":"M1"}}}`, code: Missing, path: "psn_no"},
		{name: "bill without lines", body: `{"infno":"2204","fixmedins_code":"H99010100001","input":{"feedetail":[]}}`, code: Missing},
		{name: "line without number", body: strings.Replace(fee("2204", "F", "X1", "D", ""), `"feedetl_sn":"F",`, "", 1), code: Missing, path: "feedetl_sn"},
	}
}

// nested is JSON in a string in JSON, four times.
func nested() string {
	s := `{\"x\":1}`
	inner := `{"data":{"patient_dtos":[` + fmt.Sprintf("%q", fmt.Sprintf("%s", `{"patn_id":"P","fsi_encounter_dtos":`+fmt.Sprintf("%q", `{"mdtrt_id":"M","fsi_order_dtos":`+fmt.Sprintf("%q", `["`+s+`"]`)+`}`)+`}`)) + `]}}`
	return `{"infno":"3102","mdtrtarea_admvs":"990101","fixmedins_code":"H99010100001","input":` + fmt.Sprintf("%q", inner) + `}`
}

func contentIs(v string) func(*stand, *http.Request) {
	return func(_ *stand, r *http.Request) { r.Header.Set("Content-Type", v) }
}

func encodingIs(v string) func(*stand, *http.Request) {
	return func(_ *stand, r *http.Request) { r.Header.Set("Content-Encoding", v) }
}

func asArea(s *stand, r *http.Request) { s.sign(r, s.area[0], s.area[1], s.deps.Now()) }

// TestMalformed sends every family while good calls go on: each gets its envelope error in Chinese, none disturbs another.
func TestMalformed(t *testing.T) {
	t.Parallel()
	lim := Limits{Bytes: 64 << 10, Depth: 32, Orders: 50, Items: 50}
	big := lim
	big.Bytes = 1 << 20
	s := newStand(t, func(d *Deps) { d.Limits = &lim })
	roomy := newStand(t, func(d *Deps) { d.Limits = &big })
	var stop atomic.Bool
	var good sync.WaitGroup
	for range 2 {
		good.Go(func() {
			for n := 0; !stop.Load() || n == 0; n++ {
				if a := s.post("/fsi/api/3102", item("XBLOCK")); a.Infcode != 0 || len(a.Output.Result) != 1 {
					t.Errorf("a good call among bad ones: %s", a.raw)
				}
			}
		})
	}
	for _, f := range families() {
		on := s
		if len(f.body) > 64<<10 && f.code != TooBig {
			on = roomy
		}
		r := on.request("/fsi/api", []byte(f.body))
		if f.edit != nil {
			f.edit(on, r)
		}
		a := on.do(r)
		if a.Infcode != -1 || !strings.HasPrefix(a.Err, "["+string(f.code)+"] ") || !strings.Contains(a.Err, f.path) || !strings.ContainsFunc(a.Err, isHan) {
			t.Errorf("%s: status %d, %s; want code %s naming %q", f.name, a.Status, a.raw, f.code, f.path)
		}
		if a.Status != statusOf(f.code) {
			t.Errorf("%s: status %d", f.name, a.Status)
		}
	}
	stop.Store(true)
	good.Wait()
	if n := len(families()); n < 24 {
		t.Errorf("%d families", n)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestGB18030(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	body := strings.Replace(item("XBLOCK"), `"hilist_code"`, "\"hilist_name\":\"\xd2\xa9\xc6\xb7\\\\\",\"hilist_code\"", 1) // 药品 in GB18030
	r := s.request("/fsi/api/3102", []byte(body))
	r.Header.Set("Content-Type", "application/json;charset=GBK")
	a := s.do(r)
	if a.Infcode != 0 {
		t.Fatal(a.raw)
	}
	if b := s.post(slipPath, `{"input":{"jr_id":"`+a.Output.Result[0].JrID+`"}}`); !strings.Contains(b.Output.Slip, `药品\：`) {
		t.Error(b.raw)
	}
}

func TestUnsignedFlood(t *testing.T) {
	t.Parallel()
	taken := map[string]int{}
	var mu sync.Mutex
	s := newStand(t, func(d *Deps) {
		d.Limit = limiter(func(key string) bool {
			mu.Lock()
			defer mu.Unlock()
			taken[key]++
			return taken[key] <= 3
		})
	})
	for i := range 5 {
		r := s.request("/fsi/api/3102", []byte(small))
		r.Header.Set("x-tif-signature", "0")
		s.do(r)
		a := s.post("/fsi/api/3102", small)
		if want := i < 3; (a.Infcode == 0) != want || (!want && a.Status != http.StatusTooManyRequests) {
			t.Errorf("call %d: %s", i, a.raw)
		}
	}
}

type limiter func(key string) bool

func (l limiter) Take(key string, _ time.Time) (time.Duration, bool) { return time.Second, l(key) }

func TestLargeRequestInTime(t *testing.T) {
	t.Parallel()
	body := Encode(full(t, 5000))
	q, err := Decode(body, nil)
	if err != nil || len(q.Patients[0].Encounters[0].Orders) != 5000 {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(body))
}
