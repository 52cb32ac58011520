package fsi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

// Desk keeps what people decide about the answers: releases of blocks, and the switch that turns an area's stops into
// information. Safe for concurrent use.
type Desk struct {
	DB    *store.DB
	Trail *auth.Trail

	mu     sync.Mutex
	areas  []string // where the switch is on
	read   time.Time
	failed error
}

// informOnly is the stored setting of the switch.
const informOnly = "inform_only"

// switchLife is how long the switch's state is used before it is read again: another process may have changed it.
const switchLife = 2 * time.Second

// SetInformOnly turns the switch of an area (prefix of the administrative division, "" = everywhere) on or off: while it is on every
// stop level above inform is answered as inform, and no settlement is refused. It is on the trail.
func (k *Desk) SetInformOnly(ctx context.Context, actor, area string, on bool, why string) error {
	if strings.TrimSpace(why) == "" {
		return errors.New("请写明理由")
	}
	if strings.Trim(area, "0123456789") != "" || len(area) > 6 {
		return fmt.Errorf("区划 %q 应为六位以内的数字，空为全部", area)
	}
	value, word := "0", "恢复拦截"
	if on {
		value, word = "1", "全部改为提示"
	}
	err := k.Trail.Do(ctx, k.DB, func(tx *store.Tx) ([]auth.Event, error) {
		s, err := tx.OnlineSetting(informOnly, area)
		if err != nil {
			return nil, err
		}
		if s.Value == value || (s.Version == 0 && !on) {
			return nil, fmt.Errorf("区划 %q 已经是“%s”", area, word)
		}
		s.Value, s.Actor, s.Why, s.ChangedAt = value, actor, why, store.Micros(time.Now())
		return []auth.Event{{Actor: actor, Action: word, Object: "区划 " + area, Detail: why}}, tx.SetOnlineSetting(&s)
	})
	if err == nil {
		k.mu.Lock()
		k.read = time.Time{}
		k.mu.Unlock()
	}
	return err
}

// InformOnly tells whether the switch is on where an institution lies. When the store cannot be read what was known last holds.
func (k *Desk) InformOnly(ctx context.Context, admdvs string, now time.Time) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read.IsZero() || now.Sub(k.read).Abs() > switchLife {
		k.read = now
		all, err := k.DB.OnlineSettings(ctx)
		if k.failed = err; err == nil {
			k.areas = k.areas[:0]
			for _, s := range all {
				if s.Name == informOnly && s.Value == "1" {
					k.areas = append(k.areas, s.Area)
				}
			}
		}
	}
	return slices.ContainsFunc(k.areas, func(a string) bool { return strings.HasPrefix(admdvs, a) }), k.failed
}

// Times of a release.
const (
	askLife     = 30 * time.Minute // for the second person
	releaseLife = 24 * time.Hour   // for the settlement
)

// Ask asks for the release of a block in the name of a first person.
func (k *Desk) Ask(ctx context.Context, x *Said, code, reason string, who store.Person, now time.Time) (*store.Release, error) {
	who.At = store.Micros(now)
	r := &store.Release{ID: store.NewID(), JrID: x.ID, Finding: x.Finding, Rule: x.Rule, Subject: x.Subject, Facts: x.Facts, Excess: x.Excess, Inst: x.Inst,
		Admdvs: x.Area, Psn: x.Psn, Mdtrt: x.Visit, Cont: x.Text, Vola: int64(x.Vola.Or(0)), ReasonCode: code, Reason: reason, First: who,
		Until: store.Micros(now.Add(askLife)), State: store.ReleaseAsked}
	return r, k.Trail.Do(ctx, k.DB, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{k.event(r, "申请放行", who)}, tx.AddRelease(r)
	})
}

func (k *Desk) event(r *store.Release, action string, who store.Person) auth.Event {
	return auth.Event{Actor: r.Inst + ":" + who.Operator, Action: action, Object: r.ID, Detail: fmt.Sprintf("规则 %s；就诊 %s；提醒 %s；理由 %s %s；密钥 %s", r.Rule, r.Mdtrt, r.JrID, r.ReasonCode, r.Reason, who.Key)}
}

// Errors of Agree.
var (
	errOther     = errors.New("没有这个放行申请")
	errSame      = errors.New("第二人不能与申请人相同")
	errAskedLate = errors.New("申请已超过 30 分钟，请重新申请")
	errGiven     = errors.New("这个申请已经办过")
)

