package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// operations reads every operation from the published document.
func operations(t *testing.T, o *office) (list []string) {
	t.Helper()
	r := o.as(t, "").want(t, 200, "GET", "/api/openapi.json", nil)
	if r.text("openapi")[:3] != "3.1" {
		t.Errorf("OpenAPI %s", r.text("openapi"))
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Summary string
			Tags    []string
		}
	}
	if err := json.Unmarshal([]byte(r.raw), &doc); err != nil {
		t.Fatal(err)
	}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if op.Summary == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s has no summary or tag", method, path)
			}
			path := strings.NewReplacer("{id}", "nothing", "{month}", "2025-01", "{severity}", "1").Replace(path)
			list = append(list, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(list)
	return list
}

// TestNobodyComesIn calls every operation as nobody, with a made-up token, an ended session, and as those who may not.
func TestNobodyComesIn(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ops := operations(t, o)
		if len(ops) < 35 {
			t.Errorf("only %d operations", len(ops))
		}
		// What people of these kinds may call; all else is 403 before anything is looked at.
		may := map[string][]string{
			"yuan1": {"GET /api/session", "DELETE /api/session", "GET /api/rules/notices", "GET /api/rules/notices/nothing"},
			"guan":  {"GET /api/session", "DELETE /api/session", "GET /api/rules/notices", "GET /api/rules/notices/nothing"},
		}
		gone := o.as(t, "wang")
		gone.want(t, 204, "DELETE", "/api/session", nil)
		for _, op := range ops {
			method, path, _ := strings.Cut(op, " ")
			if op == "POST /api/session" || strings.HasPrefix(path, wayPath) { // nobody has signed in yet: see TestSignInElsewhere of internal/cli
				continue
			}
			o.as(t, "").want(t, 401, method, path, nil)
			(&person{o, "made up"}).want(t, 401, method, path, nil)
			gone.want(t, 401, method, path, nil)
			for login, allowed := range may {
				status := o.as(t, login).do(t, method, path, nil).status
				if ok := slices.Contains(allowed, op); ok == (status == 403) || status == 401 {
					t.Errorf("%s as %s: %d", op, login, status)
				}
			}
		}
		// Those who look may not change.
		for _, op := range ops {
			method, path, _ := strings.Cut(op, " ")
			if method != "GET" && !strings.HasPrefix(path, "/api/session") {
				o.as(t, "du").want(t, 403, method, path, nil)
			}
		}
	})
}

func TestSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		nobody := o.as(t, "")
		// A cookie, and with what changes something the word that goes with it.
		r := nobody.want(t, 200, "POST", "/api/session", m{"login": "wang", "password": password})
		cookie := r.header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("the cookie %s is not %s", cookie, want)
			}
		}
		jar, _, _ := strings.Cut(cookie, ";")
		if r.text("token") != "" || strings.Contains(r.raw, strings.TrimPrefix(jar, cookieName+"=")) {
			t.Error("the answer tells the token that is in the cookie")
		}
		if x := nobody.want(t, 200, "GET", "/api/session", nil, "Cookie", jar); x.text("login") != "wang" || x.text("csrf") != r.text("csrf") {
			t.Errorf("who am I: %s", x.raw)
		}
		draft := m{"kind": "card", "text": aged(40)}
		nobody.want(t, 403, "POST", "/api/rules/versions", draft, "Cookie", jar)
		nobody.want(t, 403, "POST", "/api/rules/versions", draft, "Cookie", jar, csrfHeader, "x")
		nobody.want(t, 201, "POST", "/api/rules/versions", draft, "Cookie", jar, csrfHeader, r.text("csrf"))
		// Signing in again makes a new session and ends the old one.
		again := nobody.want(t, 200, "POST", "/api/session", m{"login": "wang", "password": password}, "Cookie", jar)
		jar2, _, _ := strings.Cut(again.header.Get("Set-Cookie"), ";")
		if jar2 == jar {
			t.Error("the same session")
		}
		nobody.want(t, 401, "GET", "/api/session", nil, "Cookie", jar)
		nobody.want(t, 200, "GET", "/api/session", nil, "Cookie", jar2)
		// A token for programs.
		b := nobody.want(t, 200, "POST", "/api/session", m{"login": "li", "password": password, "bearer": true})
		if b.header.Get("Set-Cookie") != "" {
			t.Error("a cookie although a token was asked for")
		}
		li := &person{o, b.text("token")}
		li.want(t, 200, "GET", "/api/session", nil)
		// A changed password, a closed account and lost roles count at once.
		if err := o.users.SetPassword(ctx, "t", "li", "another long one"); err != nil {
			t.Fatal(err)
		}
		li.want(t, 401, "GET", "/api/session", nil)
		if err := o.users.SetRoles(ctx, "t", "wang", []string{"只读"}, nil, nil); err != nil {
			t.Fatal(err)
		}
		nobody.want(t, 403, "POST", "/api/rules/versions", draft, "Cookie", jar2, csrfHeader, again.text("csrf"))
		if err := o.users.SetDisabled(ctx, "t", "wang", true); err != nil {
			t.Fatal(err)
		}
		nobody.want(t, 401, "GET", "/api/session", nil, "Cookie", jar2)
		nobody.want(t, 422, "POST", "/api/session", m{"login": "wang"})
		if r := nobody.want(t, 422, "POST", "/api/session", m{"login": "wang", "password": 12345678}); strings.Contains(r.raw, "12345678") {
			t.Errorf("the answer repeats the password: %s", r.raw)
		}
		nobody.want(t, 400, "POST", "/api/session", nil)
	})
}

