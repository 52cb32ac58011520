package review_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type library struct{ got store.Exemption }

func (l *library) RequestExemption(_ context.Context, _ *auth.Identity, x store.Exemption) (*store.Exemption, error) {
	l.got = x
	return &x, nil
}

// TestScope: what is not for somebody does not exist for him, by id, list, file, package or notice.
func TestScope(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		hidden := func(who *auth.Identity, id string) {
			t.Helper()
			_, err := o.desk.Open(ctx, who, id)
			o.refused(review.CodeNotFound, err)
			_, nothing := o.desk.Open(ctx, who, "no-such-finding")
			if a, b := strings.ReplaceAll(err.Error(), id, "X"), strings.ReplaceAll(nothing.Error(), "no-such-finding", "X"); a != b {
				t.Errorf("%s can tell %q from %q", who.Name, a, b)
			}
			xs, err := o.desk.List(ctx, who, store.FindingFilter{})
			if err == nil && len(xs) != 0 {
				t.Errorf("%s lists %+v", who.Name, xs)
			}
		}
		hidden(h1, "a") // not sent yet
		hidden(h2, "a")
		hidden(county, "a")
		hidden(expert1, "a")
		_, err := o.desk.Accept(ctx, h1, o.ref("a"), review.Say{})
		o.refused(review.CodeNotFound, err)
		o.to("a", review.Answering)
		for _, who := range []*auth.Identity{h2, dept1, doc1, county, expert1} {
			hidden(who, "a")
			_, err := o.desk.Appeal(ctx, who, review.AppealInput{Ref: o.ref("a"), Say: fine})
			o.refused(review.CodeNotFound, err)
			_, err = o.desk.Attach(ctx, who, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
			o.refused(review.CodeNotFound, err)
		}
		_, err = o.desk.List(ctx, h2, store.FindingFilter{Inst: hosp1})
		o.refused(review.CodeNotFound, err)
		_, err = o.desk.AcceptPackage(ctx, h2, review.PackRef{ID: o.pack("a").ID, Version: o.pack("a").Version}, review.Say{})
		o.refused(review.CodeNotFound, err)
		d, err := o.desk.Open(ctx, h1, "a")
		o.ok(err)
		if d.Case.FirstBy != "" || strings.Contains(strings.Join(stepActors(d), ","), "first1") {
			t.Errorf("the hospital sees who thought what: %+v, %v", d.Case, stepActors(d))
		}
		o.refused(review.CodeNotFound, o.desk.Sign(ctx, h2, d.Notices[0].ID))
		a, err := o.desk.Attach(ctx, h1, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
		o.ok(err)
		_, _, err = o.desk.File(ctx, h2, a.ID)
		o.refused(review.CodeNotFound, err)
		if _, body, err := o.desk.File(ctx, second1, a.ID); err != nil || string(body) != "%PDF-1.4" {
			t.Errorf("%q, %v", body, err)
		}
		xs, err := o.desk.List(ctx, h1, store.FindingFilter{})
		o.ok(err)
		if len(xs) != 1 {
			t.Errorf("h1 lists %+v", xs)
		}
		_, err = o.desk.List(ctx, watch, store.FindingFilter{})
		o.refused(review.CodePermission, err)
		_, err = o.desk.Keep(ctx, lead, review.KeepInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePermission, err)
	})
}

func stepActors(d *review.Detail) (out []string) {
	for _, s := range d.Steps {
		out = append(out, s.Actor+s.Detail)
	}
	return out
}

