package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	Data     string // where the city is kept for the next time; "" removes it
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
	AuditP99     float64            `json:"audit_p99_ms"` // at half that rate while an audit runs in a process of its own
	ClosedRPS    float64            `json:"rps_closed"`
	NoopRPS      float64            `json:"rps_noop"`
	NoopRatio    float64            `json:"noop_ratio"` // closed loop against a handler that reads the same body
	CPUMicros    float64            `json:"cpu_us"`     // processor time of the server for a call, all in
	BodyBytes    int                `json:"body_bytes"`
	HistoryLines int64              `json:"history_lines"`
	Persons      int                `json:"persons"`
	Reminders    float64            `json:"reminders"` // an answer, all that the rules found, before anybody chose
	HeapMiB      float64            `json:"heap_mib"`
	FirstAnswer  float64            `json:"first_answer_s"`
	Cards        int                `json:"cards"`
	Shares       map[string]float64 `json:"shares"` // of the time in the handler
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
	s, err := startOnline(ctx, b.dir)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := s.post("check", bodies[0]); err != nil {
		return nil, err
	}
	r.FirstAnswer = time.Since(s.began).Seconds()
	say("闭环：空处理与核对")
	span := time.Duration(opt.Seconds) * time.Second
	s.closed("check", bodies, span) // maps what history is asked for
	r.NoopRPS = s.closed("noop", bodies, span)
	before, err := s.stats()
	if err != nil {
		return nil, err
	}
	r.ClosedRPS = s.closed("check", bodies, span)
	after, err := s.stats()
	if err != nil {
		return nil, err
	}
	r.NoopRatio = r.ClosedRPS / max(r.NoopRPS, 1)
	r.CPUMicros = (after.CPU - before.CPU) * 1e6 / max(float64(after.Calls-before.Calls), 1)
	r.HeapMiB, r.Shares, r.Reminders = after.HeapMiB, after.Shares, float64(after.Said)/max(float64(after.Calls), 1)
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
	if r.AuditP99, err = s.besideAudit(ctx, b, bodies, max(r.RPSOpen/2, 50), span); err != nil {
		return nil, err
	}
	return r, nil
}

// onlineServer is the service in a process of its own.
type onlineServer struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	url   string
	began time.Time
	http  *http.Client
}

func startOnline(ctx context.Context, dir string) (*onlineServer, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	j, err := json.Marshal(job{Kind: "online", Data: dir})
	if err != nil {
		return nil, err
	}
	s := &onlineServer{cmd: exec.CommandContext(ctx, exe, ChildArgs...), began: time.Now(),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 30 * time.Second}}
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := s.in.Write(append(j, '\n')); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("服务进程没有起来：%w", err)
	}
	s.url = strings.TrimSpace(line)
	return s, nil
}

func (s *onlineServer) stop() {
	s.in.Close() // the child ends when its input does
	_ = s.cmd.Wait()
}

func (s *onlineServer) post(path string, body []byte) error {
	res, err := s.http.Post(s.url+"/"+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("服务答 %s", res.Status)
	}
	return nil
}

func (s *onlineServer) stats() (st onlineStats, err error) {
	res, err := s.http.Get(s.url + "/stats")
	if err != nil {
		return st, err
	}
	defer res.Body.Close()
	return st, json.NewDecoder(res.Body).Decode(&st)
}

// closed asks as fast as four callers can, and tells how many answers came a second.
func (s *onlineServer) closed(path string, bodies [][]byte, span time.Duration) float64 {
	const callers = 4
	var wg sync.WaitGroup
	done := make([]int, callers)
	start := time.Now()
	for c := range callers {
		wg.Go(func() {
			for i := c; time.Since(start) < span; i += callers {
				if s.post(path, bodies[i%len(bodies)]) == nil {
					done[c]++
				}
			}
		})
	}
	wg.Wait()
	n := 0
	for _, d := range done {
		n += d
	}
	return float64(n) / time.Since(start).Seconds()
}

// arrivals sends calls at a steady rate whether or not earlier ones are answered.
func (s *onlineServer) arrivals(bodies [][]byte, rate int, span time.Duration) OnlineRate {
	n := int(float64(rate) * span.Seconds())
	took := make([]time.Duration, n)
	wrong := make([]bool, n)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(float64(i) / float64(rate) * float64(time.Second)))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			wrong[i] = s.post("check", bodies[i%len(bodies)]) != nil
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	x := OnlineRate{RPS: rate}
	for _, w := range wrong {
		if w {
			x.Wrong++
		}
	}
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[min(n-1, int(math.Ceil(q*float64(n)))-1)].Microseconds()) / 1000
	}
	x.P50, x.P99, x.Max = ms(0.5), ms(0.99), ms(1)
	return x
}

// besideAudit holds a rate while an audit of the city runs in a process of its own.
func (s *onlineServer) besideAudit(ctx context.Context, b *onlineCity, bodies [][]byte, rate int, span time.Duration) (float64, error) {
	done := make(chan error, 1)
	go func() {
		_, err := measure(ctx, job{Kind: "audit", Data: b.gateDir(), Month: onlineMonth, Workers: 1})
		done <- err
	}()
	x := s.arrivals(bodies, rate, span)
	return x.P99, <-done
}

// onlineMonth is the last month of the cities measured.
var onlineMonth = claim.DayOf(2025, 12, 1).Month()

func (b *onlineCity) gateDir() string { return filepath.Join(filepath.Dir(b.dir), "gate") }
