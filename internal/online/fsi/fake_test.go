package fsi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

// fakeEngine judges by marks in the request: items XBLOCK, XCONFIRM and XINFORM are hit at these levels, a doctor DSUSP is suspended and
// DENDED ended (B029), the institution badInst has no agreement (B030). XFAIL is an error, XSLOW takes all of the time.
type fakeEngine struct{}

const badInst = "H99010199999"

func (fakeEngine) Check(ctx context.Context, q *online.Request) (*online.Answer, error) {
	a := &online.Answer{Program: "p"}
	add := func(p *online.Patient, e *online.Encounter, o *online.Order, rule string, stop online.Stop, text string) {
		r := online.Reminder{ID: rule + "-" + e.ID + "-" + q.TaskID, Finding: "f" + rule, Patient: p.ID, Visit: e.ID, Rule: rule, RuleName: "规则" + rule, Severity: 1, Stop: stop,
			Text: text, Basis: "某办法第一条", Subject: "", Facts: "same", Vola: 100, Fund: 50}
		if o != nil {
			r.ID, r.Subject = r.ID+o.ID, o.Item
			r.Lines = []online.Line{{Order: o.ID, Visit: e.ID, Type: 1, Vola: 100}, {Order: "FOREIGN", Visit: "FOREIGNVISIT", Type: 2, Elsewhere: true}}
		}
		a.Reminders = append(a.Reminders, r)
	}
	for i := range q.Patients {
		p := &q.Patients[i]
		for j := range p.Encounters {
			e := &p.Encounters[j]
			if e.Inst == badInst {
				add(p, e, nil, "B030", online.Confirm, "本机构协议中止")
			}
			for k := range e.Orders {
				o := &e.Orders[k]
				if !o.Current {
					continue
				}
				switch o.Item {
				case "XFAIL":
					return nil, errors.New("broken")
				case "XPANIC":
					panic("broken")
				case "XSLOW":
					<-ctx.Done()
					a.Partial = true
				case "XBLOCK":
					add(p, e, o, "A001", online.Block, "限女性使用")
				case "XCONFIRM":
					add(p, e, o, "A002", online.Confirm, "超过限量")
				case "XINFORM":
					add(p, e, o, "A003", online.Inform, "请注意")
				case "XSILENT":
					add(p, e, o, "A004", online.Silent, "只记录")
				}
				if (o.Doctor == "DSUSP" && !e.Rescue) || o.Doctor == "DENDED" {
					add(p, e, o, "B029", online.Confirm, "医师已暂停")
				}
			}
		}
	}
	return a, nil
}

// fakeHistory and fakeReminders keep what they are told.
type fakeHistory struct {
	mu     sync.Mutex
	events []*online.Event
}

func (h *fakeHistory) Tell(_ context.Context, e *online.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	return nil
}

// Waiting goes through what was told.
func (h *fakeHistory) Waiting(inst, psn, visit, batch string) *online.Encounter {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out *online.Encounter
	of := map[string]string{}
	for _, ev := range h.events {
		for _, e := range ev.Patient.Encounters {
			if ev.Inst != inst || ev.Patient.ID != psn || e.ID != visit {
				continue
			}
			if ev.Kind == online.Charged && out == nil {
				out = &online.Encounter{ID: visit, Inst: inst}
			}
			if out == nil {
				continue
			}
			gone := map[string]bool{}
			for _, o := range e.Orders {
				gone[o.ID] = true
			}
			for _, id := range ev.Lines {
				gone[id] = true
			}
			all := ev.Kind != online.Charged && ev.Lines == nil && len(e.Orders) == 0
			out.Orders = slices.DeleteFunc(out.Orders, func(o online.Order) bool { return all || gone[o.ID] })
			if ev.Kind == online.Charged {
				mergeEncounter(out, &e)
				for _, o := range e.Orders {
					of[o.ID] = ev.Batch
					out.Orders = append(out.Orders, o)
				}
			}
		}
	}
	if out == nil {
		return nil
	}
	out.Orders = slices.DeleteFunc(slices.Clone(out.Orders), func(o online.Order) bool { return batch != "" && batch != "0000" && of[o.ID] != batch })
	if len(out.Orders) == 0 {
		return nil
	}
	return out
}

type fakeReminders struct {
	mu    sync.Mutex
	said  map[string]string // jr_id → institution
	heard []Hearing
}

func (f *fakeReminders) Show(_ context.Context, q *online.Request, a *online.Answer) ([]online.Reminder, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.said == nil {
		f.said = map[string]string{}
	}
	out := audible(a.Reminders)
	for _, r := range out {
		f.said[r.ID] = q.Inst
	}
	return out, nil
}

func (f *fakeReminders) Heard(_ context.Context, h *Hearing) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range h.Warns {
		if f.said[w.ID] != h.Inst {
			return ErrUnknownReminder
		}
	}
	f.heard = append(f.heard, *h)
	return nil
}

// stand is a server with a key of one institution and one of an area.
type stand struct {
	t          testing.TB
	url        string
	deps       Deps
	db         *store.DB
	id, secret string // of H99010100001
	area       [2]string
	history    *fakeHistory
	reminders  *fakeReminders
	nonce      atomic.Int64
	clock      atomic.Int64 // added to the server's clock, nanoseconds
}

