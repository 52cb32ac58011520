package remind

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// fit shortens a text to limit characters: whole clauses from the front, and the last one, which says what to do.
func fit(text string, limit int) string {
	if strings.IndexFunc(text, unicode.IsSpace) >= 0 {
		text = strings.Join(strings.Fields(text), " ")
	}
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，。；;", r) })
	if n := len(parts); n > 1 {
		last := parts[n-1]
		for k := n - 1; k >= 1; k-- {
			s := strings.Join(parts[:k], "，") + "，" + last
			if utf8.RuneCountInString(s) <= limit {
				return s
			}
		}
		if room := limit - utf8.RuneCountInString(last) - 2; room >= 8 {
			return string([]rune(parts[0])[:min(room, utf8.RuneCountInString(parts[0]))]) + "…，" + last
		}
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// Kinds of action.
const (
	Change   = "修改"
	SelfPay  = "转自费"
	Continue = "继续"
	Wrong    = "有误" // "this is wrong": goes on, and to the rule's owner
)

// Action is what may be done about a reminder, each in at most two clicks: the button, and for Continue the reason.
type Action struct {
	Way     string   `json:"way"`
	Label   string   `json:"label"`
	Notice  string   `json:"notice,omitempty"` // of SelfPay: what the patient reads and signs
	Reasons []Reason `json:"reasons,omitempty"`
}

// actions of a reminder. A block cannot be gone on against: it is released (by two persons), or the order is changed.
func actions(p *Params, req *online.Request, r *online.Reminder) []Action {
	out := []Action{{Way: Change, Label: "返回修改"}}
	if r.Subject != "" {
		out = append(out, Action{Way: SelfPay, Label: "转自费", Notice: notice(p, req, r)})
	}
	if r.Stop < online.Block {
		out = append(out, Action{Way: Continue, Label: "继续（选理由）", Reasons: Reasons()})
	}
	return append(out, Action{Way: Wrong, Label: "提醒有误"})
}

func notice(p *Params, req *online.Request, r *online.Reminder) string {
	name, amount := r.Subject, r.Vola
	orders := map[string]bool{}
	for i := range r.Lines {
		if r.Lines[i].Type == 1 {
			orders[r.Lines[i].Order] = true
		}
	}
	var sum claim.Money
	found := 0
	for i := range req.Patients {
		for j := range req.Patients[i].Encounters {
			os := req.Patients[i].Encounters[j].Orders
			for k := range os {
				if o := &os[k]; o.Current && orders[o.ID] {
					if found == 0 && o.Name != "" {
						name = o.Name
					}
					sum, found = sum+o.Amount.Or(0), found+1
				}
			}
		}
	}
	if found > 0 {
		amount = sum
	}
	if found > 1 {
		name = fmt.Sprintf("%s等 %d 项", name, found)
	}
	limit, _, _ := strings.Cut(r.Text, "，请")
	text := strings.ReplaceAll(p.SelfPayNotice, "{金额}", amount.String())
	text = strings.ReplaceAll(text, "{限定}", strings.TrimRight(limit, "，。"))
	return strings.ReplaceAll(text, "{项目}", name)
}