// Agree is the second person's word: from now on the block is released for a day.
func (k *Desk) Agree(ctx context.Context, inst, id string, who store.Person, now time.Time) (*store.Release, error) {
	who.At = store.Micros(now)
	var r *store.Release
	err := k.Trail.Do(ctx, k.DB, func(tx *store.Tx) (_ []auth.Event, err error) {
		if r, err = tx.Release(id); errors.Is(err, store.ErrNotFound) || (err == nil && r.Inst != inst) {
			return nil, errOther
		}
		switch {
		case err != nil:
			return nil, err
		case r.State != store.ReleaseAsked:
			return nil, errGiven
		case r.First.Operator == who.Operator || (who.Name != "" && r.First.Name == who.Name):
			return nil, errSame
		case who.At > r.Until:
			return nil, errAskedLate
		}
		r.Second, r.Until, r.State = who, store.Micros(now.Add(releaseLife)), store.ReleaseGiven
		return []auth.Event{k.event(r, "同意放行", who)}, tx.GiveRelease(r)
	})
	return r, err
}

// Review is the bureau's word on a release, afterwards: one that is not upheld ends at once.
func (k *Desk) Review(ctx context.Context, actor, id string, upheld bool, note string) error {
	if strings.TrimSpace(note) == "" {
		return errors.New("请写明复核意见")
	}
	return k.Trail.Do(ctx, k.DB, func(tx *store.Tx) ([]auth.Event, error) {
		r, err := tx.Release(id)
		if err != nil {
			return nil, err
		}
		if r.State != store.ReleaseGiven {
			return nil, fmt.Errorf("放行 %s 的状态是“%s”，不用复核", id, r.State)
		}
		r.State, r.Reviewer, r.Review, r.ReviewedAt = store.ReleaseRejected, actor, note, store.Micros(time.Now())
		if upheld {
			r.State = store.ReleaseUpheld
		}
		return []auth.Event{{Actor: actor, Action: r.State, Object: id, Detail: note}}, tx.ReviewRelease(r)
	})
}

// place is where an institution lies: by its code, else as the caller says.
func place(inst, admdvs string) string {
	if a := areaOf(inst); a != "" {
		return a
	}
	return admdvs
}

// Soften applies the area's switch and the releases in force to an answer, before anything is chosen or told.
func (k *Desk) Soften(ctx context.Context, q *online.Request, a *online.Answer, now time.Time) error {
	all, err := k.InformOnly(ctx, place(q.Inst, q.Admdvs), now)
	blocked := map[string][]store.Release{}
	for i := range a.Reminders {
		r := &a.Reminders[i]
		if all {
			r.Stop = min(r.Stop, online.Inform)
		}
		if r.Stop != online.Block || refusing[r.Rule] {
			continue
		}
		rs, known := blocked[r.Visit]
		if !known {
			var bad error
			rs, bad = k.DB.ReleasesOf(ctx, q.Inst, r.Visit, store.Micros(now))
			err = errors.Join(err, bad)
			blocked[r.Visit] = rs
		}
		if slices.ContainsFunc(rs, func(x store.Release) bool { return covers(&x, r) }) {
			r.Stop = online.Inform
		}
	}
	return err
}

// covers tells whether a release is for this reminder, and the facts are not worse than they were.
func covers(x *store.Release, r *online.Reminder) bool {
	return x.Rule == r.Rule && x.Subject == r.Subject && x.Psn == r.Patient &&
		(x.Facts == r.Facts || (x.Excess > 0 && r.Excess > 0 && r.Excess <= x.Excess && int64(r.Vola.Or(0)) <= x.Vola))
}

func (s *server) soften(ctx context.Context, q *online.Request, a *online.Answer) {
	if s.Desk == nil {
		return
	}
	if err := s.Desk.Soften(ctx, q, a, s.Now()); err != nil { // the verdict stands as it was found
		s.Log.ErrorContext(ctx, "releases could not be read", "err", err)
	}
}

// ask is the input of a release or slip.
type ask struct {
	release string
	ids     []string // jr_id
	code    string
	reason  string
}

