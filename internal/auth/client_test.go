package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// token signs claims as a client does.
func token(t *testing.T, alg, kid string, key crypto.Signer, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(map[string]string{"alg": alg, "kid": kid, "typ": "JWT", "jku": "http://127.0.0.1:1/keys"}) + "." + part(claims)
	h := algorithms[alg].New()
	h.Write([]byte(text))
	var sig []byte
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, h.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		n := (k.Curve.Params().BitSize + 7) / 8
		sig = append(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n))...)
	case *rsa.PrivateKey:
		var err error
		if sig, err = rsa.SignPKCS1v15(rand.Reader, k, algorithms[alg], h.Sum(nil)); err != nil {
			t.Fatal(err)
		}
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func b64(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func TestTokensSignedWithPrivateKeys(t *testing.T) {
	t.Parallel()
	g, id, secret := openGate(t)
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, ClientDir), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, ClientDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("emr.json", fmt.Sprintf(`{"iss":"https://emr.example","key":%q,"aud":"https://yb.example/cds-services","jwks":{"keys":[
		{"kty":"EC","kid":"e1","crv":"P-384","x":%q,"y":%q},{"kty":"RSA","kid":"r1","n":%q,"e":"AQAB"}]}}`, id, b64(ec.X), b64(ec.Y), b64(rs.N)))
	clients, err := LoadClients(dir)
	if err != nil {
		t.Fatal(err)
	}
	g.Trust(clients)
	now := time.Now()
	n := 0
	claims := func(change map[string]any) map[string]any {
		n++
		c := map[string]any{"iss": "https://emr.example", "aud": "https://yb.example/cds-services", "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "jti": fmt.Sprint(n)}
		for k, v := range change {
			c[k] = v
		}
		return c
	}
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"ES384":            {token(t, "ES384", "e1", ec, claims(nil)), nil},
		"RS384":            {token(t, "RS384", "r1", rs, claims(map[string]any{"aud": []string{"x", "https://yb.example/cds-services"}})), nil},
		"another key":      {token(t, "ES384", "e1", other, claims(nil)), ErrDenied},
		"unknown kid":      {token(t, "ES384", "e2", ec, claims(nil)), ErrDenied},
		"made for another": {token(t, "ES384", "e1", ec, claims(map[string]any{"aud": "https://elsewhere.example"})), ErrDenied},
		"unknown issuer":   {token(t, "ES384", "e1", ec, claims(map[string]any{"iss": "https://x.example"})), ErrDenied},
		"too old":          {token(t, "ES384", "e1", ec, claims(map[string]any{"exp": now.Add(-time.Second).Unix()})), ErrExpired},
		"good for a day":   {token(t, "ES384", "e1", ec, claims(map[string]any{"exp": now.Add(24 * time.Hour).Unix()})), ErrExpired},
		"no jti":           {token(t, "ES384", "e1", ec, claims(map[string]any{"jti": ""})), ErrUnsigned},
	} {
		who, err := g.Bearer(t.Context(), c.token, now)
		if !errors.Is(err, c.want) || (err == nil && who.Name != id) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
		if _, err := g.Bearer(t.Context(), c.token, now); c.want == nil && !errors.Is(err, ErrReplayed) {
			t.Errorf("%s again: %v", name, err)
		}
	}
	// the public key taken for a secret, or the API key's secret for the client's key: neither opens
	good := strings.Split(token(t, "ES384", "e1", ec, claims(nil)), ".")
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","kid":"e1"}`))
	for _, s := range []string{secret, b64(ec.X)} {
		m := hmac.New(sha256.New, []byte(s))
		m.Write([]byte(head + "." + good[1]))
		if _, err := g.Bearer(t.Context(), head+"."+good[1]+"."+base64.RawURLEncoding.EncodeToString(m.Sum(nil)), now); !errors.Is(err, ErrDenied) {
			t.Errorf("a symmetric signature of a client that has keys: %v", err)
		}
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	if _, err := g.Bearer(t.Context(), none+"."+good[1]+".", now); !errors.Is(err, ErrDenied) {
		t.Errorf("no signature: %v", err)
	}
	for name, text := range map[string]string{"half a file": `{"iss":`, "no keys": `{"iss":"a","key":"b"}`, "a short key": `{"iss":"a","key":"b","jwks":{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}}`,
		"off the curve": `{"iss":"a","key":"b","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}}`, "a secret": `{"iss":"a","key":"b","jwks":{"keys":[{"kty":"oct"}]}}`,
		"twice": `{"iss":"https://emr.example","key":"b","jwks":{"keys":[{"kty":"RSA","n":"` + b64(rs.N) + `","e":"AQAB"}]}}`} {
		write("z.json", text)
		if _, err := LoadClients(dir); err == nil || !strings.Contains(err.Error(), "z.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
