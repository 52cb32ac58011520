package online

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// standing is all that a call is judged with: program, facts of the lake, history. It is immutable, swapped as a whole, and freed
// when the last call that began with it is answered.
type standing struct {
	ground  *audit.Ground
	hist    *history
	delta   *delta
	past    *claim.Past
	persons int // codes of persons that the lake knows
	items   int // codes of items
	cards   []*rule.Card
	facts   map[string]Facts

	mu      sync.Mutex
	watches map[string]*watch
	desks   chan *desk
	users   atomic.Int64 // calls and the engine itself
	gone    atomic.Bool
}

// watch is what is judged at a stage of a channel.
type watch struct {
	speak, judged map[string]bool
	narrowed      map[string]bool // judged for the cards a request names
	silent        []NotJudged     // cards that cannot judge, with the reason
	why           map[string]string
}

func newStanding(g *audit.Ground, h *history, d *delta, facts map[string]Facts, desks int) *standing {
	ds := g.Snapshot().Dicts()
	s := &standing{ground: g, hist: h, delta: d, past: g.Bound().Past(), persons: ds[claim.DictPerson].Len(), items: ds[claim.DictItem].Len(),
		cards: g.Bound().Cards(), facts: facts, watches: map[string]*watch{}, desks: make(chan *desk, desks)}
	s.users.Store(1)
	return s
}

// warm makes what the first calls would otherwise wait for: the indexes of the dictionaries, and a desk.
func (s *standing) warm() {
	for _, d := range s.ground.Snapshot().Dicts() {
		d.Find("")
	}
	s.put(newDesk(s))
}

// enter tells that a call begins; false when the standing has been given up already.
func (s *standing) enter() bool {
	for {
		n := s.users.Load()
		if n == 0 {
			return false
		}
		if s.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave tells that a call ended.
func (s *standing) leave() {
	if s.users.Add(-1) == 0 {
		s.hist.close()
	}
}

// desk takes a free desk, or makes one.
func (s *standing) desk() *desk {
	select {
	case d := <-s.desks:
		return d
	default:
		return newDesk(s)
	}
}

func (s *standing) put(d *desk) {
	if d.spent() {
		return
	}
	select {
	case s.desks <- d:
	default:
	}
}

// factsOf a channel's calls at a stage.
func (s *standing) factsOf(channel, stage string) Facts {
	if f, ok := s.facts[channel+"/"+stage]; ok {
		return f
	}
	return everything(stage)
}

// watch of a request.
func (s *standing) watch(r *Request) (*watch, error) {
	if r.Stage != Before && r.Stage != During {
		return nil, fmt.Errorf("环节 %q 不是 事前 或 事中", r.Stage)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Stage + "\x1f" + r.Channel
	w := s.watches[key]
	if w == nil {
		w = s.newWatch(r.Channel, r.Stage)
		s.watches[key] = w
	}
	if r.Rules == nil {
		return w, nil
	}
	return s.narrow(w, r.Rules), nil
}

func (s *standing) newWatch(channel, stage string) *watch {
	w := &watch{why: map[string]string{}}
	b, f := s.ground.Bound(), s.factsOf(channel, stage)
	w.speak, w.judged = b.OfStage(stage)
	seen := map[string]bool{}
	for i, c := range s.cards {
		if !w.judged[c.ID] || seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		why := whyLacking(c, b.ScopeOf(i), f)
		if t := b.Missing(i); t != "" {
			why = "缺 " + t
		}
		if why == "" {
			continue
		}
		w.why[c.ID] = why
		if w.speak[c.ID] {
			w.silent = append(w.silent, NotJudged{Rule: c.ID, Why: why})
		}
	}
	slices.SortFunc(w.silent, compareNotJudged)
	for id := range w.why {
		delete(w.speak, id)
		delete(w.judged, id)
	}
	return w
}

// narrow restricts a watch to some cards. What silences them is judged all the same.
func (s *standing) narrow(w *watch, rules []string) *watch {
	out := &watch{speak: map[string]bool{}, judged: w.judged, narrowed: map[string]bool{}, why: w.why}
	for _, id := range rules {
		if w.speak[id] {
			out.speak[id], out.narrowed[id] = true, true
		}
	}
	for n := -1; n < len(out.narrowed); {
		n = len(out.narrowed)
		for _, c := range s.cards {
			if w.judged[c.ID] && slices.ContainsFunc(c.Refines, func(wide string) bool { return out.narrowed[wide] }) {
				out.narrowed[c.ID] = true
			}
		}
	}
	for _, x := range w.silent {
		if slices.Contains(rules, x.Rule) {
			out.silent = append(out.silent, x)
		}
	}
	return out
}

// CardState is whether a card judges calls.
type CardState struct {
	ID     string
	Number []int  // its numbers in the program: the library's card and its variants
	Why    string // it does not, because; "" when it does
	Lacks  bool   // it is not judged anywhere for want of a table
}

// Cards lists the cards of a stage, and which of them judge a channel's calls.
func (e *Engine) Cards(channel, stage string) (out []CardState, err error) {
	s := e.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer s.leave()
	w, err := s.watch(&Request{Stage: stage, Channel: channel})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, c := range s.cards {
		if !slices.Contains(c.Stages, stage) {
			continue
		}
		k, ok := at[c.ID]
		if !ok {
			k = len(out)
			at[c.ID] = k
			out = append(out, CardState{ID: c.ID, Why: w.why[c.ID], Lacks: s.ground.Bound().Missing(i) != ""})
		}
		out[k].Number = append(out[k].Number, i)
	}
	return out, nil
}

// Facts are what a channel's calls carry at a stage.
func (e *Engine) Facts(channel, stage string) Facts { return e.now.Load().factsOf(channel, stage) }

// Ground is the program and the facts that calls are judged with now.
func (e *Engine) Ground() *audit.Ground { return e.now.Load().ground }
