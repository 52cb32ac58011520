package auth_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var ctx = context.Background()

// place is a data directory with its store.
type place struct {
	dir string
	at  store.Location
	db  *store.DB
}

func newPlace(t testing.TB, engine string) *place {
	t.Helper()
	p := &place{dir: t.TempDir()}
	p.at = store.Location{Engine: store.SQLite, Path: filepath.Join(p.dir, store.FileName)}
	if engine == "postgres" {
		p.at = store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
	}
	var err error
	if p.db, err = store.Open(ctx, p.at); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.db.Close() })
	return p
}

// meddle changes the database behind the program's back.
func (p *place) meddle(t testing.TB, statements ...string) {
	t.Helper()
	driver, dsn := "sqlite", p.at.Path
	if p.at.Engine == store.Postgres {
		driver, dsn = "pgx", p.at.DSN
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		r, err := db.Exec(s)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := r.RowsAffected(); n == 0 {
			t.Fatalf("%s touched nothing", s)
		}
	}
}

func (p *place) users() *auth.Users {
	return &auth.Users{DB: p.db, Trail: auth.OpenTrail(p.dir, "test")}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "sqlite")
	us := p.users()
	good := auth.NewUser{Login: "wang", Name: "王", Password: "a long one 12", Roles: []string{"初审", "稽核"}, Scope: auth.Scope{Admdvs: "9901"}}
	if err := us.Add(ctx, "t", good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*auth.NewUser){
		"taken":             func(*auth.NewUser) {},
		"bad login":         func(n *auth.NewUser) { n.Login = "Wang Wu" },
		"short password":    func(n *auth.NewUser) { n.Login, n.Password = "li", "short" },
		"login in password": func(n *auth.NewUser) { n.Login, n.Password = "zhao", "xxZHAOxxxxxx" },
		"no role":           func(n *auth.NewUser) { n.Login, n.Roles = "li", nil },
		"unknown role":      func(n *auth.NewUser) { n.Login, n.Roles = "li", []string{"皇帝"} },
		"admin reviews":     func(n *auth.NewUser) { n.Login, n.Roles = "li", []string{auth.Admin, "初审"} },
		"hospital anywhere": func(n *auth.NewUser) { n.Login, n.Roles = "li", []string{auth.Hospital} },
	} {
		n := good
		if spoil(&n); us.Add(ctx, "t", n) == nil {
			t.Errorf("%s: the account was made", name)
		}
	}
	who, err := us.Login(ctx, "wang", good.Password)
	if err != nil {
		t.Fatal(err)
	}
	if !who.May(auth.FirstReview) || !who.May(auth.Unmask) || who.May(auth.SecondReview) || who.May(auth.ManageUsers) {
		t.Errorf("%+v may the wrong things", who)
	}
	if !who.Scope.Sees("990102", "H1") || who.Scope.Sees("990201", "H1") || who.Scope.Sees("", "H1") {
		t.Errorf("scope %+v sees the wrong things", who.Scope)
	}
	if err := us.SetRoles(ctx, "t", "wang", []string{"只读"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if who, err := us.Login(ctx, "wang", good.Password); err != nil || who.May(auth.FirstReview) || who.Scope.Admdvs != "9901" {
		t.Errorf("after the change of roles %+v, %v", who, err)
	}
	if err := us.SetPassword(ctx, "t", "wang", "another one 34"); err != nil {
		t.Fatal(err)
	}
	denied := func(what, login, password string) {
		t.Helper()
		if who, err := us.Login(ctx, login, password); !errors.Is(err, auth.ErrDenied) {
			t.Errorf("%s: %+v, %v", what, who, err)
		}
	}
	denied("old password", "wang", good.Password)
	denied("nobody", "nobody", "another one 34")
	if err := us.SetDisabled(ctx, "t", "wang", true); err != nil {
		t.Fatal(err)
	}
	denied("disabled", "wang", "another one 34")
	if v, err := auth.Verify(ctx, p.dir, p.db); err != nil || !v.Whole || v.Records != 4 || v.Chains != 1 {
		t.Errorf("the trail is %+v, %v", v, err)
	}
	rs, err := p.db.Records(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if s := fmt.Sprint(r); strings.Contains(s, "a long one") || strings.Contains(s, "another one") {
			t.Errorf("a record holds a password: %s", s)
		}
	}
}

func TestOldPasswordHashesAreRenewed(t *testing.T) {
	t.Parallel()
	// argon2id, m=64 KiB, t=1: weaker than today's
	weak := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$"
	if ok, _ := auth.VerifyPassword(weak, "x"); ok {
		t.Error("a hash without a key fits")
	}
	h := auth.HashPassword("secret words")
	if ok, stale := auth.VerifyPassword(h, "secret words"); !ok || stale {
		t.Errorf("ok %v, stale %v", ok, stale)
	}
	if ok, _ := auth.VerifyPassword(h, "secret word"); ok {
		t.Error("a wrong password fits")
	}
	if h == auth.HashPassword("secret words") {
		t.Error("two hashes of a password are the same: no salt")
	}
	for _, bad := range []string{"", "$argon2id$v=19$m=99999999999,t=1,p=1$aa$aa", "$2a$10$abc", strings.Replace(h, "m=", "m=-", 1)} {
		if ok, _ := auth.VerifyPassword(bad, "secret words"); ok {
			t.Errorf("%q fits", bad)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "sqlite")
	ks, err := auth.OpenKeys(p.dir, p.db, auth.OpenTrail(p.dir, "test"))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(filepath.Join(p.dir, auth.KeyFile)); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key file: %v, %v", st.Mode(), err)
	}
	now := time.Now()
	id, secret, err := ks.Add(ctx, "t", auth.NewKey{Name: "HIS", Scope: auth.Scope{Inst: "H99010001"}, Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := p.db.Keys(ctx)
	if err != nil || len(rows) != 1 || strings.Contains(rows[0].Secret, secret) {
		t.Fatalf("at rest %+v, %v", rows, err)
	}
	again, err := auth.OpenKeys(p.dir, p.db, auth.OpenTrail(p.dir, "test")) // another process
	if err != nil {
		t.Fatal(err)
	}
	ts := func(at time.Time) string { return fmt.Sprint(at.Unix()) }
	sign := func(at time.Time) string { return auth.SignTIF(secret, ts(at), "n") }
	gate := &auth.Gate{Keys: again}
	if who, err := gate.TIF(ctx, id, ts(now), "n", sign(now), now); err != nil || who.Scope.Inst != "H99010001" {
		t.Errorf("a good signature: %+v, %v", who, err)
	}
	late := now.Add(2 * time.Hour)
	if _, err := (&auth.Gate{Keys: again}).TIF(ctx, id, ts(late), "n", sign(late), late); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("an expired key: %v", err)
	}
	if err := ks.Revoke(ctx, "t", id); err != nil {
		t.Fatal(err)
	}
	for _, g := range []*auth.Gate{gate, {Keys: again}} { // the one that remembers the key a second long, and a fresh one
		at := now.Add(3 * time.Second)
		if _, err := g.TIF(ctx, id, ts(at), "n", sign(at), at); !errors.Is(err, auth.ErrDenied) {
			t.Errorf("a revoked key: %v", err)
		}
	}
	if err := os.Remove(filepath.Join(p.dir, auth.KeyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenKeys(p.dir, p.db, nil); err == nil {
		t.Error("a lost key file is made anew although keys are sealed under it")
	}
}

// TestSignTIF is the published formula on values computed by hand with sha256sum.
func TestSignTIF(t *testing.T) {
	t.Parallel()
	if got, want := auth.SignTIF("b", "1", "c"), "7daa30e20622478e30856933c863f64ecb6cc10fd624ccfd2e5124db126ec46e"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// write makes a trail of some chains with records over three days.
func (p *place) write(t testing.TB) {
	t.Helper()
	for range 3 {
		tr := auth.OpenTrail(p.dir, "test")
		for i := range 4 {
			err := tr.Do(ctx, p.db, func(*store.Tx) ([]auth.Event, error) {
				return []auth.Event{{"a", "做", fmt.Sprint(i), ""}, {"b", "做", fmt.Sprint(i), "细节"}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	second := "(SELECT chain_id FROM trail_chain ORDER BY chain_id LIMIT 1 OFFSET 1)"
	cases := map[string]struct {
		do   []string
		says string
	}{
		"text changed":    {[]string{"UPDATE trail SET detail = '别的' WHERE seq = 4 AND chain_id = " + second}, "第 4 条：内容与校验值不符"},
		"time changed":    {[]string{"UPDATE trail SET at = at + 1 WHERE seq = 2 AND chain_id = " + second}, "第 2 条：内容与校验值不符"},
		"record removed":  {[]string{"DELETE FROM trail WHERE seq = 5 AND chain_id = " + second}, "第 5 条：缺失"},
		"first removed":   {[]string{"DELETE FROM trail WHERE seq = 1 AND chain_id = " + second}, "第 1 条：缺失"},
		"end cut off":     {[]string{"DELETE FROM trail WHERE seq > 6 AND chain_id = " + second}, "第 8 条：缺失"},
		"records swapped": {[]string{"UPDATE trail SET seq = 100 WHERE seq = 2 AND chain_id = " + second, "UPDATE trail SET seq = 2 WHERE seq = 3 AND chain_id = " + second, "UPDATE trail SET seq = 3 WHERE seq = 100"}, "第 2 条：内容与校验值不符"},
		"chain removed":   {[]string{"DELETE FROM trail WHERE chain_id = " + second, "DELETE FROM trail_chain WHERE chain_id = " + second}, "第 8 条：缺失"},
		"chain row gone":  {[]string{"DELETE FROM trail_chain WHERE chain_id = " + second}, "链的开头被删"},
		"only records":    {[]string{"DELETE FROM trail WHERE chain_id = " + second}, "整条链的记录被删"},
		"host changed":    {[]string{"UPDATE trail_chain SET host = 'x' WHERE chain_id = " + second}, "第 1 条：内容与校验值不符"},
		"link changed":    {[]string{"UPDATE trail_chain SET after_hash = 'x' WHERE chain_id = " + second}, "记下的不同"},
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for name, c := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p := newPlace(t, engine)
					p.write(t)
					v, err := auth.Verify(ctx, p.dir, p.db)
					if err != nil || !v.Whole || v.Chains != 3 || v.Records != 24 {
						t.Fatalf("before: %+v, %v", v, err)
					}
					p.meddle(t, c.do...)
					v, err = auth.Verify(ctx, p.dir, p.db)
					if err != nil || v.Whole || !strings.Contains(v.Broken, c.says) {
						t.Errorf("%+v, %v, want %q", v, err, c.says)
					}
				})
			}
		})
	}
}

// TestAnchors lets days pass by moving the anchors back, and cuts off what only anchors know.
func TestAnchors(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "sqlite")
	p.write(t)
	file := filepath.Join(p.dir, auth.AnchorFile)
	v, err := auth.Verify(ctx, p.dir, p.db)
	if err != nil || !v.Whole || v.Anchors != 1 {
		t.Fatalf("%+v, %v", v, err)
	}
	line, err := os.ReadFile(file)
	if err != nil || len(strings.Fields(string(line))) != 2 {
		t.Fatalf("the file says %q, %v", line, err)
	}
	check := func(what, says string) {
		t.Helper()
		if v, err := auth.Verify(ctx, p.dir, p.db); err != nil || v.Whole || !strings.Contains(v.Broken, says) {
			t.Errorf("%s: %+v, %v, want %q", what, v, err, says)
		}
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(line), " ", " 0", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	check("another hash in the file", "与文件")
	if err := os.WriteFile(file, append(line, "2999-01-01 abc\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	check("an anchor in the file only", "库里没有")
	if err := os.Remove(file); err != nil { // as after a crash between commit and file
		t.Fatal(err)
	}
	if v, err := auth.Verify(ctx, p.dir, p.db); err != nil || !v.Whole {
		t.Errorf("the newest anchor is not in the file yet: %+v, %v", v, err)
	}
	p.meddle(t, "UPDATE trail_anchor SET heads = heads || 'x 1 y\n'")
	check("anchor changed", "锚点被改过")
}

func TestProcessesWriteSideBySide(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, engine)
			var wg sync.WaitGroup
			for range 4 {
				tr := auth.OpenTrail(p.dir, "test")
				for range 2 { // goroutines of one process
					wg.Go(func() {
						for range 5 {
							if err := tr.Do(ctx, p.db, func(*store.Tx) ([]auth.Event, error) { return []auth.Event{{Action: "做"}}, nil }); err != nil {
								t.Error(err)
							}
						}
					})
				}
			}
			wg.Wait()
			if v, err := auth.Verify(ctx, p.dir, p.db); err != nil || !v.Whole || v.Records != 40 || v.Chains != 4 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

// TestNoRecordOfWhatDidNotHappen fails a change after its record was made.
func TestNoRecordOfWhatDidNotHappen(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "sqlite")
	tr := auth.OpenTrail(p.dir, "test")
	boom := errors.New("boom")
	do := func(err error) error {
		return tr.Do(ctx, p.db, func(*store.Tx) ([]auth.Event, error) { return []auth.Event{{Action: "做"}}, err })
	}
	for i, err := range []error{boom, nil, boom, nil} {
		if got := do(err); !errors.Is(got, err) {
			t.Errorf("%d: %v", i, got)
		}
	}
	if v, err := auth.Verify(ctx, p.dir, p.db); err != nil || !v.Whole || v.Records != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}
