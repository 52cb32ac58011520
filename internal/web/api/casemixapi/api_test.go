package casemixapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
	"github.com/mingjian/mingjian/internal/web/api/casemixapi"
)

var ctx = context.Background()

type server struct{ *apitest.Server }

// serve is a server with two hospitals in two cities, their figures, and people: a hospital's, a city's, the whole area's.
func serve(t *testing.T) server {
	t.Helper()
	people := map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "yuan2": {"医疗机构医保办", "", "H2"}, "yao": {"药店", "", "P1"}, "shi1": {"领导", "9901"}, "chu": {"经办"}, "zhong": {"终审"},
		"z1": {"合议专家"}, "z2": {"合议专家"}, "z3": {"合议专家"}, "z4": {"合议专家"}}
	fill := func(tx *store.Tx) error {
		for login, p := range people {
			if p[0] == "合议专家" {
				if err := tx.SetTerm(store.Term{Login: login, FromDay: int64(claim.DayOf(2020, 1, 1)), UntilDay: int64(claim.DayOf(2090, 1, 1)), MadeBy: "zhong"}); err != nil {
					return err
				}
			}
		}
		_, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Name: "甲医院", Admdvs: "990101"}, {Code: "H2", Name: "乙医院", Admdvs: "990201"}})
		return err
	}
	return server{apitest.Serve(t, apitest.Options{People: people, Fill: fill, Errors: []func(error) *web.Problem{casemixapi.Problem}, Groups: func(s *apitest.Server) []func(*api.API) {
		if err := figures(s.Dir); err != nil {
			t.Fatal(err)
		}
		return []func(*api.API){casemixapi.Group(casemixapi.Config{Dir: s.Dir, Files: filepath.Join(s.Dir, "files"), Run: func(context.Context, []string, func(int64, int64)) error { return nil }})}
	}})}
}

// figures writes the hospitals' figures.
func figures(dir string) error {
	month := time.Now().In(time.FixedZone("", 8*3600)).Format("2006-01")
	y := &board.Year{Year: 2025, Through: month, Left: 3, Places: []board.Place{{Inst: "H1", Name: "甲医院", Area: "990101", Level: "3"}, {Inst: "H2", Name: "乙医院", Area: "990201", Level: "2"}}}
	x := board.Insured{Insutype: "310", Mode: "DRG", Stays: 60, Lines: []board.Line{{Payable: 300}, {Inst: "H1", Payable: 111}, {Inst: "H2", Payable: 222}}}
	hs := map[string]*board.Hospital{}
	for i, p := range y.Places {
		x.Mixes = append(x.Mixes, board.Mix{Inst: p.Inst, Stays: 30, Grouped: 30, CMI: int64(1_000_000 + i)})
		h := &board.Hospital{Place: p, Insured: []board.HospitalInsured{{Insutype: "310", Mode: "DRG"}}}
		for n := range 30 {
			s := board.Stay{ID: "M" + p.Inst + "-" + string(rune('a'+n)), Month: month, Group: "ES13", Status: "分组成功", Way: "病组", Cost: 800_000, Fund: 600_000, Standard: 1_000_000, LOS: 5}
			if n < 3 {
				s.Way, s.Cost, s.Fund = "高倍率", 5_000_000, 4_000_000
			}
			h.Insured[0].Stays = append(h.Insured[0].Stays, s)
		}
		hs[p.Inst] = h
	}
	y.Insured = []board.Insured{x}
	return board.Write(dir, y, hs)
}

type m = apitest.M

