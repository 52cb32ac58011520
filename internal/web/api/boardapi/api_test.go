package boardapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/board/plan"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
	"github.com/mingjian/mingjian/internal/web/api/boardapi"
)

var ctx = context.Background()

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

var people = map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "ke1": {"科室", "", "H1"}, "shi1": {"领导", "9901"}, "ling": {"领导"}, "wei": {"两库维护"}, "wei1": {"两库维护", "9901"},
	"pi1": {"两库批准", "9901"}, "guan": {"管理员"}}

func serve(t *testing.T) *apitest.Server {
	t.Helper()
	return apitest.Serve(t, apitest.Options{People: people, Fill: fill, Groups: func(s *apitest.Server) []func(*api.API) {
		return []func(*api.API){boardapi.Group(boardapi.Config{Sources: func() board.Sources {
			return board.Sources{Name: func(c string) string { return map[string]string{"990101": "九九县"}[c] }}
		}, Names: func() map[string]string { return map[string]string{"990101": "九九县"} }, Today: func() claim.Day { return claim.DayOf(2025, 3, 11) },
			Paper: func() brief.Office { return brief.Office{Office: forms.Office{Dir: s.Dir}} },
			Make: func(_ context.Context, p *store.ReportPlan) error {
				if p.Title == "市报" {
					return plan.ErrMade
				}
				return nil
			}})}
	}})
}

type m = apitest.M

// TestScopes: a division reads its own figures in every answer, whatever it asks for; an institution's people and who has nothing to do with boards read none.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/home", "/figures", "/split?indicator=F05&by=fixmedins_code", "/split?indicator=F01&by=rule_id", "/split?indicator=F05&by=admdvs", "/briefs/briefing/preview", "/briefs/press-county?kind=docx", "/briefs/press-city/preview", "/rows?indicator=J03", "/plans", "/reports"} {
		path = "/api/board" + path
		s.As("", 401, "GET", path, nil)
		for _, nobody := range []string{"guan", "ke1", "yuan1"} {
			s.As(nobody, 403, "GET", path, nil)
		}
		s.As("ling", 200, "GET", path, nil)
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		if !strings.HasSuffix(path, "/plans") && !strings.HasSuffix(path, "/reports") { // these are of all one may see
			s.As("shi1", 404, "GET", path+join+"admdvs=9902", nil)
		}
		for _, q := range []string{"", "admdvs=99", "admdvs=990101", "from=2025-01&to=2025-02"} {
			raw, _ := s.As("shi1", 200, "GET", path+join+q, nil)
			for _, w := range []string{"H2", "乙医院", "990201"} {
				if strings.Contains(raw, w) {
					t.Errorf("a city reads %s of %s%s%s: %s", w, path, join, q, raw)
				}
			}
		}
	}
	value := func(who, q string) float64 {
		_, x := s.As(who, 200, "GET", "/api/board/figures?ids=F05&"+q, nil)
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
	_, p := s.As("ling", 200, "GET", "/api/board/split?indicator=F05&by=month&from=2025-02&to=2025-02", nil)
	if total := p["total"].(m)["fen"].(float64); total != 10500 {
		t.Errorf("the split's period is passed over: %v", total)
	}
	_, h := s.As("shi1", 200, "GET", "/api/board/home", nil)
	if place := h["place"].(m); place["rank"].(float64) != 1 || place["of"].(float64) != 2 {
		t.Errorf("the city's place %v", place)
	}
	s.As("ling", 404, "GET", "/api/board/briefs/nothing", nil)
	s.As("ling", 422, "GET", "/api/board/briefs/briefing/preview?fixmedins_code=H1", nil)
	s.As("ling", 422, "GET", "/api/board/home?from=2025-13", nil)
	s.As("ling", 404, "GET", "/api/board/figures?ids=F99", nil)
}

