package cds

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/store"
)

// fakeEngine hits current orders by their item: XBLOCK, XCONFIRM, XINFORM, XSILENT. It keeps the last request.
type fakeEngine struct {
	mu   sync.Mutex
	last *online.Request
}

var stops = map[string]online.Stop{"XBLOCK": online.Block, "XCONFIRM": online.Confirm, "XINFORM": online.Inform, "XSILENT": online.Silent}

func (f *fakeEngine) Check(_ context.Context, q *online.Request) (*online.Answer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = q
	a := &online.Answer{}
	for _, p := range q.Patients {
		for _, e := range p.Encounters {
			for _, o := range e.Orders {
				stop, hit := stops[o.Item]
				if !hit || !o.Current {
					continue
				}
				sum := sha256.Sum256([]byte(o.ID))
				a.Reminders = append(a.Reminders, online.Reminder{ID: "jr" + hex.EncodeToString(sum[:12]), Patient: p.ID, Visit: e.ID, Rule: "A001", RuleName: "限性别", Stop: stop, Severity: 1,
					Text: strings.Repeat("限", 200), Basis: "某办法*第一条*", Advice: "换药", Vola: 100, Lines: []online.Line{{Order: o.ID, Visit: e.ID, Type: 1}, {Order: "MedicationRequest/foreign", Type: 2, Elsewhere: true}}})
			}
		}
	}
	return a, nil
}

type fakeReminders struct {
	mu    sync.Mutex
	said  map[string]bool
	heard []fsi.Hearing
}

func (f *fakeReminders) Show(_ context.Context, _ *online.Request, a *online.Answer) (out []online.Reminder, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range a.Reminders {
		if r.Stop > online.Silent {
			f.said[r.ID] = true
			out = append(out, r)
		}
	}
	return out, nil
}

func (f *fakeReminders) Heard(_ context.Context, h *fsi.Hearing) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range h.Warns {
		if !f.said[w.ID] {
			return fsi.ErrUnknownReminder
		}
	}
	f.heard = append(f.heard, *h)
	return nil
}

type stand struct {
	t          *testing.T
	url        string
	id, secret string
	engine     *fakeEngine
	reminders  *fakeReminders
	jti        atomic.Int64
}

