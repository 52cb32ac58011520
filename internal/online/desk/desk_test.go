package desk

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// engine finds one thing in whatever it is asked about, and keeps the request.
type engine struct {
	last *online.Request
	err  error
}

func (e *engine) Check(_ context.Context, q *online.Request) (*online.Answer, error) {
	e.last = q
	v := &q.Patients[0].Encounters[0]
	return &online.Answer{Reminders: []online.Reminder{{ID: "jr1", Patient: q.Patients[0].ID, Visit: v.ID, Rule: "A001", RuleName: "药品限性别使用", Severity: 1, Stop: online.Confirm,
		Text: "限女性使用，患者为男性，请更换", Subject: v.Orders[0].Item, Facts: "x", Vola: v.Orders[0].Amount, Lines: []online.Line{{Order: v.Orders[0].ID, Visit: v.ID, Type: 1}}}}}, e.err
}

type site struct {
	t      *testing.T
	url    string
	client *http.Client
	engine *engine
	db     *store.DB
	s      *remind.Service
}

func newSite(t *testing.T) (*site, string, string) {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	must(err)
	t.Cleanup(func() { db.Close() })
	trail := auth.OpenTrail(dir, "test")
	keys, err := auth.OpenKeys(dir, db, trail)
	must(err)
	id, secret, err := keys.Add(ctx, "test", auth.NewKey{Name: "诊所", Scope: auth.Scope{Inst: "P99010100001", Admdvs: "990101"}})
	must(err)
	users := &auth.Users{DB: db, Trail: trail}
	must(users.Add(ctx, "test", auth.NewUser{Login: "desk1", Password: "a long pass 2026", Roles: []string{auth.Hospital}, Scope: auth.Scope{Inst: "H99010100001"}}))
	must(users.Add(ctx, "test", auth.NewUser{Login: "office", Password: "b long pass 2026", Roles: []string{"只读"}}))
	lib, err := rule.Shipped()
	must(err)
	c, err := remind.NewChooser(lib.Cards, nil)
	must(err)
	s, err := remind.OpenService(ctx, db, filepath.Join(dir, remind.Dir), c, remind.Options{LogWait: time.Minute})
	must(err)
	signer, err := OpenSigner(dir)
	must(err)
	e := &engine{}
	h := Handler(Deps{Engine: e, Remind: s, Gate: &auth.Gate{Keys: keys}, Sessions: &auth.Sessions{Users: users},
		Place:  func(string) (Place, bool) { return Place{}, false },
		Person: func(cert string) string { return map[string]string{"990101198001010017": "P-7"}[cert] },
		Items:  func(string, int) []Item { return []Item{{"XZZ01", "甲药", "101"}} },
		List: func(_ context.Context, inst string) (*Signed, error) {
			return signer.Sign(&List{Inst: inst, Salt: "s", Persons: map[string]string{hashOf("s", "p1"): "待遇暂停"}})
		}})
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	jar, err := cookiejar.New(nil)
	must(err)
	return &site{t, srv.URL + Root, &http.Client{Jar: jar}, e, db, s}, id, secret
}