func newStand(t testing.TB, change func(*Deps)) *stand {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, "s.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	trail := auth.OpenTrail(dir, "test")
	keys, err := auth.OpenKeys(dir, db, trail)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, db: db, history: &fakeHistory{}, reminders: &fakeReminders{}}
	if s.id, s.secret, err = keys.Add(context.Background(), "t", auth.NewKey{Name: "HIS", Scope: auth.Scope{Inst: "H99010100001"}}); err != nil {
		t.Fatal(err)
	}
	if s.area[0], s.area[1], err = keys.Add(context.Background(), "t", auth.NewKey{Name: "区域平台", Scope: auth.Scope{Admdvs: "9901"}}); err != nil {
		t.Fatal(err)
	}
	s.deps = Deps{Engine: fakeEngine{}, Gate: &auth.Gate{Keys: keys}, History: s.history, Reminders: s.reminders, Desk: &Desk{DB: db, Trail: trail}, Budget: 50 * time.Millisecond,
		Now: func() time.Time { return time.Now().Add(time.Duration(s.clock.Load())) }}
	if change != nil {
		change(&s.deps)
	}
	h, err := Handler(s.deps)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// answered is a response envelope.
type answered struct {
	Status  int    `json:"-"`
	Infcode int    `json:"infcode"`
	Refmsg  string `json:"inf_refmsgid"`
	At      string `json:"refmsg_time"`
	Respond string `json:"respond_time"`
	Err     string `json:"err_msg"`
	Warn    string `json:"warn_msg"`
	Output  struct {
		Result []struct {
			JrID    string      `json:"jr_id"`
			RuleID  string      `json:"rule_id"`
			Cont    string      `json:"vola_cont"`
			Level   string      `json:"rule_warn_lv"`
			TaskID  string      `json:"task_id"`
			SevDeg  string      `json:"sev_deg"`
			Vola    json.Number `json:"vola_amt"`
			Details []struct {
				Jrd  string `json:"jrd_id"`
				Rx   string `json:"rx_id"`
				Type string `json:"vola_item_type"`
			} `json:"judge_result_detail_dtos"`
		} `json:"result"`
		Level      string `json:"rule_warn_lv"`
		Ana        string `json:"ana_flag"`
		Violations []struct {
			Sn   string `json:"feedetl_sn"`
			Rule string `json:"vola_type"`
		} `json:"voladetail"`
		Release struct {
			ID    string `json:"release_id"`
			Stas  string `json:"stas"`
			Until string `json:"until"`
		} `json:"release"`
		Slip string `json:"slip_text"`
		HTML string `json:"slip_html"`
		Sign struct {
			No string `json:"sign_no"`
		} `json:"signinoutb"`
	} `json:"output"`
	raw string
}

// sign adds the gateway's headers.
func (s *stand) sign(r *http.Request, id, secret string, at time.Time) {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), "n"+strconv.FormatInt(s.nonce.Add(1), 10)
	r.Header.Set("x-tif-paasid", id)
	r.Header.Set("x-tif-timestamp", stamp)
	r.Header.Set("x-tif-nonce", nonce)
	r.Header.Set("x-tif-signature", auth.SignTIF(secret, stamp, nonce))
}

func (s *stand) request(path string, body []byte) *http.Request {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	s.sign(r, s.id, s.secret, s.deps.Now())
	return r
}

func (s *stand) do(r *http.Request) answered {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Error(err)
		return answered{}
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	a := answered{Status: resp.StatusCode, raw: string(raw)}
	if err := json.Unmarshal(raw, &a); err != nil {
		s.t.Errorf("answer %q is no envelope: %v", raw, err)
	}
	if len(a.Refmsg) != 30 || len(a.At) != 17 || len(a.Respond) != 17 {
		s.t.Errorf("envelope's numbers are not of their lengths: %s", raw)
	}
	return a
}

func (s *stand) post(path, body string) answered {
	s.t.Helper()
	return s.do(s.request(path, []byte(body)))
}

// with is the small message with another item, doctor or whatever is replaced.
func with(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(small) }

func item(code string) string { return with(`"X1"`, `"`+code+`"`) }

func fee(infno, sn, item, doctor, more string) string {
	return fmt.Sprintf(`{"infno":%q,"msgid":"m","inf_time":"2025-03-18 09:30:12","fixmedins_code":"H99010100001","input":{"feedetail":[{"feedetl_sn":%q,"mdtrt_id":"M1","psn_no":"P1","chrg_bchno":"B1","fee_ocur_time":"2025-03-18 09:00:00","med_list_codg":%q,"cnt":"1","pric":"3","det_item_fee_sumamt":"3","bilg_dr_codg":%q%s}]}}`, infno, sn, item, doctor, more)
}

func settle(infno string, more string) string {
	return fmt.Sprintf(`{"infno":%q,"msgid":"m","inf_time":"2025-03-18 09:35:12","fixmedins_code":"H99010100001","input":{"data":{"psn_no":"P1","mdtrt_id":"M1","chrg_bchno":"B1","medfee_sumamt":"3.00","med_type":"11","insutype":"310"%s}}}`, infno, more)
}

func decodeJSON(t testing.TB, from io.Reader, to any) {
	t.Helper()
	if err := json.NewDecoder(from).Decode(to); err != nil {
		t.Fatal(err)
	}
}

// trail is the actions on the audit trail, oldest first.
func (s *stand) trail() (actions []string) {
	s.t.Helper()
	err := s.db.View(context.Background(), func(tx *store.Tx) error {
		return tx.EachRecord(func(r store.Record) error {
			actions = append(actions, r.Actor+" "+r.Action)
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return actions
}