// TestRows: the list of a figure keeps to the scope and to what is asked.
func TestRows(t *testing.T) {
	t.Parallel()
	s := serve(t)
	list := func(who, q string) (codes string) {
		_, x := s.As(who, 200, "GET", "/api/board/rows?indicator=J03&"+q, nil)
		for _, i := range x["items"].([]any) {
			codes += i.(m)["key"].(string)
		}
		if next := x["next"].(string); next != "" {
			codes += "+" + next
		}
		return codes
	}
	for q, want := range map[string]string{"": "H1H2", "admdvs=9902": "H2", "fixmedins_code=H1": "H1", "limit=1": "H1+H1", "limit=1&cursor=H1": "H2"} {
		if got := list("ling", q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	if got := list("shi1", ""); got != "H1" {
		t.Errorf("a city lists %s", got)
	}
	s.As("ling", 422, "GET", "/api/board/rows?indicator=F01", nil)
	s.As("ling", 404, "GET", "/api/board/rows?indicator=F99", nil)
	raw, _ := s.As("ling", 200, "GET", "/api/board/home", nil)
	if !strings.Contains(raw, "九九县") || !strings.Contains(raw, `"990201"`) {
		t.Errorf("divisions are not called by their names, and by their codes without: %s", raw)
	}
	s.As("yuan1", 200, "GET", "/api/divisions", nil)
}

// TestPlans: who may see what a report shows may set it, those of the same area see it, and only who may export takes a list of persons.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := serve(t)
	add := func(who string, status int, change m) {
		body := m{"title": "月报", "form": "briefing", "file": "docx", "cover": plan.LastMonth, "every": plan.Monthly, "on_day": 5, "at_hour": 7}
		for k, v := range change {
			body[k] = v
		}
		s.As(who, status, "POST", "/api/board/plans", body)
	}
	add("yuan1", 403, nil)
	add("ling", 201, nil)
	add("shi1", 201, m{"title": "市报"})
	add("shi1", 403, m{"admdvs": "9902"})
	add("ling", 403, m{"form": "findings", "file": "xlsx"})
	for _, bad := range []m{{"title": "a/b"}, {"form": "nothing"}, {"file": "xlsx"}, {"every": "每年"}, {"on_day": 40}, {"at_hour": 24}, {"cover": "去年"}, {"form": "figures"}} {
		add("ling", 422, bad)
	}
	if raw, x := s.As("shi1", 200, "GET", "/api/board/plans", nil); len(x["items"].([]any)) != 1 || !strings.Contains(raw, "市报") {
		t.Errorf("a city sees %s", raw)
	}
	_, x := s.As("ling", 200, "GET", "/api/board/plans", nil)
	var own, all m
	for _, i := range x["items"].([]any) {
		if p := i.(m); p["title"] == "市报" {
			own = p
		} else {
			all = p
		}
	}
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		for _, p := range []m{own, all} {
			f, err := tx.TakeReport(p["plan_id"].(string), int64(claim.DayOf(2025, 3, 5)), "h", 1, 2)
			if err != nil {
				return err
			}
			f.State, f.Name, f.Media, f.Content = store.ReportDone, "月报.docx", "application/x", "QUJD"
			if _, err := tx.EndReport(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file := func(who string, status int, p m, due string) string {
		raw, _ := s.As(who, status, "GET", "/api/board/reports/"+p["plan_id"].(string)+"/"+due, nil)
		return raw
	}
	if got := file("shi1", 200, own, "2025-03-05"); got != "ABC" {
		t.Errorf("the file holds %q", got)
	}
	file("shi1", 404, all, "2025-03-05")
	file("yuan1", 403, all, "2025-03-05")
	file("ling", 404, all, "2025-03-06")
	file("ling", 404, all, "x")
	if _, x := s.As("shi1", 200, "GET", "/api/board/reports", nil); len(x["items"].([]any)) != 1 {
		t.Errorf("a city sees the reports %v", x)
	}
	if _, x := s.As("ling", 200, "GET", "/api/board/reports?plan_id="+own["plan_id"].(string), nil); len(x["items"].([]any)) != 1 {
		t.Errorf("the plan is passed over: %v", x)
	}
	at := func(p m) string { return "/api/board/plans/" + p["plan_id"].(string) + "/make" }
	s.As("yuan1", 403, "POST", at(own), nil)
	s.As("shi1", 404, "POST", at(all), nil)
	s.As("shi1", 409, "POST", at(own), nil)
	s.As("ling", 200, "POST", at(all), nil)
	s.As("ling", 404, "POST", "/api/board/plans/nothing/make", nil)
	end := "/api/board/plans/" + all["plan_id"].(string) + "/end"
	s.As("shi1", 404, "POST", end, nil, "If-Match", `"1"`)
	s.As("ling", 428, "POST", end, nil)
	s.As("ling", 200, "POST", end, nil, "If-Match", `"1"`)
	s.As("ling", 412, "POST", end, nil, "If-Match", `"1"`)
	s.As("ling", 409, "POST", at(all), nil) // it was ended
}