var askNode = func() node[ask] {
	n := node[ask]{
		"release_id":  {0, func(d *decoder, a *ask) { d.text(&a.release) }},
		"jr_id":       {1, func(d *decoder, a *ask) { d.words(&a.ids) }},
		"reason_code": {2, func(d *decoder, a *ask) { d.text(&a.code) }},
		"reason":      {3, func(d *decoder, a *ask) { d.text(&a.reason) }},
	}
	n["data"] = field[ask]{4, func(d *decoder, a *ask) { d.one(func() { members(d, n, a, nil) }) }}
	return n
}()

func (s *server) readAsk(body []byte, charset string, m *Message) (*ask, *Fault) {
	text, bad := toText(body, charset)
	if bad != nil {
		return nil, bad
	}
	d := newDecoder(text, s.Profiles.national, s.Limits)
	if d.peek() != '{' {
		d.notObject()
		return nil, d.err
	}
	a := &ask{}
	members(d, s.Profiles.envelope, &m.Envelope, func(key string) bool {
		if key == "input" {
			d.one(func() { members(d, askNode, a, nil) })
		}
		return key == "input"
	})
	if d.err == nil && d.peek() != 0 {
		d.broken()
	}
	return a, d.err
}

// desk answers releases and slips.
func (s *server) desk(ctx context.Context, re *reply, who *auth.Identity, body []byte, charset, path string) *Fault {
	m := re.m
	a, bad := s.readAsk(body, charset, m)
	if bad == nil {
		bad = scope(who, m)
	}
	if bad != nil {
		return bad
	}
	if path == slipPath {
		return s.slip(re, a)
	}
	if s.Desk == nil {
		return fault(BadRelease, "本服务没有开通现场放行")
	}
	if m.Operator == "" {
		return &Fault{Code: BadRelease, Path: "opter", Text: "放行要写经办人编号"}
	}
	by := store.Person{Operator: m.Operator, Name: m.OperatorName, Key: who.Name}
	var r *store.Release
	var err error
	if a.release != "" {
		r, err = s.Desk.Agree(ctx, m.Inst, a.release, by, s.Now())
	} else {
		var x *Said
		if x, bad = s.blocked(m.Inst, a); bad != nil {
			return bad
		}
		r, err = s.Desk.Ask(ctx, x, a.code, a.reason, by, s.Now())
	}
	switch {
	case errors.Is(err, errOther), errors.Is(err, errSame), errors.Is(err, errAskedLate), errors.Is(err, errGiven), errors.Is(err, store.ErrConflict):
		return fault(BadRelease, "%v", err)
	case err != nil:
		return s.failed(ctx, err)
	}
	re.output = func(w *writer) {
		w.key("release")
		w.open('{')
		w.text("release_id", r.ID)
		w.text("jr_id", r.JrID)
		w.text("stas", r.State)
		w.text("until", store.Moment(r.Until).In(china).Format(time.DateTime))
		w.close('}')
	}
	return nil
}

// blocked finds the block that a release is asked for.
func (s *server) blocked(inst string, a *ask) (*Said, *Fault) {
	if len(a.ids) != 1 {
		return nil, &Fault{Code: BadRelease, Path: "input.jr_id", Text: "一次放行一条提醒，请写它的 jr_id"}
	}
	x := s.said.find(inst, a.ids[0])
	switch {
	case x == nil:
		return nil, &Fault{Code: BadRelease, Path: "input.jr_id", Text: "没有给本机构发过这条提醒，或已过去太久，请重新核对后再申请"}
	case refusing[x.Rule]:
		return nil, &Fault{Code: BadRelease, Path: "input.jr_id", Text: "资格暂停、终止和协议中止不能现场放行，请换医师开具或转自费"}
	case x.Stop != online.Block:
		return nil, &Fault{Code: BadRelease, Path: "input.jr_id", Text: "这条提醒不拦截，不用放行；继续执行请用 3103 反馈理由"}
	case a.code == "" || strings.TrimSpace(a.reason) == "":
		return nil, &Fault{Code: BadRelease, Path: "input.reason", Text: "放行要写理由代码和理由"}
	case utf8.RuneCountInString(a.reason) > maxReason:
		return nil, &Fault{Code: BadRelease, Path: "input.reason", Text: fmt.Sprintf("理由超过 %d 字", maxReason)}
	}
	return x, nil
}
