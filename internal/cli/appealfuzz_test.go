package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/store"
)

// noEngine judges nothing: only appeals are sent.
type noEngine struct{}

func (noEngine) Check(context.Context, *online.Request) (*online.Answer, error) {
	return &online.Answer{}, nil
}

// FuzzAppeals sends 3701–3704 of one hospital over HTTP to the real review desk: whatever it is, it is answered with an envelope; nothing of
// another hospital's, and of what was not sent yet, is told or changed; and every case stays sound, with its money.
func FuzzAppeals(f *testing.F) {
	o := sentCases(f)
	ctx := context.Background()
	keys, err := o.keys()
	if err != nil {
		f.Fatal(err)
	}
	id, secret, err := keys.Add(ctx, "t", auth.NewKey{Name: "HIS", Scope: auth.Scope{Inst: hospA}, Expires: time.Now().Add(24 * time.Hour)})
	if err != nil {
		f.Fatal(err)
	}
	h, err := fsi.Handler(fsi.Deps{Engine: noEngine{}, Gate: &auth.Gate{Keys: keys}, Appeals: appeals{o.desk}, Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	message := func(infno, inst, data string) []byte {
		return fmt.Appendf(nil, `{"infno":%q,"msgid":"m","mdtrtarea_admvs":"990101","fixmedins_code":%q,"opter":"d01","input":{"data":%s}}`, infno, inst, data)
	}
	png := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	for infno, datas := range map[string][]string{
		"3701": {`{}`, `{"finding_id":"f0"}`, `{"finding_id":"f4"}`, `{"node":"反馈申诉","page_size":"2"}`, `{"cursor":"x|y"}`, `{"setl_ym":"2025-01","mdtrt_id":"Mf4"}`, `{"page_size":-1}`},
		"3702": {`{"finding_id":"f0","appl_rea":"合理诊疗，有医嘱"}`, `{"finding_id":"f1","acpt_flag":"1"}`, `[{"finding_id":"f2","appl_rea":"部分不服","line_no":["1",2],"ver":"99"}]`, `{"finding_id":"f4","acpt_flag":"1"}`, `{"finding_id":"f3","appl_rea":"不服"}`,
			`{"finding_id":"f0' OR '1'='1","appl_rea":"不服"}`, `{"finding_id":"f2","appl_rea":"不服","file_id":["../../mingjian.db"]}`},
		"3703": {`{"finding_id":"f0","appl_rea":"请合议"}`, `{"finding_id":"f4","appl_rea":"请合议"}`},
		"3704": {`{"finding_id":"f2","file_name":"a.png","file_cont":"` + png + `"}`, `{"finding_id":"f4","file_name":"a.png","file_cont":"` + png + `"}`, `{"finding_id":"f2","file_name":"../../../etc/x.png","file_cont":"` + png + `"}`,
			`{"finding_id":"f2","file_name":"a.exe","file_cont":"TVqQ"}`, `{"finding_id":"f2","file_name":"a.png","file_cont":"data:image/png;base64,%%%"}`},
	} {
		for _, d := range datas {
			f.Add(infno, message(infno, hospA, d))
		}
		f.Add(infno, message(infno, hospB, datas[0]))
		f.Add(infno, []byte(datas[0]))
	}
	read := func() (out string) {
		err := o.db.View(ctx, func(tx *store.Tx) error {
			for _, id := range []string{"f3", "f4"} {
				c, err := tx.Case(id)
				if err != nil {
					return err
				}
				fs, err := tx.Attachments(id)
				if err != nil {
					return err
				}
				out += fmt.Sprintf("%+v %d\n", *c, len(fs))
			}
			return nil
		})
		if err != nil {
			f.Fatal(err)
		}
		return out
	}
	before, n := read(), 0
	f.Fuzz(func(t *testing.T, infno string, body []byte) {
		switch infno {
		case "3701", "3702", "3703", "3704":
		default:
			infno = "3702"
		}
		r := httptest.NewRequest(http.MethodPost, "/fsi/api/"+infno, bytes.NewReader(body))
		n++
		ts, nonce := fmt.Sprint(time.Now().Unix()), fmt.Sprintf("n%d-%d", time.Now().UnixNano(), n)
		for k, v := range map[string]string{"Content-Type": "application/json", "x-tif-paasid": id, "x-tif-timestamp": ts, "x-tif-nonce": nonce, "x-tif-signature": auth.SignTIF(secret, ts, nonce)} {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var x struct {
			Infcode *int `json:"infcode"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &x); err != nil || w.Code >= 500 {
			t.Fatalf("%q is answered %d %q: %v", body, w.Code, w.Body, err)
		}
		for _, secret := range []string{"Mf4", "Sf4", "Mf3", "Sf3", "乙医院", hospB, o.dir} {
			if strings.Contains(w.Body.String(), secret) && !bytes.Contains(body, []byte(secret)) {
				t.Fatalf("%q is told %s: %s", body, secret, w.Body)
			}
		}
		if now := read(); now != before {
			t.Fatalf("%q changed what is not its sender's:\n%s", body, now)
		}
		health, err := o.desk().Check(ctx)
		if err != nil || len(health.Wrong) > 0 {
			t.Fatalf("after %q: %v %v", body, health.Wrong, err)
		}
	})
}
