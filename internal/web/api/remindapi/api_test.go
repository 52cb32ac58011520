package remindapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
	"github.com/mingjian/mingjian/internal/web/api/remindapi"
)

var ctx = context.Background()

// begin is 2025-03-03 09:00 in China.
var begin = time.Date(2025, 3, 3, 1, 0, 0, 0, time.UTC).UnixMicro()

// fill leaves calls of two hospitals in two cities, what they were reminded of and what became of it.
func fill(tx *store.Tx) error {
	var cs []store.Call
	var vs []store.CallVisit
	var rs []store.Reminder
	var es []store.Episode
	for i := range 40 {
		inst, at := []string{"H1", "H2"}[i%2], begin+int64(i)*3600_000_000
		id, mdtrt := fmt.Sprintf("c%02d", i), fmt.Sprint("M", inst, i/4)
		doctor := fmt.Sprint("D", inst, i%3)
		cs = append(cs, store.Call{ID: id, At: at, Infno: "3101", Stage: "事前", Inst: inst, Admdvs: "990000", Verdict: []string{"提示", "阻断"}[i/20], Orders: 3, Shown: 1, Micros: int64(i) * 20_000, Partial: i > 37})
		vs = append(vs, store.CallVisit{Call: id, Psn: "P" + mdtrt, Mdtrt: mdtrt, At: at, Inst: inst, Dept: "03" + inst, Doctor: doctor, Orders: "0"})
		jr := fmt.Sprint("j", inst, i/4)
		rs = append(rs, store.Reminder{Call: id, Seq: 1, JrID: jr, Finding: "f" + jr, At: at, Day: store.Moment(at + 8*3600_000_000).Format("2006-01-02"), Inst: inst, Dept: "03" + inst, Doctor: doctor, Psn: "P" + mdtrt, Mdtrt: mdtrt,
			Rule: fmt.Sprint("A00", i%4), RuleName: "限性别", Severity: 1 + i/4%3, Level: "提示", Cont: "请核对" + inst, Lines: "[]", Shown: true})
		e := store.Episode{ID: fmt.Sprintf("e%02d", i), Psn: "P" + mdtrt, Mdtrt: mdtrt, Rule: "A001", Inst: inst, Dept: "03" + inst, Doctor: doctor, Day: "2025-03-0" + fmt.Sprint(3+i%3), JrID: jr, Times: 1,
			Outcome: []string{"撤回", "说明理由后继续", "待结算", "就诊未结算", "减至限额"}[i%5], Complied: i%5 == 0 || i%5 == 4, Frozen: i%3 == 0, OrigFund: 1000, Avoided: int64(i%5/4) * 700}
		if i%10 == 0 {
			e.Reopened, e.Avoided, e.ReopenedAt = true, 0, "H3 MH3x 2025-03-09"
		}
		es = append(es, e)
	}
	if _, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Name: "甲医院", Admdvs: "990101"}, {Code: "H2", Name: "乙医院", Admdvs: "990201"}}); err != nil {
		return err
	}
	for i, inst := range []string{"H1", "H2", "H1"} {
		if err := tx.SetReviewInst(store.ReviewInst{Code: inst, Name: map[string]string{"H1": "甲医院", "H2": "乙医院"}[inst], Admdvs: "990101", Version: 1}); err != nil && i < 2 {
			return err
		}
		if _, err := tx.AddWrong(store.Wrong{ID: fmt.Sprint("w", i), Kind: "医生反映", JrID: "j" + inst + "0", Rule: "A001", Inst: inst, Actor: "D" + inst, Said: "不对", ReceivedAt: begin, Due: fmt.Sprint("2025-03-1", i)}); err != nil {
			return err
		}
	}
	for i, area := range []string{"", "990100", "990200"} {
		if _, err := tx.AddProposal(store.Proposal{ID: fmt.Sprint("p", i), Rule: "A001", Area: area, Shown: 50, Answered: 30, Overridden: 28, MadeAt: begin}); err != nil {
			return err
		}
	}
	if err := tx.PutEpisodes(es); err != nil {
		return err
	}
	return tx.AddCalls(cs, vs, rs)
}

var people = map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "ke1": {"科室", "", "H1"}, "shi1": {"领导", "9901"}, "ling": {"领导"}, "wei": {"两库维护"}, "wei1": {"两库维护", "9901"},
	"pi1": {"两库批准", "9901"}, "guan": {"管理员"}}

