package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/auth/oidc"
)

// provider is an OpenID provider: it signs whoever who names in at once, and lies where spoil says so.
type provider struct {
	t   *testing.T
	srv *httptest.Server
	key *ecdsa.PrivateKey

	mu    sync.Mutex
	who   map[string]any // claims
	spoil string
	codes map[string]url.Values // what was asked for, by code
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	p.srv = httptest.NewServer(mux)
	t.Cleanup(p.srv.Close)
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v) //nolint:errcheck // the caller has gone
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.srv.URL, "authorization_endpoint": p.srv.URL + "/auth", "token_endpoint": p.srv.URL + "/token", "jwks_uri": p.srv.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("nonce")) < 16 || len(q.Get("state")) < 16 || q.Get("client_id") != "mingjian" ||
			!strings.Contains(q.Get("scope"), "openid") {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		code := rand.Text()
		p.mu.Lock()
		p.codes[code] = q
		p.mu.Unlock()
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		p.mu.Lock()
		q := p.codes[r.FormValue("code")]
		delete(p.codes, r.FormValue("code"))
		p.mu.Unlock()
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if q == nil || id != "mingjian" || secret != "s3cret" || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || r.FormValue("redirect_uri") != q.Get("redirect_uri") {
			w.WriteHeader(http.StatusBadRequest)
			answer(w, map[string]string{"error": "invalid_grant"})
			return
		}
		out := map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60}
		if p.spoil != "none" {
			out["id_token"] = p.token(q.Get("nonce"))
		}
		answer(w, out)
	})
	return p
}

// token is an id_token, spoilt as asked.
func (p *provider) token(nonce string) string {
	claims := map[string]any{"iss": p.srv.URL, "aud": "mingjian", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": nonce}
	for k, v := range p.who {
		claims[k] = v
	}
	key := p.key
	switch p.spoil {
	case "nonce":
		claims["nonce"] = "another"
	case "no nonce":
		delete(claims, "nonce")
	case "aud":
		claims["aud"] = "another"
	case "iss":
		claims["iss"] = "https://another.example"
	case "expired":
		claims["exp"] = time.Now().Add(-time.Minute).Unix()
	case "key":
		key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // never fails
	case "alg none":
		b, _ := json.Marshal(claims)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(b) + "."
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	b, _ := json.Marshal(claims)
	sig, err := s.Sign(b)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	out, _ := sig.CompactSerialize()
	return out
}

// browser is one that stops where it is sent to a page of the console, and remembers the way.
type browser struct {
	*http.Client
	way []string
}

func newBrowser() *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{}
	b.Client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		b.way = append(b.way, r.URL.String())
		if strings.HasPrefix(r.URL.Path, "/api/session/oidc") || r.URL.Path == "/auth" {
			return nil
		}
		return http.ErrUseLastResponse
	}}
	return b
}

