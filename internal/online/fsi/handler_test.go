package fsi

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

func TestAnswersByStopLevel(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	for item0, level := range map[string]string{"XBLOCK": "3", "XCONFIRM": "2", "XINFORM": "1", "XSILENT": "", "X1": ""} {
		a := s.post("/fsi/api/3102", item(item0))
		if a.Status != 200 || a.Infcode != 0 || a.Output.Level != level || a.Output.Ana != "1" || (level == "") != (len(a.Output.Result) == 0) {
			t.Errorf("%s: %s", item0, a.raw)
		}
		if level == "" {
			continue
		}
		r := a.Output.Result[0]
		if r.Level != level || r.SevDeg != "1" || r.Vola != "1.00" || len(r.Details) != 2 || r.Details[0].Rx != "R1" || r.Details[0].Type != "1" || r.Details[1].Rx != "" {
			t.Errorf("%s: %+v", item0, r)
		}
		if strings.Contains(a.raw, "FOREIGN") {
			t.Errorf("another institution's line is named: %s", a.raw)
		}
	}
}

// What will refuse the settlement is said to block beforehand, though the card itself only asks for a reason.
func TestBarredDoctorIsBlockedBeforehand(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	for _, infno := range []string{"3101", "3102"} {
		if a := s.post("/fsi/api/"+infno, with(`"3102"`, `"`+infno+`"`, `"hilist_code":"X1"`, `"hilist_code":"X1","drord_dr_codg":"DSUSP"`)); a.Output.Level != "3" || len(a.Output.Result) != 1 || a.Output.Result[0].Level != "3" {
			t.Errorf("%s: %s", infno, a.raw)
		}
	}
}

