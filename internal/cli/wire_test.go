package cli

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/mingjian/mingjian/internal/auth"
)

// wire sends bytes to the server as they are and reads one answer, nil when the server closed without one.
func (w *ward) wire(raw []byte) (status int, body []byte) {
	w.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(w.his.url, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	go c.Write(raw) //nolint:errcheck // the server may hang up first
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	b, err := io.ReadAll(io.LimitReader(c, 1<<20))
	if err != nil && len(b) == 0 {
		return 0, nil
	}
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	if f := bytes.Fields(head); len(f) > 1 {
		status, _ = strconv.Atoi(string(f[1]))
	}
	return status, body
}

// signed are the headers that admit a call now.
func (w *ward) signed() string {
	var n [16]byte
	rand.Read(n[:])
	nonce, at := hex.EncodeToString(n[:]), strconv.FormatInt(time.Now().Unix(), 10)
	return fmt.Sprintf("Host: h\r\nConnection: close\r\nX-Tif-Paasid: %s\r\nX-Tif-Timestamp: %s\r\nX-Tif-Nonce: %s\r\nX-Tif-Signature: %s\r\n", w.his.key, at, nonce, auth.SignTIF(w.his.secret, at, nonce))
}

// plainCall is a 3102 of one harmless order; odd replaces pieces of it.
func (w *ward) plainCall(odd ...string) string {
	s := fmt.Sprintf(`{"infno":"3102","msgid":"x","mdtrtarea_admvs":"990101","fixmedins_code":"H99010100002","inf_time":%q,"input":{"data":{"trig_scen":"7","patient_dtos":[{"patn_id":"WP11","gend":"1","brdy":"1980-01-01","curr_mdtrt_id":"MAL","fsi_encounter_dtos":[{"mdtrt_id":"MAL","adm_date":%q,"med_type":"11","insutype":"390","medfee_sumamt":10,"fsi_diagnose_dtos":[{"dise_codg":"I10","maindise_flag":"1"}],"fsi_order_dtos":[{"rx_id":"R1","hilist_code":%q,"hilist_name":"项目","cnt":1,"pric":10,"sumamt":10,"drord_dr_codg":"D9","curr_drord_flag":"1"}]}]}]}}}`,
		w.clock(0), w.clock(0), harmless)
	for i := 0; i < len(odd); i += 2 {
		if !strings.Contains(s, odd[i]) {
			w.t.Fatalf("%s is not in the message", odd[i])
		}
		s = strings.Replace(s, odd[i], odd[i+1], 1)
	}
	return s
}

// post is a signed call as bytes.
func (w *ward) post(body string, more ...string) []byte {
	return fmt.Appendf(nil, "POST /fsi/api/3102 HTTP/1.1\r\n%sContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", w.signed(), strings.Join(more, ""), len(body), body)
}

// wireFamily is a family of bad input as it comes over the wire.
type wireFamily struct {
	name   string
	raw    func() []byte
	status int    // 0 = the connection ends without an answer
	says   string // what the answer holds
}

func gzipped(b []byte) string {
	var z bytes.Buffer
	g := gzip.NewWriter(&z)
	g.Write(b) //nolint:errcheck // to memory
	g.Close()
	return z.String()
}

func (w *ward) wireFamilies() []wireFamily {
	body := func(name, says string, odd ...string) wireFamily {
		return wireFamily{name, func() []byte { return w.post(w.plainCall(odd...)) }, 200, says}
	}
	head := func(name string, status int, format string, args ...any) wireFamily {
		return wireFamily{name, func() []byte { return fmt.Appendf(nil, format, args...) }, status, ""}
	}
	line := func(first string) func() []byte {
		return func() []byte {
			b := w.post(w.plainCall())
			return append([]byte(first+"\r\n"), b[bytes.IndexByte(b, '\n')+1:]...)
		}
	}
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().String(w.plainCall())
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(w.plainCall())
	orders := strings.Repeat(`{"rx_id":"R0","hilist_code":"X","cnt":1,"pric":1},`, 20_000)
	return []wireFamily{
		// numbers, days and codes that no hospital means
		body("a number beyond all", "数值超出允许的范围", `"cnt":1`, `"cnt":1e999`),
		body("a number of many digits", "数值超出允许的范围", `"cnt":1`, `"cnt":`+strings.Repeat("9", 400)),
		body("a tiny exponent", "数值超出允许的范围", `"pric":10`, `"pric":1e-999999999`),
		body("a negative amount", `"infcode":0`, `"sumamt":10`, `"sumamt":-10`),
		body("a negative quantity", `"infcode":0`, `"cnt":1`, `"cnt":-1`),
		body("a quantity of nought", `"infcode":0`, `"cnt":1`, `"cnt":0`),
		body("a day that is not in the calendar", "brdy = 2025-02-30", `"brdy":"1980-01-01"`, `"brdy":"2025-02-30"`),
		body("the day nought", "adm_date = 0000", w.clock(0)+`","med_type"`, `0000-00-00 00:00:00","med_type"`),
		body("the year 99999", "adm_date = 99999", w.clock(0)+`","med_type"`, `99999-01-01 00:00:00","med_type"`),
		body("a day as a number", `"infcode":0`, `"brdy":"1980-01-01"`, `"brdy":19800101`),
		body("unknown codes", `"infcode":0`, `"med_type":"11"`, `"med_type":"ZZ"`, `"insutype":"390"`, `"insutype":"-1"`, `"gend":"1"`, `"gend":"男女"`),
		body("a number for a code", `"infcode":0`, `"med_type":"11"`, `"med_type":11`),
		body("an object for a code", "应为单个值", `"med_type":"11"`, `"med_type":{"a":[1,2]}`),
		body("an object for a list", `"infcode":0`, `"fsi_diagnose_dtos":[{"dise_codg":"I10","maindise_flag":"1"}]`, `"fsi_diagnose_dtos":{"dise_codg":"I10","maindise_flag":"1"}`),
		body("a null for a node", `"infcode":0`, `"fsi_diagnose_dtos":[{"dise_codg":"I10","maindise_flag":"1"}]`, `"fsi_diagnose_dtos":null`),
		body("a very long text", `"infcode":0`, `"hilist_name":"项目"`, `"hilist_name":"`+strings.Repeat("长", 200_000)+`"`),
		body("a text of NUL and halves of characters", `"infcode":0`, `"patn_id":"WP11"`, `"patn_id":"WP11\u0000\u202e\ud800"`),
		body("a script", `"infcode":0`, `"hilist_name":"项目"`, `"hilist_name":"<script>alert(1)</script>' OR 1=1--"`),
		body("many orders", "[", `"fsi_order_dtos":[`, `"fsi_order_dtos":[`+orders),
		body("one key twice", "[", `"msgid":"x"`, `"msgid":"x","msgid":"y"`),
		body("deep nesting", "[", `"cnt":1`, `"cnt":`+strings.Repeat("[", 100_000)),
		body("an infno of a text that goes on", "[", `"infno":"3102"`, `"infno":"3102\r\nX-Evil: 1"`),
		// bodies
		{"a byte order mark", func() []byte { return w.post("\ufeff" + w.plainCall()) }, 200, `"infcode":0`},
		{"UTF-16", func() []byte { return w.post(wide) }, 200, "["},
		{"GB18030 undeclared", func() []byte { return w.post(gbk) }, 200, "["},
		{"GB18030 declared", func() []byte {
			return bytes.Replace(w.post(gbk), []byte("application/json"), []byte("application/json;charset=GB18030"), 1)
		}, 200, `"infcode":0`},
		{"a zip bomb", func() []byte { return w.post(gzipped(make([]byte, 32<<20)), "Content-Encoding: gzip\r\n") }, 413, "["},
		{"a zip of a zip", func() []byte {
			return w.post(gzipped([]byte(gzipped([]byte(w.plainCall())))), "Content-Encoding: gzip\r\n")
		}, 200, "["},
		{"more than may be", func() []byte { return w.post(strings.Repeat(" ", 9<<20)) }, 413, "["},
		// HTTP itself
		{"GET", line("GET /fsi/api/3102 HTTP/1.1"), 405, "["},
		{"DELETE", line("DELETE /fsi/api/3102 HTTP/1.1"), 405, "["},
		{"a method of its own", line("EVIL /fsi/api/3102 HTTP/1.1"), 405, "["},
		{"another transaction in the path", line("POST /fsi/api/3101 HTTP/1.1"), 200, "["},
		{"a path that climbs", line("POST /fsi/../../etc/passwd HTTP/1.1"), 404, ""},
		{"an encoded end of line in the path", line("POST /fsi/api/3102%0d%0aX-Evil:1 HTTP/1.1"), 200, ""},
		{"a bad escape in the path", line("POST /fsi/%zz HTTP/1.1"), 400, ""},
		{"a version of its own", line("POST /fsi/api/3102 HTTP/9.9"), 505, ""},
		{"no version", line("POST /fsi/api/3102"), 400, ""},
		head("no HTTP", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
		head("a NUL in a header", 400, "POST /fsi/api/3102 HTTP/1.1\r\nHost: h\r\nX-Tif-Paasid: a\x00b\r\n\r\n"),
		head("a header that is folded", 401, "POST /fsi/api/3102 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Tif-Paasid: a\r\n X-Evil: 1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
		head("a header without end", 431, "POST /fsi/api/3102 HTTP/1.1\r\nHost: h\r\nX-Tif-Paasid: %s\r\n\r\n", strings.Repeat("a", 64<<10)),
		head("two hosts", 400, "POST /fsi/api/3102 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
		head("a negative length", 400, "POST /fsi/api/3102 HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
		head("two lengths", 400, "POST /fsi/api/3102 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
		{"a length of a terabyte", func() []byte {
			return fmt.Appendf(nil, "POST /fsi/api/3102 HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: 1099511627776\r\n\r\n{", w.signed())
		}, 413, "["},
		{"a chunk of no size", func() []byte {
			return fmt.Appendf(nil, "POST /fsi/api/3102 HTTP/1.1\r\n%sContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", w.signed())
		}, 200, "["},
		{"an unknown transfer", func() []byte {
			return fmt.Appendf(nil, "POST /fsi/api/3102 HTTP/1.1\r\n%sContent-Type: application/json\r\nTransfer-Encoding: rot13\r\n\r\n", w.signed())
		}, 501, ""},
	}
}

// malformed sends every family to the server while good calls go on: each gets its answer, none breaks the server or disturbs another.
func (w *ward) malformed(t *testing.T) {
	var stop atomic.Bool
	var good sync.WaitGroup
	good.Go(func() {
		for n := 0; !stop.Load() || n == 0; n++ {
			x, err := w.his.send("3102", "H99010100002", mustInput(w.plainCall()))
			if err != nil || x.Code != 0 {
				t.Errorf("a good call among bad ones: %v %+v", err, x)
				return
			}
		}
	})
	// A body whose end does not come holds nobody up: the connection is given up at the end.
	endless, err := net.Dial("tcp", strings.TrimPrefix(w.his.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer endless.Close()
	fmt.Fprintf(endless, "POST /fsi/api/3102 HTTP/1.1\r\n%sContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"inf\r\n", w.signed())
	fs := w.wireFamilies()
	for _, f := range fs {
		status, body := w.wire(f.raw())
		if status != f.status || !bytes.Contains(body, []byte(f.says)) {
			t.Errorf("%s: status %d, %.300s", f.name, status, body)
			continue
		}
		var x tillSaid
		if status == 200 || f.says != "" {
			if err := json.Unmarshal(body, &x); err != nil {
				t.Errorf("%s: no envelope: %v %.300s", f.name, err, body)
			}
			if x.Code == -1 && (!strings.HasPrefix(x.Err, "[") || strings.HasPrefix(x.Err, "[501]")) || x.Code == 0 && f.says == "[" {
				t.Errorf("%s: %+v", f.name, x)
			}
		}
	}
	stop.Store(true)
	good.Wait()
	r, err := http.Get(w.his.url + "/readyz")
	if err != nil || r.StatusCode != 200 {
		t.Errorf("after all that: %v %v", r, err)
	}
	if len(fs) < 24 {
		t.Errorf("%d families", len(fs))
	}
}

// mustInput is the input node of a call.
func mustInput(body string) string {
	var x struct {
		Input json.RawMessage `json:"input"`
	}
	if err := json.Unmarshal([]byte(body), &x); err != nil {
		panic(err)
	}
	return string(x.Input)
}
