package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
)

// intruder is somebody signed in who does what no console does.
type intruder struct {
	t     *testing.T
	url   string
	token string
}

func (x *intruder) do(method, path string, body io.Reader, head ...string) (int, http.Header, string) {
	x.t.Helper()
	r, err := http.NewRequest(method, x.url+path, body)
	if err != nil {
		x.t.Fatal(err)
	}
	if x.token != "" {
		r.Header.Set("Authorization", "Bearer "+x.token)
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// upload sends a file to a finding as the form of the console does.
func (x *intruder) upload(finding, name string, content []byte) (int, string) {
	x.t.Helper()
	_, h, _ := x.do("GET", "/api/review/findings/"+finding, nil)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "x")
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		x.t.Fatal(err)
	}
	w.Close()
	// the name as it is, not as a well-behaved library would write it
	body := bytes.Replace(b.Bytes(), []byte(`filename="x"`), []byte(`filename="`+name+`"`), 1)
	status, _, said := x.do("POST", "/api/review/findings/"+finding+"/files", bytes.NewReader(body), "Content-Type", w.FormDataContentType(), "If-Match", h.Get("ETag"))
	return status, said
}

const secWord = "a long enough word"

// signedIn makes a user and signs him in.
func (a *appealing) signedIn(login, inst string, roles ...string) *intruder {
	a.t.Helper()
	if err := a.o.users().Add(context.Background(), "t", auth.NewUser{Login: login, Name: login, Password: secWord, Roles: roles, Scope: auth.Scope{Inst: inst}}); err != nil {
		a.t.Fatal(err)
	}
	x := &intruder{t: a.t, url: a.srv.url}
	status, _, said := x.do("POST", "/api/session", strings.NewReader(`{"login":"`+login+`","password":"`+secWord+`","bearer":true}`), "Content-Type", "application/json")
	var s struct{ Token string }
	if json.Unmarshal([]byte(said), &s); status != 200 || s.Token == "" {
		a.t.Fatalf("%d %s", status, said)
	}
	x.token = s.Token
	return x
}

// files lists all files of the data directory but the store's own.
func (a *appealing) files() (out []string) {
	filepath.WalkDir(a.o.dir, func(path string, d fs.DirEntry, err error) error { //nolint:errcheck // it is listed as far as it goes
		if err == nil && !d.IsDir() && !strings.HasPrefix(filepath.Base(path), "store.db") {
			rel, _ := filepath.Rel(a.o.dir, path)
			out = append(out, rel)
		}
		return nil
	})
	return out
}