func TestLockout(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		nobody := o.as(t, "")
		for _, login := range []string{"chu", "nosuch"} { // whether there is such an account is not told
			for range 5 {
				nobody.want(t, 401, "POST", "/api/session", m{"login": login, "password": "wrong"})
			}
			r := nobody.want(t, 429, "POST", "/api/session", m{"login": login, "password": password})
			if r.text("code") != "locked" {
				t.Errorf("%s: %s", login, r.raw)
			}
		}
		nobody.want(t, 200, "POST", "/api/session", m{"login": "fu", "password": password})
		// The lock opens with time, and when an administrator sets the password.
		s := &auth.Sessions{Users: o.users}
		if _, err := s.SignIn(ctx, "chu", password, time.Now().Add(16*time.Minute)); err != nil {
			t.Error(err)
		}
		for range 5 {
			nobody.want(t, 401, "POST", "/api/session", m{"login": "fu", "password": "wrong"})
		}
		if err := o.users.SetPassword(ctx, "t", "fu", password); err != nil {
			t.Fatal(err)
		}
		nobody.want(t, 200, "POST", "/api/session", m{"login": "fu", "password": password})
		if v, err := auth.Verify(ctx, t.TempDir(), o.db); err != nil || v.Records == 0 {
			t.Errorf("%+v %v", v, err)
		}
		rs, err := o.db.Records(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprint(rs)
		for _, want := range []string{"登录失败", "锁定登录", "登录"} {
			if !strings.Contains(said, want) {
				t.Errorf("no %s on the trail", want)
			}
		}
	})
}

// TestSessionsEnd lets time pass.
func TestSessionsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		s := &auth.Sessions{Users: o.users, Idle: 10 * time.Minute, Absolute: time.Hour}
		now := time.Now()
		x, err := s.SignIn(ctx, "wang", password, now)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 11 { // used every five minutes
			if _, err := s.Who(ctx, x.Token, now.Add(time.Duration(i)*5*time.Minute)); err != nil {
				t.Fatalf("after %d minutes: %v", 5*i, err)
			}
		}
		if _, err := s.Who(ctx, x.Token, now.Add(time.Hour)); err == nil {
			t.Error("it outlives its hour")
		}
		y, err := s.SignIn(ctx, "li", password, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Who(ctx, y.Token, now.Add(10*time.Minute)); err == nil {
			t.Error("unused it outlives ten minutes")
		}
	})
}