func (x *site) do(method, path, body string) (int, string) {
	x.t.Helper()
	r, err := http.NewRequest(method, x.url+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/json")
	}
	a, err := x.client.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

const asked = `{"psn":"990101198001010017","sex":"1","birth":"1980-01-01","diags":[{"code":"i10"}],"items":[{"code":"xzz01","name":"甲药","cnt":"2","pric":"12.345","days":"7"},{"code":"990200000010000","cnt":"1","pric":"10","own":true}]}`

func TestFromSignInToChoice(t *testing.T) {
	t.Parallel()
	x, id, secret := newSite(t)
	if st, _ := x.do("POST", "/api/check", asked); st != http.StatusUnauthorized {
		t.Errorf("without signing in: %d", st)
	}
	for _, bad := range []string{`{"Name":"` + id + `","Secret":"wrong"}`, `{"Name":"mk0000000000000000000000000000","Secret":"x"}`, `{"Name":"desk1","Secret":"x"}`, `{"Name":"","Secret":""}`} {
		if st, b := x.do("POST", "/api/login", bad); st != http.StatusUnauthorized || strings.Contains(b, "不存在") {
			t.Errorf("%s: %d %s", bad, st, b)
		}
	}
	if st, b := x.do("POST", "/api/login", `{"Name":"office","Secret":"b long pass 2026"}`); st != http.StatusForbidden {
		t.Errorf("an account without an institution: %d %s", st, b)
	}
	st, b := x.do("POST", "/api/login", `{"Name":"`+id+`","Secret":"`+secret+`"}`)
	if st != http.StatusOK || !strings.Contains(b, `"pharmacy":true`) {
		t.Fatalf("%d %s", st, b)
	}
	if st, b = x.do("POST", "/api/check", asked); st != http.StatusOK {
		t.Fatalf("%d %s", st, b)
	}
	q := x.engine.last
	e := q.Patients[0].Encounters[0]
	if q.Patients[0].ID != "P-7" || q.Inst != "P99010100001" || q.Channel != "web" || q.Scenarios[0] != "10" || e.Orders[0].Amount != 2469 || e.Orders[0].Item != "XZZ01" || e.Orders[0].Days != 7 ||
		e.Orders[1].Own != 1000 || e.Diagnoses[0].Code != "I10" || e.Total != 3469 || !e.Orders[0].Current {
		t.Errorf("%+v", q)
	}
	var a struct {
		Visit string
		Quiet int
		Shown []shown
	}
	if err := json.Unmarshal([]byte(b), &a); err != nil || len(a.Shown) != 1 || a.Shown[0].Stop != "确认" || a.Shown[0].Orders[0] != e.Orders[0].ID || len(a.Shown[0].Actions) != 4 {
		t.Fatalf("%s %v", b, err)
	}
	if st, b := x.do("POST", "/api/choice", `{"Jr":"jr1","Way":"继续","Code":""}`); st != http.StatusBadRequest || !strings.Contains(b, "理由") {
		t.Errorf("going on without a reason: %d %s", st, b)
	}
	if st, b := x.do("POST", "/api/choice", `{"Jr":"jr1","Way":"继续","Code":"01"}`); st != http.StatusOK {
		t.Errorf("%d %s", st, b)
	}
	_, b = x.do("POST", "/api/check", asked)
	if err := json.Unmarshal([]byte(b), &a); err != nil || len(a.Shown) != 0 || a.Quiet != 1 {
		t.Errorf("explained and shown again: %s", b)
	}
	x.engine.err = errors.New("boom")
	if st, b := x.do("POST", "/api/check", asked); st != http.StatusServiceUnavailable || !strings.Contains(b, "未提示") || strings.Contains(b, "boom") {
		t.Errorf("%d %s", st, b)
	}
	if st, _ := x.do("POST", "/api/logout", `{}`); st != http.StatusOK {
		t.Error(st)
	}
	if st, _ := x.do("GET", "/api/me", ""); st != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", st)
	}
	if err := x.s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	s, err := x.db.ReminderSums(context.Background(), store.CallFilter{Inst: "P99010100001"})
	if err != nil || s.Calls != 2 || s.Shown != 1 || s.Continued != 1 {
		t.Errorf("%+v %v", s, err)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	x, _, _ := newSite(t)
	if st, b := x.do("POST", "/api/login", `{"Name":"desk1","Secret":"a long pass 2026"}`); st != http.StatusOK {
		t.Fatalf("%d %s", st, b)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"no person":     {`"psn":"990101198001010017"`, `"psn":" "`, "参保人编号"},
		"no items":      {asked[strings.Index(asked, `"items"`):], `"items":[]}`, "至少"},
		"quantity":      {`"cnt":"2"`, `"cnt":"-2"`, "第 1 项：数量"},
		"no price":      {`"pric":"12.345"`, `"pric":""`, "第 1 项：单价"},
		"too much":      {`"pric":"12.345"`, `"pric":"9999999999999"`, "第 1 项"},
		"days":          {`"days":"7"`, `"days":"400"`, "用药天数"},
		"birth":         {"1980-01-01", "1980-13-01", "出生日期"},
		"code":          {`"xzz01"`, `""`, "没有项目编码"},
		"not JSON":      {asked, "x", "读不了"},
		"unknown shape": {asked, `{"items":"x"}`, "读不了"},
	} {
		body := strings.Replace(asked, c.old, c.new, 1)
		if name == "too much" {
			body = strings.Replace(body, `"cnt":"2"`, `"cnt":"999999999999"`, 1)
		}
		if st, b := x.do("POST", "/api/check", body); st != http.StatusBadRequest || !strings.Contains(b, c.want) {
			t.Errorf("%s: %d %s", name, st, b)
		}
	}
	r, _ := http.NewRequest("POST", x.url+"/api/check", strings.NewReader(asked))
	r.Header.Set("Content-Type", "text/plain") // what a form of another site could send
	if a, err := x.client.Do(r); err != nil || a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("%v %v", a.StatusCode, err)
	}
}

// TestListIsSigned checks a list as a browser does.
func TestListIsSigned(t *testing.T) {
	t.Parallel()
	x, id, secret := newSite(t)
	x.do("POST", "/api/login", `{"Name":"`+id+`","Secret":"`+secret+`"}`)
	_, b := x.do("GET", "/api/list", "")
	var s Signed
	if err := json.Unmarshal([]byte(b), &s); err != nil {
		t.Fatal(err)
	}
	raw := func(text string) []byte {
		d, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	pub, err := x509.ParsePKIXPublicKey(raw(s.Key))
	if err != nil {
		t.Fatal(err)
	}
	sig := raw(s.Signature)
	ok := func(body string) bool {
		h := sha256.Sum256([]byte(body))
		return ecdsa.Verify(pub.(*ecdsa.PublicKey), h[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	if !ok(s.Body) || ok(s.Body+" ") {
		t.Error("the signature does not hold")
	}
	if strings.Contains(s.Body, "p1") || !strings.Contains(s.Body, hashOf("s", "P1")) || !strings.Contains(s.Body, "P99010100001") {
		t.Errorf("%s", s.Body)
	}
}

func TestPageNeedsNothingFromOutside(t *testing.T) {
	t.Parallel()
	x, _, _ := newSite(t)
	for _, path := range []string{"/", "/desk.js", "/desk.css", "/sw.js", "/offline.js", "/sha256.js", "/icon.svg"} {
		st, b := x.do("GET", path, "")
		if st != http.StatusOK || strings.Contains(strings.ReplaceAll(b, "http://www.w3.org/2000/svg", ""), "http") && strings.Contains(b, "://") && path != "/icon.svg" {
			t.Errorf("%s: %d, or it names another site", path, st)
		}
	}
}
