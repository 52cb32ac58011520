package web

import (
	"context"
	"errors"
	"hash/maphash"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
)

// Headers of the national gateway's signature.
const (
	headerKey       = "x-tif-paasid"
	headerTimestamp = "x-tif-timestamp"
	headerNonce     = "x-tif-nonce"
	headerSignature = "x-tif-signature"
)

// Verifier checks the signature of a gateway; auth.Keys does.
type Verifier interface {
	VerifyTIF(ctx context.Context, paasid, timestamp, nonce, signature string, now time.Time) (*auth.Identity, error)
}

// Gateway lets only calls through that an API key has signed, each once, and no more of a key than its limit. What it let through
// carries the key's identity: auth.From(ctx).
type Gateway struct {
	Keys   Verifier
	Limits *Limits
	// Refuse answers a call that is not let through, in the shape the mounted handler's callers read; nil = problem+json.
	Refuse func(w http.ResponseWriter, r *http.Request, p *Problem)

	seen nonces
}

// Wrap puts the gateway before a handler.
func (g *Gateway) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, p := g.Admit(w, r)
		if p != nil {
			if g.Refuse == nil {
				p.Write(w, r)
			} else {
				g.Refuse(w, r, p)
			}
			return
		}
		next.ServeHTTP(w, r.WithContext(auth.With(r.Context(), who)))
	})
}

// Admit checks a request and tells whose key signed it, or why it is not let through.
func (g *Gateway) Admit(w http.ResponseWriter, r *http.Request) (*auth.Identity, *Problem) {
	h, now := r.Header, time.Now()
	id, at, nonce := h.Get(headerKey), h.Get(headerTimestamp), h.Get(headerNonce)
	who, err := g.Keys.VerifyTIF(r.Context(), id, at, nonce, h.Get(headerSignature), now)
	switch {
	case errors.Is(err, auth.ErrDenied):
		return nil, NewProblem(http.StatusUnauthorized, CodeSignIn, "签名不对、已过期或密钥不可用：请核对密钥编号、密钥和本机时钟")
	case err != nil:
		return nil, NewProblem(http.StatusServiceUnavailable, CodeUnavailable, "暂时不能核对签名，请稍后再发")
	}
	twice := NewProblem(http.StatusUnauthorized, CodeSignIn, "同一个签名不能用两次：请换一个随机数重新签名")
	if g.seen.has(id, at, nonce) { // a call that somebody repeats takes no token of the key's
		return nil, twice
	}
	if g.Limits != nil {
		if wait, ok := g.Limits.Take(who.Name, now); !ok {
			return nil, tooMany(w, wait)
		}
	}
	if !g.seen.add(id, at, nonce, now) {
		return nil, twice
	}
	known(r.Context(), who)
	return who, nil
}

// remembered is how long a nonce is: a signature is good for five minutes before and after its time.
const remembered = 10 * time.Minute

// nonces remembers what was signed, as 64-bit hashes under a secret seed in slices of time: some twenty bytes each, so ten minutes
// at 3,000 calls a second take some forty MB. That two calls share a hash happens once in 10^13.
type nonces struct {
	mu    sync.Mutex
	seed  maphash.Seed
	parts []noncePart // oldest first
}

type noncePart struct {
	from time.Time
	seen map[uint64]struct{}
}

// nonceSlice is a tenth of what is remembered: whole slices are forgotten.
const nonceSlice = remembered / 10

// hash of a call; the seed is made with the first one.
func (n *nonces) hash(key, at, nonce string) uint64 {
	if n.parts == nil {
		n.seed, n.parts = maphash.MakeSeed(), []noncePart{}
	}
	return maphash.String(n.seed, key+"\x00"+at+"\x00"+nonce)
}

func (n *nonces) holds(h uint64) bool {
	return slices.ContainsFunc(n.parts, func(p noncePart) bool { _, ok := p.seen[h]; return ok })
}

// has tells whether a call with the key, time and nonce was let through.
func (n *nonces) has(key, at, nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.holds(n.hash(key, at, nonce))
}

// add remembers a call; false when it was let through before.
func (n *nonces) add(key, at, nonce string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hash(key, at, nonce)
	if n.holds(h) {
		return false
	}
	for len(n.parts) > 0 && now.Sub(n.parts[0].from) > remembered+nonceSlice {
		n.parts = n.parts[1:]
	}
	if k := len(n.parts); k == 0 || now.Sub(n.parts[k-1].from) > nonceSlice {
		n.parts = append(n.parts, noncePart{now, map[uint64]struct{}{}})
	}
	n.parts[len(n.parts)-1].seen[h] = struct{}{}
	return true
}
