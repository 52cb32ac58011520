package boardapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/boardapi"
)

var ctx = context.Background()

type server struct {
	t   *testing.T
	url string
	db  *store.DB
}

// fill leaves findings of two hospitals in two cities.
func fill(tx *store.Tx) error {
	var fs []*store.Finding
	for i := range 30 {
		inst, area := "H1", "990101"
		if i%3 == 0 {
			inst, area = "H2", "990201"
		}
		fs = append(fs, &store.Finding{ID: fmt.Sprintf("f%02d", i), Month: []string{"2025-01", "2025-02"}[i%2], Inst: inst, Admdvs: area, RuleID: fmt.Sprint("A00", i%4), RuleName: "限性别", Severity: 1, Vola: 900, Fund: 800, Charged: 700, State: store.MachineState})
	}
	for code, x := range map[string][2]string{"H1": {"甲医院", "990101"}, "H2": {"乙医院", "990201"}} {
		if err := tx.SetReviewInst(store.ReviewInst{Code: code, Name: x[0], Admdvs: x[1], Version: 1}); err != nil {
			return err
		}
	}
	return tx.AddFindings(fs)
}

func serve(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(ctx, func(tx *store.Tx) error {
		for login, p := range map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "ke1": {"科室", "", "H1"}, "shi1": {"领导", "9901"}, "ling": {"领导"}, "wei": {"两库维护"}, "wei1": {"两库维护", "9901"}, "pi1": {"两库批准", "9901"}, "guan": {"管理员"}} {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Password: "x", Roles: []string{p[0]}, Admdvs: p[1], Inst: p[2]}); err != nil {
				return err
			}
		}
		return fill(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	srv, err := web.New(web.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	trail := auth.OpenTrail(dir, "test")
	keys, err := auth.OpenKeys(dir, db, trail)
	if err != nil {
		t.Fatal(err)
	}
	err = api.Mount(api.Config{Server: srv, DB: db, Trail: trail, Sessions: &auth.Sessions{Users: &auth.Users{DB: db, Trail: trail}}, Gateway: &web.Gateway{Gate: &auth.Gate{Keys: keys}},
		Rules: func() *govern.Rules { return nil }, Base: func() *knowledge.Base { return &knowledge.Base{} }, Log: log, Version: "test",
		Groups: []func(*api.API){boardapi.Group(boardapi.Config{Today: func() claim.Day { return claim.DayOf(2025, 3, 11) }, Paper: func() brief.Office { return brief.Office{Office: forms.Office{Dir: dir}} }})}})
	if err != nil {
		t.Fatal(err)
	}
	addr, err := srv.Listen()
	if err != nil {
		t.Fatal(err)
	}
	live, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(live) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &server{t, "http://" + addr.String(), db}
}

type m = map[string]any

// as asks in somebody's name; the answer must have the status.
func (s *server) as(login string, status int, method, path string, send any, match string) (raw string, out m) {
	s.t.Helper()
	var body io.Reader
	if send != nil {
		b, err := json.Marshal(send)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if login != "" {
		token, now := "token of "+login+" "+store.NewID(), store.Micros(time.Now())
		err = s.db.Update(ctx, func(tx *store.Tx) error {
			u, err := tx.User(login)
			if err != nil {
				return err
			}
			return tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: login, MadeAt: now, UsedAt: now, ExpiresAt: now + int64(time.Hour/time.Microsecond)})
		})
		if err != nil {
			s.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if x.StatusCode != status {
		s.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, login, x.StatusCode, status, b)
	}
	_ = json.Unmarshal(b, &out)
	return string(b), out
}

// TestScopes: a division reads its own figures in every answer, whatever it asks for; an institution's people and who has nothing to do with boards read none.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/home", "/figures", "/split?indicator=F05&by=fixmedins_code", "/split?indicator=F01&by=rule_id", "/split?indicator=F05&by=admdvs", "/briefs/briefing/preview", "/briefs/press-county?kind=docx", "/briefs/press-city/preview"} {
		path = "/api/board" + path
		s.as("", 401, "GET", path, nil, "")
		for _, nobody := range []string{"guan", "ke1", "yuan1"} {
			s.as(nobody, 403, "GET", path, nil, "")
		}
		s.as("ling", 200, "GET", path, nil, "")
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		s.as("shi1", 404, "GET", path+join+"admdvs=9902", nil, "")
		for _, q := range []string{"", "admdvs=99", "admdvs=990101", "from=2025-01&to=2025-02"} {
			raw, _ := s.as("shi1", 200, "GET", path+join+q, nil, "")
			for _, w := range []string{"H2", "乙医院", "990201"} {
				if strings.Contains(raw, w) {
					t.Errorf("a city reads %s of %s%s%s: %s", w, path, join, q, raw)
				}
			}
		}
	}
	value := func(who, q string) float64 {
		_, x := s.as(who, 200, "GET", "/api/board/figures?ids=F05&"+q, nil, "")
		return x["items"].([]any)[0].(m)["value"].(float64)
	}
	// Thirty findings of 700: twenty of the first city, half of all in each month.
	for q, want := range map[string]float64{"": 21000, "from=2025-01&to=2025-01": 10500, "admdvs=9901": 14000, "fixmedins_code=H2": 7000, "from=2026-01&to=2026-02": 0} {
		if got := value("ling", q); got != want {
			t.Errorf("figures?%s: %v, want %v", q, got, want)
		}
	}
	if got := value("shi1", ""); got != 14000 {
		t.Errorf("a city's figure: %v", got)
	}
	if got := value("shi1", "fixmedins_code=H2"); got != 0 {
		t.Errorf("a city's figure of another city's hospital: %v", got)
	}
	_, p := s.as("ling", 200, "GET", "/api/board/split?indicator=F05&by=month&from=2025-02&to=2025-02", nil, "")
	if total := p["total"].(m)["fen"].(float64); total != 10500 {
		t.Errorf("the split's period is passed over: %v", total)
	}
	_, h := s.as("shi1", 200, "GET", "/api/board/home", nil, "")
	if place := h["place"].(m); place["rank"].(float64) != 1 || place["of"].(float64) != 2 {
		t.Errorf("the city's place %v", place)
	}
	s.as("ling", 404, "GET", "/api/board/briefs/nothing", nil, "")
	s.as("ling", 422, "GET", "/api/board/briefs/briefing/preview?fixmedins_code=H1", nil, "")
	s.as("ling", 422, "GET", "/api/board/home?from=2025-13", nil, "")
	s.as("ling", 404, "GET", "/api/board/figures?ids=F99", nil, "")
}
