package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/replay"
)

// OnlineOptions of the measurement of checks before payment.
type OnlineOptions struct {
	Persons  int // with a year of history at 64 lines a person
	Seconds  int // each rate is held for so long
	Rates    []int
	Seed     uint64
	Prepare  bool   // only: make what Data keeps
	Data     string // where the city is kept for the next time; "" removes it
	Models   string // a data directory over which all models run once while calls come in; "" leaves that out
	Version  string
	Progress func(string)
}

// OnlineResult is what the measurement says. Latencies run from the moment a call was due, not from when it could be sent.
type OnlineResult struct {
	Gate         bool               `json:"gate"` // the replay of a small city found no difference
	RPSOpen      int                `json:"rps_open"`
	P50          float64            `json:"p50_ms"`
	P99          float64            `json:"p99_ms"`
	Max          float64            `json:"max_ms"`
	AuditP99     float64            `json:"audit_p99_ms"` // at half that rate while audits run in a process of their own
	AuditRPS     int                `json:"audit_rps"`
	ModelsP99    *float64           `json:"models_p99_ms"` // likewise while all models run over another data directory; null when none was given
	ModelsRun    *ModelsBeside      `json:"models_run,omitempty"`
	ClosedRPS    float64            `json:"rps_closed"`
	NoopRPS      float64            `json:"rps_noop"`
	NoopRatio    float64            `json:"noop_ratio"` // closed loop against a handler that reads the same body
	CPUMicros    float64            `json:"cpu_us"`     // processor time of the server for a call, all in
	BodyBytes    int                `json:"body_bytes"`
	HistoryLines int64              `json:"history_lines"`
	Persons      int                `json:"persons"`
	Reminders    float64            `json:"reminders"` // an answer, all that the rules found, shown or held back
	HeapMiB      float64            `json:"heap_mib"`  // in use after the load, garbage not collected yet included
	FirstAnswer  float64            `json:"first_answer_s"`
	Cards        int                `json:"cards"`
	Shares       map[string]float64 `json:"shares"` // of the time in the handler, by step
	CPU          string             `json:"cpu"`
	Rates        []OnlineRate       `json:"rates"`
}

// OnlineRate is one open-loop rate.
type OnlineRate struct {
	RPS   int     `json:"rps"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
	Wrong int     `json:"wrong"` // answers that were none
}

// onlineBound is the latency that a rate must keep at the 99th percentile, in milliseconds.
const onlineBound = 20

// Online measures checks before payment: first that they are right, then how fast they are.
func Online(ctx context.Context, opt OnlineOptions) (*OnlineResult, error) {
	say := opt.Progress
	dir := opt.Data
	if dir == "" {
		d, err := os.MkdirTemp("", "mingjian-online")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(d)
		dir = d
	}
	say("造示例城市和个人历史")
	b, err := makeOnlineCity(ctx, dir, opt)
	if err != nil {
		return nil, err
	}
	if opt.Prepare {
		return &OnlineResult{HistoryLines: b.Lines, Persons: opt.Persons}, nil
	}
	r := &OnlineResult{CPU: cpuName(), HistoryLines: b.Lines, Persons: opt.Persons}
	if r.Cards, err = cards(); err != nil {
		return nil, err
	}
	say("先核对结论")
	p, err := replay.Run(ctx, b.gateDir(), onlineMonth, nil, nil)
	if err != nil {
		return nil, err
	}
	if r.Gate = p.Different == 0 && p.HitsCompared > 0; !r.Gate {
		return r, fmt.Errorf("回放有 %d 处不一致，不报速度", p.Different)
	}
	bodies, err := b.bodies(opt.Seed)
	if err != nil {
		return nil, err
	}
	for _, x := range bodies {
		r.BodyBytes += len(x) / len(bodies)
	}
	say("启动服务进程")
	s, err := startServe(ctx, b.dir)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if c := s.caller("first"); !c.call(bodies[0]) {
		return nil, fmt.Errorf("第一次调用没有成功：%.300s", c.answer)
	}
	r.FirstAnswer = time.Since(s.began).Seconds()
	noop, err := startNoop(ctx)
	if err != nil {
		return nil, err
	}
	defer noop.stop()
	say("闭环：空处理与核对")
	span := time.Duration(opt.Seconds) * time.Second
	s.closed(bodies, span) // maps what history is asked for
	r.NoopRPS = noop.closed(bodies, span)
	before, err := s.metrics()
	if err != nil {
		return nil, err
	}
	r.ClosedRPS = s.closed(bodies, span)
	after, err := s.metrics()
	if err != nil {
		return nil, err
	}
	r.NoopRatio = r.ClosedRPS / max(r.NoopRPS, 1)
	r.take(before, after)
	for _, rate := range opt.Rates {
		say(fmt.Sprintf("开环：每秒 %d 次", rate))
		x := s.arrivals(bodies, rate, span)
		r.Rates = append(r.Rates, x)
		if x.P99 > onlineBound || x.Wrong > 0 {
			break
		}
		r.RPSOpen, r.P50, r.P99, r.Max = x.RPS, x.P50, x.P99, x.Max
	}
	say("审核同时进行")
	x, err := besideAudit(ctx, s, b, bodies, max(r.RPSOpen/2, 50), span)
	if err != nil {
		return nil, err
	}
	r.AuditRPS, r.AuditP99 = x.RPS, x.P99
	if opt.Models != "" {
		say("全部模型同时进行")
		m, err := besideModels(ctx, &s.target, bodies, max(r.RPSOpen/2, 50), opt.Models)
		if err != nil {
			return nil, err
		}
		r.ModelsRun, r.ModelsP99 = m, &m.P99
	}
	if after, err = s.metrics(); err != nil {
		return nil, err
	}
	r.HeapMiB = max(r.HeapMiB, after["go_memstats_heap_inuse_bytes"]/(1<<20))
	return r, nil
}

// steps of a call, as the service's metric mingjian_online_step_seconds_total names them.
var onlineSteps = []string{"read", "sign", "decode", "judge", "remind", "answer"}

// take works out what a call cost from what the service said before and after.
func (r *OnlineResult) take(before, after map[string]float64) {
	gone := func(name string) float64 { return after[name] - before[name] }
	calls := max(gone("mingjian_remind_calls_total"), 1)
	r.CPUMicros = gone("process_cpu_seconds_total") * 1e6 / calls
	r.Reminders = (gone("mingjian_remind_shown_total") + gone("mingjian_remind_held_total")) / calls
	r.HeapMiB = after["go_memstats_heap_inuse_bytes"] / (1 << 20)
	r.Shares = map[string]float64{}
	for _, step := range onlineSteps {
		r.Shares[step] = gone("mingjian_online_step_seconds_total/"+step) / max(gone("mingjian_online_step_seconds_total"), 1e-9)
	}
}

// besideAudit holds a rate while audits of the small city run in processes of their own, one after the other.
func besideAudit(ctx context.Context, s *process, b *onlineCity, bodies [][]byte, rate int, span time.Duration) (OnlineRate, error) {
	end := time.Now().Add(span)
	done := make(chan error, 1)
	go func() {
		for time.Now().Before(end) {
			if _, err := measure(ctx, job{Kind: "audit", Data: b.gateDir(), Month: onlineMonth, Workers: 1}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	x := s.arrivals(bodies, rate, span)
	return x, <-done
}

// onlineMonth is the last month of the cities measured.
var onlineMonth = claim.DayOf(2025, 12, 1).Month()

func (b *onlineCity) gateDir() string { return filepath.Join(filepath.Dir(b.dir), "gate") }
