package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/remind"
)

// Engine judges requests.
type Engine interface {
	Check(ctx context.Context, q *online.Request) (*online.Answer, error)
}

// Place is an institution as the register knows it.
type Place struct {
	Code, Name, Area, Type, Level string // Type 2 is a pharmacy
}

// Item of the catalogue.
type Item struct {
	Code string `json:"code"`
	Name string `json:"name"`
	List string `json:"list_type"`
}

// Deps are what the page works with.
type Deps struct {
	Engine   Engine
	Remind   *remind.Service
	Sessions *auth.Sessions
	Gate     *auth.Gate
	Place    func(code string) (Place, bool)
	Person   func(cert string) string             // number of who holds an identity card; "" = unknown
	Items    func(query string, limit int) []Item // by the beginning of the code or a part of the name
	List     func(ctx context.Context, inst string) (*Signed, error)
	Limit    interface { // of checks by who signed in; nil = none
		Take(key string, now time.Time) (wait time.Duration, ok bool)
	}
	Budget time.Duration // for judging; 400 ms
	Log    *slog.Logger
	Now    func() time.Time
}

// Root is where the page lies; mount the handler at Root+"/".
const Root = "/desk"

//go:embed page
var files embed.FS

type desk struct {
	Deps
	mu   sync.Mutex
	keys map[string]keySession // of signed-in API keys, by token
	seen map[string][]time.Time
}

type keySession struct {
	who *auth.Identity
	end time.Time
}

const (
	cookieName = "mingjian_desk"
	keyLife    = 12 * time.Hour
	maxBody    = 256 << 10
	maxItems   = 100
)

// Handler serves the page and what it asks for.
func Handler(d Deps) http.Handler {
	d.Budget = cmp.Or(d.Budget, 400*time.Millisecond)
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	k := &desk{Deps: d, keys: map[string]keySession{}, seen: map[string][]time.Time{}}
	page, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the embedded folder is part of the program
	}
	mux := http.NewServeMux()
	static := http.StripPrefix(Root, http.FileServerFS(page))
	mux.Handle("GET "+Root+"/", static)
	mux.HandleFunc("POST "+Root+"/api/login", k.login)
	mux.HandleFunc("POST "+Root+"/api/logout", k.logout)
	mux.HandleFunc("GET "+Root+"/api/me", k.with(k.me))
	mux.HandleFunc("POST "+Root+"/api/check", k.with(k.check))
	mux.HandleFunc("POST "+Root+"/api/choice", k.with(k.choice))
	mux.HandleFunc("GET "+Root+"/api/items", k.with(k.items))
	mux.HandleFunc("GET "+Root+"/api/list", k.with(k.list))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		mux.ServeHTTP(w, r)
	})
}

func tell(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // who is gone cannot be told
}

func refuse(w http.ResponseWriter, status int, text string) {
	tell(w, status, map[string]string{"error": text})
}

// read decodes a JSON body. Only a page of this site can send that type with the cookie, which is SameSite=Strict besides.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(t) != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "请求应为 JSON")
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		refuse(w, http.StatusBadRequest, "请求读不了："+err.Error())
		return false
	}
	return true
}

func (k *desk) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name, Secret string }
	if !read(w, r, &in) {
		return
	}
	in.Name, in.Secret = strings.TrimSpace(in.Name), strings.TrimSpace(in.Secret)
	now := k.Now()
	token, who, err := "", (*auth.Identity)(nil), error(nil)
	if strings.HasPrefix(in.Name, "mk") && len(in.Name) > 20 {
		token, who, err = k.keyLogin(r.Context(), in.Name, in.Secret, now)
	} else {
		var s *auth.Session
		if s, err = k.Sessions.SignIn(r.Context(), in.Name, in.Secret, now); err == nil {
			token, who = s.Token, s.Who
		}
	}
	switch {
	case errors.Is(err, auth.ErrDenied):
		refuse(w, http.StatusUnauthorized, "账号或口令（密钥）不对，或已停用")
		return
	case err != nil:
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	case who.Scope.Inst == "":
		refuse(w, http.StatusForbidden, "这个账号没有指定机构：请管理员用 --inst 指定后再登录")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, Path: Root, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
	k.me(w, r, who)
}