// A hospital reads its own figures and nobody else's; a city's people their city's; only the whole area's people the area's line.
func TestScopes(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/api/casemix/setup", "/api/casemix/years", "/api/casemix/budget", "/api/casemix/hospital", "/api/casemix/specials", "/api/casemix/simulations"} {
		s.As("", http.StatusUnauthorized, "GET", path, nil)
	}
	for login, want := range map[string][2]string{"yuan1": {"H1", "H2"}, "yuan2": {"H2", "H1"}, "shi1": {"H1", "H2"}} {
		for _, path := range []string{"/api/casemix/budget", "/api/casemix/hospital", "/api/casemix/hospital?fixmedins_code=" + want[0]} {
			raw, _ := s.As(login, 200, "GET", path, nil)
			if !strings.Contains(raw, want[0]) || strings.Contains(raw, want[1]) || strings.Contains(raw, `"fixmedins_code":""`) {
				t.Errorf("%s reads at %s %s", login, path, raw)
			}
		}
		s.As(login, 404, "GET", "/api/casemix/hospital?fixmedins_code="+want[1], nil)
	}
	raw, _ := s.As("chu", 200, "GET", "/api/casemix/budget", nil)
	if !strings.Contains(raw, "H1") || !strings.Contains(raw, "H2") || !strings.Contains(raw, `"fixmedins_code":""`) || !strings.Contains(raw, `"left":3`) {
		t.Errorf("the whole area reads %s", raw)
	}
	for _, login := range []string{"yuan1", "shi1"} {
		s.As(login, 403, "POST", "/api/casemix/boards", m{})
		s.As(login, 403, "POST", "/api/casemix/simulations", m{"name": "x", "set": m{"310.rate": "1"}})
		s.As(login, 403, "GET", "/api/casemix/simulations", nil)
	}
	s.As("chu", 409, "POST", "/api/casemix/simulations", m{"name": "x", "set": m{"310.rate": "1"}}) // nothing was chosen
	s.As("chu", 404, "GET", "/api/casemix/simulations/..%2f..%2fyear", nil)
}

// The bench says group, way and what would change it, and names bad input; nothing is kept.
func TestBench(t *testing.T) {
	s := serve(t)
	_, got := s.As("yuan1", 200, "POST", "/api/casemix/group", m{"insutype": "310", "gend": 1, "age": 40, "dx": []string{"J18.900", "E11.900"}, "cost": 800_000})
	if got["group"] != "ES23" || got["adrg"] != "ES2" || got["way"] != "病组" || len(got["steps"].([]any)) < 4 {
		t.Errorf("%v", got)
	}
	changes := got["changes"].([]any)
	if len(changes) == 0 || changes[0].(m)["group"] != "ES25" || changes[0].(m)["code"] != "E11.900" {
		t.Errorf("changes %v", changes)
	}
	if _, got = s.As("yuan1", 200, "POST", "/api/casemix/group", m{"insutype": "390", "gend": 2, "age": 51, "dx": []string{"K80.200"}, "proc": []string{"51.2300"}, "cost": 1_480_000}); got["group"] != "MJ008" {
		t.Errorf("%v", got)
	}
	if _, got = s.As("yuan1", 200, "POST", "/api/casemix/group", m{"insutype": "310", "gend": 9, "age": 40, "dx": []string{"J18.900"}}); got["status"] != "数据错误:SEX" || got["group"] != "" {
		t.Errorf("%v", got)
	}
	s.As("yuan1", 422, "POST", "/api/casemix/group", m{"insutype": "999", "gend": 1, "age": 40, "dx": []string{"J18.900"}})
}

