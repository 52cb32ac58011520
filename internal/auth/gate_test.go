package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

func openGate(t *testing.T) (g *Gate, id, secret string) {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, "s.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ks, err := OpenKeys(dir, db, OpenTrail(dir, "test"))
	if err != nil {
		t.Fatal(err)
	}
	id, secret, err = ks.Add(t.Context(), "t", NewKey{Name: "HIS", Scope: Scope{"9901", "H99010100001"}})
	if err != nil {
		t.Fatal(err)
	}
	return &Gate{Keys: ks}, id, secret
}

func TestGateTIF(t *testing.T) {
	t.Parallel()
	g, id, secret := openGate(t)
	now := time.Unix(1_742_261_412, 0)
	call := func(id, at, nonce, sig string, now time.Time) error {
		_, err := g.TIF(context.Background(), id, at, nonce, sig, now)
		return err
	}
	at := strconv.FormatInt(now.Unix(), 10)
	sig := SignTIF(secret, at, "n1")
	for name, c := range map[string]struct {
		id, at, nonce, sig string
		now                time.Time
		want               error
	}{
		"no signature":       {id, at, "n1", "", now, ErrUnsigned},
		"no nonce":           {id, at, "", sig, now, ErrUnsigned},
		"unknown key":        {"mkx", at, "n1", sig, now, ErrDenied},
		"other nonce":        {id, at, "n2", sig, now, ErrDenied},
		"wrong secret":       {id, at, "n1", SignTIF("x", at, "n1"), now, ErrDenied},
		"capitals":           {id, at, "n1", strings.ToUpper(sig), now, ErrDenied},
		"clock six min late": {id, at, "n1", sig, now.Add(6 * time.Minute), ErrExpired},
		"clock six min fast": {id, at, "n1", sig, now.Add(-6 * time.Minute), ErrExpired},
	} {
		if err := call(c.id, c.at, c.nonce, c.sig, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := call(id, at, "n1", sig, now.Add(4*time.Minute)); err != nil {
		t.Errorf("four minutes late: %v", err)
	}
	for _, later := range []time.Duration{0, 5 * time.Minute, 5 * time.Minute} {
		if err := call(id, at, "n1", sig, now.Add(later)); !errors.Is(err, ErrReplayed) {
			t.Errorf("again after %v: %v", later, err)
		}
	}
	if err := g.Keys.Revoke(t.Context(), "t", id); err != nil {
		t.Fatal(err)
	}
	late := now.Add(7 * time.Minute)
	at = strconv.FormatInt(late.Unix(), 10)
	if err := call(id, at, "n3", SignTIF(secret, at, "n3"), late); !errors.Is(err, ErrDenied) {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestGateCSB(t *testing.T) {
	t.Parallel()
	g, id, secret := openGate(t)
	now := time.Unix(1_742_261_412, 0)
	params := map[string]string{"_api_name": "fsi", "_api_version": "1.0.0", "_api_access_key": id, "_api_timestamp": strconv.FormatInt(now.UnixMilli(), 10)}
	sig := SignCSB(secret, params)
	if who, err := g.CSB(t.Context(), params, sig, []byte("a"), now); err != nil || who.Scope.Inst != "H99010100001" {
		t.Fatal(who, err)
	}
	if _, err := g.CSB(t.Context(), params, sig, []byte("a"), now); !errors.Is(err, ErrReplayed) {
		t.Errorf("again: %v", err)
	}
	if _, err := g.CSB(t.Context(), params, sig, []byte("b"), now); err != nil {
		t.Errorf("another call of the same millisecond: %v", err)
	}
	if _, err := g.CSB(t.Context(), params, sig, []byte("c"), now.Add(6*time.Minute)); !errors.Is(err, ErrExpired) {
		t.Errorf("late: %v", err)
	}
	params["p"] = "1"
	if _, err := g.CSB(t.Context(), params, sig, []byte("d"), now); !errors.Is(err, ErrDenied) {
		t.Errorf("a parameter added: %v", err)
	}
}

func TestGateBearer(t *testing.T) {
	t.Parallel()
	g, id, secret := openGate(t)
	now := time.Unix(1_742_261_412, 0)
	if _, err := g.Issue(t.Context(), id, "wrong", now); !errors.Is(err, ErrDenied) {
		t.Errorf("wrong secret: %v", err)
	}
	token, err := g.Issue(t.Context(), id, secret, now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a token is for many calls
		if who, err := g.Bearer(t.Context(), token, now.Add(time.Hour)); err != nil || who.Name != id {
			t.Errorf("%+v %v", who, err)
		}
	}
	if _, err := g.Bearer(t.Context(), token, now.Add(TokenLife)); !errors.Is(err, ErrExpired) {
		t.Errorf("after its life: %v", err)
	}
	p := strings.Split(token, ".")
	p[2] += "0"
	if _, err := g.Bearer(t.Context(), strings.Join(p, "."), now); !errors.Is(err, ErrDenied) {
		t.Errorf("a life made longer: %v", err)
	}
	jwt := func(alg, secret string, exp int64, jti string) string {
		enc := base64.RawURLEncoding.EncodeToString
		s := enc(fmt.Appendf(nil, `{"alg":%q,"typ":"JWT"}`, alg)) + "." + enc(fmt.Appendf(nil, `{"iss":%q,"exp":%d,"jti":%q}`, id, exp, jti))
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(s))
		return s + "." + enc(m.Sum(nil))
	}
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"good":         {jwt("HS256", secret, now.Unix()+60, "j1"), nil},
		"again":        {jwt("HS256", secret, now.Unix()+60, "j1"), ErrReplayed},
		"none":         {jwt("none", secret, now.Unix()+60, "j2"), ErrDenied},
		"wrong secret": {jwt("HS256", "x", now.Unix()+60, "j3"), ErrDenied},
		"over":         {jwt("HS256", secret, now.Unix()-1, "j4"), ErrExpired},
		"for a year":   {jwt("HS256", secret, now.Unix()+31_536_000, "j5"), ErrExpired},
		"no jti":       {jwt("HS256", secret, now.Unix()+60, ""), ErrUnsigned},
		"no JWT":       {"a.b.c", ErrDenied},
	} {
		if name == "again" {
			continue
		}
		if _, err := g.Bearer(t.Context(), c.token, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := g.Bearer(t.Context(), jwt("HS256", secret, now.Unix()+60, "j1"), now); !errors.Is(err, ErrReplayed) {
		t.Errorf("again: %v", err)
	}
}

func TestNoncesAreForgottenAndBounded(t *testing.T) {
	t.Parallel()
	var n nonces
	now := time.Unix(0, 0)
	for i := range 100 {
		if !n.add(strconv.Itoa(i), now.Add(time.Duration(i)*time.Minute)) {
			t.Fatal(i)
		}
	}
	if len(n.parts) > 13 {
		t.Errorf("%d slices of eleven minutes are kept", len(n.parts))
	}
	if n.add("95", now.Add(99*time.Minute)) || !n.add("3", now.Add(99*time.Minute)) {
		t.Error("what is remembered is not the last eleven minutes")
	}
}
