package cds

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/online"
)

// card is a CDS Hooks card.
type card struct {
	UUID            string       `json:"uuid"`
	Summary         string       `json:"summary"` // below 140 characters
	Detail          string       `json:"detail,omitempty"`
	Indicator       string       `json:"indicator"`
	Source          source       `json:"source"`
	Suggestions     []suggestion `json:"suggestions,omitempty"`
	Selection       string       `json:"selectionBehavior,omitempty"`
	OverrideReasons []coding     `json:"overrideReasons,omitempty"`
}

type source struct {
	Label string  `json:"label"`
	Topic *coding `json:"topic,omitempty"`
}

type suggestion struct {
	Label       string   `json:"label"`
	UUID        string   `json:"uuid"`
	Recommended bool     `json:"isRecommended,omitempty"`
	Actions     []action `json:"actions,omitempty"`
}

type action struct {
	Type        string          `json:"type"`
	Description string          `json:"description"`
	Resource    json.RawMessage `json:"resource,omitempty"`
	ResourceID  string          `json:"resourceId,omitempty"`
}

const (
	maxSummary  = 139 // below 140
	reasonsName = "urn:mingjian:override-reason"
	rulesName   = "urn:mingjian:rule"
)

// Reason is a code for going on against a card.
type Reason struct{ Code, Name string }

// Reasons are the codes that cards offer unless the server is given others.
var Reasons = []Reason{{"reasonable", "合理诊疗"}, {"data-error", "数据错误"}, {"emergency", "急诊抢救"}, {"not-applicable", "知识点不适用"},
	{"special-population", "特殊人群"}, {"refunded", "已退费"}, {"other", "其他"}}

var indicators = map[online.Stop]string{online.Block: "critical", online.Confirm: "warning", online.Inform: "info"}

// kinds of what a uuid names.
const (
	ofCard     = 0
	ofChange   = 1
	ofSelfPay  = 2
	ofContinue = 3
)

// uuidOf writes a jr_id as UUID (version 8) with what it names: it can be read back after a restart, by another process. Ids that
// have not the engine's form ("jr" and 24 hex digits) stand for themselves.
func uuidOf(jr string, kind int) string {
	h, ok := strings.CutPrefix(jr, "jr")
	if !ok || len(h) != 24 || strings.Trim(h, "0123456789abcdef") != "" {
		if kind == ofCard {
			return jr
		}
		return fmt.Sprintf("%s:%d", jr, kind)
	}
	return fmt.Sprintf("%s-%s-8%s-8%s-%s6d6a%d", h[:8], h[8:12], h[12:15], h[15:18], h[18:24]+"0", kind)
}

// idOf reads what uuidOf wrote.
func idOf(uuid string) (jr string, kind int) {
	h := strings.ReplaceAll(strings.ToLower(uuid), "-", "")
	if len(uuid) == 36 && len(h) == 32 && strings.Trim(h, "0123456789abcdef") == "" && h[12] == '8' && h[16] == '8' && h[26:31] == "06d6a" {
		return "jr" + h[:12] + h[13:16] + h[17:26], int(h[31] - '0')
	}
	if at := strings.LastIndexByte(uuid, ':'); at > 0 && at == len(uuid)-2 {
		return uuid[:at], int(uuid[at+1] - '0')
	}
	return uuid, ofCard
}

// cardOf writes a reminder as card.
func (m *mapping) cardOf(r *online.Reminder, reasons []Reason) card {
	c := card{UUID: uuidOf(r.ID, ofCard), Summary: clip(r.Text, maxSummary), Indicator: indicators[r.Stop], Selection: "at-most-one",
		Source: source{Label: clip(r.RuleName, 80), Topic: &coding{System: rulesName, Code: r.Rule, Display: r.RuleName}}}
	var d strings.Builder
	if r.Advice != "" {
		d.WriteString(markdown(r.Advice) + "\n\n")
	}
	if r.Basis != "" {
		d.WriteString("**依据** " + markdown(r.Basis) + "\n\n")
	}
	if r.Vola.Has() && r.Vola != 0 {
		d.WriteString("**涉及金额** " + r.Vola.String() + " 元\n")
	}
	c.Detail = strings.TrimSpace(d.String())
	c.Suggestions = m.suggestions(r)
	if r.Stop != online.Block {
		for _, x := range reasons {
			c.OverrideReasons = append(c.OverrideReasons, coding{System: reasonsName, Code: x.Code, Display: x.Name})
		}
	}
	return c
}

// suggestions are the three things a doctor can do; a block leaves two.
func (m *mapping) suggestions(r *online.Reminder) []suggestion {
	change := suggestion{Label: "修改或撤下医嘱", UUID: uuidOf(r.ID, ofChange), Recommended: true}
	self := suggestion{Label: "转自费（须患者签字同意）", UUID: uuidOf(r.ID, ofSelfPay)}
	for _, l := range r.Lines {
		d := m.drafts[l.Order]
		if l.Type != 1 || l.Elsewhere || d == nil {
			continue
		}
		change.Actions = append(change.Actions, action{Type: "delete", Description: "撤下这条医嘱", ResourceID: d.name()})
		if x := selfPaid(d.raw); x != nil {
			self.Actions = append(self.Actions, action{Type: "update", Description: "改为自费，打印告知单由患者签字", Resource: x})
		}
	}
	var out []suggestion
	if len(change.Actions) > 0 {
		out = append(out, change)
	}
	if len(self.Actions) > 0 {
		out = append(out, self)
	}
	if r.Stop != online.Block {
		out = append(out, suggestion{Label: "继续，并选择理由", UUID: uuidOf(r.ID, ofContinue)})
	}
	return out
}

// selfPaid is an order with the mark that the patient pays it himself; nil when it cannot be read.
func selfPaid(raw json.RawMessage) json.RawMessage {
	var r map[string]json.RawMessage
	if json.Unmarshal(raw, &r) != nil {
		return nil
	}
	var xs []json.RawMessage
	if e, ok := r["extension"]; ok && json.Unmarshal(e, &xs) != nil {
		return nil
	}
	mark, err := json.Marshal(map[string]any{"url": urn + "selfpay", "valueBoolean": true})
	if err != nil {
		return nil
	}
	list, err := json.Marshal(append(xs, mark))
	if err != nil {
		return nil
	}
	r["extension"] = list
	out, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	return out
}

// markdown keeps what stands in a text from becoming markup.
func markdown(s string) string {
	return strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "`", "\\`", "#", "\\#").Replace(s)
}

func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i]
		}
		n++
	}
	return strings.ToValidUTF8(s, "�")
}
