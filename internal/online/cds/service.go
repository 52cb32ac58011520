package cds

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
)

// Deps are what the handler works with; those it shares with package fsi mean the same here.
type Deps struct {
	Engine    fsi.Engine
	Gate      *auth.Gate
	Limit     fsi.Limiter   // nil = none
	Reminders fsi.Reminders // nil = all that is not silent is shown, feedback is refused
	Desk      *fsi.Desk     // nil = no releases, no switch
	Reasons   []Reason      // nil = Reasons
	Origins   []string      // web origins whose pages may call; none = servers only
	MaxBody   int64         // 4 MiB when 0
	Budget    time.Duration // 400 ms when 0
	Log       *slog.Logger
	Now       func() time.Time
}

type server struct{ Deps }

// service is an entry of the discovery.
type service struct {
	Hook        string            `json:"hook"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	ID          string            `json:"id"`
	Prefetch    map[string]string `json:"prefetch"`
	Usage       string            `json:"usageRequirements"`
}

var prefetch = map[string]string{
	"patient":     "Patient/{{context.patientId}}",
	"encounter":   "Encounter/{{context.encounterId}}",
	"conditions":  "Condition?patient={{context.patientId}}&encounter={{context.encounterId}}",
	"medications": "MedicationRequest?patient={{context.patientId}}&encounter={{context.encounterId}}",
	"services":    "ServiceRequest?patient={{context.patientId}}&encounter={{context.encounterId}}",
}

const usage = "须预取 patient；用接口密钥签发的 JWT（HS256）或访问令牌；国家字段用 urn:nhsa:字段名 的标识、编码和扩展"

var services = []service{
	{"order-select", "医保事前提醒", "选择医嘱时核对医保支付范围、限量和合理性", "mingjian-order-select", prefetch, usage},
	{"order-sign", "医保签发前核对", "签发医嘱前核对医保支付范围、限量和合理性", "mingjian-order-sign", prefetch, usage},
}

// Root is where the handler is mounted.
const Root = "/cds-services"

// Handler answers GET /cds-services, POST /cds-services/{id} and POST /cds-services/{id}/feedback.
func Handler(d Deps) (http.Handler, error) {
	if d.Engine == nil || d.Gate == nil {
		return nil, errors.New("cds: Engine and Gate are needed")
	}
	d.MaxBody = cmp.Or(d.MaxBody, 4<<20)
	d.Budget = cmp.Or(d.Budget, 400*time.Millisecond)
	if d.Reasons == nil {
		d.Reasons = Reasons
	}
	if d.Log == nil {
		d.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return &server{d}, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if x := recover(); x != nil {
			s.Log.ErrorContext(r.Context(), "panic", "stack", string(debug.Stack()))
			problem(w, http.StatusServiceUnavailable, "暂时不能核对，请先放行")
		}
	}()
	if o := r.Header.Get("Origin"); o != "" && slices.Contains(s.Origins, o) {
		w.Header().Set("Access-Control-Allow-Origin", o)
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		w.Header().Add("Vary", "Origin")
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, Root), "/")
	if path == "" {
		if r.Method != http.MethodGet {
			problem(w, http.StatusMethodNotAllowed, "请用 GET")
			return
		}
		write(w, http.StatusOK, map[string]any{"services": services})
		return
	}
	id, feedback := strings.CutSuffix(path, "/feedback")
	at := slices.IndexFunc(services, func(x service) bool { return x.ID == id })
	switch {
	case at < 0:
		problem(w, http.StatusNotFound, "没有这个服务，请看 GET /cds-services")
	case r.Method != http.MethodPost:
		problem(w, http.StatusMethodNotAllowed, "请用 POST")
	case feedback:
		s.answer(w, r, s.feedback)
	default:
		hook := services[at].Hook
		s.answer(w, r, func(ctx context.Context, who *auth.Identity, body []byte) (any, error) {
			return s.hook(ctx, hook, who, body)
		})
	}
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) //nolint:errcheck // the caller has gone
}

// problem answers an error; CDS Hooks leaves its shape to the service.
func problem(w http.ResponseWriter, status int, text string) {
	write(w, status, map[string]any{"status": status, "message": text})
}

// answer admits a call, reads its body and writes what do makes of it.
func (s *server) answer(w http.ResponseWriter, r *http.Request, do func(context.Context, *auth.Identity, []byte) (any, error)) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || (kind != "application/json" && !strings.HasSuffix(kind, "+json")) {
		problem(w, http.StatusUnsupportedMediaType, "Content-Type 请写 application/json")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.MaxBody))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		problem(w, http.StatusRequestEntityTooLarge, "报文太大")
		return
	case err != nil:
		problem(w, http.StatusBadRequest, "报文没有收全")
		return
	}
	who, status, text := s.admit(r)
	if who == nil {
		problem(w, status, text)
		return
	}
	v, err := do(r.Context(), who, body)
	var bad *badCall
	switch {
	case errors.As(err, &bad):
		problem(w, bad.status, bad.text)
	case err != nil:
		s.Log.ErrorContext(r.Context(), "call could not be answered", "err", err)
		problem(w, http.StatusServiceUnavailable, "暂时不能核对，请先放行")
	default:
		write(w, http.StatusOK, v)
	}
}

func (s *server) admit(r *http.Request) (who *auth.Identity, status int, text string) {
	now, h := s.Now(), r.Header
	var err error
	if h.Get("x-tif-paasid") != "" {
		who, err = s.Gate.TIF(r.Context(), h.Get("x-tif-paasid"), h.Get("x-tif-timestamp"), h.Get("x-tif-nonce"), h.Get("x-tif-signature"), now)
	} else {
		token, _ := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
		who, err = s.Gate.Bearer(r.Context(), strings.TrimSpace(token), now)
	}
	switch {
	case errors.Is(err, auth.ErrUnsigned), errors.Is(err, auth.ErrExpired), errors.Is(err, auth.ErrReplayed):
		return nil, http.StatusUnauthorized, err.Error()
	case errors.Is(err, auth.ErrDenied):
		return nil, http.StatusUnauthorized, "凭证不对，或密钥已作废"
	case err != nil:
		s.Log.ErrorContext(r.Context(), "credentials could not be checked", "err", err)
		return nil, http.StatusServiceUnavailable, "暂时不能核对凭证，请先放行"
	}
	if s.Limit != nil {
		if _, ok := s.Limit.Take(who.Name, now); !ok {
			return nil, http.StatusTooManyRequests, "这个密钥的请求太密"
		}
	}
	return who, 0, ""
}

// hook answers a hook call with cards.
func (s *server) hook(ctx context.Context, hook string, who *auth.Identity, body []byte) (any, error) {
	now := s.Now()
	m, err := readCall(body, hook, who.Scope.Inst, claim.Time(now.Unix()*1_000_000+8*3600*1_000_000))
	if err != nil {
		return nil, err
	}
	q := m.q
	q.Key, q.Admdvs, q.Received = who.Name, who.Scope.Admdvs, now
	if a := area(q.Inst); a != "" {
		q.Admdvs = a
	}
	switch {
	case q.Inst == "":
		return nil, refuse(400, "不知道是哪家机构：请在 Encounter.serviceProvider.identifier 写机构编码，或用机构自己的密钥")
	case !who.Scope.Sees(q.Admdvs, q.Inst):
		return nil, refuse(403, "这个密钥不能代表机构 %s", clip(q.Inst, 40))
	}
	short, cancel := context.WithTimeout(ctx, s.Budget)
	defer cancel()
	a, err := s.Engine.Check(short, q)
	if err != nil {
		return nil, err
	}
	if s.Desk != nil {
		if err := s.Desk.Soften(ctx, q, a, now); err != nil {
			s.Log.ErrorContext(ctx, "releases could not be read", "err", err)
		}
	}
	shown := slices.DeleteFunc(slices.Clone(a.Reminders), func(r online.Reminder) bool { return r.Stop == online.Silent })
	if s.Reminders != nil {
		if shown, err = s.Reminders.Show(ctx, q, a); err != nil {
			return nil, err
		}
	}
	cards := make([]card, 0, len(shown))
	for i := range shown {
		cards = append(cards, m.cardOf(&shown[i], s.Reasons))
	}
	return map[string]any{"cards": cards}, nil
}

// area is the division in an institution's code, "" when it has another form.
func area(inst string) string {
	if len(inst) == 12 && (inst[0] == 'H' || inst[0] == 'P') && strings.Trim(inst[1:7], "0123456789") == "" {
		return inst[1:7]
	}
	return ""
}
