package cli

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// appealing is a server with findings that were sent to two hospitals, and a key of each.
type appealing struct {
	t    *testing.T
	o    *office
	srv  *killed
	keys map[string]*till
}

const hospA, hospB = "H99010100001", "H99010100002"

// sentCases are findings of two hospitals that were sent and signed for, but f3, which is still the bureau's alone.
func sentCases(t testing.TB) *office {
	t.Helper()
	ctx := context.Background()
	o, err := openOffice(&streams{ctx: ctx, err: io.Discard}, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	d := o.desk()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	clerk, first := &auth.Identity{Name: "clerk", Roles: []string{"经办"}}, &auth.Identity{Name: "first", Roles: []string{"初审"}}
	ok(d.SetInstitutions(ctx, clerk, []store.ReviewInst{{Code: hospA, Name: "甲医院", Admdvs: "990101"}, {Code: hospB, Name: "乙医院", Admdvs: "990101"}}))
	var fs []*store.Finding
	for i, inst := range []string{hospA, hospA, hospA, hospA, hospB} {
		id := fmt.Sprint("f", i)
		fs = append(fs, &store.Finding{ID: id, Revision: "r", Published: "r/0", RuleID: "A001", RuleName: "限定性别", Severity: 2, Month: "2025-01", Bucket: 1, Inst: inst, Psn: "P1", Mdtrt: "M" + id, Setl: "S" + id,
			LineCount: 1, Vola: 100000, Fund: 60000, Charged: 100000, Cont: "限女性", State: store.MachineState, FirstRun: 1, LastRun: 1, Version: 1, Admdvs: "990101",
			Lines: []store.Line{{Type: 1, Inst: inst, Mdtrt: "M" + id, Setl: "S" + id, Sn: "1", Vola: 100000, Fund: 60000, Charged: 100000, Scope: 100000}}})
	}
	ok(o.db.Update(ctx, func(tx *store.Tx) error { return tx.AddFindings(fs) }))
	_, err = d.Take(ctx, clerk, review.TakeInput{})
	ok(err)
	for i, f := range fs {
		if i == 3 {
			continue // stays with the bureau
		}
		x, err := d.Open(ctx, first, f.ID)
		ok(err)
		_, err = d.Keep(ctx, first, review.KeepInput{Ref: review.Ref{ID: f.ID, Version: x.Case.Version}, Say: review.Say{Opinion: "属实"}})
		ok(err)
	}
	ps, err := d.Pack(ctx, clerk, "")
	ok(err)
	for _, p := range ps {
		sent, err := d.Send(ctx, clerk, review.PackRef{ID: p.ID, Version: p.Version})
		ok(err)
		ok(d.Sign(ctx, &auth.Identity{Name: "yb" + p.Inst, Roles: []string{auth.Hospital}, Scope: auth.Scope{Inst: p.Inst}}, sent.Notice))
	}
	return o
}

func newAppealing(t *testing.T) *appealing {
	t.Helper()
	ctx, o := context.Background(), sentCases(t)
	a := &appealing{t: t, o: o, keys: map[string]*till{}}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := o.keys()
	ok(err)
	for _, inst := range []string{hospA, hospB} {
		id, secret, err := keys.Add(ctx, "t", auth.NewKey{Name: "HIS " + inst, Scope: auth.Scope{Inst: inst}, Expires: time.Now().Add(time.Hour)})
		ok(err)
		a.keys[inst] = &till{key: id, secret: secret, client: http.DefaultClient}
	}
	a.srv = &killed{t: t, args: []string{"serve", "--data", o.dir, "--listen", "127.0.0.1:0", "--log-level", "error"}}
	a.srv.start()
	t.Cleanup(a.srv.kill)
	for _, k := range a.keys {
		k.url = a.srv.url
	}
	return a
}

// pleaSaid is what a 3701–3704 answers.
type pleaSaid struct {
	Code int
	Err  string
	Next string `json:"next_cursor"`
	Rows []struct {
		ID    string   `json:"finding_id"`
		OK    string   `json:"retRslt"`
		Why   string   `json:"msgRslt"`
		Node  string   `json:"node"`
		Due   string   `json:"due_date"`
		Ver   int64    `json:"ver"`
		File  string   `json:"file_id"`
		Can   []string `json:"can"`
		Lines []struct {
			No int `json:"line_no"`
		} `json:"lines"`
		Dedu  json.Number `json:"dedu_amt"`
		Files []struct {
			ID string `json:"file_id"`
		} `json:"files"`
	} `json:"result"`
}

// say sends a transaction as an institution.
func (a *appealing) say(infno, inst, data string) *pleaSaid {
	a.t.Helper()
	x, err := a.keys[inst].send(infno, inst, data)
	if err != nil {
		a.t.Fatal(err)
	}
	out := &pleaSaid{Code: x.Code, Err: x.Err}
	if len(x.Output) > 0 && x.Code == 0 {
		if err := json.Unmarshal(x.Output, out); err != nil {
			a.t.Fatalf("%s: %v %s", infno, err, x.Output)
		}
	}
	return out
}

// refuses wants an envelope error of a code that says something.
func (a *appealing) refuses(code, says string, x *pleaSaid) {
	a.t.Helper()
	if x.Code != -1 || !strings.HasPrefix(x.Err, "["+code+"]") || !strings.Contains(x.Err, says) {
		a.t.Errorf("got %d %q, want [%s] with %q", x.Code, x.Err, code, says)
	}
}

// TestNationalAppeal walks the national 3701–3704 against the real server: what an institution sees, appeals, sends and asks for lands in
// the same cases, under the same conditions, as from the console.
func TestNationalAppeal(t *testing.T) {
	t.Parallel()
	a := newAppealing(t)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 600)
	file := func(content string) string { return base64.StdEncoding.EncodeToString([]byte(content)) }

	// 3701: only its own, only what was sent
	all := a.say("3701", hospA, `{}`)
	if all.Code != 0 || len(all.Rows) != 3 || all.Rows[0].Node != "反馈申诉" || all.Rows[0].Due == "" || all.Rows[0].Ver < 1 || all.Rows[0].Dedu != "1000.00" {
		t.Fatalf("%+v", all)
	}
	if x := a.say("3701", hospA, `{"data":{"node":"复审"}}`); len(x.Rows) != 0 {
		t.Errorf("%+v", x)
	}
	page := a.say("3701", hospA, `{"data":{"page_size":"2"}}`)
	if rest := a.say("3701", hospA, fmt.Sprintf(`{"data":{"page_size":2,"cursor":%q}}`, page.Next)); len(page.Rows) != 2 || page.Next == "" || len(rest.Rows) != 1 || rest.Next != "" {
		t.Errorf("%+v %+v", page, rest)
	}
	one := a.say("3701", hospA, `{"data":{"findingId":"f0"}}`) // camel case
	if len(one.Rows) != 1 || len(one.Rows[0].Lines) != 1 || !strings.Contains(strings.Join(one.Rows[0].Can, " "), "申诉") {
		t.Fatalf("%+v", one)
	}
	a.refuses("304", "f4", a.say("3701", hospA, `{"data":{"finding_id":"f4"}}`)) // another hospital's
	a.refuses("304", "f3", a.say("3701", hospA, `{"data":{"finding_id":"f3"}}`)) // not sent
	a.refuses("306", "月份", a.say("3701", hospA, `{"data":{"setl_ym":"2025年1月"}}`))
	a.refuses("306", "", a.say("3701", hospA, `{"data":{"page_size":100000}}`))
	a.refuses("306", "翻页", a.say("3701", hospA, `{"data":{"cursor":"'; DROP TABLE finding; --"}}`))

	// 3704: files
	up := a.say("3704", hospA, `{"data":{"finding_id":"f0","file_name":"../../病历.png","file_cont":"data:image/png;base64,`+file(png)+`"}}`)
	if up.Code != 0 || up.Rows[0].OK != "1" || up.Rows[0].File == "" {
		t.Fatalf("%+v", up)
	}
	if again := a.say("3704", hospA, `{"data":{"finding_id":"f0","file_name":"病历.png","file_cont":"`+file(png)+`"}}`); again.Rows[0].File != up.Rows[0].File {
		t.Errorf("the same file sent again is %+v", again)
	}
	a.refuses("306", "扩展名", a.say("3704", hospA, `{"data":{"finding_id":"f0","file_name":"病历.pdf","file_cont":"`+file(png+"y")+"\"}}"))
	a.refuses("306", "不能接收", a.say("3704", hospA, `{"data":{"finding_id":"f0","file_name":"a.exe","file_cont":"`+file("MZ\x90\x00"+strings.Repeat("\x01", 99))+"\"}}"))
	a.refuses("306", "Base64", a.say("3704", hospA, `{"data":{"finding_id":"f0","file_name":"a.png","file_cont":"不是"}}`))
	a.refuses("304", "", a.say("3704", hospB, `{"data":{"finding_id":"f0","file_name":"a.png","file_cont":"`+file(png)+`"}}`))

	// 3702: refusals first
	a.refuses("109", "理由", a.say("3702", hospA, `{"data":{"finding_id":"f0"}}`))
	a.refuses("109", "疑点编号", a.say("3702", hospA, `{"data":{"appl_rea":"合理"}}`))
	a.refuses("109", "申诉内容", a.say("3702", hospA, `{"data":[]}`))
	a.refuses("306", "第 9 行", a.say("3702", hospA, `{"data":{"finding_id":"f0","appl_rea":"合理诊疗","line_no":"9"}}`))
	a.refuses("306", "附件", a.say("3702", hospA, `{"data":{"finding_id":"f0","appl_rea":"合理诊疗","file_id":"nix"}}`))
	a.refuses("305", "刚被别人改过", a.say("3702", hospA, `{"data":{"finding_id":"f0","appl_rea":"合理诊疗","ver":1}}`))
	a.refuses("304", "", a.say("3702", hospB, `{"data":{"finding_id":"f0","appl_rea":"合理诊疗"}}`))
	a.refuses("305", "", a.say("3703", hospA, `{"data":{"finding_id":"f0","appl_rea":"请合议"}}`)) // there is no appeal yet
	if x, err := a.keys[hospA].send("3702", hospB, `{"data":{"finding_id":"f4","appl_rea":"合理诊疗"}}`); err == nil && !strings.Contains(x.Err, "[205]") {
		t.Errorf("a key spoke for another institution: %+v", x)
	}

	// several at once: each goes its own way
	many := a.say("3702", hospA, `{"data":[{"finding_id":"f0","appl_rea":"合理诊疗","line_no":1,"file_id":["`+up.Rows[0].File+`"]},{"finding_id":"f1","acpt_flag":"1"},{"finding_id":"f4","appl_rea":"不是我的"}]}`)
	if many.Code != 0 || len(many.Rows) != 3 || many.Rows[0].Node != "复审" || many.Rows[1].Node != "终审" || many.Rows[2].OK != "0" || !strings.Contains(many.Rows[2].Why, "304") {
		t.Fatalf("%+v", many)
	}
	again := a.say("3702", hospA, `{"data":{"finding_id":"f0","appl_rea":"合理诊疗"}}`)
	if again.Code != 0 || again.Rows[0].Ver != many.Rows[0].Ver {
		t.Errorf("the same appeal sent again: %+v", again)
	}
	a.refuses("305", "不等机构答复", a.say("3702", hospA, `{"data":{"finding_id":"f0","appl_rea":"另一个理由"}}`))

	// 3703: a panel is asked for once
	panel := a.say("3703", hospA, `{"data":{"finding_id":"f0","appl_rea":"涉及专业判断，请组织合议"}}`)
	if panel.Code != 0 || panel.Rows[0].Node != "复审" || panel.Rows[0].Ver != again.Rows[0].Ver+1 {
		t.Fatalf("%+v", panel)
	}
	if x := a.say("3703", hospA, `{"data":{"finding_id":"f0","appl_rea":"涉及专业判断，请组织合议"}}`); x.Code != 0 || x.Rows[0].Ver != panel.Rows[0].Ver {
		t.Errorf("the same request sent again: %+v", x)
	}
	a.refuses("305", "申请过合议", a.say("3703", hospA, `{"data":{"finding_id":"f0","appl_rea":"再请合议"}}`))

	// what the bureau has: the institution's words, files and operator, on case and trail
	d, ctx := a.o.desk(), context.Background()
	x, err := d.Open(ctx, &auth.Identity{Name: "second", Roles: []string{"复审"}}, "f0")
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, s := range x.Steps {
		if s.Actor == a.keys[hospA].key {
			events = append(events, s.Event+" "+s.Opinion)
		}
	}
	if got := strings.Join(events, "；"); got != "attach ；appeal 合理诊疗；ask_panel 涉及专业判断，请组织合议" || len(x.Files) != 1 || x.Files[0].Name != "病历.png" {
		t.Errorf("%s %+v", got, x.Files)
	}
	rs, err := a.o.db.Records(ctx, 1000)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, r := range rs {
		if r.Actor == a.keys[hospA].key && strings.Contains(r.Detail, "经 接口 01") {
			named++
		}
	}
	if named < 4 {
		t.Errorf("the trail names the operator %d times", named)
	}
	if h, err := d.Check(ctx); err != nil || len(h.Wrong) > 0 {
		t.Errorf("%v %q", err, h.Wrong)
	}
}
