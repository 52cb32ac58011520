package fsi

import (
	"container/list"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/online"
)

// visitKey is a visit of an institution.
type visitKey struct{ inst, visit string }

// mostLines bounds the fee lines that wait for their settlement in memory: some 600 bytes each.
const mostLines = 200_000

// unsettled keeps the fee lines that 2204 and 2301 brought until 2207 or 2304 settles them, by visit. The visits that have been quiet
// longest make room; their settlement is then judged without its lines, which the answer says.
type unsettled struct {
	mu     sync.Mutex
	visits map[visitKey]*list.Element
	order  list.List // of *waiting, the quietest first
	lines  int
}

// waiting is a visit with lines by feedetl_sn.
type waiting struct {
	key     visitKey
	patient online.Patient // without encounters
	visit   online.Encounter
	batch   map[string]string // feedetl_sn → chrg_bchno
}

// put adds lines, or replaces those of the same number.
func (u *unsettled) put(inst, batch string, p *online.Patient, e *online.Encounter) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.visits == nil {
		u.visits = map[visitKey]*list.Element{}
	}
	k := visitKey{inst, e.ID}
	el := u.visits[k]
	if el == nil {
		w := &waiting{key: k, patient: *p, visit: *e, batch: map[string]string{}}
		w.patient.Encounters, w.visit.Orders = nil, nil
		el = u.order.PushBack(w)
		u.visits[k] = el
	}
	u.order.MoveToBack(el)
	w := el.Value.(*waiting)
	mergePatient(&w.patient, p)
	mergeEncounter(&w.visit, e)
	at := map[string]int{}
	for i := range w.visit.Orders {
		at[w.visit.Orders[i].ID] = i
	}
	for _, o := range e.Orders {
		if i, ok := at[o.ID]; ok {
			w.visit.Orders[i] = o
		} else {
			at[o.ID] = len(w.visit.Orders)
			w.visit.Orders = append(w.visit.Orders, o)
			u.lines++
		}
		w.batch[o.ID] = batch
	}
	for u.lines > mostLines && u.order.Len() > 1 {
		u.drop(u.order.Front())
	}
}

func (u *unsettled) drop(el *list.Element) {
	w := u.order.Remove(el).(*waiting)
	u.lines -= len(w.visit.Orders)
	delete(u.visits, w.key)
}

// take removes lines: those named, else those of the batch ("" and 0000 = all of the visit).
func (u *unsettled) take(inst, visit, batch string, named []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	el := u.visits[visitKey{inst, visit}]
	if el == nil {
		return
	}
	w := el.Value.(*waiting)
	gone := map[string]bool{}
	for _, sn := range named {
		gone[sn] = true
	}
	var kept []online.Order
	for _, o := range w.visit.Orders {
		if gone[o.ID] || (len(named) == 0 && inBatch(w.batch[o.ID], batch)) {
			delete(w.batch, o.ID)
			u.lines--
			continue
		}
		kept = append(kept, o)
	}
	if w.visit.Orders = kept; len(kept) == 0 {
		u.drop(el)
	}
}

func inBatch(of, asked string) bool { return asked == "" || asked == "0000" || of == "" || of == asked }

// add puts the waiting lines of a batch into a settlement's encounter; false when none waited.
func (u *unsettled) add(inst, batch string, p *online.Patient, e *online.Encounter) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	el := u.visits[visitKey{inst, e.ID}]
	if el == nil {
		return false
	}
	w := el.Value.(*waiting)
	if w.patient.ID != p.ID {
		return false // another person's lines under the visit's number: not to be mixed up
	}
	mergePatient(p, &w.patient)
	mergeEncounter(e, &w.visit)
	n := len(e.Orders)
	for _, o := range w.visit.Orders {
		if inBatch(w.batch[o.ID], batch) {
			e.Orders = append(e.Orders, o)
		}
	}
	return len(e.Orders) > n
}

// mostSaid bounds the reminders that are remembered for releases and slips.
const mostSaid = 50_000

// spoken remembers what was answered lately, by jr_id.
type spoken struct {
	mu    sync.Mutex
	by    map[string]*list.Element
	order list.List // of *Said, oldest first
}

// Said is a reminder as it was given to an institution.
type Said struct {
	Inst     string
	InstName string
	Area     string
	Psn      string
	At       time.Time
	Item     string // name of the first violating item, as the caller wrote it
	Stage    string
	online.Reminder
}

func (s *spoken) keep(q *online.Request, rs []online.Reminder, now time.Time) {
	if len(rs) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = map[string]*list.Element{}
	}
	for i := range rs {
		r := apart(&rs[i])
		x := &Said{Inst: strings.Clone(q.Inst), Area: strings.Clone(q.Admdvs), Psn: r.Patient, At: now, Stage: q.Stage, Reminder: r}
		inst, item := named(q, &r)
		x.InstName, x.Item = strings.Clone(inst), strings.Clone(item)
		if el := s.by[x.ID]; el != nil {
			s.order.Remove(el)
		}
		s.by[x.ID] = s.order.PushBack(x)
	}
	for s.order.Len() > mostSaid {
		delete(s.by, s.order.Remove(s.order.Front()).(*Said).ID)
	}
}

// apart copies a reminder whose strings may be pieces of a message's body, which it would hold as long as it is remembered.
func apart(r *online.Reminder) online.Reminder {
	x := *r
	for _, p := range []*string{&x.ID, &x.Finding, &x.Patient, &x.Visit, &x.Text, &x.Subject, &x.Facts} {
		*p = strings.Clone(*p)
	}
	x.Lines = slices.Clone(r.Lines)
	for i := range x.Lines {
		x.Lines[i].Order, x.Lines[i].Visit = strings.Clone(x.Lines[i].Order), strings.Clone(x.Lines[i].Visit)
	}
	return x
}

// named finds the institution's name and the first violating item's.
func named(q *online.Request, r *online.Reminder) (inst, item string) {
	for i := range q.Patients {
		for j := range q.Patients[i].Encounters {
			e := &q.Patients[i].Encounters[j]
			if e.ID != r.Visit || e.Inst != q.Inst {
				continue
			}
			inst = e.InstName
			for _, l := range r.Lines {
				for k := range e.Orders {
					if o := &e.Orders[k]; l.Type == 1 && !l.Elsewhere && o.ID == l.Order && item == "" {
						item = o.Name
						if item == "" {
							item = o.HospName
						}
					}
				}
			}
		}
	}
	return inst, item
}

// find returns a reminder that was given to the institution; nil when it was not, or long ago.
func (s *spoken) find(inst, id string) *Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	el := s.by[id]
	if el == nil || el.Value.(*Said).Inst != inst {
		return nil
	}
	return el.Value.(*Said)
}