func newStand(t *testing.T) *stand {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, "s.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := auth.OpenKeys(dir, db, auth.OpenTrail(dir, "test"))
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, engine: &fakeEngine{}, reminders: &fakeReminders{said: map[string]bool{}}}
	if s.id, s.secret, err = keys.Add(t.Context(), "t", auth.NewKey{Name: "EHR", Scope: auth.Scope{Inst: "H99010100001"}}); err != nil {
		t.Fatal(err)
	}
	h, err := Handler(Deps{Engine: s.engine, Gate: &auth.Gate{Keys: keys}, Reminders: s.reminders, MaxBody: 64 << 10, Origins: []string{"https://ehr.example"}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *stand) jwt() string {
	enc := base64.RawURLEncoding.EncodeToString
	x := enc([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc(fmt.Appendf(nil, `{"iss":%q,"exp":%d,"jti":"j%d"}`, s.id, time.Now().Unix()+60, s.jti.Add(1)))
	m := hmac.New(sha256.New, []byte(s.secret))
	m.Write([]byte(x))
	return x + "." + enc(m.Sum(nil))
}

func (s *stand) request(path, body string) *http.Request {
	r, err := http.NewRequest(http.MethodPost, s.url+Root+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.jwt())
	return r
}

type answered struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Cards   []card `json:"cards"`
	raw     string
}

func (s *stand) do(r *http.Request) answered {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	a := answered{raw: string(b)}
	if err := json.Unmarshal(b, &a); err != nil {
		s.t.Errorf("%q: %v", b, err)
	}
	a.Status = resp.StatusCode
	return a
}

func (s *stand) post(path, body string) answered { s.t.Helper(); return s.do(s.request(path, body)) }

const order = `{"resourceType":"MedicationRequest","id":"m1","contained":[{"resourceType":"Organization","id":"o","name":"药房"}],"status":"draft","intent":"order","extension":[{"url":"urn:nhsa:pric","valueDecimal":12.345678},{"url":"x","valueString":"kept"}],
 "medicationCodeableConcept":{"coding":[{"system":"http://other","code":"o"},{"system":"urn:nhsa:hilist_code","code":"XBLOCK","display":"某药"}]},
 "authoredOn":"2025-03-18T01:30:00Z","requester":{"identifier":{"value":"D990101000017"}},
 "dosageInstruction":[{"route":{"text":"口服"},"timing":{"code":{"text":"每日三次"}},"doseAndRate":[{"doseQuantity":{"value":0.25,"unit":"g"}}]}],
 "dispenseRequest":{"quantity":{"value":2,"unit":"盒"},"expectedSupplyDuration":{"value":1,"code":"wk"}}}`

const call1 = `{"hook":"order-sign","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","context":{"userId":"Practitioner/p1","patientId":"pat1","encounterId":"enc1",
 "draftOrders":{"resourceType":"Bundle","type":"collection","identifier":{"value":"b"},"entry":[{"resource":` + order + `},{"resource":{"resourceType":"ServiceRequest","id":"s1","status":"draft","code":{"coding":[{"system":"urn:nhsa:hilist_code","code":"X2"}]},"quantityQuantity":{"value":3}}}]}},
 "prefetch":{"patient":{"resourceType":"Patient","id":"pat1","identifier":[{"system":"urn:nhsa:psn_no","value":"P1"}],"gender":"female","birthDate":"1960-02-29","name":[{"text":"张示例"}]},
 "encounter":{"resourceType":"Encounter","id":"enc1","class":{"code":"EMER"},"period":{"start":"2025-03-18T09:00:00+08:00"},"diagnosis":[{"condition":{"reference":"Condition/c2"},"rank":1}],"extension":[{"url":"urn:nhsa:resc_flag","valueBoolean":true}]},
 "conditions":{"resourceType":"Bundle","type":"searchset","total":3,"link":[{"relation":"self","url":"x"}],"entry":[{"resource":{"resourceType":"Condition","id":"c1","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"E11.900"}]}}},{"resource":{"resourceType":"Condition","id":"c2","code":{"coding":[{"code":"I10.x00"}],"text":"高血压"}}},
  {"resource":{"resourceType":"Condition","id":"c3","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"coding":[{"code":"J00"}]}}}]},
 "medications":{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"MedicationRequest","id":"old","status":"completed","encounter":{"reference":"Encounter/enc1"},"medicationReference":{"reference":"Medication/med9"}}},
  {"resource":{"resourceType":"Medication","id":"med9","code":{"coding":[{"system":"urn:nhsa:hilist_code","code":"XCONFIRM"}]}}},
  {"resource":{"resourceType":"MedicationRequest","id":"gone","status":"cancelled","encounter":{"reference":"Encounter/enc1"},"medicationCodeableConcept":{"coding":[{"code":"XBLOCK"}]}}}]}}}`

const sign = "/mingjian-order-sign"

func TestSamplesSayEverything(t *testing.T) {
	t.Parallel()
	out, err := Samples()
	if err != nil || len(out) != 2 || len(out[Channel]) != 1 || len(out[BareChannel]) != 1 {
		t.Fatal(out, err)
	}
	full, bare := out[Channel][0], out[BareChannel][0]
	if len(full.Odd) != 0 || len(full.Patients[0].Encounters[0].Diagnoses) != 1 || len(bare.Patients[0].Encounters[0].Diagnoses) != 0 || bare.Patients[0].Encounters[0].MainDiag != "" {
		t.Errorf("%+v\n%+v", full, bare)
	}
	if a, b := online.FactsOf(full), online.FactsOf(bare); !a["diagnosis"] || b["diagnosis"] {
		t.Errorf("facts of a call with and without conditions: %v, %v", a["diagnosis"], b["diagnosis"])
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	resp, err := http.Get(s.url + Root)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	var d struct {
		Services []service `json:"services"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&d); err != nil || len(d.Services) != 2 || d.Services[0].Hook != "order-select" || d.Services[1].ID != "mingjian-order-sign" || d.Services[0].Prefetch["patient"] == "" {
		t.Errorf("%+v %v", d, err)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	if a := s.post(sign, call1); a.Status != 200 {
		t.Fatal(a.raw)
	}
	q := s.engine.last
	p, e := q.Patients[0], q.Patients[0].Encounters[0]
	if q.Channel != "cds" || q.Stage != online.Before || q.Inst != "H99010100001" || q.Admdvs != "990101" || q.Key != s.id || q.Operator != "p1" || len(q.Odd) != 0 {
		t.Errorf("%+v", q)
	}
	if p.ID != "P1" || p.Sex != "2" || p.Birth != claim.DayOf(1960, 2, 29) || p.Name != "张示例" {
		t.Errorf("%+v", p)
	}
	if e.ID != "enc1" || e.MedType != "13" || !e.Emergency || !e.Rescue || e.Begin.String() != "2025-03-18 09:00:00" || e.MainDiag != "I10.x00" || len(e.Diagnoses) != 2 || !e.Diagnoses[1].Main || e.Diagnoses[0].Main {
		t.Errorf("%+v", e)
	}
	if len(e.Orders) != 3 {
		t.Fatalf("%+v", e.Orders)
	}
	o := e.Orders[0]
	if o.ID != "MedicationRequest/m1" || o.Item != "XBLOCK" || o.Cnt != 20000 || o.Price != 12_345_678 || o.Amount != 2469 || o.Days != 7 || o.Dose != "0.25" || o.DoseUnit != "g" || o.Frequency != "每日三次" ||
		o.Way != "口服" || o.Doctor != "D990101000017" || !o.Current || o.Begin.String() != "2025-03-18 09:30:00" {
		t.Errorf("%+v", o)
	}
	if o := e.Orders[1]; o.ListType != "201" || o.Cnt != 30000 || !o.Current {
		t.Errorf("%+v", o)
	}
	if o := e.Orders[2]; o.Item != "XCONFIRM" || o.Current {
		t.Errorf("earlier order: %+v", o)
	}
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestCards(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for item, want := range map[string]struct {
		indicator            string
		suggestions, reasons int
	}{"XBLOCK": {"critical", 2, 0}, "XCONFIRM": {"warning", 3, 7}, "XINFORM": {"info", 3, 7}} {
		a := s.post(sign, strings.Replace(call1, `"XBLOCK","display"`, `"`+item+`","display"`, 1))
		if len(a.Cards) != 1 {
			t.Fatal(a.raw)
		}
		c := a.Cards[0]
		if c.Indicator != want.indicator || len(c.Suggestions) != want.suggestions || len(c.OverrideReasons) != want.reasons || utf8.RuneCountInString(c.Summary) >= 140 || !uuidForm.MatchString(c.UUID) ||
			c.Source.Label != "限性别" || !strings.Contains(c.Detail, `某办法\*第一条\*`) || strings.Contains(a.raw, "foreign") {
			t.Errorf("%s: %+v", item, c)
		}
		change, self := c.Suggestions[0], c.Suggestions[1]
		if change.Actions[0].Type != "delete" || change.Actions[0].ResourceID != "MedicationRequest/m1" || self.Actions[0].Type != "update" || !uuidForm.MatchString(self.UUID) {
			t.Errorf("%+v", c.Suggestions)
		}
		var r resource
		if err := json.Unmarshal(self.Actions[0].Resource, &r); err != nil || r.ext("selfpay").text() != "1" || len(r.Extension) != 3 || r.Dosage[0].Route.Text != "口服" {
			t.Errorf("the order turned to self-pay: %s %v", self.Actions[0].Resource, err)
		}
	}
	if a := s.post(sign, strings.Replace(call1, "XBLOCK", "XSILENT", 1)); a.Status != 200 || len(a.Cards) != 0 || !strings.Contains(a.raw, `"cards":[]`) {
		t.Error(a.raw)
	}
}

func TestOnlyWhatIsSelectedIsJudged(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	sel := func(what string) answered {
		return s.post("/mingjian-order-select", strings.NewReplacer("order-sign", "order-select", `"draftOrders"`, `"selections":["`+what+`"],"draftOrders"`).Replace(call1))
	}
	if a := sel("MedicationRequest/m1"); len(a.Cards) != 1 {
		t.Error(a.raw)
	}
	if a := sel("ServiceRequest/s1"); a.Status != 200 || len(a.Cards) != 0 {
		t.Error(a.raw)
	}
	if a := sel("ServiceRequest/none"); a.Status != 400 {
		t.Error(a.raw)
	}
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	c := s.post(sign, strings.Replace(call1, "XBLOCK", "XCONFIRM", 1)).Cards[0]
	jr, _ := idOf(c.UUID)
	for name, x := range map[string]struct {
		body string
		want fsi.Warn
	}{
		"changed":    {`{"card":"` + c.UUID + `","outcome":"accepted","acceptedSuggestions":[{"id":"` + c.Suggestions[0].UUID + `"}],"outcomeTimestamp":"2025-03-18T02:00:00Z"}`, fsi.Warn{ID: jr, Way: fsi.Modified}},
		"self-paid":  {`{"card":"` + c.UUID + `","outcome":"accepted","acceptedSuggestions":[{"id":"` + c.Suggestions[1].UUID + `"}]}`, fsi.Warn{ID: jr, Way: fsi.SelfPaid}},
		"overridden": {`{"card":"` + c.UUID + `","outcome":"overridden","overrideReason":{"reason":{"code":"emergency","system":"` + reasonsName + `"},"userComment":"大出血"}}`, fsi.Warn{ID: jr, Way: fsi.Continued, Code: "emergency", Reason: "大出血"}},
		"no reason":  {`{"card":"` + c.UUID + `","outcome":"overridden"}`, fsi.Warn{ID: jr, Way: fsi.Continued, Reason: "未写理由"}},
	} {
		for range 2 {
			if a := s.post(sign+"/feedback", `{"feedback":[`+x.body+`]}`); a.Status != 200 {
				t.Errorf("%s: %s", name, a.raw)
			}
			h := s.reminders.heard[len(s.reminders.heard)-1]
			if h.Warns[0] != x.want || h.Channel != "cds" || h.Inst != "H99010100001" {
				t.Errorf("%s: %+v", name, h)
			}
		}
	}
	for name, x := range map[string]struct {
		body   string
		status int
	}{
		"none":               {`{"feedback":[]}`, 400},
		"no card":            {`{"feedback":[{"outcome":"accepted"}]}`, 400},
		"unknown card":       {`{"feedback":[{"card":"c","outcome":"accepted"}]}`, 404},
		"unknown outcome":    {`{"feedback":[{"card":"` + c.UUID + `","outcome":"ignored"}]}`, 400},
		"another's":          {`{"feedback":[{"card":"` + c.UUID + `","outcome":"accepted","acceptedSuggestions":[{"id":"x"}]}]}`, 400},
		"reason not offered": {`{"feedback":[{"card":"` + c.UUID + `","outcome":"overridden","overrideReason":{"reason":{"code":"zz"}}}]}`, 400},
		"not JSON":           {`{"feedback":`, 400},
	} {
		if a := s.post(sign+"/feedback", x.body); a.Status != x.status || a.Message == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.raw)
		}
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	with := func(from, to string) string { return strings.Replace(call1, from, to, 1) }
	for name, x := range map[string]struct {
		body   string
		status int
		edit   func(*http.Request)
	}{
		"empty":              {"", 400, nil},
		"truncated":          {call1[:len(call1)/2], 400, nil},
		"array":              {"[]", 400, nil},
		"other hook":         {with("order-sign", "patient-view"), 400, nil},
		"no instance":        {with(`"hookInstance"`, `"x"`), 400, nil},
		"no patient":         {with(`"patientId":"pat1",`, ""), 400, nil},
		"no drafts":          {with(`"draftOrders"`, `"x"`), 400, nil},
		"drafts are text":    {with(`"draftOrders":{`, `"draftOrders":"a","x":{`), 400, nil},
		"drafts are empty":   {with(`"MedicationRequest","id":"m1"`, `"NutritionOrder","id":"m1"`), 200, nil},
		"nothing to judge":   {strings.NewReplacer(`"MedicationRequest","id":"m1"`, `"NutritionOrder"`, `"ServiceRequest","id":"s1"`, `"Task"`).Replace(call1), 400, nil},
		"no prefetch":        {with(`"prefetch"`, `"x"`), 412, nil},
		"another patient":    {with(`"resourceType":"Patient","id":"pat1"`, `"resourceType":"Patient","id":"pat2"`), 400, nil},
		"context is text":    {`{"hook":"order-sign","hookInstance":"x","context":"y"}`, 400, nil},
		"too big":            {with("张示例", strings.Repeat("长", 40_000)), 413, nil},
		"content type":       {call1, 415, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
		"not signed":         {call1, 401, func(r *http.Request) { r.Header.Del("Authorization") }},
		"token of nobody":    {call1, 401, func(r *http.Request) { r.Header.Set("Authorization", "Bearer a.b.c") }},
		"other institution":  {with(`"class":{"code"`, `"serviceProvider":{"identifier":{"value":"H99010100002"}},"class":{"code"`), 403, nil},
		"unknown service":    {call1, 404, func(r *http.Request) { r.URL.Path = Root + "/none" }},
		"not POST":           {"", 405, func(r *http.Request) { r.Method = http.MethodGet }},
		"deep":               {with(`"intent":"order"`, `"intent":`+strings.Repeat("[", 20_000)), 400, nil},
		"numbers as text":    {with(`"value":2,"unit":"盒"`, `"value":"2","unit":"盒"`), 200, nil},
		"odd number":         {with(`"valueDecimal":12.345678`, `"valueDecimal":1e40`), 200, nil},
		"odd birth":          {with(`1960-02-29`, `1960-02-31`), 200, nil},
		"an entry is broken": {with(`"code":{"coding":[{"code":"I10.x00"}],"text":"高血压"}`, `"code":5`), 200, nil},
		"null entry":         {with(`"entry":[{"resource":`+order, `"entry":[{"resource":null},{},{"resource":`+order), 200, nil},
	} {
		r := s.request(sign, x.body)
		if x.edit != nil {
			x.edit(r)
		}
		if a := s.do(r); a.Status != x.status || (a.Status != 200 && a.Message == "") {
			t.Errorf("%s: %d %s, want %d", name, a.Status, a.raw, x.status)
		}
	}
	r := s.request(sign, call1)
	again := r.Header.Clone()
	s.do(r)
	r = s.request(sign, call1)
	r.Header = again
	if a := s.do(r); a.Status != 401 {
		t.Errorf("one JWT twice: %s", a.raw)
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for origin, want := range map[string]string{"https://ehr.example": "https://ehr.example", "https://evil.example": ""} {
		r := s.request(sign, "")
		r.Method = http.MethodOptions
		r.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(r)
		if err != nil || resp.Header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("%s: %v %v", origin, resp.Header, err)
		}
	}
}

func FuzzCall(f *testing.F) {
	f.Add([]byte(call1))
	f.Add([]byte(strings.Replace(call1, "order-sign", "order-select", 1)))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := readCall(body, "order-sign", "H99010100001", 0)
		if err != nil {
			if bad, ok := err.(*badCall); !ok || bad.text == "" { //nolint:errorlint // the type itself is what is tested
				t.Fatalf("%v", err)
			}
			return
		}
		r := online.Reminder{ID: "x"}
		for _, o := range m.q.Patients[0].Encounters[0].Orders {
			r.Lines = append(r.Lines, online.Line{Order: o.ID, Type: 1})
		}
		if b, err := json.Marshal(m.cardOf(&r, Reasons)); err != nil || bytes.Contains(b, []byte("\x00")) {
			t.Fatal(err)
		}
	})
}

// FuzzFeedback sends feedback and answers to what there is no card of: nothing breaks, and what is kept says what was done.
func FuzzFeedback(f *testing.F) {
	f.Add([]byte(`{"feedback":[{"card":"jr1","outcome":"accepted","acceptedSuggestions":[{"id":"jr1"}],"outcomeTimestamp":"2026-01-05T10:00:00Z"}]}`))
	f.Add([]byte(`{"userId":"p1","feedback":[{"card":"jr1","outcome":"overridden","overrideReason":{"reason":{"code":"emergency","system":"x"},"userComment":"已记录"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		kept := &fakeReminders{said: map[string]bool{"jr1": true}}
		s := &server{Deps: Deps{Reminders: kept, Reasons: Reasons, Now: time.Now}}
		if _, err := s.feedback(t.Context(), &auth.Identity{Name: "k"}, body); err != nil {
			if bad, ok := err.(*badCall); !ok || bad.text == "" { //nolint:errorlint // the type itself is what is tested
				t.Fatalf("%v", err)
			}
		}
	})
}
