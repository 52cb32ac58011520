package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are token buckets by key: of an API key, a login, an address. Safe for concurrent use.
type Limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

// NewLimits gives each key perSecond requests a second, and burst at once; perSecond 0 = no limit.
func NewLimits(perSecond float64, burst int) *Limits {
	l := &Limits{rate: rate.Limit(perSecond), burst: max(1, burst), buckets: map[string]*bucket{}}
	if perSecond <= 0 {
		l.rate = rate.Inf
	}
	return l
}

// Take takes a token. When there is none it takes nothing and says how long to wait.
func (l *Limits) Take(key string, now time.Time) (wait time.Duration, ok bool) {
	if l.rate == rate.Inf {
		return 0, true
	}
	r := l.of(key, now).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

func (l *Limits) of(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b := l.buckets[key]
	if b == nil {
		b = &bucket{Limiter: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	return b.Limiter
}

// sweep forgets buckets that are full again: to forget them changes nothing.
func (l *Limits) sweep(now time.Time) {
	full := time.Duration(float64(l.burst) / float64(l.rate) * float64(time.Second))
	if now.Sub(l.swept) < max(full, time.Minute) {
		return
	}
	l.swept = now
	for k, b := range l.buckets {
		if now.Sub(b.used) > full {
			delete(l.buckets, k)
		}
	}
}

// tooMany is the answer to a caller who has no token.
func tooMany(w http.ResponseWriter, wait time.Duration) *Problem {
	retryAfter(w, wait)
	return NewProblem(http.StatusTooManyRequests, CodeTooMany, fmt.Sprintf("这个接口密钥的请求太频繁，请 %s 秒后再发", w.Header().Get("Retry-After")))
}