// keyLogin checks an API key as the gateway does, and gives it a session here.
func (k *desk) keyLogin(ctx context.Context, id, secret string, now time.Time) (string, *auth.Identity, error) {
	if !k.mayTry(id, now) {
		return "", nil, errors.New("试得太多，请 15 分钟后再试")
	}
	var b [32]byte
	rand.Read(b[:]) // never fails
	token := "k" + hex.EncodeToString(b[:])
	stamp, nonce := formatUnix(now), token[:32]
	who, err := k.Gate.TIF(ctx, id, stamp, nonce, auth.SignTIF(secret, stamp, nonce), now)
	if err != nil {
		return "", nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for t, s := range k.keys {
		if !now.Before(s.end) {
			delete(k.keys, t)
		}
	}
	delete(k.seen, id)
	k.keys[token] = keySession{who, now.Add(keyLife)}
	return token, who, nil
}

// mayTry allows ten tries of a key in fifteen minutes.
func (k *desk) mayTry(id string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) > 10_000 {
		clear(k.seen)
	}
	var recent []time.Time
	for _, t := range k.seen[id] {
		if now.Sub(t) < 15*time.Minute {
			recent = append(recent, t)
		}
	}
	k.seen[id] = append(recent, now)
	return len(recent) < 10
}

func (k *desk) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		if who, err := k.who(r); err == nil && !strings.HasPrefix(c.Value, "k") {
			if err := k.Sessions.SignOut(r.Context(), c.Value, who.Name); err != nil {
				k.Log.Warn("sign-out failed", "err", err)
			}
		}
		k.mu.Lock()
		delete(k.keys, c.Value)
		k.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: Root, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	tell(w, http.StatusOK, map[string]bool{"ok": true})
}

func (k *desk) who(r *http.Request) (*auth.Identity, error) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil, auth.ErrNoSession
	}
	k.mu.Lock()
	s, ok := k.keys[c.Value]
	k.mu.Unlock()
	if ok && k.Now().Before(s.end) {
		return s.who, nil
	}
	if ok || strings.HasPrefix(c.Value, "k") && len(c.Value) == 65 {
		return nil, auth.ErrNoSession
	}
	return k.Sessions.Who(r.Context(), c.Value, k.Now())
}

func (k *desk) with(f func(http.ResponseWriter, *http.Request, *auth.Identity)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := k.who(r)
		if err != nil || who.Scope.Inst == "" {
			refuse(w, http.StatusUnauthorized, "请先登录")
			return
		}
		if k.Limit != nil {
			if _, ok := k.Limit.Take(who.Name, k.Now()); !ok {
				refuse(w, http.StatusTooManyRequests, "请求太频繁，请稍后再试")
				return
			}
		}
		f(w, r, who)
	}
}

func (k *desk) me(w http.ResponseWriter, _ *http.Request, who *auth.Identity) {
	p := k.place(who)
	tell(w, http.StatusOK, map[string]any{"name": who.Name, "inst": p.Code, "inst_name": p.Name, "pharmacy": p.Type == "2", "reasons": remind.Reasons()})
}

func (k *desk) place(who *auth.Identity) Place {
	if p, ok := k.Place(who.Scope.Inst); ok {
		return p
	}
	return Place{Code: who.Scope.Inst, Name: who.Scope.Inst, Area: who.Scope.Admdvs, Type: map[bool]string{true: "2", false: "1"}[strings.HasPrefix(who.Scope.Inst, "P")]}
}

func (k *desk) items(w http.ResponseWriter, r *http.Request, _ *auth.Identity) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	out := []Item{}
	if q != "" && k.Items != nil {
		out = append(out, k.Items(q, 12)...)
	}
	tell(w, http.StatusOK, out)
}

func (k *desk) list(w http.ResponseWriter, r *http.Request, who *auth.Identity) {
	l, err := k.List(r.Context(), who.Scope.Inst)
	if err != nil {
		k.Log.Warn("black list not made", "err", err)
		refuse(w, http.StatusServiceUnavailable, "黑名单暂时取不到，稍后会再取")
		return
	}
	tell(w, http.StatusOK, l)
}

func (k *desk) choice(w http.ResponseWriter, r *http.Request, who *auth.Identity) {
	var in struct{ Jr, Way, Code, Reason string }
	if !read(w, r, &in) {
		return
	}
	err := k.Remind.Answer(remind.Choice{JrID: in.Jr, Way: in.Way, Code: in.Code, Reason: in.Reason, Actor: who.Name, Channel: channel, Inst: who.Scope.Inst})
	switch {
	case errors.Is(err, remind.ErrBusy):
		refuse(w, http.StatusServiceUnavailable, err.Error())
	case err != nil:
		refuse(w, http.StatusBadRequest, err.Error())
	default:
		tell(w, http.StatusOK, map[string]bool{"ok": true})
	}
}
