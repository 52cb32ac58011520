package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the gateway's signature is HMAC-SHA1
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Errors of a Gate beside ErrDenied (unknown key or wrong signature: which is not told).
var (
	ErrUnsigned = errors.New("请求没有签名，或签名的几项不全")
	ErrExpired  = errors.New("签名的时间与服务器相差超过五分钟，或凭证已过期：请校准时钟后重新签名")
	ErrReplayed = errors.New("这个签名已经用过：每次请求都要换随机数重新签名")
)

// Gate admits calling systems by what they sign with their API key, in any of the ways gateways use. It remembers what was
// signed, so that nothing is admitted twice, and keys for a second, so that a revoked one may live that long. Safe for
// concurrent use.
type Gate struct {
	Keys *Keys

	mu    sync.Mutex
	known map[string]gateKey
	seen  nonces

	clients atomic.Pointer[map[string]*Client]
}

type gateKey struct {
	row    *store.Key // nil = there is none
	secret string
	until  time.Time
}

const (
	keyLife  = time.Second
	mostKeys = 10_000
)

// key reads a key in force and its secret; ErrDenied.
func (g *Gate) key(ctx context.Context, id string, now time.Time) (*store.Key, string, error) {
	if id == "" || len(id) > 64 {
		return nil, "", ErrDenied
	}
	g.mu.Lock()
	k, ok := g.known[id]
	g.mu.Unlock()
	if !ok || !now.Before(k.until) {
		var err error
		if k, err = g.read(ctx, id, now); err != nil {
			return nil, "", err
		}
	}
	x := k.row
	if x == nil || x.RevokedAt > 0 || (x.ExpiresAt > 0 && !now.Before(store.Moment(x.ExpiresAt))) {
		return nil, "", ErrDenied
	}
	return x, k.secret, nil
}

func (g *Gate) read(ctx context.Context, id string, now time.Time) (gateKey, error) {
	k := gateKey{until: now.Add(keyLife)}
	err := g.Keys.DB.View(ctx, func(tx *store.Tx) (err error) { k.row, err = tx.Key(id); return err })
	if errors.Is(err, store.ErrNotFound) {
		return k, nil // not remembered: ids can be made up without end
	}
	if err == nil {
		k.secret, err = g.Keys.unseal(id, k.row.Secret)
	}
	if err != nil {
		return k, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known == nil || len(g.known) >= mostKeys {
		g.known = map[string]gateKey{}
	}
	g.known[id] = k
	return k, nil
}

func (g *Gate) admit(x *store.Key, once string, now time.Time) (*Identity, error) {
	if once != "" && !g.seen.add(x.ID+"\x00"+once, now) {
		return nil, ErrReplayed
	}
	return &Identity{Name: x.ID, Scope: Scope{x.Admdvs, x.Inst}}, nil
}

// TIF checks the national gateway's signature, see SignTIF.
func (g *Gate) TIF(ctx context.Context, paasid, timestamp, nonce, signature string, now time.Time) (*Identity, error) {
	if paasid == "" || timestamp == "" || nonce == "" || signature == "" {
		return nil, ErrUnsigned
	}
	x, secret, err := g.key(ctx, paasid, now)
	if err != nil {
		return nil, err
	}
	if !same(SignTIF(secret, timestamp, nonce), signature) {
		return nil, ErrDenied
	}
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > maxSkew {
		return nil, ErrExpired
	}
	return g.admit(x, timestamp+"\x00"+nonce, now)
}

// CSB checks the signature of an Alibaba CSB gateway, see SignCSB. params are the four _api_* headers and the form's
// parameters; the timestamp is in milliseconds. The signature does not cover the body: body tells calls of one millisecond apart.
func (g *Gate) CSB(ctx context.Context, params map[string]string, signature string, body []byte, now time.Time) (*Identity, error) {
	id, stamp := params["_api_access_key"], params["_api_timestamp"]
	if id == "" || stamp == "" || signature == "" {
		return nil, ErrUnsigned
	}
	x, secret, err := g.key(ctx, id, now)
	if err != nil {
		return nil, err
	}
	if !same(SignCSB(secret, params), signature) {
		return nil, ErrDenied
	}
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.UnixMilli(ms)).Abs() > maxSkew {
		return nil, ErrExpired
	}
	sum := sha256.Sum256(body)
	return g.admit(x, signature+"\x00"+string(sum[:]), now)
}

