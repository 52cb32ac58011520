package api

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// until asks for a job until it is in a state; the test's own deadline bounds it.
func until(t *testing.T, p *person, id, state string) *reply {
	t.Helper()
	for {
		r := p.want(t, 200, "GET", "/api/jobs/"+id, nil)
		if s := r.text("state"); s == state {
			return r
		} else if s != jobWaits && s != jobRuns {
			t.Fatalf("the job is %s: %s", s, r.raw)
		}
		time.Sleep(time.Millisecond) // between two looks; nothing hangs on how long
	}
}

// TestLife takes a card from its draft to retirement.
func TestLife(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang, li, du := o.as(t, "wang"), o.as(t, "li"), o.as(t, "du")
		wang.want(t, 422, "POST", "/api/rules/versions", m{"kind": "card", "text": strings.Replace(aged(30), "expect: [f1]", "expect: []", 1)})
		wang.want(t, 422, "POST", "/api/rules/versions", m{"kind": "card", "text": "id: ["})
		wang.want(t, 422, "POST", "/api/rules/versions", m{"kind": "else", "text": "x"})
		wang.want(t, 422, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(30), "surprise": 1})
		li.want(t, 403, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40)})
		v := wang.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40), "why": "放宽"})
		at, tagNow := "/api/rules/versions/"+v.text("version_id"), v.etag
		step := func(p *person, status int, name string, body m) *reply {
			t.Helper()
			r := p.want(t, status, "POST", at+"/"+name, body, "If-Match", tagNow)
			if r.etag != "" {
				tagNow = r.etag
			}
			return r
		}
		step(wang, 409, "submit", m{})
		step(li, 409, "live", m{})
		wang.want(t, 428, "POST", at+"/drop", m{})
		wang.want(t, 412, "POST", at+"/drop", m{}, "If-Match", `"99"`)
		wang.want(t, 412, "POST", at+"/drop", m{}, "If-Match", `x`)

		// The trial is long work.
		step(wang, 422, "trial", m{"from": "2025-13"})
		wang.want(t, 412, "POST", at+"/trial", m{}, "If-Match", `"99"`)
		step(li, 403, "trial", m{})
		job := wang.want(t, 202, "POST", at+"/trial", m{"from": "2025-01"}, "If-Match", tagNow).text("job_id")
		if x := <-o.trials.begun; x.As != "wang" || x.From != "2025-01" || !strings.HasSuffix(at, x.Version) {
			t.Errorf("tried %+v", x)
		}
		until(t, du, job, jobRuns)
		o.trials.end <- nil
		if r := until(t, du, job, jobDone); r.json["done"] != 3.0 || r.json["total"] != 10.0 || r.text("finished_at") == "" {
			t.Errorf("the job says %s", r.raw)
		}
		du.want(t, 403, "POST", "/api/jobs/"+job+"/cancel", nil)
		wang.want(t, 409, "POST", "/api/jobs/"+job+"/cancel", nil)
		whole := wang.want(t, 200, "GET", at, nil)
		if !strings.Contains(whole.raw, `"trial":{"from":"2025-01"`) || whole.text("text") != aged(40) || whole.text("state") != "试算" {
			t.Errorf("after the trial: %s", whole.raw)
		}
		tagNow = whole.etag

		step(wang, 200, "shadow", m{})
		step(wang, 409, "submit", m{})
		if err := o.rules.RecordShadow(ctx, v.text("version_id"), &govern.Result{From: "2025-01", To: "2025-01"}); err != nil {
			t.Fatal(err)
		}
		step(wang, 412, "submit", m{}) // the audit has said something since
		tagNow = wang.want(t, 200, "GET", at, nil).etag
		step(wang, 200, "submit", m{})
		step(wang, 403, "approve", m{})
		step(li, 422, "reject", m{})
		step(li, 200, "approve", m{"why": "同意"})
		step(li, 422, "announce", m{"text": "自下月起", "effective": "2026-02-31"})
		step(li, 200, "announce", m{"text": "自下月起", "effective": "2026-02-01"})
		if n := o.as(t, "yuan1").want(t, 200, "GET", "/api/rules/notices", nil); !strings.Contains(n.raw, "自下月起") {
			t.Errorf("the hospital is not told: %s", n.raw)
		}
		step(li, 200, "live", m{})
		step(wang, 403, "retire", m{"from": "2026-06-01", "why": "新规"})
		step(li, 200, "retire", m{"from": "2026-06-01", "why": "新规"})
		step(li, 200, "rollback", m{"why": "错了"})
		if n := o.as(t, "yuan1").want(t, 200, "GET", "/api/rules/notices", nil); strings.Contains(n.raw, "自下月起") {
			t.Errorf("what was taken back is still announced: %s", n.raw)
		}
		li.want(t, 404, "POST", "/api/rules/cards/Y999/retire", m{"from": "2026-06-01", "why": "x"})
		wang.want(t, 403, "POST", "/api/rules/cards/Y001/retire", m{"from": "2026-06-01", "why": "x"})
		li.want(t, 200, "POST", "/api/rules/cards/Y001/retire", m{"from": "2026-06-01", "why": "不用了"})
		li.want(t, 409, "POST", "/api/rules/cards/Y001/retire", m{"from": "2026-06-01", "why": "x"})

		// A second draft is rejected and dropped.
		w := wang.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(50)})
		at, tagNow = "/api/rules/versions/"+w.text("version_id"), w.etag
		step(wang, 200, "drop", m{"why": "不要了"})
		step(wang, 409, "drop", m{})

		rs, err := o.db.Records(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprint(rs)
		for _, want := range []string{"规则起草", "试算任务", "规则试算", "规则转影子", "规则送审", "规则批准", "规则公布", "规则生效", "规则停用", "规则回退", "规则作废"} {
			if !strings.Contains(said, want) {
				t.Errorf("no %s on the trail", want)
			}
		}
	})
}

