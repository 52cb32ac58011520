package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/review"
)

// times gathers how long one kind of work took.
type times struct {
	took            []time.Duration
	refused, failed int
}

// crowd is everybody at work.
type crowd struct {
	*reviewRun
	client *http.Client
	base   string
	until  time.Time

	mu   sync.Mutex
	up   chan struct{} // closed while the server answers
	dead bool          // it was killed and is not back
	more int           // kills to come: nobody goes home before
	acks chan struct{} // one for each decision that was answered
}

// run starts the server and lets everybody do his work until the time is over.
func (w *reviewRun) run(ctx context.Context) error {
	w.unsure = map[string]decision{}
	args := []string{"serve", "--data", w.dir, "--log-level", "error", "--listen"}
	p, err := startIn(ctx, []string{"MINGJIAN_STORE=" + w.storeText()}, "", append(args, "127.0.0.1:0")...)
	if err != nil {
		return err
	}
	c := &crowd{reviewRun: w, base: "http://" + p.addr, more: w.opt.Kills, up: make(chan struct{}), acks: make(chan struct{}, 1<<20),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: w.opt.Users, DisableCompression: true}}}
	close(c.up)
	start := time.Now()
	c.until = start.Add(w.opt.For)
	work, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	errs := make([]error, w.opt.Users)
	for k := range w.opt.Users {
		wg.Go(func() {
			u := &worker{crowd: c, login: fmt.Sprintf("bench%d", k), token: w.tokens[k], area: areaOf(k), rnd: rand.New(rand.NewPCG(w.opt.Seed, uint64(k)))}
			if errs[k] = u.days(work); errs[k] != nil {
				stop()
			}
		})
	}
	gone := make(chan struct{})
	go func() { wg.Wait(); close(gone) }()
	rnd := rand.New(rand.NewPCG(w.opt.Seed, 3))
	for k := range w.opt.Kills {
		if !c.wait(gone, 10+rnd.IntN(40)) {
			break
		}
		c.down()
		p.kill()
		w.res.Server += p.cpu()
		w.opt.Progress(fmt.Sprintf("第 %d 次杀掉服务", k+1))
		if p, err = startIn(ctx, []string{"MINGJIAN_STORE=" + w.storeText()}, "", append(args, c.base[len("http://"):])...); err != nil {
			stop()
			<-gone
			return err
		}
		c.back()
	}
	<-gone
	w.res.Seconds = time.Since(start).Seconds()
	p.stop()
	w.res.Server += p.cpu()
	w.sum()
	return errors.Join(errs...)
}

// storeText is the store for the server's environment.
func (w *reviewRun) storeText() string {
	if w.opt.Postgres != nil {
		return w.at.DSN
	}
	return w.at.Path
}

// sum makes the figures.
func (w *reviewRun) sum() {
	all := 0
	for what, t := range w.work {
		ds := t.took
		all += len(ds)
		l := Latency{Count: len(ds), Refused: t.refused, Errors: t.failed}
		if len(ds) > 0 {
			slices.Sort(ds)
			ms := func(i int) float64 { return float64(ds[i].Microseconds()) / 1000 }
			l.P50, l.P95, l.Max = ms(len(ds)/2), ms(min(len(ds)-1, len(ds)*95/100)), ms(len(ds)-1)
		}
		if w.res.Work[what] = l; l.P95 > ReviewLimit && what != "take" {
			w.res.Slow = append(w.res.Slow, what)
		}
	}
	slices.Sort(w.res.Slow)
	w.res.Rate = float64(all) / w.res.Seconds
}

// wait lets so many more decisions be answered; false when everybody has gone home.
func (c *crowd) wait(gone chan struct{}, n int) bool {
	for len(c.acks) > 0 { // from before
		<-c.acks
	}
	for range n {
		select {
		case <-c.acks:
		case <-gone:
			return false
		}
	}
	return true
}

func (c *crowd) down() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up, c.dead = make(chan struct{}), true
}

func (c *crowd) back() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = false
	c.more--
	close(c.up)
}

// open tells that it is not yet time to go home.
func (c *crowd) open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.more > 0 || time.Now().Before(c.until)
}

// errDown is what a call says that the death of the server broke off.
var errDown = errors.New("the server was killed")

// worker is one of the people.
type worker struct {
	*crowd
	login, token, area string
	rnd                *rand.Rand
}