// Special review from application to outcome: who may do what, what each may see.
func TestSpecialReview(t *testing.T) {
	s := serve(t)
	all := []string{"申请表", "病案首页", "费用清单", "出院记录"}
	s.As("yuan1", 404, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH2-a", "reason": "复杂危重", "asked": "按项目"})
	s.As("chu", 403, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH1-a", "reason": "复杂危重", "asked": "按项目"})
	raw, _ := s.As("yuan1", 200, "GET", "/api/casemix/specials/candidates", nil)
	if strings.Count(raw, `"mdtrt_id"`) != 3 || strings.Contains(raw, "H2") {
		t.Errorf("candidates %s", raw)
	}
	if raw, _ = s.As("yao", 200, "GET", "/api/casemix/specials/candidates", nil); strings.TrimSpace(raw) != "[]" {
		t.Errorf("candidates of an institution without cases: %s", raw)
	}
	_, c := s.As("yuan1", 201, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH1-a", "reason": "复杂危重", "asked": "按项目"})
	if c["state"] != "待补正" {
		t.Fatalf("%v", c)
	}
	id := "/api/casemix/specials/" + c["special_id"].(string)
	for _, login := range []string{"yuan2", "z1"} {
		s.As(login, 404, "GET", id, nil)
		if raw, _ := s.As(login, 200, "GET", "/api/casemix/specials", nil); strings.Contains(raw, "H1") {
			t.Errorf("%s lists %s", login, raw)
		}
	}
	s.As("yuan2", 404, "POST", id+"/complete", m{}, "If-Match", c["etag"].(string))
	s.As("yuan1", 428, "POST", id+"/complete", m{})
	if _, still := s.As("yuan1", 200, "POST", id+"/complete", m{"reason": "医疗费用高"}, "If-Match", c["etag"].(string)); still["state"] != "待补正" || still["reason"] != "医疗费用高" {
		t.Errorf("without materials %v", still)
	}
	s.As("yuan1", 412, "POST", id+"/complete", m{}, "If-Match", c["etag"].(string))
	done := s.materials("yuan1", id, all)
	if done["state"] != "待评审" {
		t.Fatalf("%v", done)
	}
	s.As("yuan1", 409, "POST", id+"/complete", m{}, "If-Match", done["etag"].(string))
	// one of thirty stays is the limit of 5 %: the second application is returned
	if _, second := s.As("yuan1", 201, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH1-b", "reason": "复杂危重", "asked": "按项目"}); second["state"] != "退回" {
		t.Errorf("%v", second)
	}
	s.As("yuan1", 403, "POST", id+"/draw", nil, "If-Match", done["etag"].(string))
	_, drawn := s.As("chu", 200, "POST", id+"/draw", nil, "If-Match", done["etag"].(string))
	seats := drawn["seats"].([]any)
	if len(seats) != 3 {
		t.Fatalf("%v", drawn)
	}
	s.As("zhong", 422, "POST", id+"/decide", m{}, "If-Match", drawn["etag"].(string))
	if raw, _ := s.As("yuan1", 200, "GET", id, nil); !strings.Contains(raw, `"seats":[]`) {
		t.Errorf("the hospital reads who judges: %s", raw)
	}
	s.send("yuan1", 409, id, "其他", "late.pdf", "%PDF-1.4 late") // the panel judges what it was given
	for i, x := range seats {
		expert := x.(m)["expert"].(string)
		if raw, _ := s.As(expert, 200, "GET", fileOf(done, id), nil); !strings.HasPrefix(raw, "%PDF") {
			t.Errorf("%s reads %q", expert, raw)
		}
		if _, own := s.As(expert, 200, "GET", id, nil); len(own["seats"].([]any)) != 1 {
			t.Errorf("%s reads %v", expert, own["seats"])
		}
		s.As(expert, 200, "POST", id+"/vote", m{"vote": []string{"准予", "不准予", "准予"}[i], "cut": []int{1000, 0, 5000}[i]})
	}
	_, voted := s.As("zhong", 200, "GET", id, nil)
	_, out := s.As("zhong", 200, "POST", id+"/decide", m{"times": 0}, "If-Match", voted["etag"].(string))
	if out["state"] != "准予" || out["cut"] != float64(1000) {
		t.Errorf("%v", out)
	}
	if _, st := s.As("yuan1", 200, "GET", "/api/casemix/specials/stats", nil); st["asked"] != float64(2) || st["granted"] != float64(1) || st["fund"] != float64(4_000_000) {
		t.Errorf("%v", st)
	}
	if _, st := s.As("yuan2", 200, "GET", "/api/casemix/specials/stats", nil); st["asked"] != float64(0) {
		t.Errorf("%v", st)
	}
}

// send uploads one material.
func (s server) send(login string, status int, id, kind, name, content string) map[string]any {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	_, out := s.As(login, status, "POST", id+"/files?kind="+url.QueryEscape(kind), apitest.Raw{Kind: w.FormDataContentType(), Content: b.Bytes()})
	return out
}

// materials uploads a small file of every kind.
func (s server) materials(login, id string, kinds []string) (last m) {
	for _, k := range kinds {
		last = s.send(login, 200, id, k, k+".pdf", "%PDF-1.4 "+k)
	}
	return last
}

func fileOf(c m, id string) string {
	return id + "/files/" + c["files"].([]any)[0].(m)["file_id"].(string)
}

// Materials are files: of the kinds that are asked for, of types that are told by their content, under names that stay in their
// folder, read by those who may see the application and by nobody else.
func TestMaterials(t *testing.T) {
	s := serve(t)
	_, c := s.As("yuan1", 201, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH1-a", "reason": "复杂危重", "asked": "按项目"})
	id := "/api/casemix/specials/" + c["special_id"].(string)
	s.send("", 401, id, "申请表", "a.pdf", "%PDF-1.4")
	s.send("chu", 403, id, "申请表", "a.pdf", "%PDF-1.4")
	s.send("yuan2", 404, id, "申请表", "a.pdf", "%PDF-1.4")
	s.send("yuan1", 422, id, "病历", "a.pdf", "%PDF-1.4")        // no such kind
	s.send("yuan1", 422, id, "申请表", "a.pdf", "MZ\x90\x00")     // not what its name says
	s.send("yuan1", 422, id, "申请表", "a.exe", "%PDF-1.4")       // not what may be sent
	s.send("yuan1", 422, id, "申请表", "a.html", "<html></html>") // likewise
	s.send("yuan1", 422, id, "申请表", "a.pdf", "")
	s.As("yuan1", 415, "POST", id+"/files?kind=%E7%94%B3%E8%AF%B7%E8%A1%A8", m{})
	got := s.send("yuan1", 200, id, "申请表", "../../../etc/申请表 .pdf", "%PDF-1.4 one")
	if name := got["files"].([]any)[0].(m)["name"]; name != "申请表 .pdf" || got["state"] != "待补正" || !strings.Contains(fmt.Sprint(got["problems"]), "病案首页、费用清单、出院记录") {
		t.Errorf("%v", got)
	}
	s.send("yuan1", 409, id, "申请表", "again.pdf", "%PDF-1.4 one")
	got = s.send("yuan1", 200, id, "申请表", "second.png", "\x89PNG\r\n\x1a\n....")
	if len(got["files"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	for login, status := range map[string]int{"yuan2": 404, "z1": 404, "shi1": 200, "chu": 200, "yuan1": 200} {
		if raw, _ := s.As(login, status, "GET", fileOf(got, id), nil); status == 200 && raw != "%PDF-1.4 one" {
			t.Errorf("%s reads %q", login, raw)
		}
	}
	s.As("yuan1", 404, "GET", id+"/files/..%2f..%2fmingjian.db", nil)
	_, other := s.As("yuan2", 201, "POST", "/api/casemix/specials", m{"mdtrt_id": "MH2-a", "reason": "复杂危重", "asked": "按项目"})
	s.As("yuan2", 404, "GET", strings.Replace(fileOf(got, id), c["special_id"].(string), other["special_id"].(string), 1), nil)
	var kept []string
	err := filepath.WalkDir(filepath.Join(s.Dir, "files"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			kept = append(kept, d.Name())
		}
		return err
	})
	if err != nil || len(kept) != 2 {
		t.Errorf("kept %v, %v", kept, err)
	}
}

// What the audit claims of the stay above the share is no special case: the application waits to be set right.
func TestUnreasonableFees(t *testing.T) {
	s := serve(t)
	if err := s.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.AddFindings([]*store.Finding{
			{ID: "f1", RuleID: "B001", Severity: 1, Month: "2025-03", Inst: "H1", Mdtrt: "MH1-a", State: store.MachineState, Fund: 1_200_000, Charged: 1_200_000},
			{ID: "f2", RuleID: "B002", Severity: 3, Month: "2025-03", Inst: "H1", Mdtrt: "MH1-a", State: store.MachineState, Fund: 900_000, Charged: 900_000},
			{ID: "f3", RuleID: "B002", Severity: 1, Month: "2025-03", Inst: "H2", Mdtrt: "MH2-a", State: store.MachineState, Fund: 1_200_001, Charged: 1_200_001}})
	}); err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]bool{"yuan1": false, "yuan2": true} { // thirty of a hundred of 40,000.00 is the bound
		_, c := s.As(login, 201, "POST", "/api/casemix/specials", m{"mdtrt_id": map[string]string{"yuan1": "MH1-a", "yuan2": "MH2-a"}[login], "reason": "复杂危重", "asked": "按项目"})
		if got := strings.Contains(fmt.Sprint(c["problems"]), "不合理费用"); got != want {
			t.Errorf("%s: %v", login, c["problems"])
		}
	}
}