// TestTwoAtOnce: of many who take the same step having seen the same, one does and the others are told.
func TestTwoAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang := o.as(t, "wang")
		v := wang.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40)})
		a := wang.want(t, 201, "POST", "/api/rules/areas", m{"rule_id": "Y001", "admdvs": "9901", "severity": 2, "reason": "试点"})
		li := o.as(t, "li")
		for path, p := range map[string]*person{"/api/rules/versions/" + v.text("version_id") + "/drop": wang, "/api/rules/areas/" + a.text("override_id") + "/confirm": li} {
			var wg sync.WaitGroup
			var mu sync.Mutex
			got := map[int]int{}
			var body any = m{}
			if strings.HasSuffix(path, "confirm") {
				body = nil
			}
			for range 8 {
				wg.Go(func() {
					status := p.do(t, "POST", path, body, "If-Match", `"1"`).status
					mu.Lock()
					defer mu.Unlock()
					got[status]++
				})
			}
			wg.Wait()
			if got[200] != 1 || got[412] != 7 {
				t.Errorf("%s: %v", path, got)
			}
		}
	})
}

func TestAreasAndExemptions(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang, li, shi1, pi1 := o.as(t, "wang"), o.as(t, "li"), o.as(t, "shi1"), o.as(t, "pi1")
		ask := m{"rule_id": "Y001", "admdvs": "9901", "params": m{"max_age_y": 50}, "reason": "本市规定"}
		shi1.want(t, 422, "POST", "/api/rules/areas", m{"rule_id": "Y001", "admdvs": "9901", "params": m{"nothing": 1}, "reason": "x"})
		shi1.want(t, 422, "POST", "/api/rules/areas", m{"rule_id": "Y999", "admdvs": "9901", "severity": 2, "reason": "x"})
		pi1.want(t, 403, "POST", "/api/rules/areas", ask)
		x := shi1.want(t, 201, "POST", "/api/rules/areas", ask)
		at := "/api/rules/areas/" + x.text("override_id")
		shi1.want(t, 403, "POST", at+"/confirm", nil, "If-Match", x.etag)
		pi1.want(t, 428, "POST", at+"/confirm", nil)
		y := pi1.want(t, 200, "POST", at+"/confirm", nil, "If-Match", x.etag)
		if y.text("state") != "生效" || y.text("approver") != "pi1" {
			t.Errorf("confirmed: %s", y.raw)
		}
		pi1.want(t, 409, "POST", at+"/confirm", nil, "If-Match", y.etag)
		pi1.want(t, 200, "POST", at+"/end", m{"why": "到期"}, "If-Match", y.etag)

		ex := m{"rule_id": "Y001", "fixmedins_code": "H1", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "reason": "教学"}
		shi1.want(t, 403, "POST", "/api/rules/exemptions", ex)
		wang.want(t, 422, "POST", "/api/rules/exemptions", m{"rule_id": "Y001", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "reason": "x"})
		e := wang.want(t, 201, "POST", "/api/rules/exemptions", ex)
		at = "/api/rules/exemptions/" + e.text("exemption_id")
		wang.want(t, 403, "POST", at+"/confirm", nil, "If-Match", e.etag)
		g := li.want(t, 200, "POST", at+"/confirm", nil, "If-Match", e.etag)
		li.want(t, 412, "POST", at+"/end", m{"why": "x"}, "If-Match", e.etag)
		li.want(t, 422, "POST", at+"/end", m{"from": "2027-06-01", "why": "x"}, "If-Match", g.etag)
		li.want(t, 200, "POST", at+"/end", m{"from": "2026-06-01", "why": "提前结束"}, "If-Match", g.etag)
	})
}