// days is what he does until the time is over; after a kill he begins anew when the server is back.
func (u *worker) days(ctx context.Context) error {
	for u.open() && ctx.Err() == nil {
		err := u.one(ctx)
		if errors.Is(err, errDown) {
			u.mu.Lock()
			up := u.up
			u.mu.Unlock()
			select {
			case <-up:
			case <-ctx.Done():
			}
			continue
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		if p := u.opt.Pause; p > 0 {
			select { // people read before they click
			case <-ctx.Done():
			case <-time.After(p/5 + time.Duration(u.rnd.Int64N(int64(p*4/5)+1))):
			}
		}
	}
	return nil
}

// page is what a list answers.
type page struct {
	Items []struct {
		ID      string `json:"finding_id"`
		Version int64  `json:"version"`
		State   string `json:"state"`
	} `json:"items"`
	Next string `json:"next"`
}

// one is what a reviewer does for a finding: look at the pool, filter it in his way, see his queue, open a finding and decide on it.
func (u *worker) one(ctx context.Context) error {
	var p page
	list := func(what string, q url.Values) error {
		q.Set("limit", "50")
		p = page{}
		_, err := u.call(ctx, what, http.MethodGet, "/api/review/findings?"+q.Encode(), 0, nil, &p)
		return err
	}
	if err := list("list", url.Values{"state": {review.Machine}}); err != nil {
		return err
	}
	q := url.Values{}
	rule, inst := fmt.Sprintf("A%03d", u.rnd.IntN(benchRules)), fmt.Sprintf("H9901%04d", u.rnd.IntN(benchInsts))
	switch u.rnd.IntN(6) {
	case 0:
		q.Set("fixmedins_code", inst)
	case 1:
		q = url.Values{"rule_id": {rule}, "state": {review.Machine}}
	case 2:
		q = url.Values{"month": {fmt.Sprintf("2025-%02d", 1+u.rnd.IntN(12))}, "sev_deg": {"1"}}
	case 3:
		if u.area == "" { // nobody of a county asks for another one
			q.Set("admdvs", fmt.Sprintf("9901%02d", u.rnd.IntN(benchAreas)))
		}
	case 4:
		q = url.Values{"rule_id": {rule}, "month": {"2025-03"}, "fixmedins_code": {inst}}
	case 5:
		q.Set("mdtrt_id", fmt.Sprint("M", u.rnd.IntN(u.opt.Findings)))
	}
	if err := list("filter", q); err != nil {
		return err
	}
	if u.login == "bench0" {
		_, err := u.call(ctx, "take", http.MethodPost, "/api/review/take", 0, map[string]any{"limit": 100, "fixmedins_code": inst}, nil)
		return err
	}
	q = url.Values{"state": {review.First}, "order": {"due"}}
	for range 1 + u.rnd.IntN(4) { // not everybody on the first page
		before := p
		if err := list("queue", q); err != nil {
			return err
		}
		if len(p.Items) == 0 {
			p = before
			break
		}
		q.Set("cursor", p.Next)
		if p.Next == "" {
			break
		}
	}
	if len(p.Items) == 0 {
		return nil
	}
	return u.decide(ctx, p.Items[u.rnd.IntN(len(p.Items))].ID)
}

func (u *worker) decide(ctx context.Context, id string) error {
	var x struct {
		State   string `json:"state"`
		Version int64  `json:"version"`
	}
	if _, err := u.call(ctx, "open", http.MethodGet, "/api/review/findings/"+id, 0, nil, &x); err != nil || x.State != review.First {
		return err
	}
	d, body := decision{u.login, "keep"}, map[string]any{"opinion": "属实"}
	if u.rnd.IntN(4) == 0 {
		d.event, body = "dismiss", map[string]any{"reason": "合理诊疗", "opinion": "医嘱在案"}
	}
	status, err := u.call(ctx, "decide", http.MethodPost, "/api/review/findings/"+id+"/"+d.event, x.Version, body, nil)
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case errors.Is(err, errDown):
		u.unsure[id] = d
	case err == nil && status == http.StatusOK:
		u.reviewRun.decided[id] = append(u.reviewRun.decided[id], d)
		u.acks <- struct{}{}
	}
	return err
}

// call asks the server and reads the answer into out. A refusal because somebody else was faster is an answer; anything else that is none
// is counted as an error.
func (u *worker) call(ctx context.Context, what, method, path string, version int64, in, out any) (status int, err error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return 0, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, u.base+path, body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+u.token)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if version > 0 {
		r.Header.Set("If-Match", `"`+strconv.FormatInt(version, 10)+`"`)
	}
	u.mu.Lock()
	era := u.up
	u.mu.Unlock()
	began := time.Now()
	var raw []byte
	res, err := u.client.Do(r)
	if err == nil {
		raw, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	took := time.Since(began)
	u.mu.Lock()
	defer u.mu.Unlock()
	t := u.work[what]
	if t == nil {
		t = &times{}
		u.work[what] = t
	}
	if err != nil {
		if u.dead || era != u.up { // it was killed while this call was under way
			return 0, errDown
		}
		t.failed++
		return 0, u.blame(what, err.Error(), ctx)
	}
	t.took = append(t.took, took)
	switch {
	case res.StatusCode == http.StatusOK && out != nil:
		return res.StatusCode, json.Unmarshal(raw, out)
	case res.StatusCode == http.StatusOK:
	case res.StatusCode == http.StatusConflict || res.StatusCode == http.StatusPreconditionFailed:
		t.refused++
	default:
		t.failed++
		return res.StatusCode, u.blame(what, fmt.Sprintf("%d %.300s", res.StatusCode, raw), ctx)
	}
	return res.StatusCode, nil
}

// blame writes an error down; the work goes on.
func (u *worker) blame(what, why string, ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if u.res.Gate = false; len(u.res.Why) < 20 {
		u.res.Why = append(u.res.Why, what+"："+why)
	}
	return nil
}