// TestScopes: what lies outside a scope is not in a list and not there by its id.
func TestScopes(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		yuan1, shi1, shi2, wang := o.as(t, "yuan1"), o.as(t, "shi1"), o.as(t, "shi2"), o.as(t, "wang")
		list := func(p *person, want string) {
			t.Helper()
			if got := p.want(t, 200, "GET", "/api/findings", nil).ids("finding_id"); got != want {
				t.Errorf("findings %q, want %q", got, want)
			}
		}
		list(wang, "f1 f2 f3")
		list(shi1, "f1")
		list(shi2, "f2") // f3 is of an institution whose division nobody knows
		// What nobody has sent is not an institution's to see.
		for _, path := range []string{"", "/f1", "/f2", "/fx", "/f1/evidence"} {
			yuan1.want(t, 403, "GET", "/api/findings"+path, nil)
		}
		if r := wang.want(t, 200, "GET", "/api/findings/f1", nil); !strings.Contains(r.raw, "MH2") {
			t.Errorf("the bureau does not see all lines: %s", r.raw)
		}
		// The same words for what is not there and what must not be seen.
		hidden, absent := shi1.want(t, 404, "GET", "/api/findings/f2", nil), shi1.want(t, 404, "GET", "/api/findings/fx", nil)
		if strings.Replace(hidden.text("detail"), "f2", "fx", 1) != absent.text("detail") {
			t.Errorf("%s and %s", hidden.raw, absent.raw)
		}
		shi1.want(t, 404, "GET", "/api/findings/f3", nil)

		// Versions: the nation's and one's own.
		draft := func(p *person, area string) string {
			t.Helper()
			return p.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40), "admdvs": area}).text("version_id")
		}
		nation, one, two := draft(wang, ""), draft(shi1, "9901"), draft(shi2, "9902")
		county := draft(shi1, "990101")
		shi1.want(t, 403, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40), "admdvs": "9902"})
		shi1.want(t, 403, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40)})
		if got, want := shi1.want(t, 200, "GET", "/api/rules/versions", nil).ids("version_id"), set(county, one, nation); got != want {
			t.Errorf("versions of a city: %s, want %s", got, want)
		}
		if got := wang.want(t, 200, "GET", "/api/rules/versions", nil).ids("version_id"); len(strings.Fields(got)) != 4 {
			t.Errorf("versions of all: %s", got)
		}
		shi1.want(t, 200, "GET", "/api/rules/versions/"+nation, nil)
		shi1.want(t, 404, "GET", "/api/rules/versions/"+two, nil)
		for _, step := range []string{"shadow", "submit", "approve", "reject", "live", "rollback", "drop"} {
			shi1.want(t, 404, "POST", "/api/rules/versions/"+two+"/"+step, m{"why": "x"}, "If-Match", `"1"`)
		}
		shi1.want(t, 404, "POST", "/api/rules/versions/"+two+"/trial", m{}, "If-Match", `"1"`)
		shi1.want(t, 404, "POST", "/api/rules/versions/"+two+"/announce", m{"text": "x", "effective": "2026-01-01"}, "If-Match", `"1"`)
		shi1.want(t, 404, "POST", "/api/rules/versions/"+two+"/retire", m{"from": "2026-01-01", "why": "x"}, "If-Match", `"1"`)
		shi1.want(t, 403, "POST", "/api/rules/versions/"+nation+"/drop", m{"why": "x"}, "If-Match", `"1"`)

		// Overrides and exemptions.
		area := func(p *person, where string) string {
			t.Helper()
			return p.want(t, 201, "POST", "/api/rules/areas", m{"rule_id": "Y001", "admdvs": where, "severity": 2, "reason": "试点"}).text("override_id")
		}
		a1, a2 := area(shi1, "9901"), area(shi2, "9902")
		if got := shi1.want(t, 200, "GET", "/api/rules/areas", nil).ids("override_id"); got != a1 {
			t.Errorf("overrides of a city: %s", got)
		}
		shi1.want(t, 404, "GET", "/api/rules/areas/"+a2, nil)
		shi1.want(t, 404, "POST", "/api/rules/areas/"+a2+"/confirm", nil, "If-Match", `"1"`)
		shi1.want(t, 404, "POST", "/api/rules/areas/"+a2+"/end", m{"why": "x"}, "If-Match", `"1"`)
		exempt := func(inst string) string {
			t.Helper()
			x := m{"rule_id": "Y001", "fixmedins_code": inst, "item": "99", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "reason": "教学"}
			return wang.want(t, 201, "POST", "/api/rules/exemptions", x).text("exemption_id")
		}
		e1, e2, all := exempt("H1"), exempt("H2"), exempt("")
		if got := shi1.want(t, 200, "GET", "/api/rules/exemptions", nil).ids("exemption_id"); got != set(all, e1) {
			t.Errorf("exemptions of a city: %s", got)
		}
		shi1.want(t, 404, "GET", "/api/rules/exemptions/"+e2, nil)
		shi1.want(t, 200, "GET", "/api/rules/exemptions/"+e1, nil)

		// Quality: a city's findings only; runs and samples are the whole area's.
		if q := shi1.want(t, 200, "GET", "/api/rules/quality", nil).raw; !strings.Contains(q, `"findings":1,`) {
			t.Errorf("a city's quality: %s", q)
		}
		shi1.want(t, 403, "GET", "/api/runs", nil)
		shi1.want(t, 403, "GET", "/api/rules/basis?text=医保〔2025〕12", nil)
		wang.want(t, 200, "GET", "/api/runs", nil)

		// Announcements.
		announce := func(id, area string) string {
			t.Helper()
			n := store.NewID()
			o.update(t, func(tx *store.Tx) error {
				return tx.AddRuleNotice(store.RuleNotice{ID: n, Version: id, Body: "自下月起" + area, Effective: "2026-01-01", Actor: "li", At: 1})
			})
			return n
		}
		n0, n1, n2, n11 := announce(nation, "全国"), announce(one, "一市"), announce(two, "二市"), announce(county, "一县")
		for login, want := range map[string]string{"yuan1": set(n11, n1, n0), "yuan2": set(n2, n0), "shi2": set(n2, n0), "wang": set(n11, n2, n1, n0)} {
			if got := o.as(t, login).want(t, 200, "GET", "/api/rules/notices", nil).ids("notice_id"); got != want {
				t.Errorf("notices of %s: %s, want %s", login, got, want)
			}
		}
		yuan1.want(t, 404, "GET", "/api/rules/notices/"+n2, nil)
		yuan1.want(t, 200, "GET", "/api/rules/notices/"+n1, nil)
		if r := yuan1.want(t, 200, "GET", "/api/rules/notices?cursor="+n2, nil); strings.Contains(r.raw, "二市") {
			t.Errorf("by cursor: %s", r.raw)
		}

		// Jobs.
		v := shi2.want(t, 200, "GET", "/api/rules/versions/"+two, nil)
		job := shi2.want(t, 202, "POST", "/api/rules/versions/"+two+"/trial", m{}, "If-Match", v.etag).text("job_id")
		shi1.want(t, 404, "GET", "/api/jobs/"+job, nil)
		shi1.want(t, 404, "POST", "/api/jobs/"+job+"/cancel", nil)
		if got := shi1.want(t, 200, "GET", "/api/jobs", nil).ids("job_id"); got != "" {
			t.Errorf("another city's jobs: %s", got)
		}
		shi2.want(t, 200, "POST", "/api/jobs/"+job+"/cancel", nil)
	})
}