// TestIntruders does to the real server what people do who mean harm: every way ends in a refusal in words, shows nothing and leaves nothing behind.
func TestIntruders(t *testing.T) {
	t.Parallel()
	a := newAppealing(t)
	officer, own, other := a.signedIn("fu", "", "复审"), a.signedIn("yb1", hospA, auth.Hospital), a.signedIn("yb2", hospB, auth.Hospital)
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("x"), 600)...)

	t.Run("injection", func(t *testing.T) {
		evil := []string{`A001' OR '1'='1`, `'; DROP TABLE finding; --`, `A001" OR ""="`, `A001%`, `$1`, "A001\x00", `\`, `A001/*`, `1) UNION SELECT password FROM app_user --`}
		for _, e := range evil {
			for _, q := range []string{"rule_id", "fixmedins_code", "admdvs", "psn_no", "mdtrt_id", "state", "month", "package_id", "panel_id", "cursor"} {
				status, _, said := officer.do("GET", "/api/review/findings?"+url.Values{q: {e}}.Encode(), nil)
				if status >= 500 || (status == 200 && !strings.Contains(said, `"items":[]`)) || strings.Contains(said, "argon2") || strings.Contains(strings.ToLower(said), "syntax") {
					t.Errorf("%s=%q: %d %.200s", q, e, status, said)
				}
			}
			if status, _, said := officer.do("GET", "/api/review/findings/"+url.PathEscape(e), nil); status != 404 && status != 422 {
				t.Errorf("the finding %q: %d %.200s", e, status, said)
			}
			if status, _, said := (&intruder{t: t, url: a.srv.url}).do("POST", "/api/session", strings.NewReader(`{"login":`+quoted(e)+`,"password":"x"}`), "Content-Type", "application/json"); status != 401 && status != 422 {
				t.Errorf("signed in as %q: %d %.200s", e, status, said)
			}
		}
		if status, _, said := officer.do("GET", "/api/review/findings?state=反馈申诉", nil); status != 200 || strings.Count(said, `"finding_id"`) != 4 {
			t.Errorf("the findings are not all there: %d %.200s", status, said)
		}
	})

	t.Run("forged requests", func(t *testing.T) {
		nobody := &intruder{t: t, url: a.srv.url}
		planted := "mingjian_session=planted"
		status, h, said := nobody.do("POST", "/api/session", strings.NewReader(`{"login":"yb1","password":"`+secWord+`"}`), "Content-Type", "application/json", "Cookie", planted)
		set := h.Get("Set-Cookie")
		cookie, _, _ := strings.Cut(set, ";")
		if status != 200 || cookie == planted || len(cookie) < 40 || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") {
			t.Fatalf("%d %q", status, set)
		}
		var s struct{ CSRF string }
		json.Unmarshal([]byte(said), &s) //nolint:errcheck // it is empty then
		if status, _, _ := nobody.do("GET", "/api/session", nil, "Cookie", planted); status != 401 {
			t.Error("a planted session is somebody's")
		}
		accept := func(head ...string) int {
			_, h, _ := own.do("GET", "/api/review/findings/f2", nil)
			status, _, _ := nobody.do("POST", "/api/review/findings/f2/accept", strings.NewReader(`{}`), append([]string{"Content-Type", "application/json", "If-Match", h.Get("ETag"), "Cookie", cookie}, head...)...)
			return status
		}
		for _, head := range [][]string{nil, {"X-Csrf-Token", ""}, {"X-Csrf-Token", "0123456789abcdef0123456789abcdef"}, {"X-Csrf-Token", auth.CSRF(own.token)}, {"Origin", "https://evil.example"}} {
			if status := accept(head...); status != 403 {
				t.Errorf("without its word (%v): %d", head, status)
			}
		}
		if status := accept("X-Csrf-Token", s.CSRF); status != 200 {
			t.Errorf("with its word: %d", status)
		}
		// a sign-in ends the session the browser had
		if status, _, _ := nobody.do("POST", "/api/session", strings.NewReader(`{"login":"yb1","password":"`+secWord+`"}`), "Content-Type", "application/json", "Cookie", cookie); status != 200 {
			t.Fatal(status)
		}
		if status, _, _ := nobody.do("GET", "/api/session", nil, "Cookie", cookie); status != 401 {
			t.Error("the session before goes on")
		}
	})

	t.Run("files", func(t *testing.T) {
		before := len(a.files())
		for i, name := range []string{"../../../evil.png", `..\\..\\evil.png`, "/etc/evil.png", "evil.png/", "....//evil.png", "%2e%2e%2fevil.png", "évil\u202egnp.png"} {
			status, said := own.upload("f0", name, append(png, byte('0'+i)))
			if status >= 500 {
				t.Errorf("%q: %d %s", name, status, said)
			}
		}
		for _, f := range a.files() {
			if strings.Contains(f, "evil") || strings.Contains(f, "..") || strings.Contains(f, ".new-") {
				t.Errorf("%s was written", f)
			}
		}
		_, _, said := own.do("GET", "/api/review/findings/f0", nil)
		var f struct {
			Files []struct {
				ID   string `json:"file_id"`
				Name string
			}
		}
		if json.Unmarshal([]byte(said), &f); len(f.Files) == 0 {
			t.Fatal("no file came in")
		}
		for _, x := range f.Files {
			if strings.ContainsAny(x.Name, `/\`+"\u202e") || strings.HasPrefix(x.Name, ".") {
				t.Errorf("a file is called %q", x.Name)
			}
		}
		after := len(a.files())
		if after <= before {
			t.Error("nothing was kept")
		}
		html := []byte("<!DOCTYPE html><script>alert(1)</script>")
		for name, content := range map[string][]byte{"a.png": append([]byte("MZ\x90\x00\x03"), bytes.Repeat([]byte{1}, 99)...), "a.html": html, "a.txt": html, "a.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
			"a.pdf": png, "a.exe": png, "a": png, ".png": png, "a.docx": png, "a.zip": []byte("PK\x03\x04" + strings.Repeat("z", 99)), "empty.png": nil, "a.png.exe": png} {
			if status, said := own.upload("f0", name, content); status != 422 {
				t.Errorf("%s was taken: %d %s", name, status, said)
			}
		}
		big := append(png, bytes.Repeat([]byte("b"), 70<<20)...)
		if status, said := own.upload("f0", "big.png", big); status != 413 && status != 422 {
			t.Errorf("70 MB were taken: %d %.200s", status, said)
		}
		if now := len(a.files()); now != after {
			t.Errorf("refused files were left: %d, now %d: %q", after, now, a.files())
		}
		_, h, _ := own.do("GET", "/api/review/files/"+f.Files[0].ID, nil)
		if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("a file is shown in the browser: %v", h)
		}
		for _, id := range []string{"..%2f..%2fsecret.key", "%2e%2e/secret.key", "..%5csecret.key", url.PathEscape(f.Files[0].ID + "\x00.png")} {
			if status, _, said := own.do("GET", "/api/review/files/"+id, nil); status < 400 || status >= 500 {
				t.Errorf("%s: %d %.100s", id, status, said)
			}
		}
		if status, _, _ := other.do("GET", "/api/review/files/"+f.Files[0].ID, nil); status != 404 {
			t.Errorf("another hospital reads the file: %d", status)
		}
	})

	t.Run("guessed numbers", func(t *testing.T) {
		_, _, packs := officer.do("GET", "/api/review/packages", nil)
		_, _, notices := own.do("GET", "/api/review/notices", nil)
		var ps struct {
			Items []struct {
				ID   string `json:"package_id"`
				Inst string `json:"fixmedins_code"`
			}
		}
		var ns struct {
			Items []struct {
				ID string `json:"notice_id"`
			}
		}
		json.Unmarshal([]byte(packs), &ps)   //nolint:errcheck // empty then
		json.Unmarshal([]byte(notices), &ns) //nolint:errcheck // empty then
		theirs := ""
		for _, p := range ps.Items {
			if p.Inst == hospA {
				theirs = p.ID
			}
		}
		if theirs == "" || len(ns.Items) == 0 {
			t.Fatalf("nothing to guess: %.200s %.200s", packs, notices)
		}
		for _, c := range [][3]string{{"GET", "/api/review/findings/", "f0"}, {"GET", "/api/review/findings/", "f3"}, {"GET", "/api/findings/", "f0"}, {"GET", "/api/review/packages/", theirs}, {"POST", "/api/review/notices/", ns.Items[0].ID}} {
			path, body := c[1], io.Reader(nil)
			tail := ""
			if c[0] == "POST" {
				tail = "/sign"
			}
			s1, _, said1 := other.do(c[0], path+c[2]+tail, body)
			s2, _, said2 := other.do(c[0], path+"nothing"+tail, body)
			if s1 != s2 || s1 < 400 || plainOf(t, said1, c[2]) != plainOf(t, said2, "nothing") {
				t.Errorf("%s %s: what is another's is told from what is not there:\n%d %s\n%d %s", c[0], path, s1, said1, s2, said2)
			}
		}
	})
}

// plainOf is what a refusal says, without the number asked for and the call's own.
func plainOf(t *testing.T, said, id string) string {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(said), &p); err != nil {
		t.Fatalf("no problem: %.200s", said)
	}
	delete(p, "instance")
	b, _ := json.Marshal(p)
	return strings.ReplaceAll(string(b), id, "ID")
}

func quoted(s string) string { b, _ := json.Marshal(s); return string(b) }