func TestQualityAndBasis(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang, li, chu, fu := o.as(t, "wang"), o.as(t, "li"), o.as(t, "chu"), o.as(t, "fu")
		wang.want(t, 403, "PUT", "/api/rules/quality/bounds/1", m{"bound": 0.9})
		li.want(t, 204, "PUT", "/api/rules/quality/bounds/1", m{"bound": 0.9})
		li.want(t, 422, "PUT", "/api/rules/quality/bounds/4", m{"bound": 0.9})
		li.want(t, 422, "PUT", "/api/rules/quality/bounds/1", m{"bound": 1})
		if r := wang.want(t, 200, "GET", "/api/rules/quality", nil); !strings.Contains(r.raw, `"1":0.9`) {
			t.Errorf("bounds: %s", r.raw)
		}
		chu.want(t, 403, "POST", "/api/rules/samples/2025-01", nil)
		wang.want(t, 422, "POST", "/api/rules/samples/2025-99", nil)
		if r := wang.want(t, 200, "POST", "/api/rules/samples/2025-01", nil); r.json["drawn"] != 3.0 {
			t.Errorf("drawn: %s", r.raw)
		}
		judge := func(p *person, status int, finding, verdict string) *reply {
			t.Helper()
			return p.want(t, status, "POST", "/api/rules/judgements", m{"finding_id": finding, "verdict": verdict})
		}
		judge(wang, 403, "f1", "right")
		judge(chu, 404, "fx", "right")
		judge(chu, 422, "f1", "maybe")
		judge(chu, 200, "f1", "wrong")
		judge(chu, 409, "f1", "right")
		if r := fu.want(t, 200, "GET", "/api/rules/samples/2025-01", nil); strings.Contains(r.raw, `"wrong"`) {
			t.Errorf("the other's answer is told: %s", r.raw)
		}
		judge(fu, 200, "f1", "wrong")
		if r := chu.want(t, 200, "GET", "/api/rules/precisions?month=2025-01", nil); !strings.Contains(r.raw, `"wrong":1`) {
			t.Errorf("precision: %s", r.raw)
		}
		if r := chu.want(t, 200, "GET", "/api/rules/basis?text=医保〔2025〕12", nil); !strings.Contains(r.raw, "Y001") {
			t.Errorf("basis: %s", r.raw)
		}
		chu.want(t, 422, "GET", "/api/rules/basis?text=x", nil)
		chu.want(t, 422, "GET", "/api/rules/basis", nil)
		chu.want(t, 403, "POST", "/api/rules/basis/withdrawn", m{"basis": "医保〔2025〕12"})
		if r := li.want(t, 200, "POST", "/api/rules/basis/withdrawn", m{"basis": "医保〔2025〕12", "why": "新文件"}); r.json["tasks"] != 1.0 {
			t.Errorf("withdrawn: %s", r.raw)
		}
		o.update(t, func(tx *store.Tx) error { return tx.AddRun(store.Run{Run: 7, Started: 1, Finished: 2, Added: 3}) })
		if r := chu.want(t, 200, "GET", "/api/runs", nil); r.ids("run") != "7" {
			t.Errorf("runs: %s", r.raw)
		}
	})
}