func TestRelay(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		_, err := o.desk.Relay(ctx, first1, review.RelayInput{ID: "a", Login: "dept1"})
		o.refused(review.CodePermission, err)
		o.to("a", review.Answering)
		for _, bad := range []string{"h2", "nobody", "first1", "h1"} {
			_, err = o.desk.Relay(ctx, h1, review.RelayInput{ID: "a", Login: bad})
			o.refused(review.CodeInput, err)
		}
		r, err := o.desk.Relay(ctx, h1, review.RelayInput{ID: "a", Dept: "骨科", Login: "dept1", Asks: "请说明", Days: 30})
		o.ok(err)
		if r.DueDay != o.c("a").DueDay {
			t.Errorf("the inner deadline %s is after the outer one %s", claim.Day(r.DueDay), claim.Day(o.c("a").DueDay))
		}
		r2, err := o.desk.Relay(ctx, dept1, review.RelayInput{ID: "a", Login: "doc1", Asks: "请说明"})
		o.ok(err)
		d, err := o.desk.Open(ctx, doc1, "a")
		o.ok(err)
		if len(d.Relays) != 1 || d.Ledger != nil {
			t.Errorf("the doctor sees %+v, %+v", d.Relays, d.Ledger)
		}
		o.refused(review.CodeNotFound, o.desk.AnswerRelay(ctx, dept1, r2.ID, 1, "有医嘱"))
		o.refused(review.CodeReason, o.desk.AnswerRelay(ctx, doc1, r2.ID, 1, ""))
		o.refused(review.CodeVersion, o.desk.AnswerRelay(ctx, doc1, r2.ID, 9, "有医嘱"))
		o.ok(o.desk.AnswerRelay(ctx, doc1, r2.ID, 1, "有医嘱"))
		o.refused(review.CodeState, o.desk.AnswerRelay(ctx, doc1, r2.ID, 2, "有医嘱"))
		_, err = o.desk.Appeal(ctx, doc1, review.AppealInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePermission, err) // only the insurance office answers outside
		d, err = o.desk.Open(ctx, second1, "a")
		o.ok(err)
		if d.Relays != nil {
			t.Error("the bureau sees the hospital's own papers")
		}
	})
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	o := newOffice(t, engines["sqlite"](t))
	o.simple("a")
	_, err := o.desk.Attach(ctx, clerk, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
	o.refused(review.CodePermission, err)
	o.to("a", review.Answering)
	attach := func(name, body string) (*store.Attachment, error) {
		return o.desk.Attach(ctx, h1, o.ref("a"), name, strings.NewReader(body))
	}
	png := "\x89PNG\x0d\x0a\x1a\x0a rest"
	for name, want := range map[string]string{"../../etc/passwd.pdf": "passwd.pdf", `C:\x\病历 首页.pdf`: "病历 首页.pdf", "a\x00b\u202e<>:.pdf": "ab.pdf", "/etc/cron.d/..x.pdf": "x.pdf"} {
		a, err := attach(name, "%PDF-1.4 "+name)
		o.ok(err)
		if a.Name != want || a.Media != "application/pdf" {
			t.Errorf("%q is kept as %q %s, want %q", name, a.Name, a.Media, want)
		}
	}
	for name, body := range map[string]string{"x.exe": "MZ\x90\x00", "x.pdf": png, "x.png": "%PDF-1.4", "x.html": "<html><script>", "x.pdf ": "<html>", "x.zip": "PK\x03\x04", "": "%PDF-1.4",
		".pdf": "%PDF-1.4", "y.pdf": "", "x.svg": "<svg xmlns='http://www.w3.org/2000/svg'>", "x.jpg": "GIF89a"} {
		_, err := attach(name, body)
		o.refused(review.CodeFile, err)
	}
	_, err = attach("ok.png", png)
	o.ok(err)
	_, err = attach("again.png", png)
	o.refused(review.CodeOnce, err)
	_, err = o.desk.Attach(ctx, h1, o.ref("a"), "big.pdf", bytes.NewReader(append([]byte("%PDF-1.4"), make([]byte, 20<<20)...)))
	o.refused(review.CodeFile, err)
	left, err := filepath.Glob(filepath.Join(o.desk.Files, ".new-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	d, err := o.desk.Open(ctx, second1, "a")
	o.ok(err)
	if len(d.Files) != 5 {
		t.Fatalf("%d files", len(d.Files))
	}
	path := filepath.Join(o.desk.Files, d.Files[0].SHA256[:2], d.Files[0].SHA256)
	o.ok(os.WriteFile(path, []byte("%PDF-1.4 other"), 0o600))
	_, _, err = o.desk.File(ctx, second1, d.Files[0].ID)
	o.refused(review.CodeFile, err)
}

func TestParams(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ask := func(who *auth.Identity, name, area string, v int64, from string) (*store.Param, error) {
			return o.desk.AskParam(ctx, who, review.NewParam{Name: name, Area: area, Value: v, From: from, Reason: "某文〔2025〕3号"})
		}
		for _, bad := range []struct {
			name string
			v    int64
			from string
		}{{"没有的", 1, "2025-04-01"}, {"申诉期限", 99, "2025-04-01"}, {"申诉期限", 7, "2025-4-1"}, {"申诉期限", 7, "2025-03-03"}, {"合议人数", 4, "2025-04-01"}} {
			_, err := ask(chief, bad.name, "9901", bad.v, bad.from)
			o.refused(review.CodeInput, err)
		}
		_, err := ask(clerk, "申诉期限", "", 7, "2025-04-01")
		o.refused(review.CodePermission, err)
		p, err := ask(chief, "申诉期限", "990101", 7, "2025-03-10")
		o.ok(err)
		_, err = o.desk.DecideParam(ctx, chief, p.ID, true)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.DecideParam(ctx, chief2, p.ID, true)
		o.ok(err)
		o.simple("a")
		o.to("a", review.Answering)
		if d := claim.Day(o.c("a").DueDay).String(); d != "2025-03-17" {
			t.Errorf("before its day the value holds already: %s", d)
		}
		o.days(7)
		o.simple("b")
		o.to("b", review.Answering)
		if d := claim.Day(o.c("b").DueDay).String(); d != "2025-03-19" { // seven working days from 10 March
			t.Errorf("due %s", d)
		}
		if d := claim.Day(o.c("a").DueDay).String(); d != "2025-03-17" {
			t.Errorf("a clock that ran was changed: %s", d)
		}
	})
}

// TestAllStatesInPages walks the pool without a state: every finding once, most money first.
func TestAllStatesInPages(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ids := count(40, "p")
		for i, id := range ids {
			n := int64(100 * (1 + i%6))
			o.add(spec{id: id, lines: []store.Line{line("M-"+id, "1", n, n, n)}})
		}
		o.take(ids[:15]...)
		seen := map[string]bool{}
		f, last := store.FindingFilter{Limit: 7}, int64(1<<40)
		for {
			xs, err := o.desk.List(ctx, lead, f)
			o.ok(err)
			if len(xs) == 0 {
				break
			}
			for _, x := range xs {
				if seen[x.ID] || x.Charged > last {
					t.Errorf("%s comes twice, or out of order", x.ID)
				}
				seen[x.ID], last = true, x.Charged
			}
			f.After = xs[len(xs)-1].Cursor
		}
		if len(seen) != len(ids) {
			t.Errorf("%d of %d", len(seen), len(ids))
		}
	})
}