func TestBothAddressStyles(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	for _, path := range []string{"/fsi/api/3102", "/3102", "/a/b/3102", "/mbs/fmi/fsi/api/callFsiService/callService", "/CSB", "/fsi/api/fsiEncounterService/inEvent"} {
		if a := s.post(path, item("XBLOCK")); a.Infcode != 0 || len(a.Output.Result) != 1 {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
	noInfno := with(`"infno":"3102",`, ``)
	if a := s.post("/fsi/api/3102", noInfno); a.Infcode != 0 {
		t.Error(a.raw)
	}
	if a := s.post("/CSB", noInfno); a.Infcode != -1 || !strings.Contains(a.Err, "infno") {
		t.Error(a.raw)
	}
}

func TestEveryWayToSign(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	now := s.deps.Now()
	clean := func() *http.Request {
		r := s.request("/CSB", []byte(small))
		for k := range r.Header {
			if strings.HasPrefix(strings.ToLower(k), "x-tif") {
				r.Header.Del(k)
			}
		}
		return r
	}
	r := clean()
	params := map[string]string{"_api_name": "callService", "_api_version": "1.0.0", "_api_access_key": s.id, "_api_timestamp": strconv.FormatInt(now.UnixMilli(), 10)}
	for k, v := range params {
		r.Header[k] = []string{v}
	}
	r.Header["_api_signature"] = []string{auth.SignCSB(s.secret, params)}
	if a := s.do(r); a.Infcode != 0 {
		t.Errorf("CSB: %s", a.raw)
	}
	form := "grant_type=client_credentials&client_id=" + s.id + "&client_secret=" + s.secret
	resp, err := http.Post(s.url+tokenPath, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	var tok struct {
		Token string `json:"access_token"`
	}
	decodeJSON(t, resp.Body, &tok)
	r = clean()
	r.Header.Set("Authorization", "Bearer "+tok.Token)
	if a := s.do(r); a.Infcode != 0 {
		t.Errorf("bearer: %s", a.raw)
	}
	if resp, err = http.Post(s.url+tokenPath, "application/x-www-form-urlencoded", strings.NewReader(form+"x")); err != nil || resp.StatusCode != 401 {
		t.Errorf("%v %v", resp, err)
	}
}

func TestAKeySpeaksForItsInstitutions(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	try := func(id, secret, body string) answered {
		r := s.request("/fsi/api/3102", []byte(body))
		s.sign(r, id, secret, s.deps.Now())
		return s.do(r)
	}
	for name, c := range map[string]struct {
		id, secret, body string
		ok               bool
	}{
		"its own":                         {s.id, s.secret, small, true},
		"another":                         {s.id, s.secret, with("H99010100001", "H99010100002"), false},
		"none named: the key's":           {s.id, s.secret, with(`"fixmedins_code":"H99010100001",`, ""), true},
		"the visit is another's":          {s.id, s.secret, with(`"mdtrt_id":"M1"`, `"mdtrt_id":"M1","medins_id":"H99010100002"`), false},
		"context is another's":            {s.id, s.secret, with(`"fsi_encounter_dtos":[`, `"fsi_encounter_dtos":[{"mdtrt_id":"M0","medins_id":"H99010100002","fsi_order_dtos":[{"rx_id":"R0","curr_drord_flag":"0"}]},`), true},
		"of the area":                     {s.area[0], s.area[1], small, true},
		"of the area, another":            {s.area[0], s.area[1], with("H99010100001", "H99010200002"), true},
		"of another area":                 {s.area[0], s.area[1], with(`"990101"`, `"990201"`), false},
		"code of another area":            {s.area[0], s.area[1], with("H99010100001", "H99020100001"), false},
		"area's key, no institution":      {s.area[0], s.area[1], with(`"fixmedins_code":"H99010100001",`, ""), false},
		"area's key, no area in the call": {s.area[0], s.area[1], with(`"mdtrtarea_admvs":"990101",`, ""), false},
	} {
		if a := try(c.id, c.secret, c.body); (a.Infcode == 0) != c.ok {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	jr := s.post("/fsi/api/3102", item("XCONFIRM")).Output.Result[0].JrID
	body := func(warns string) string {
		return `{"infno":"3103","msgid":"m","fixmedins_code":"H99010100001","opter":"d1","input":{"data":{"warn_type":"2","warns":` + warns + `}}}`
	}
	warn := `{"warn_rslt_id":"` + jr + `","dspo_way":"1","dspo_way_rea":"合理诊疗：病情需要"}`
	for name, w := range map[string]string{"list": "[" + warn + "]", "object": warn, "text": strconv.Quote("[" + warn + "]")} {
		if a := s.post("/fsi/api/3103", body(w)); a.Infcode != 0 {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	h := s.reminders.heard
	if len(h) != 3 || h[0].Stage != "2" || h[0].Operator != "d1" || h[0].Inst != "H99010100001" || h[0].Warns[0] != (Warn{ID: jr, Way: Continued, Reason: "合理诊疗：病情需要"}) {
		t.Errorf("%+v", h)
	}
	for name, w := range map[string]string{
		"none":           `[]`,
		"no id":          `[{"dspo_way":"2"}]`,
		"no way":         `[{"warn_rslt_id":"` + jr + `"}]`,
		"without reason": `[{"warn_rslt_id":"` + jr + `","dspo_way":"1"}]`,
		"long reason":    `[{"warn_rslt_id":"` + jr + `","dspo_way":"1","dspo_way_rea":"` + strings.Repeat("长", 501) + `"}]`,
		"never said":     `[{"warn_rslt_id":"other","dspo_way":"2"}]`,
	} {
		if a := s.post("/fsi/api/3103", body(w)); a.Infcode != -1 || a.Err == "" {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	if a := s.post("/x", strings.Replace(body(warn), `"3103"`, `"1703"`, 1)); a.Infcode != 0 {
		t.Errorf("北京: %s", a.raw)
	}
}

func TestSettlementIsRefusedBySuspension(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		upload, settle string
		refused        bool
	}{
		"fine":                 {fee("2204", "F1", "X1", "D1", ""), settle("2207", ""), false},
		"suspended":            {fee("2204", "F1", "X1", "DSUSP", ""), settle("2207", ""), true},
		"suspended, preview":   {fee("2204", "F1", "X1", "DSUSP", ""), settle("2206", ""), true},
		"suspended in-patient": {fee("2301", "F1", "X1", "DSUSP", ""), settle("2304", ""), true},
		"suspended, rescue":    {fee("2204", "F1", "X1", "DSUSP", `,"expContent":"{\"resc_flag\":\"1\"}"`), settle("2207", ""), false},
		"ended, rescue":        {fee("2204", "F1", "X1", "DENDED", `,"expContent":"{\"resc_flag\":\"1\"}"`), settle("2207", ""), true},
		"executing doctor":     {fee("2204", "F1", "X1", "", `,"orders_dr_code":"DSUSP"`), settle("2207", ""), true},
		"blocked item":         {fee("2204", "F1", "XBLOCK", "D1", ""), settle("2207", ""), true},
		"confirm is no stop":   {fee("2204", "F1", "XCONFIRM", "D1", ""), settle("2207", ""), false},
		"another batch":        {fee("2204", "F1", "X1", "DSUSP", ""), strings.Replace(settle("2207", ""), `"B1"`, `"B2"`, 1), false},
		"all batches":          {fee("2204", "F1", "X1", "DSUSP", ""), strings.Replace(settle("2207", ""), `"B1"`, `"0000"`, 1), true},
	} {
		s := newStand(t, nil)
		if a := s.post("/fsi/api", c.upload); a.Infcode != 0 {
			t.Errorf("%s: upload %s", name, a.raw)
		}
		a := s.post("/fsi/api", c.settle)
		if (a.Infcode == -1) != c.refused || c.refused != strings.Contains(a.Err, "[301]") {
			t.Errorf("%s: %s", name, a.raw)
		}
		if c.refused && len(a.Output.Violations) == 0 {
			t.Errorf("%s: refused without telling the lines: %s", name, a.raw)
		}
	}
	s := newStand(t, nil)
	a := s.postAs(s.area, "/fsi/api", strings.NewReplacer("H99010100001", badInst, `"msgid"`, `"mdtrtarea_admvs":"990101","msgid"`).Replace(settle("2207", "")))
	if a.Infcode != -1 || !strings.Contains(a.Err, "B030") {
		t.Errorf("no agreement: %s", a.raw)
	}
}

func (s *stand) postAs(key [2]string, path, body string) answered {
	s.t.Helper()
	r := s.request(path, []byte(body))
	s.sign(r, key[0], key[1], s.deps.Now())
	return s.do(r)
}

func TestLinesWaitAndGo(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	s.post("/fsi/api", fee("2204", "F1", "X1", "DSUSP", ""))
	s.post("/fsi/api", fee("2204", "F1", "X1", "D1", "")) // the same line again, corrected
	if a := s.post("/fsi/api", settle("2206", "")); a.Infcode != 0 {
		t.Errorf("the corrected line does not count: %s", a.raw)
	}
	s.post("/fsi/api", fee("2204", "F2", "X1", "DSUSP", ""))
	s.post("/fsi/api", `{"infno":"2205","msgid":"m","fixmedins_code":"H99010100001","input":{"data":{"mdtrt_id":"M1","chrg_bchno":"0000","psn_no":"P1"}}}`)
	if a := s.post("/fsi/api", settle("2207", "")); a.Infcode != 0 || !strings.Contains(a.Warn, "没有收到过") {
		t.Errorf("withdrawn lines still count: %s", a.raw)
	}
	s.post("/fsi/api", fee("2204", "F3", "X1", "D1", ""))
	s.post("/fsi/api", settle("2207", ""))
	var kinds []online.EventKind
	for _, e := range s.history.events {
		kinds = append(kinds, e.Kind)
	}
	want := []online.EventKind{online.Charged, online.Charged, online.Charged, online.Withdrawn, online.Settled, online.Charged, online.Settled}
	if len(kinds) != len(want) {
		t.Fatalf("%v", kinds)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("event %d: %v, want %v", i, kinds[i], want[i])
		}
	}
	last := s.history.events[len(kinds)-1]
	if e := last.Patient.Encounters[0]; e.ID != "M1" || len(e.Orders) != 1 || e.Orders[0].ID != "F3" || last.Setl != "m" || !last.SetlTime.Has() {
		t.Errorf("%+v", last)
	}
}

func TestQueriedShapes(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	rows := `[{"mdtrt_id":"M1","setl_id":"S1","feedetl_sn":"F1","fee_ocur_time":"2025-03-18 09:00:00","cnt":1,"pric":3.123456,"det_item_fee_sumamt":"3.12","hilist_code":"XBLOCK","med_list_codg":"other","list_type":"101","psn_no":"P1"}]`
	for name, body := range map[string]string{
		"output list": `{"infno":"5204","fixmedins_code":"H99010100001","output":` + rows + `}`,
		"output node": `{"infno":"5204","fixmedins_code":"H99010100001","input":{"data":{"psn_no":"P1"}},"output":{"x":1}}`,
		"input rows":  `{"infno":"5204","fixmedins_code":"H99010100001","input":{"data":{"psn_no":"P1","mdtrt_id":"M1"},"feedetail":` + rows + `}}`,
		"output text": `{"infno":"5204","fixmedins_code":"H99010100001","output":` + strconv.Quote(rows) + `}`,
	} {
		a := s.post("/fsi/api", body)
		if name == "output node" {
			if a.Infcode != -1 {
				t.Errorf("%s: a question without lines: %s", name, a.raw)
			}
			continue
		}
		if a.Infcode != 0 || len(a.Output.Violations) != 1 || a.Output.Violations[0].Sn != "F1" {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	a := s.post("/fsi/api", `{"infno":"5203","fixmedins_code":"H99010100001","output":{"setlinfo":{"psn_no":"P1","mdtrt_id":"M1","setl_id":"S1","setl_time":"2025-03-18 10:00:00","medfee_sumamt":"3.12","gend":"2","brdy":"1960-01-01"}}}`)
	ev := s.history.events[len(s.history.events)-1]
	if a.Infcode != 0 || ev.Kind != online.Settled || ev.Setl != "S1" || ev.SetlTime != clock(t, "2025-03-18 10:00:00") || ev.Patient.Sex != "2" {
		t.Errorf("%s %+v", a.raw, ev)
	}
}

func TestReleaseTakesTwo(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	jr := s.post("/fsi/api/3102", item("XBLOCK")).Output.Result[0].JrID
	ask := func(opter, name, input string) answered {
		return s.post(releasePath, `{"fixmedins_code":"H99010100001","opter":"`+opter+`","opter_name":"`+name+`","input":`+input+`}`)
	}
	for name, input := range map[string]string{
		"no reason": `{"jr_id":"` + jr + `"}`,
		"no id":     `{"reason_code":"急诊抢救","reason":"x"}`,
		"never":     `{"jr_id":"zzz","reason_code":"急诊抢救","reason":"x"}`,
	} {
		if a := ask("d1", "甲", input); a.Infcode != -1 || !strings.HasPrefix(a.Err, "[302]") {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	a := ask("d1", "甲", `{"jr_id":"`+jr+`","reason_code":"急诊抢救","reason":"患者大出血"}`)
	if a.Infcode != 0 || a.Output.Release.Stas != store.ReleaseAsked {
		t.Fatal(a.raw)
	}
	id := a.Output.Release.ID
	level := func() string { return s.post("/fsi/api/3102", item("XBLOCK")).Output.Level }
	if level() != "3" {
		t.Error("one person alone has released")
	}
	for _, who := range [][2]string{{"d1", "甲"}, {"d9", "甲"}} {
		if a := ask(who[0], who[1], `{"release_id":"`+id+`"}`); a.Infcode != -1 {
			t.Errorf("the same person twice: %s", a.raw)
		}
	}
	if a := ask("d2", "乙", `{"data":{"release_id":"`+id+`"}}`); a.Infcode != 0 || a.Output.Release.Stas != store.ReleaseGiven {
		t.Fatal(a.raw)
	}
	if level() != "1" {
		t.Error("a released block still stops")
	}
	if a := ask("d3", "丙", `{"release_id":"`+id+`"}`); a.Infcode != -1 {
		t.Errorf("given twice: %s", a.raw)
	}
	if a := s.post("/fsi/api/3102", with(`"X1"`, `"XBLOCK"`, `"P1"`, `"P2"`)); a.Output.Level != "3" {
		t.Errorf("another person's block is released: %s", a.raw)
	}
	if err := s.deps.Desk.Review(t.Context(), "bureau", id, false, "抢救记录不符"); err != nil {
		t.Fatal(err)
	}
	if level() != "3" {
		t.Error("a release that the bureau did not uphold is in force")
	}
	all := strings.Join(s.trail(), " ")
	for _, want := range []string{"H99010100001:d1 申请放行", "H99010100001:d2 同意放行", "bureau " + store.ReleaseRejected} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not on the trail: %s", want, all)
		}
	}
}

func TestReleaseIsNotForWhoMayNotClaim(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	a := s.post("/fsi/api/3102", with(`"hilist_code"`, `"drord_dr_codg":"DENDED","hilist_code"`))
	b := s.post(releasePath, `{"fixmedins_code":"H99010100001","opter":"d1","input":{"jr_id":"`+a.Output.Result[0].JrID+`","reason_code":"急诊抢救","reason":"x"}}`)
	if b.Infcode != -1 || !strings.Contains(b.Err, "不能现场放行") {
		t.Error(b.raw)
	}
}

func TestASecondPersonMustComeSoon(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	jr := s.post("/fsi/api/3102", item("XBLOCK")).Output.Result[0].JrID
	a := s.post(releasePath, `{"opter":"d1","input":{"jr_id":"`+jr+`","reason_code":"急诊抢救","reason":"x"}}`)
	s.clock.Store(int64(31 * time.Minute))
	if b := s.post(releasePath, `{"opter":"d2","input":{"release_id":"`+a.Output.Release.ID+`"}}`); b.Infcode != -1 || !strings.Contains(b.Err, "30 分钟") {
		t.Error(b.raw)
	}
}

func TestOneSwitchForTheArea(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	desk := s.deps.Desk
	level := func() string { return s.post("/fsi/api/3102", item("XBLOCK")).Output.Level }
	s.post("/fsi/api", fee("2204", "F1", "X1", "DENDED", ""))
	if level() != "3" || s.post("/fsi/api", settle("2206", "")).Infcode != -1 {
		t.Fatal("nothing to switch off")
	}
	if err := desk.SetInformOnly(t.Context(), "局长", "9901", true, " "); err == nil {
		t.Error("switched without a reason")
	}
	if err := desk.SetInformOnly(t.Context(), "局长", "9901", true, "系统上线首周"); err != nil {
		t.Fatal(err)
	}
	if level() != "1" || s.post("/fsi/api", settle("2206", "")).Infcode != 0 {
		t.Error("the switch does not work")
	}
	if err := desk.SetInformOnly(t.Context(), "局长", "9901", true, "again"); err == nil {
		t.Error("switched on twice")
	}
	if err := desk.SetInformOnly(t.Context(), "局长", "9901", false, "首周已过"); err != nil {
		t.Fatal(err)
	}
	if level() != "3" {
		t.Error("the switch does not go back")
	}
	if err := desk.SetInformOnly(t.Context(), "局长", "9902", true, "他区"); err != nil || level() != "3" {
		t.Error("another area's switch works here", err)
	}
	if all := strings.Join(s.trail(), " "); !strings.Contains(all, "局长 全部改为提示") || !strings.Contains(all, "局长 恢复拦截") {
		t.Errorf("on the trail: %s", all)
	}
}

func TestSlip(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	a := s.post("/fsi/api/3102", with(`"X1"`, `"XBLOCK","hilist_name":"<b>某药</b>"`, `"mdtrt_id":"M1"`, `"mdtrt_id":"M1","medins_name":"示例医院"`))
	b := s.post(slipPath, `{"input":{"jr_id":"`+a.Output.Result[0].JrID+`"}}`)
	if b.Infcode != 0 || !strings.Contains(b.Output.Slip, "限女性使用") || !strings.Contains(b.Output.Slip, "1.00 元") || !strings.Contains(b.Output.HTML, "示例医院") {
		t.Errorf("%s", b.raw)
	}
	if strings.Contains(b.Output.HTML, "<b>") {
		t.Errorf("what a hospital wrote becomes markup: %s", b.Output.HTML)
	}
	if b = s.post(slipPath, `{"input":{"jr_id":"nope"}}`); b.Infcode != -1 {
		t.Error(b.raw)
	}
}

func TestPartialAndFailedAnswersSaySo(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	if a := s.post("/fsi/api/3102", item("XSLOW")); a.Infcode != 0 || a.Output.Ana != "0" || a.Warn == "" {
		t.Errorf("%s", a.raw)
	}
	if a := s.post("/fsi/api/3102", item("XFAIL")); a.Status != 503 || a.Infcode != -1 || !strings.Contains(a.Err, "先放行") || strings.Contains(a.raw, "broken") {
		t.Errorf("%s", a.raw)
	}
	if a := s.post("/fsi/api/9001", `{"infno":"9001","opter":"d1","input":{"signIn":{"opter_no":"d1","mac":"","ip":""}}}`); a.Infcode != 0 || a.Output.Sign.No == "" {
		t.Errorf("%s", a.raw)
	}
}
