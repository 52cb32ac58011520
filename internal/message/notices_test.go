package message_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
)

// documents has the bureau send an institution documents of a kind about findings.
func (o *office) documents(kind, inst string, at time.Time, from, to int) {
	o.t.Helper()
	o.update(func(tx *store.Tx) error {
		for i := from; i < to; i++ {
			id := fmt.Sprintf("%s-%s-%d-%d", kind, inst, at.Unix(), i)
			if err := tx.AddNotice(store.Notice{ID: id, Kind: kind, Title: kind, Body: fmt.Sprintf("疑点 f%03d 请及时办理。", i), Finding: fmt.Sprintf("f%03d", i), Inst: inst, SentAt: store.Micros(at) + int64(i), Version: 1}); err != nil {
				return err
			}
		}
		return nil
	})
}

// of lists what somebody has of a kind, newest first.
func (o *office) of(login, kind string) (out []store.ReadMessage) {
	o.t.Helper()
	err := o.db.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Messages(store.MessageFilter{Login: login, Kind: kind}, store.WatchPage{Limit: 100})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// TestDocumentsOfADayAreOneMessage: what the clocks send an institution about findings on a day is one message of each kind. It grows with what comes later that day and
// is then unread again; the next day has its own; what was told one by one by an earlier version is not told again.
func TestDocumentsOfADayAreOneMessage(t *testing.T) {
	t.Parallel()
	o := begin(t)
	o.update(func(tx *store.Tx) error { return tx.SetMessageMark("daily", int64(today)) }) // not what this is about
	o.documents("催办通知", "H1", noon.Add(-time.Hour), 0, 28)
	o.documents("催缴通知", "H1", noon.Add(-time.Hour), 0, 1)
	o.documents("催办通知", "H2", noon.Add(-time.Hour), 0, 2)
	o.documents("催办通知", "H1", noon.Add(-30*time.Hour), 0, 3) // the day before
	o.update(func(tx *store.Tx) error {                      // told by itself before
		_, err := tx.AddMessage(store.Message{ID: fmt.Sprintf("n:催办通知-H1-%d-27", noon.Add(-time.Hour).Unix()), Kind: message.Document, Title: "催办通知", At: 1}, nil, nil)
		return err
	})
	if n := o.gather(); n != 4 {
		t.Fatalf("%d messages, want 4", n)
	}
	for range 2 {
		if n := o.gather(); n != 0 {
			t.Fatalf("%d messages were made again", n)
		}
	}
	ms := o.of("yuan1", message.Document)
	if len(ms) != 3 {
		t.Fatalf("%d messages", len(ms))
	}
	titles := map[string]*store.ReadMessage{}
	for i := range ms {
		titles[ms[i].Title] = &ms[i]
	}
	many, one := titles["催办通知 27 份"], titles["催缴通知"]
	if many == nil || one == nil || titles["催办通知 3 份"] == nil {
		t.Fatalf("%v", titles)
	}
	if one.Link != "/findings/f000" || strings.Contains(one.Body, "f000") || !strings.HasPrefix(many.Link, "/answers?state=%") || !strings.Contains(many.Body, "11:00") {
		t.Errorf("%+v\n%+v", one, many)
	}

	// Another one comes: the same message says so, and is unread for who has read it.
	o.update(func(tx *store.Tx) error { return tx.SeeMessages("yuan1", nil, store.Micros(noon)) })
	o.documents("催办通知", "H1", noon, 40, 41)
	if n := o.gather(); n != 1 {
		t.Fatalf("%d messages after one more document", n)
	}
	if ms = o.of("yuan1", message.Document); len(ms) != 3 || ms[0].Title != "催办通知 28 份" || ms[0].ReadAt != 0 || ms[1].ReadAt == 0 {
		t.Errorf("%+v", ms)
	}
	if n := o.gather(); n != 0 {
		t.Errorf("%d messages were made again", n)
	}
	// The message of a single document becomes one of two.
	o.documents("催缴通知", "H1", noon, 41, 42)
	if n := o.gather(); n != 1 || o.of("yuan1", message.Document)[0].Title != "催缴通知 2 份" {
		t.Errorf("%d %+v", n, o.of("yuan1", message.Document)[0])
	}
	if got := len(o.of("yuan2", message.Document)); got != 1 {
		t.Errorf("the other hospital has %d", got)
	}
}

// TestDocumentsGoOutOnce: the mail about a day's documents waits for more of them, says how many there are when it goes, and goes once.
func TestDocumentsGoOutOnce(t *testing.T) {
	t.Parallel()
	o := begin(t)
	p := &post{}
	o.settings(fmt.Sprintf(`{"mail":{"server":%q,"tls":"none","from":"jian@ybj.example"}}`, p.serve(t)))
	o.update(func(tx *store.Tx) error {
		return tx.SetMessagePerson(&store.MessagePerson{Login: "yuan1", Mail: "yuan1@h.example", MailOn: message.Document})
	})
	o.documents("催办通知", "H1", noon, 0, 5)
	o.gather()
	now := noon
	s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a", Now: func() time.Time { return now }}
	if n, err := s.Work(ctx); n != 0 || err != nil {
		t.Fatalf("%d went out at once, %v", n, err)
	}
	o.documents("催办通知", "H1", noon.Add(time.Minute), 5, 9)
	o.gather()
	now = noon.Add(11 * time.Minute)
	if n, err := s.Work(ctx); n != 1 || err != nil {
		t.Fatalf("%d went out, %v", n, err)
	}
	o.documents("催办通知", "H1", noon.Add(12*time.Minute), 9, 10)
	o.gather()
	now = noon.Add(time.Hour)
	if n, err := s.Work(ctx); n != 0 || err != nil {
		t.Fatalf("%d went out again, %v", n, err)
	}
	if len(p.letters) != 1 || p.subject(t, 0) != "【明鉴】催办通知 9 份" {
		t.Errorf("%d letters, %q", len(p.letters), p.subject(t, 0))
	}
}