// SignCSB is Base64(HMAC-SHA1(secret, "k=v&k=v…")) over the parameters sorted by name.
func SignCSB(secret string, params map[string]string) string {
	parts := make([]string, 0, len(params))
	for _, k := range slices.Sorted(maps.Keys(params)) {
		parts = append(parts, k+"="+params[k])
	}
	m := hmac.New(sha1.New, []byte(secret))
	m.Write([]byte(strings.Join(parts, "&")))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// TokenLife is how long an access token is good.
const TokenLife = 2 * time.Hour

const tokenMark = "mjt1"

// Issue makes an access token for the holder of a key's secret. The token is checked without being stored: revoking the
// key ends it.
func (g *Gate) Issue(ctx context.Context, id, secret string, now time.Time) (string, error) {
	if id == "" || secret == "" {
		return "", ErrUnsigned
	}
	x, want, err := g.key(ctx, id, now)
	if err != nil {
		return "", err
	}
	if !same(want, secret) {
		return "", ErrDenied
	}
	until := strconv.FormatInt(now.Add(TokenLife).Unix(), 10)
	return strings.Join([]string{tokenMark, x.ID, until, tokenSum(want, x.ID, until)}, "."), nil
}

func tokenSum(secret, id, until string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("access token\n" + id + "\n" + until))
	return hex.EncodeToString(m.Sum(nil))
}

// Bearer checks an access token of Issue, or a JWT that the calling system signed: with a private key whose public one the installation
// keeps (ES384, RS384, ES256, RS256: iss = the client's, see Trust), else with the key's secret (HS256: iss = the key's id). exp at most five
// minutes ahead, jti used once.
func (g *Gate) Bearer(ctx context.Context, token string, now time.Time) (*Identity, error) {
	if token == "" {
		return nil, ErrUnsigned
	}
	parts := strings.Split(token, ".")
	if len(parts) == 3 {
		return g.jwt(ctx, parts, now)
	}
	if len(parts) != 4 || parts[0] != tokenMark {
		return nil, ErrDenied
	}
	x, secret, err := g.key(ctx, parts[1], now)
	if err != nil {
		return nil, err
	}
	if !same(tokenSum(secret, x.ID, parts[2]), parts[3]) {
		return nil, ErrDenied
	}
	if until, err := strconv.ParseInt(parts[2], 10, 64); err != nil || now.Unix() >= until {
		return nil, ErrExpired
	}
	return g.admit(x, "", now)
}

func (g *Gate) jwt(ctx context.Context, parts []string, now time.Time) (*Identity, error) {
	var head struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	var body struct {
		Iss string   `json:"iss"`
		Aud audience `json:"aud"`
		Exp float64  `json:"exp"`
		Jti string   `json:"jti"`
	}
	if !unpack(parts[0], &head) || !unpack(parts[1], &body) {
		return nil, ErrDenied
	}
	id := body.Iss
	c := g.client(body.Iss)
	if c != nil { // whoever has keys of his own signs with them
		sig, err := base64.RawURLEncoding.DecodeString(parts[2])
		if err != nil || !c.signed(head.Alg, head.Kid, parts[0]+"."+parts[1], sig) || !c.meant(body.Aud) {
			return nil, ErrDenied
		}
		id = c.Key
	}
	x, secret, err := g.key(ctx, id, now)
	if err != nil {
		return nil, err
	}
	if c == nil {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(parts[0] + "." + parts[1]))
		if head.Alg != "HS256" || !same(base64.RawURLEncoding.EncodeToString(m.Sum(nil)), parts[2]) {
			return nil, ErrDenied
		}
	}
	if left := time.Duration(body.Exp-float64(now.Unix())) * time.Second; left <= 0 || left > maxSkew+time.Minute {
		return nil, ErrExpired
	}
	if body.Jti == "" {
		return nil, ErrUnsigned
	}
	return g.admit(x, "jti\x00"+body.Jti, now)
}

func unpack(part string, to any) bool {
	b, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(b, to) == nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// remembered is how long a signature is: it is good for maxSkew before and after its time.
const remembered = 2*maxSkew + time.Minute

// mostNonces bounds a slice of a tenth of remembered: some 20 bytes each. A slice that is full makes room by ending early, which
// shortens memory under more than 30,000 calls a second and never refuses a call.
const mostNonces = 2_000_000

// nonces remembers what was signed as 64-bit hashes under a secret seed, in slices of time that are forgotten whole.
type nonces struct {
	mu    sync.Mutex
	seed  maphash.Seed
	parts []noncePart // oldest first
}

type noncePart struct {
	from time.Time
	seen map[uint64]struct{}
}

// add remembers a call; false when it was there.
func (n *nonces) add(call string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.parts == nil {
		n.seed = maphash.MakeSeed()
	}
	h := maphash.String(n.seed, call)
	for len(n.parts) > 0 && now.Sub(n.parts[0].from) > remembered+remembered/10 {
		n.parts = n.parts[1:]
	}
	for _, p := range n.parts {
		if _, ok := p.seen[h]; ok {
			return false
		}
	}
	if k := len(n.parts); k == 0 || now.Sub(n.parts[k-1].from) > remembered/10 || len(n.parts[k-1].seen) >= mostNonces {
		n.parts = append(n.parts, noncePart{now, map[uint64]struct{}{}})
		if len(n.parts) > 24 {
			n.parts = n.parts[1:]
		}
	}
	n.parts[len(n.parts)-1].seen[h] = struct{}{}
	return true
}
