package fsi

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/mingjian/mingjian/internal/auth"
)

// token gives an access token for a key's id and secret, as OAuth 2.0's client credentials: in the form or as basic authentication.
func (s *server) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	refuse := func(status int, code, why string) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": why}) //nolint:errcheck // the caller has gone
	}
	if r.Method != http.MethodPost {
		refuse(http.StatusMethodNotAllowed, "invalid_request", "请用 POST")
		return
	}
	const most = 16 << 10
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		refuse(http.StatusBadRequest, "invalid_request", "表单读不懂")
		return
	}
	if g := r.PostForm.Get("grant_type"); g != "client_credentials" {
		refuse(http.StatusBadRequest, "unsupported_grant_type", "grant_type 应为 client_credentials")
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	now := s.Now()
	if s.Limit != nil { // guessing secrets costs the guesser's own patience
		if _, ok := s.Limit.Take("token\x00"+clip(id, 64), now); !ok {
			refuse(http.StatusTooManyRequests, "slow_down", "请稍后再试")
			return
		}
	}
	token, err := s.Gate.Issue(r.Context(), id, secret, now)
	switch {
	case errors.Is(err, auth.ErrDenied), errors.Is(err, auth.ErrUnsigned):
		refuse(http.StatusUnauthorized, "invalid_client", "密钥编号或密钥不对，或密钥已作废")
		return
	case err != nil:
		s.Log.ErrorContext(r.Context(), "token could not be issued", "err", err)
		refuse(http.StatusServiceUnavailable, "temporarily_unavailable", "请稍后再试")
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(auth.TokenLife.Seconds())}) //nolint:errcheck // as above
}