func serve(t *testing.T) *apitest.Server {
	t.Helper()
	return apitest.Serve(t, apitest.Options{People: people, Fill: fill, Groups: func(_ *apitest.Server) []func(*api.API) {
		return []func(*api.API){remindapi.Group(remindapi.Config{Today: func() claim.Day { return claim.DayOf(2025, 3, 11) }})}
	}})
}

type m = apitest.M

var reads = []string{"", "/parts?by=rule", "/parts?by=inst", "/parts?by=dept", "/parts?by=doctor", "/parts?by=day", "/calls", "/visits", "/said", "/episodes", "/doctors", "/wrongs"}

// TestScopes: an institution learns nothing of another's, a city nothing of another city's; who is neither the bureau's nor an insurance office gets nothing.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range reads {
		path = "/api/reminders" + path
		s.As("", 401, "GET", path, nil)
		for _, nobody := range []string{"guan", "ke1"} {
			s.As(nobody, 403, "GET", path, nil)
		}
		whole, _ := s.As("ling", 200, "GET", path, nil)
		narrow := "?"
		if strings.Contains(path, "?") {
			narrow = "&"
		}
		for who, more := range map[string][]string{"yuan1": {"", "fixmedins_code=H1", "admdvs="}, "shi1": {"", "fixmedins_code=H1", "fixmedins_code=H2", "admdvs=99", "admdvs=990101"}} {
			for _, q := range more {
				raw, _ := s.As(who, 200, "GET", path+narrow+q, nil)
				for _, w := range []string{"H2", "乙医院"} {
					if strings.Contains(strings.ReplaceAll(raw, `"fixmedins_code":"H2"`, ""), w) && !(strings.Contains(q, "H2") && !strings.Contains(raw, `"mdtrt_id"`)) {
						t.Errorf("%s reads %s of %s%s: %s", who, w, path, q, raw)
					}
				}
				if who == "yuan1" && strings.Contains(raw, "MH3x") {
					t.Errorf("an institution reads of a visit elsewhere: %s", raw)
				}
			}
		}
		if strings.Contains(path, "inst") && !strings.Contains(whole, "乙医院") {
			t.Errorf("the whole area does not see all: %s", whole)
		}
		s.As("yuan1", 404, "GET", path+narrow+"fixmedins_code=H2", nil)
		s.As("yuan1", 404, "GET", path+narrow+"admdvs=9902", nil)
		s.As("shi1", 404, "GET", path+narrow+"admdvs=9902", nil)
	}
	s.As("yuan1", 403, "GET", "/api/reminders/proposals", nil)
	_, own := s.As("shi1", 200, "GET", "/api/reminders/proposals", nil)
	if len(own["items"].([]any)) != 2 {
		t.Errorf("a city sees the proposals %v", own)
	}
}

// TestFiguresOpenIntoTheirLists: every figure of the page is what its list adds up to, for the bureau, a city and an institution.
func TestFiguresOpenIntoTheirLists(t *testing.T) {
	t.Parallel()
	s := serve(t)
	lists := map[string]string{"calls": "/calls", "visits": "/visits", "reminders": "/said", "episodes": "/episodes", "wrongs": "/wrongs"}
	for _, who := range []string{"ling", "shi1", "yuan1"} {
		_, b := s.As(who, 200, "GET", "/api/reminders?from=2025-03&to=2025-03", nil)
		opened := 0
		for _, x := range b["figures"].([]any) {
			f := x.(m)
			id, value, unit := f["id"].(string), f["value"].(float64), f["unit"].(string)
			path, ok := lists[f["list"].(string)]
			if !ok || unit == "微秒" {
				continue
			}
			opened++
			sum := 0.0
			for cursor := ""; ; {
				page := fmt.Sprintf("/api/reminders%s?from=2025-03&to=2025-03&indicator=%s&limit=7&cursor=%s", path, id, cursor)
				_, l := s.As(who, 200, "GET", strings.ReplaceAll(strings.ReplaceAll(page, " ", "%20"), "|", "%7C"), nil)
				for _, y := range l["items"].([]any) {
					switch row := y.(m); {
					case unit != "分":
						sum++
					case id == "R12":
						sum += row["back_fen"].(float64)
					default:
						sum += row["avoided_fen"].(float64)
					}
				}
				if cursor, _ = l["next"].(string); cursor == "" {
					break
				}
			}
			if sum != value {
				t.Errorf("%s %s: the figure says %v, the list %v", who, f["name"], value, sum)
			}
		}
		if opened < 25 {
			t.Errorf("only %d figures open", opened)
		}
		_, p := s.As(who, 200, "GET", "/api/reminders/parts?from=2025-03&by=rule", nil)
		total, figures := p["total"].(m), map[string]float64{}
		for _, x := range b["figures"].([]any) {
			figures[x.(m)["id"].(string)] = x.(m)["value"].(float64)
		}
		if total["episodes"] != figures["R06"] || total["ended"] != figures["R09"] || total["complied"] != figures["R05"] || total["avoided_fen"] != figures["R08"] || figures["R10"]+figures["R11"] != figures["R08"] {
			t.Errorf("%s: parts %v, figures %v", who, total, figures)
		}
		var outcomes float64
		for id := 21; id <= 30; id++ {
			outcomes += figures[fmt.Sprint("R", id)]
		}
		if outcomes != figures["R06"] {
			t.Errorf("%s: outcomes make %v of %v", who, outcomes, figures["R06"])
		}
	}
	s.As("ling", 422, "GET", "/api/reminders/calls?indicator=R05", nil)
	s.As("ling", 404, "GET", "/api/reminders/calls?indicator=R99", nil)
	s.As("ling", 422, "GET", "/api/reminders/calls?from=2025-13", nil)
}

