// Package oidc lets people sign in where their office signs them in already: OpenID Connect, code flow with PKCE, state and nonce.
//
// It tells who somebody is, never what he may do: accounts, roles and scopes are package auth's. It knows no HTTP server and no session.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// FileName is the settings' file in a data directory; without it nobody signs in this way. It holds a secret: mode 0600.
const FileName = "oidc.json"

// Config are the settings.
type Config struct {
	Issuer   string            `json:"issuer"`
	Client   string            `json:"client_id"`
	Secret   string            `json:"client_secret"`
	Redirect string            `json:"redirect_url"` // …/api/session/oidc/callback, as users' browsers reach it
	Name     string            `json:"name"`         // on the button
	Claim    string            `json:"login_claim"`  // of the token that is the login; "" = preferred_username
	Subjects map[string]string `json:"subjects"`     // sub of the token → login; given, only these sign in
	Scopes   []string          `json:"scopes"`       // beside openid; none = profile
}

// Load reads the settings of a data directory; nil when there are none.
func Load(dataDir string) (*Config, error) {
	path := filepath.Join(dataDir, FileName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &Config{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("统一认证设置 %s 读不了：%w", path, err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("统一认证设置 %s：%w", path, err)
	}
	return c, nil
}

func (c *Config) check() error {
	if c.Client == "" || c.Issuer == "" || c.Redirect == "" {
		return errors.New("issuer、client_id、redirect_url 都要写")
	}
	for name, v := range map[string]string{"issuer": c.Issuer, "redirect_url": c.Redirect} {
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))) {
			return fmt.Errorf("%s 应为 https 地址（本机测试可用 http://127.0.0.1）", name)
		}
	}
	if c.Name == "" {
		c.Name = "统一认证登录"
	}
	if c.Claim == "" {
		c.Claim = "preferred_username"
	}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{"profile"}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Errors of Finish. Whatever else it returns, the provider could not be asked, or its answer is not to be believed.
var (
	ErrState = errors.New("登录请求已失效或已用过，请重新登录")
	ErrToken = errors.New("统一认证的答复不可信，请重新登录；仍不行请找管理员")
)

const (
	waits    = 10 * time.Minute // for who signs in at the provider
	patience = 10 * time.Second // with the provider
	usedMost = 10000            // sign-ins whose end is remembered
)

// Seal hides and proves what a browser keeps while it is away.
type Seal struct {
	Close func(plain string) string
	Open  func(sealed string) (plain string, err error) // of what was not closed with the same key: an error
}

// Door is the way in, safe for concurrent use. What is under way is kept by the browser, sealed: it may come back to another process, or to
// this one after a restart, as long as they have the same key.
type Door struct {
	Config
	Seal Seal
	Now  func() time.Time // nil = the clock

	client *http.Client
	mu     sync.Mutex
	found  *oidc.Provider       // nil until it was reached
	used   map[string]time.Time // states that came back here, until they are over anyway
}

// way is a sign-in under way.
type way struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	From     string    `json:"f"`
	Until    time.Time `json:"u"`
}

// NewDoor opens a way in; the provider is asked when somebody comes first.
func NewDoor(c *Config, s Seal) *Door {
	return &Door{Config: *c, Seal: s, client: &http.Client{Timeout: patience}, used: map[string]time.Time{}}
}

func (d *Door) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

// provider finds the provider's addresses and keys, once.
func (d *Door) provider(ctx context.Context) (*oidc.Provider, error) {
	d.mu.Lock()
	p := d.found
	d.mu.Unlock()
	if p != nil {
		return p, nil
	}
	// Keys are fetched with this context later too: it must not end with the request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), d.client), d.Issuer)
	if err != nil {
		return nil, fmt.Errorf("统一认证 %s 连不上：%w", d.Issuer, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found = p
	return p, nil
}

func (d *Door) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: d.Client, ClientSecret: d.Secret, Endpoint: p.Endpoint(), RedirectURL: d.Redirect, Scopes: append([]string{oidc.ScopeOpenID}, d.Scopes...)}
}

// Begin starts a sign-in: where the browser goes, and what it keeps to prove at the end that it is the same. from is where it wants to come out.
func (d *Door) Begin(ctx context.Context, from string) (to, keeps string, err error) {
	p, err := d.provider(ctx)
	if err != nil {
		return "", "", err
	}
	w := way{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), From: from, Until: d.now().Add(waits)}
	b, err := json.Marshal(w)
	if err != nil {
		return "", "", err
	}
	return d.oauth(p).AuthCodeURL(w.State, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier)), d.Seal.Close(string(b)), nil
}

// take ends a sign-in that is under way: only the browser that began it can, in time and once. What this process does not know to be used
// the provider does: a code has one use.
func (d *Door) take(state, keeps string) (w way, err error) {
	plain, err := d.Seal.Open(keeps)
	if err != nil || json.Unmarshal([]byte(plain), &w) != nil || w.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(w.State)) != 1 || !w.Until.After(d.now()) {
		return way{}, ErrState
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, again := d.used[state]; again {
		return way{}, ErrState
	}
	if len(d.used) >= usedMost {
		for s, until := range d.used {
			if !until.After(d.now()) {
				delete(d.used, s)
			}
		}
	}
	if len(d.used) < usedMost {
		d.used[state] = w.Until
	}
	return w, nil
}

// Finish ends a sign-in with what the provider sent the browser back with: which login it is and where to go. ErrState, ErrToken.
func (d *Door) Finish(ctx context.Context, state, keeps, code string) (login, from string, err error) {
	w, err := d.take(state, keeps)
	if err != nil {
		return "", "", err
	}
	p, err := d.provider(ctx)
	if err != nil {
		return "", "", err
	}
	ctx = oidc.ClientContext(ctx, d.client)
	t, err := d.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		return "", "", fmt.Errorf("%w：%w", ErrToken, err)
	}
	raw, ok := t.Extra("id_token").(string)
	if !ok {
		return "", "", fmt.Errorf("%w：没有 id_token", ErrToken)
	}
	id, err := p.VerifierContext(ctx, &oidc.Config{ClientID: d.Client, Now: d.Now}).Verify(ctx, raw)
	if err != nil {
		return "", "", fmt.Errorf("%w：%w", ErrToken, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1 {
		return "", "", fmt.Errorf("%w：nonce 不符", ErrToken)
	}
	login, err = d.login(id)
	return login, w.From, err
}

// login is whose token it is, "" when nobody's.
func (d *Door) login(id *oidc.IDToken) (string, error) {
	if len(d.Subjects) > 0 {
		return d.Subjects[id.Subject], nil
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", fmt.Errorf("%w：%w", ErrToken, err)
	}
	login, _ := claims[d.Claim].(string)
	return login, nil
}