// TestPaging reads a list in parts, whatever is added in the meantime.
func TestPaging(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang := o.as(t, "wang")
		var made []string
		draft := func() string {
			return wang.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40 + len(made))}).text("version_id")
		}
		for range 5 {
			made = append(made, draft())
		}
		var seen []string
		cursor := ""
		for page := 0; ; page++ {
			r := wang.want(t, 200, "GET", "/api/rules/versions?limit=2&cursor="+cursor, nil)
			seen = append(seen, strings.Fields(r.ids("version_id"))...)
			if cursor = r.text("next"); cursor == "" {
				break
			}
			draft() // newer than the first page: not in later ones
		}
		if set(seen...) != set(made...) {
			t.Errorf("read %v, made %v", seen, made)
		}
		wang.want(t, 422, "GET", "/api/rules/versions?limit=0", nil)
		wang.want(t, 422, "GET", "/api/rules/versions?limit=1000", nil)
		wang.want(t, 422, "GET", "/api/rules/versions?limit=x", nil)
	})
}

// TestJobs fail, are cancelled, and are there after a restart.
func TestJobs(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		wang := o.as(t, "wang")
		start := func() string {
			t.Helper()
			v := wang.want(t, 201, "POST", "/api/rules/versions", m{"kind": "card", "text": aged(40)})
			return wang.want(t, 202, "POST", "/api/rules/versions/"+v.text("version_id")+"/trial", m{}, "If-Match", v.etag).text("job_id")
		}
		a := start()
		<-o.trials.begun
		o.trials.end <- errors.New("数据目录正被另一个程序使用")
		if r := until(t, wang, a, jobFailed); r.text("message") != "数据目录正被另一个程序使用" {
			t.Errorf("failed: %s", r.raw)
		}
		b, c := start(), start()
		<-o.trials.begun // one after the other
		if s := wang.want(t, 200, "GET", "/api/jobs/"+c, nil).text("state"); s != jobWaits {
			t.Errorf("the second is %s", s)
		}
		d := start()
		wang.want(t, 200, "POST", "/api/jobs/"+d+"/cancel", nil) // before it began
		wang.want(t, 200, "POST", "/api/jobs/"+b+"/cancel", nil)
		<-o.trials.begun // c is under way
		until(t, wang, c, jobRuns)
		e := start()
		o.stop()
		o.serve(t)
		wang = &person{o, wang.token} // the session outlives the restart too
		for id, want := range map[string]string{b: jobStopped, c: jobBroken, d: jobStopped} {
			if r := wang.want(t, 200, "GET", "/api/jobs/"+id, nil); r.text("state") != want || r.text("message") == "" {
				t.Errorf("want %s: %s", want, r.raw)
			}
		}
		<-o.trials.begun // what waited is done by the new server
		o.trials.end <- nil
		until(t, wang, e, jobDone)

		// A server that was killed says nothing any more.
		old := store.Micros(time.Now().Add(-time.Hour))
		o.update(t, func(tx *store.Tx) error {
			return tx.AddJob(&store.Job{ID: "killed", Kind: kindTrial, Args: "{}", State: jobRuns, Actor: "wang", MadeAt: old, StartedAt: old, BeatAt: old})
		})
		for {
			if r := wang.want(t, 200, "GET", "/api/jobs/killed", nil); r.text("state") == jobBroken {
				break
			} else if r.text("state") != jobRuns {
				t.Fatal(r.raw)
			}
			time.Sleep(time.Millisecond)
		}
		if v, err := auth.Verify(ctx, t.TempDir(), o.db); err != nil || v.Records == 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}