// TestAnswerAndDecide: owners answer within their scope, once, and of the version they saw.
func TestAnswerAndDecide(t *testing.T) {
	t.Parallel()
	s := serve(t)
	say := m{"verdict": "规则有误", "answer": "下一版改"}
	for _, no := range []string{"yuan1", "ling", "guan"} {
		s.As(no, 403, "POST", "/api/reminders/wrongs/w0/answer", say, "If-Match", `"1"`)
	}
	s.As("wei1", 404, "POST", "/api/reminders/wrongs/w1/answer", say, "If-Match", `"1"`) // another city's
	s.As("wei", 428, "POST", "/api/reminders/wrongs/w1/answer", say)
	s.As("wei", 412, "POST", "/api/reminders/wrongs/w1/answer", say, "If-Match", `"7"`)
	s.As("wei", 422, "POST", "/api/reminders/wrongs/w1/answer", m{"verdict": "随便", "answer": "x"}, "If-Match", `"1"`)
	s.As("wei", 422, "POST", "/api/reminders/wrongs/w1/answer", m{"verdict": "规则有误", "answer": " "}, "If-Match", `"1"`)
	_, before := s.As("wei1", 200, "GET", "/api/reminders/wrongs?state=待答复", nil)
	if before["total"].(float64) != 2 || before["overdue"].(float64) != 1 { // due on the 10th and the 12th, today is the 11th
		t.Errorf("the inbox %v", before)
	}
	_, w := s.As("wei1", 200, "POST", "/api/reminders/wrongs/w0/answer", say, "If-Match", `"1"`)
	if w["state"] != "已答复" || w["answered_by"] != "wei1" {
		t.Errorf("%v", w)
	}
	s.As("wei", 409, "POST", "/api/reminders/wrongs/w0/answer", say, "If-Match", `"2"`)
	raw, _ := s.As("yuan1", 200, "GET", "/api/reminders/wrongs", nil)
	if !strings.Contains(raw, "下一版改") {
		t.Errorf("the institution does not read the answer: %s", raw)
	}
	no := m{"state": "不采纳", "why": "样本少"}
	s.As("wei", 403, "POST", "/api/reminders/proposals/p1/decision", no, "If-Match", `"1"`)
	for _, other := range []string{"p0", "p2", "nothing"} { // the nation's and another city's
		s.As("pi1", 404, "POST", "/api/reminders/proposals/"+other+"/decision", no, "If-Match", `"1"`)
	}
	s.As("pi1", 412, "POST", "/api/reminders/proposals/p1/decision", no, "If-Match", `"3"`)
	s.As("pi1", 200, "POST", "/api/reminders/proposals/p1/decision", no, "If-Match", `"1"`)
	s.As("pi1", 409, "POST", "/api/reminders/proposals/p1/decision", no, "If-Match", `"2"`)
	err := s.DB.View(ctx, func(tx *store.Tx) error {
		n := 0
		rows, err := tx.RecordsIn(store.TrailFilter{}, store.Page{Limit: 50})
		for _, r := range rows {
			if r.Action == "答复提醒反映" || r.Action == "决定静默建议" {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d decisions in the trail", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
