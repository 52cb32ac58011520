package web

import (
	"context"
	"errors"
	"net/http"
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

// Verifier checks the signature of a gateway, and that it comes once; auth.Gate does.
type Verifier interface {
	TIF(ctx context.Context, paasid, timestamp, nonce, signature string, now time.Time) (*auth.Identity, error)
}

// Gateway lets only calls through that an API key has signed, each once, and no more of a key than its limit. What it let through
// carries the key's identity: auth.From(ctx).
type Gateway struct {
	Gate   Verifier // the server's one: what was signed is remembered there, whichever way it came
	Limits *Limits
	// Refuse answers a call that is not let through, in the shape the mounted handler's callers read; nil = problem+json.
	Refuse func(w http.ResponseWriter, r *http.Request, p *Problem)
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

// Admit checks a request and tells whose key signed it, or why it is not let through. A call that somebody repeats takes no token of
// the key's.
func (g *Gateway) Admit(w http.ResponseWriter, r *http.Request) (*auth.Identity, *Problem) {
	h, now := r.Header, time.Now()
	who, err := g.Gate.TIF(r.Context(), h.Get(headerKey), h.Get(headerTimestamp), h.Get(headerNonce), h.Get(headerSignature), now)
	switch {
	case errors.Is(err, auth.ErrReplayed):
		return nil, NewProblem(http.StatusUnauthorized, CodeSignIn, "同一个签名不能用两次：请换一个随机数重新签名")
	case errors.Is(err, auth.ErrDenied), errors.Is(err, auth.ErrUnsigned), errors.Is(err, auth.ErrExpired):
		return nil, NewProblem(http.StatusUnauthorized, CodeSignIn, "签名不对、已过期或密钥不可用：请核对密钥编号、密钥和本机时钟")
	case err != nil:
		return nil, NewProblem(http.StatusServiceUnavailable, CodeUnavailable, "暂时不能核对签名，请稍后再发")
	}
	if g.Limits != nil {
		if wait, ok := g.Limits.Take(who.Name, now); !ok {
			return nil, tooMany(w, wait)
		}
	}
	known(r.Context(), who)
	return who, nil
}
