package review

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// States of a case. What each is for is told in states.tsv.
const (
	Machine     = store.MachineState
	First       = "初审"
	DismissTwo  = "排除复核"
	DismissRead = "排除抽查"
	ToSend      = "待送达"
	Sent        = "送达中"
	Answering   = "反馈申诉"
	Second      = "复审"
	Supplement  = "补充材料"
	Panelled    = "合议"
	Told        = "复审告知"
	SecondPlea  = "二次申诉"
	Final       = "终审"
	Executing   = "执行"
	Admin       = "行政处理"
	Closed      = "关闭"
)

// Sides: who holds a case in a state.
const (
	sideOffice   = "经办"
	sideInst     = "机构"
	sideDelivery = "送达"
	sidePanel    = "合议"
	sideAdmin    = "行政"
	sideEnd      = "终结"
)

//go:embed states.tsv
var statesText string

//go:embed events.tsv
var eventsText string

// State is a row of states.tsv.
type State struct {
	Name    string `json:"name"`
	Side    string `json:"side"`
	Clock   string `json:"clock"`   // name of the limit; "" = no clock
	Timeout string `json:"timeout"` // event when it has run out
	Does    string `json:"does"`
}

// Event is a row of events.tsv.
type Event struct {
	ID      string   `json:"event"`
	Name    string   `json:"name"`
	From    []string `json:"from"`
	To      []string `json:"to"` // "=" = stays where it is
	Who     []string `json:"who"`
	Guards  []string `json:"guards"`
	Product string   `json:"product"`
}

// system is who acts where no person does; it has no rights of a person.
const system = "系统"

var machineID = &auth.Identity{Name: system}

// Flow is the state machine as data.
type Flow struct {
	States []State
	Events []Event
}

// flow is the one that ships; it is checked when the program starts, so a broken table never decides anything.
var flow = func() *Flow {
	f, err := readFlow(statesText, eventsText)
	if err != nil {
		panic(err) // the embedded files are part of the program; a test reads them
	}
	return f
}()

// TheFlow returns the state machine, for screens and documents.
func TheFlow() *Flow { return flow }

func rowsOf(text string, columns int) ([][]string, error) {
	var out [][]string
	for i, l := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Split(l, "\t")
		if len(f) != columns {
			return nil, fmt.Errorf("第 %d 行有 %d 列，应为 %d 列", i+1, len(f), columns)
		}
		for k := range f {
			if f[k] == "-" {
				f[k] = ""
			}
		}
		if i > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

func several(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

func readFlow(states, events string) (*Flow, error) {
	f := &Flow{}
	rows, err := rowsOf(states, 5)
	if err != nil {
		return nil, fmt.Errorf("states.tsv %w", err)
	}
	for _, r := range rows {
		f.States = append(f.States, State{r[0], r[1], r[2], r[3], r[4]})
	}
	if rows, err = rowsOf(events, 7); err != nil {
		return nil, fmt.Errorf("events.tsv %w", err)
	}
	for _, r := range rows {
		f.Events = append(f.Events, Event{r[0], r[1], several(r[2]), several(r[3]), several(r[4]), several(r[5]), r[6]})
	}
	return f, f.check()
}

// check refuses tables in which something is named that does not exist, a clock runs into nothing, or a case can get stuck.
func (f *Flow) check() error {
	next := map[string][]string{}
	seen := map[string]bool{}
	for _, e := range f.Events {
		if seen[e.ID] {
			return fmt.Errorf("事件 %s 写了两次", e.ID)
		}
		seen[e.ID] = true
		for _, s := range e.From {
			if f.state(s) == nil {
				return fmt.Errorf("事件 %s：没有状态 %q", e.ID, s)
			}
			next[s] = append(next[s], e.To...)
		}
		for _, s := range e.To {
			if s != "=" && f.state(s) == nil {
				return fmt.Errorf("事件 %s：没有状态 %q", e.ID, s)
			}
		}
		if len(e.From) == 0 || len(e.To) == 0 || len(e.Who) == 0 {
			return fmt.Errorf("事件 %s：从、到、谁都要写", e.ID)
		}
		for _, w := range e.Who {
			if !knownActor(w) {
				return fmt.Errorf("事件 %s：没有权限 %q", e.ID, w)
			}
		}
		for _, g := range e.Guards {
			if guards[g] == nil {
				return fmt.Errorf("事件 %s：没有条件 %q", e.ID, g)
			}
		}
	}
	return f.checkStates(next)
}

func (f *Flow) checkStates(next map[string][]string) error {
	for _, s := range f.States {
		if (s.Clock == "") != (s.Timeout == "") {
			return fmt.Errorf("状态 %s：期限和到期要一起写", s.Name)
		}
		if s.Clock != "" && defaults[s.Clock] == nil {
			return fmt.Errorf("状态 %s：没有期限 %q", s.Name, s.Clock)
		}
		if e := f.event(s.Timeout); s.Timeout != "" && (e == nil || !slices.Contains(e.From, s.Name) || !slices.Contains(e.Who, system)) {
			return fmt.Errorf("状态 %s：到期事件 %q 不能由系统在此状态办理", s.Name, s.Timeout)
		}
		// The bureau's own time-outs move nothing.
		if e := f.event(s.Timeout); e != nil && s.Side != sideInst && !slices.Equal(e.To, []string{"="}) {
			return fmt.Errorf("状态 %s：经办超期只能上报，不能由系统决定", s.Name)
		}
		if !reaches(next, Machine, s.Name) || !reaches(next, s.Name, Closed) {
			return fmt.Errorf("状态 %s 到不了，或到不了关闭", s.Name)
		}
	}
	return nil
}

func reaches(next map[string][]string, from, to string) bool {
	seen, queue := map[string]bool{from: true}, []string{from}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if s == to {
			return true
		}
		for _, n := range next[s] {
			if n != "=" && !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return false
}

func (f *Flow) state(name string) *State {
	if i := slices.IndexFunc(f.States, func(s State) bool { return s.Name == name }); i >= 0 {
		return &f.States[i]
	}
	return nil
}

func (f *Flow) event(id string) *Event {
	if i := slices.IndexFunc(f.Events, func(e Event) bool { return e.ID == id }); i >= 0 {
		return &f.Events[i]
	}
	return nil
}

// knownActor: the system, or a permission that some role has.
func knownActor(w string) bool {
	return w == system || slices.ContainsFunc(auth.Roles, func(r auth.Role) bool { return slices.Contains(r.May, auth.Permission(w)) })
}

// by tells whether somebody may cause the event at all.
func (e *Event) by(who *auth.Identity) bool {
	if who == machineID {
		return slices.Contains(e.Who, system)
	}
	return slices.ContainsFunc(e.Who, func(w string) bool { return w != system && who.May(auth.Permission(w)) })
}

// Can lists the names of what somebody may do in a state.
func (f *Flow) Can(state string, who *auth.Identity) []Event {
	var out []Event
	for _, e := range f.Events {
		if slices.Contains(e.From, state) && e.by(who) {
			out = append(out, e)
		}
	}
	return out
}
