package remind

import (
	"container/list"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Memory is the State that a running service keeps: explanations in force, what was shown lately, today's interruptions.
// After a start it is filled from the store. Safe for concurrent use.
type Memory struct {
	mu        sync.Mutex
	explained map[quietKey]explanation
	lately    map[string]*list.Element // by jr_id
	order     *list.List               // of *mention, oldest first
	days      map[doctorDay]*[2]int    // calls, interruptions
	today     claim.Day
}

type quietKey struct{ inst, patient, rule, subject string }

type explanation struct {
	jr        string
	at        time.Time
	inpatient bool
	visit     string
	stop      online.Stop
	severity  int8
	facts     string
	excess    int64
	vola      claim.Money
}

// add adds what a doctor met on a day that is not over.
func (m *Memory) add(day claim.Day, inst, doctor string, calls, interruptions int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case day < m.today:
		return
	case day > m.today:
		m.today = day
		clear(m.days)
	}
	k := doctorDay{inst, doctor}
	n := m.days[k]
	if n == nil {
		n = new([2]int)
		m.days[k] = n
	}
	n[0], n[1] = n[0]+calls, n[1]+interruptions
}

// mention is a reminder that was shown, as far as it is compared with later ones.
type mention struct {
	jr   string
	w    Where
	r    online.Reminder
	same []string // jr_id of those that it shows besides
}

// mentionOf a reminder. Its strings are its own: those of a call are pieces of the message, which would be kept as long.
func mentionOf(w Where, r *online.Reminder) *mention {
	x := &mention{w: w, r: online.Reminder{ID: r.ID, Patient: r.Patient, Visit: r.Visit, Rule: r.Rule, Subject: r.Subject, Severity: r.Severity, Stop: r.Stop,
		Facts: r.Facts, Excess: r.Excess, Vola: r.Vola}}
	online.Own(&x.w.Inst, &x.w.Dept, &x.w.Doctor, &x.w.Patient, &x.w.Visit, &x.r.ID, &x.r.Patient, &x.r.Visit, &x.r.Subject, &x.r.Facts)
	x.jr = x.r.ID
	return x
}

type doctorDay struct {
	inst, doctor string
}

// lastShown is how many shown reminders are remembered for answers that come before the log is drained.
const lastShown = 100_000

// NewMemory is an empty one.
func NewMemory() *Memory {
	return &Memory{explained: map[quietKey]explanation{}, lately: map[string]*list.Element{}, order: list.New(), days: map[doctorDay]*[2]int{}}
}

// Quiet implements State.
func (m *Memory) Quiet(p *Params, w Where, r *online.Reminder, now time.Time) string {
	if r.Patient == "" {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	x, ok := m.explained[quietKey{w.Inst, r.Patient, r.Rule, r.Subject}]
	if !ok || x.worse(r) {
		return ""
	}
	if p.QuietStay && x.inpatient && w.Inpatient && x.visit == w.Visit && w.Visit != "" {
		return x.jr
	}
	if now.Sub(x.at) < time.Duration(p.QuietHours)*time.Hour {
		return x.jr
	}
	return ""
}

// worse tells whether a reminder is worse than when it was explained: graver, further over the limit, or, where no distance
// is known, about other facts that cost more.
func (x *explanation) worse(r *online.Reminder) bool {
	switch {
	case r.Stop > x.stop, r.Severity < x.severity:
		return true
	case r.Facts == x.facts:
		return false
	case r.Excess != 0 || x.excess != 0:
		return r.Excess > x.excess
	}
	return r.Vola > x.vola
}

// Interruptions implements State.
func (m *Memory) Interruptions(inst, doctor string, day claim.Day) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.days[doctorDay{inst, doctor}]; n != nil && day == m.today {
		return n[1]
	}
	return 0
}

// said notes what a call showed.
func (m *Memory) said(d *Decision, day claim.Day) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if day > m.today {
		m.today = day
		clear(m.days)
	}
	where := d.where
	hit := map[doctorDay]bool{}
	for i := range d.Shown {
		r := d.Shown[i].Alone()
		w := where.of(d.req, r)
		hit[doctorDay{w.Inst, w.Doctor}] = true
		m.remember(mentionOf(w, r))
	}
	for i := range d.Held {
		h := &d.Held[i]
		if e := m.lately[h.QuietOf]; e != nil && h.Why == HeldSame {
			x := mentionOf(where.of(d.req, &h.Reminder), &h.Reminder)
			e.Value.(*mention).same = append(e.Value.(*mention).same, x.jr)
			m.remember(x)
		}
	}
	if day != m.today {
		return
	}
	seen := map[doctorDay]bool{}
	for at, w := range where {
		k := doctorDay{w.Inst, w.Doctor}
		if at.visit == "" || w.Doctor == "" || seen[k] {
			continue
		}
		seen[k] = true
		n := m.days[k]
		if n == nil {
			n = new([2]int)
			m.days[doctorDay{strings.Clone(k.inst), strings.Clone(k.doctor)}] = n
		}
		n[0]++
		if hit[k] {
			n[1]++
		}
	}
}

func (m *Memory) remember(x *mention) {
	if e := m.lately[x.jr]; e != nil {
		e.Value = x
		m.order.MoveToBack(e)
		return
	}
	m.lately[x.jr] = m.order.PushBack(x)
	if m.order.Len() > lastShown {
		old := m.order.Remove(m.order.Front()).(*mention)
		delete(m.lately, old.jr)
	}
}

// answered notes an answer. It reports false when the reminder is not among those shown lately: then the drain, which sees the
// store, notes it.
func (m *Memory) answered(c *Choice, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.lately[c.JrID]
	if e == nil {
		return false
	}
	x := e.Value.(*mention)
	m.explain(x, c.Way, now)
	for _, jr := range x.same {
		if e := m.lately[jr]; e != nil {
			m.explain(e.Value.(*mention), c.Way, now)
		}
	}
	return true
}

// explain begins or ends the quiet of a reminder: going on with a reason, or because the reminder is said to be wrong,
// begins it; any other answer ends it.
func (m *Memory) explain(x *mention, way string, at time.Time) {
	k := quietKey{x.w.Inst, x.r.Patient, x.r.Rule, x.r.Subject}
	if way != Continue && way != Wrong {
		if old, ok := m.explained[k]; ok && !old.at.After(at) {
			delete(m.explained, k)
		}
		return
	}
	m.explained[k] = explanation{x.jr, at, x.w.Inpatient, x.w.Visit, x.r.Stop, x.r.Severity, x.r.Facts, x.r.Excess, x.r.Vola}
	if len(m.explained)%4096 == 0 {
		m.forget(at)
	}
}

// longestStay is how long an in-patient's explanation is remembered at most; longestQuiet likewise of an out-patient's.
const (
	longestStay  = 365 * 24 * time.Hour
	longestQuiet = 720 * time.Hour
)

func (m *Memory) forget(now time.Time) {
	for k, x := range m.explained {
		if age := now.Sub(x.at); age > longestStay || (!x.inpatient && age > longestQuiet) {
			delete(m.explained, k)
		}
	}
}

// Median is today's median of interruptions over the doctors who called, and how many doctors those are.
func (m *Memory) Median() (median float64, doctors int) {
	m.mu.Lock()
	ns := make([]int64, 0, len(m.days))
	for _, n := range m.days {
		ns = append(ns, int64(n[1]))
	}
	m.mu.Unlock()
	return medianOf(ns), len(ns)
}
