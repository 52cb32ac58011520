package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostile tries what somebody would who wants more than he may: a foreign page's request, a session he planted, files that are not
// what they say, names that lead elsewhere, more than fits.
func (s *served) hostile(t *testing.T) {
	password := "a long enough word"
	if err := s.o.users().SetPassword(t.Context(), "t", "jingban", password); err != nil {
		t.Fatal(err)
	}
	post := func(path, cookie, csrf string, send any) (*http.Response, string) {
		t.Helper()
		b, err := json.Marshal(send)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest("POST", s.url+path, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "mingjian_session", Value: cookie})
		}
		if csrf != "" {
			r.Header.Set("X-Csrf-Token", csrf)
		}
		x, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Body.Close()
		out, err := io.ReadAll(x.Body)
		if err != nil {
			t.Fatal(err)
		}
		return x, string(out)
	}
	// A session that somebody planted before the sign-in is not the one that is signed in.
	x, raw := post("/api/session", "planted", "", map[string]string{"login": "jingban", "password": password})
	var cookie *http.Cookie
	for _, c := range x.Cookies() {
		cookie = c
	}
	if x.StatusCode != 200 || cookie == nil || cookie.Value == "planted" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Fatalf("sign-in: %d %s %+v", x.StatusCode, raw, cookie)
	}
	var who struct{ CSRF string }
	if err := json.Unmarshal([]byte(raw), &who); err != nil {
		t.Fatal(err)
	}
	// Without the word of the page nothing is changed.
	begin := map[string]any{"name": "fee.csv", "size": 10}
	for csrf, want := range map[string]int{"": 403, strings.Repeat("0", 32): 403, who.CSRF: 201} {
		if x, raw := post("/api/data/uploads", cookie.Value, csrf, begin); x.StatusCode != want {
			t.Errorf("upload with CSRF %q: %d %s", csrf, x.StatusCode, raw)
		}
	}
	for _, name := range []string{"../fee.csv", `..\fee.csv`, "a/b.csv", ".hidden.csv", "fee.csv\x00.csv", "fee.exe", "fee.php", "feecsv", "C:fee.csv", strings.Repeat("长", 80) + ".csv.sh"} {
		if x, raw := post("/api/data/uploads", cookie.Value, who.CSRF, map[string]any{"name": name, "size": 10}); x.StatusCode != 422 {
			t.Errorf("upload named %q: %d %s", name, x.StatusCode, raw)
		}
	}
	if x, _ := post("/api/data/uploads", cookie.Value, who.CSRF, map[string]any{"name": "fee.csv", "size": int64(1) << 40}); x.StatusCode != 413 {
		t.Errorf("a tebibyte: %d", x.StatusCode)
	}
	delete(s.tokens, "jingban") // another password ended the session
	status, raw := s.call("jingban", "POST", "/api/data/uploads", []byte(`{"name":"fee.csv","size":10}`))
	var u struct {
		ID string `json:"upload_id"`
	}
	if err := json.Unmarshal([]byte(raw), &u); status != 201 || err != nil {
		t.Fatalf("%d %s", status, raw)
	}
	piece := "/api/data/uploads/" + u.ID
	for _, x := range []struct {
		login, path string
		body        []byte
		want        int
	}{
		{"jingban", piece + "?offset=0", bytes.Repeat([]byte("x"), 11), 422}, // more than was said
		{"jingban", piece + "?offset=5", []byte("x"), 409},
		{"jingban", piece + "?offset=0", bytes.Repeat([]byte("x"), 5<<20), 413},
		{"jingban", piece + "?offset=0", bytes.Repeat([]byte("x"), 9<<20), 413},
		{"fenxi", piece + "?offset=0", []byte("x"), 404}, // another's
		{"jingban", "/api/data/uploads/..%2f..%2fsecret?offset=0", []byte("x"), 404},
		{"jingban", piece + "?offset=0", []byte("a,b\x00\x00\x00\x00\x00\x00\x00"), 422}, // no text
		{"jingban", piece + "?offset=0", []byte("x"), 404},                               // so it is gone
	} {
		if status, raw := s.call(x.login, "PUT", x.path, x.body); status != x.want {
			t.Errorf("PUT %s of %d bytes as %s: %d %s, want %d", x.path, len(x.body), x.login, status, raw, x.want)
		}
	}
	for _, path := range []string{"/api/data/imports/..%2f..%2fsecret.key", "/api/data/imports/%00", "/api/data/imports/x/rejects/..%2f..%2fsecret.key"} {
		if status, raw := s.call("jingban", "GET", path, nil); status != 404 {
			t.Errorf("GET %s: %d %s", path, status, raw)
		}
	}
	if _, err := os.Stat(filepath.Join(s.o.dir, "fee.csv")); err == nil {
		t.Error("a file lies where it should not")
	}
}
