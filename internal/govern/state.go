package govern

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
)

// State of a version of a card or of a set of points.
type State string

// The states, in the order of a version's life.
const (
	Draft      State = "草稿"
	Tried      State = "试算"
	Shadow     State = "影子"
	Submitted  State = "待批"
	Approved   State = "已批"
	Announced  State = "已公布"
	Live       State = "生效"
	Superseded State = "被替"
	Retired    State = "停用"
	RolledBack State = "回退"
	Dropped    State = "作废"
)

// Action moves a version from one state to the next.
type Action string

// The actions people take. supersede, revive and demote are the machine's.
const (
	ActTrial    Action = "试算"
	ActShadow   Action = "转影子"
	ActSubmit   Action = "送审"
	ActApprove  Action = "批准"
	ActReject   Action = "退回"
	ActAnnounce Action = "公布"
	ActLive     Action = "生效"
	ActRetire   Action = "停用"
	ActRollback Action = "回退"
	ActDrop     Action = "作废"

	actDraft     Action = "起草"
	actSupersede Action = "被新版本取代"
	actRevive    Action = "恢复生效"
	actDemote    Action = "退回影子"
)

// move says from which states an action goes where, and who may take it.
type move struct {
	from []State
	to   State // "" = the state stays
	may  []auth.Permission
}

var moves = map[Action]move{
	ActTrial:    {[]State{Draft, Tried}, Tried, []auth.Permission{auth.EditKnowledge}},
	ActShadow:   {[]State{Tried}, Shadow, []auth.Permission{auth.EditKnowledge}},
	ActSubmit:   {[]State{Shadow}, Submitted, []auth.Permission{auth.EditKnowledge}},
	ActApprove:  {[]State{Submitted}, Approved, []auth.Permission{auth.ApproveRules}},
	ActReject:   {[]State{Submitted}, Draft, []auth.Permission{auth.ApproveRules}},
	ActAnnounce: {[]State{Approved}, Announced, []auth.Permission{auth.EditKnowledge, auth.ApproveRules}},
	ActLive:     {[]State{Announced}, Live, []auth.Permission{auth.EditKnowledge, auth.ApproveRules}},
	ActRetire:   {[]State{Live}, Retired, []auth.Permission{auth.ApproveRules}},
	ActRollback: {[]State{Live, Retired}, RolledBack, []auth.Permission{auth.ApproveRules}},
	ActDrop:     {[]State{Draft, Tried, Shadow, Submitted, Approved, Announced}, Dropped, []auth.Permission{auth.EditKnowledge, auth.ApproveRules}},

	actSupersede: {[]State{Live, Retired}, Superseded, nil},
	actRevive:    {[]State{Superseded}, Live, nil},
	actDemote:    {[]State{Live}, Shadow, nil},
}

// Can lists the actions that somebody with these permissions may take on a version in a state. Who took part in it may still not approve it.
func Can(s State, may func(auth.Permission) bool) []Action {
	out := []Action{}
	for _, a := range []Action{ActTrial, ActShadow, ActSubmit, ActApprove, ActReject, ActAnnounce, ActLive, ActRetire, ActRollback, ActDrop} {
		if m := moves[a]; slices.Contains(m.from, s) && slices.ContainsFunc(m.may, may) {
			out = append(out, a)
		}
	}
	return out
}

// next is the state an action leads to; an error says what can be done instead.
func next(s State, a Action) (State, error) {
	m, ok := moves[a]
	if ok && slices.Contains(m.from, s) {
		return m.to, nil
	}
	var can []string
	for _, x := range []Action{ActTrial, ActShadow, ActSubmit, ActApprove, ActReject, ActAnnounce, ActLive, ActRetire, ActRollback, ActDrop} {
		if slices.Contains(moves[x].from, s) {
			can = append(can, string(x))
		}
	}
	if len(can) == 0 {
		return "", refusef(ErrState, "状态为“%s”的版本不能“%s”，它的一生已经结束", s, a)
	}
	return "", refusef(ErrState, "状态为“%s”的版本不能“%s”，现在可以：%s", s, a, strings.Join(can, "、"))
}

// candidate tells whether a version in this state is judged in the shadow.
func (s State) candidate() bool {
	return s == Shadow || s == Submitted || s == Approved || s == Announced
}

// judges tells whether a version in this state, once live, still says what held on its days.
func (s State) judges() bool { return s == Live || s == Retired || s == Superseded }