// TestSignInElsewhere signs in at a real provider over HTTP, and holds every way in which its word is not to be believed.
func TestSignInElsewhere(t *testing.T) {
	t.Parallel()
	ctx, dir, p := context.Background(), t.TempDir(), newProvider(t)
	o, err := openOffice(&streams{ctx: ctx, err: io.Discard}, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	const password = "a long enough word"
	for _, login := range []string{"zhang", "closed", "shut"} {
		if err := o.users().Add(ctx, "t", auth.NewUser{Login: login, Name: "张", Password: password, Roles: []string{"初审"}, Scope: auth.Scope{Admdvs: "9901"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.users().SetDisabled(ctx, "t", "closed", true); err != nil {
		t.Fatal(err)
	}
	ss := &auth.Sessions{Users: o.users()}
	for range 5 {
		ss.SignIn(ctx, "shut", "wrong", time.Now()) //nolint:errcheck // it locks
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	set, _ := json.Marshal(oidc.Config{Issuer: p.srv.URL, Client: "mingjian", Secret: "s3cret", Redirect: "http://" + at + "/api/session/oidc/callback", Name: "政务统一认证"})
	if err := os.WriteFile(filepath.Join(dir, oidc.FileName), set, 0o600); err != nil {
		t.Fatal(err)
	}
	srv := &killed{t: t, args: []string{"serve", "--data", dir, "--listen", at, "--log-level", "error"}}
	srv.start()
	t.Cleanup(srv.kill)

	start := func(b *browser, from string) (end string) {
		t.Helper()
		b.way = nil
		r, err := b.Get(srv.url + "/api/session/oidc/start?from=" + url.QueryEscape(from))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return strings.TrimPrefix(b.way[len(b.way)-1], srv.url)
	}
	session := func(b *browser) (x struct {
		Login  string
		Roles  []string
		Admdvs string
	}, status int) {
		t.Helper()
		r, err := b.Get(srv.url + "/api/session")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		json.NewDecoder(r.Body).Decode(&x) //nolint:errcheck // the status tells
		return x, r.StatusCode
	}
	as := func(login, spoil string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.who, p.spoil = map[string]any{"sub": "S1", "preferred_username": login, "roles": []string{"管理员"}, "groups": []string{"admin"}}, spoil
	}

	as("zhang", "")
	b := newBrowser()
	if end := start(b, "/findings?state=初审"); end != "/findings?state=%E5%88%9D%E5%AE%A1" && end != "/findings?state=初审" {
		t.Fatalf("came out at %s by %v", end, b.way)
	}
	x, status := session(b)
	if status != 200 || x.Login != "zhang" || fmt.Sprint(x.Roles) != "[初审]" || x.Admdvs != "9901" {
		t.Errorf("signed in as %+v: what the provider says of rights is nothing", x)
	}
	u, _ := url.Parse(srv.url)
	first := b.Jar.Cookies(u)[0].Value
	start(b, "/")
	if now := b.Jar.Cookies(u)[0].Value; now == first {
		t.Error("the session is not a new one")
	}
	if _, err := ss.Who(ctx, first, time.Now()); err == nil {
		t.Error("the session before goes on")
	}

	// where one comes out is always here
	for _, from := range []string{"//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/api/session", ""} {
		if end := start(newBrowser(), from); end != "/" {
			t.Errorf("from %q one comes out at %q", from, end)
		}
	}

	// what is not to be believed
	for _, c := range [][3]string{{"zhang", "nonce", "token"}, {"zhang", "no nonce", "token"}, {"zhang", "aud", "token"}, {"zhang", "iss", "token"}, {"zhang", "expired", "token"}, {"zhang", "key", "token"},
		{"zhang", "alg none", "token"}, {"zhang", "none", "token"}, {"nobody", "", "unknown"}, {"closed", "", "unknown"}, {"", "", "unknown"}, {"' OR 1=1 --", "", "unknown"}, {"shut", "", "locked"}} {
		as(c[0], c[1])
		b := newBrowser()
		if end := start(b, "/"); end != "/login?why="+c[2] {
			t.Errorf("%q with %q: came out at %s", c[0], c[1], end)
		}
		if _, status := session(b); status != 401 {
			t.Errorf("%q with %q is signed in", c[0], c[1])
		}
	}

	// a state has one use, in the browser that began it
	as("zhang", "")
	b = newBrowser()
	start(b, "/")
	var callback string
	for _, w := range b.way {
		if strings.Contains(w, "/callback?") {
			callback = w
		}
	}
	for name, who := range map[string]*browser{"the same browser": b, "another browser": newBrowser()} {
		who.way = nil
		r, err := who.Get(callback)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if end := who.way[len(who.way)-1]; !strings.HasSuffix(end, "/login?why=state") {
			t.Errorf("the callback again in %s came out at %s", name, end)
		}
	}
	stolen := newBrowser() // begins, and its answer is opened in another browser
	stolen.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.Contains(r.URL.Path, "/callback") {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	if r, err := stolen.Get(srv.url + "/api/session/oidc/start"); err != nil {
		t.Fatal(err)
	} else {
		r.Body.Close()
	}
	victim := newBrowser()
	if r, err := victim.Get(callback); err != nil {
		t.Fatal(err)
	} else {
		r.Body.Close()
	}
	if _, status := session(victim); status != 401 {
		t.Error("a browser was signed in that began nothing")
	}

	// the server is started anew while somebody is at the provider, and another server with the same data takes him in
	away := newBrowser()
	away.CheckRedirect = stolen.CheckRedirect
	if r, err := away.Get(srv.url + "/api/session/oidc/start?from=/findings"); err != nil {
		t.Fatal(err)
	} else {
		r.Body.Close()
	}
	srv.kill()
	srv.start()
	away.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if r, err := away.Get(callback); err != nil {
		t.Fatal(err)
	} else if r.Body.Close(); r.Header.Get("Location") != "/findings" {
		t.Errorf("after a restart one came out at %s", r.Header.Get("Location"))
	}
	if x, status := session(away); status != 200 || x.Login != "zhang" {
		t.Errorf("after a restart: %+v, %d", x, status)
	}
	// what the browser keeps cannot be made or changed by anybody
	for name, spoil := range map[string]func(string) string{"made up": func(string) string { return "e30=" }, "cut": func(v string) string { return v[:len(v)-8] },
		"changed": func(v string) string {
			return v[:20] + strings.Map(func(r rune) rune { return map[bool]rune{true: 'B', false: 'A'}[r == 'A'] }, v[20:21]) + v[21:]
		}, "none": func(string) string { return "" }} {
		b := newBrowser()
		b.CheckRedirect = stolen.CheckRedirect
		if r, err := b.Get(srv.url + "/api/session/oidc/start"); err != nil {
			t.Fatal(err)
		} else {
			r.Body.Close()
		}
		at, _ := url.Parse(srv.url + "/api/session/oidc")
		kept := b.Jar.Cookies(at)[0]
		r, err := http.NewRequest("GET", callback, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: kept.Name, Value: spoil(kept.Value)})
		x, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		x.Body.Close()
		if to := x.Header.Get("Location"); to != "/login?why=state" {
			t.Errorf("a sign-in whose cookie is %s came out at %s", name, to)
		}
	}

	// what was done is on the trail
	rs, err := o.db.Records(ctx, 500)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range rs {
		if strings.Contains(r.Detail, "政务统一认证") {
			seen[r.Action]++
		}
	}
	if seen["登录"] < 2 || seen["登录失败"] != 4 {
		t.Errorf("on the trail: %v", seen)
	}
}
