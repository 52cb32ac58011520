package fsi

import (
	"cmp"
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/online"
)

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
		x := &Said{Inst: q.Inst, Area: q.Admdvs, At: now, Stage: q.Stage, Reminder: rs[i]}
		x.InstName, x.Item = named(q, &rs[i])
		x.apart()
		if el := s.by[x.ID]; el != nil {
			s.order.Remove(el)
		}
		s.by[x.ID] = s.order.PushBack(x)
	}
	for s.order.Len() > mostSaid {
		delete(s.by, s.order.Remove(s.order.Front()).(*Said).ID)
	}
}

// apart makes the strings of what is remembered pieces of one copy: in a call they may be pieces of the message's body, which they would
// hold as long as they are remembered.
func (x *Said) apart() {
	x.Lines = slices.Clone(x.Lines)
	all := []*string{&x.Inst, &x.InstName, &x.Area, &x.Item, &x.ID, &x.Finding, &x.Patient, &x.Visit, &x.Text, &x.Subject, &x.Facts}
	for i := range x.Lines {
		all = append(all, &x.Lines[i].Order, &x.Lines[i].Visit, &x.Lines[i].Item, &x.Lines[i].ItemName)
	}
	online.Own(all...)
	x.Psn = x.Patient
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
						item = cmp.Or(o.Name, o.HospName, o.Item, o.HospItem)
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