// TestKeys: an institution's system reads what is announced to it, and nothing else.
func TestKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		id, secret, err := o.keys.Add(ctx, "t", auth.NewKey{Name: "HIS", Scope: auth.Scope{Inst: "H1"}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		sign := func() []string {
			n++
			ts, nonce := fmt.Sprint(time.Now().Unix()), fmt.Sprint("n", n)
			return []string{"x-tif-paasid", id, "x-tif-timestamp", ts, "x-tif-nonce", nonce, "x-tif-signature", auth.SignTIF(secret, ts, nonce)}
		}
		nobody := o.as(t, "")
		nobody.want(t, http.StatusOK, "GET", "/api/rules/notices", nil, sign()...)
		for _, op := range operations(t, o) {
			method, path, _ := strings.Cut(op, " ")
			open := strings.HasPrefix(path, "/api/rules/notices") || op == "GET /api/session" || op == "POST /api/session" || strings.HasPrefix(path, wayPath)
			if status := nobody.do(t, method, path, nil, sign()...).status; !open && status != 403 {
				t.Errorf("%s with a key: %d", op, status)
			}
		}
		h := sign()
		h[7] = strings.Repeat("0", 64)
		nobody.want(t, 401, "GET", "/api/rules/notices", nil, h...)
		h = sign()
		nobody.want(t, 200, "GET", "/api/rules/notices", nil, h...)
		nobody.want(t, 401, "GET", "/api/rules/notices", nil, h...) // the same again
	})
}
