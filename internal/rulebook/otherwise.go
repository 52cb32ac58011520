package rulebook

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// AreaWords say for people what a pooling area does otherwise than the cards.
type AreaWords struct {
	guide *guide
	cards *rule.Library
}

// WordsOfAreas reads the words once for many settings. cards are those in force.
func WordsOfAreas(cards *rule.Library) *AreaWords {
	return &AreaWords{readGuide(), cards}
}

// Name is what a card is called; "" when there is none.
func (w *AreaWords) Name(card string) string {
	if c := w.cards.Card(card); c != nil {
		return c.Name
	}
	return ""
}

// Says is a setting in words; change is a rule.Override as JSON. What cannot be read is said as it is.
func (w *AreaWords) Says(card, change string, enabled bool) string {
	if !enabled {
		return "不执行"
	}
	var o rule.Override
	if json.Unmarshal([]byte(change), &o) != nil {
		return change
	}
	check := ""
	if c := w.cards.Card(card); c != nil {
		check = c.Kind + "/" + c.Check
	}
	var said []string
	for _, k := range slices.Sorted(maps.Keys(o.Params)) {
		name, unit := k, ""
		if t, ok := w.guide.param(check, k); ok && t.Means != "" {
			name, unit = t.Means, t.Unit
		}
		v := fmt.Sprint(o.Params[k])
		if v == "true" || v == "false" {
			v, unit = map[string]string{"true": "是", "false": "否"}[v], ""
		}
		said = append(said, strings.TrimSpace(name+" "+v+" "+unit))
	}
	if o.Severity != 0 {
		said = append(said, "程度 "+severityWord(o.Severity))
	}
	if o.Stop != "" {
		said = append(said, "停止级别 "+wordOf(stopLevels, o.Stop))
	}
	for _, x := range []struct {
		what string
		tags []string
	}{{"另豁免", o.Exempt}, {"不豁免", o.Judge}} {
		if len(x.tags) == 0 {
			continue
		}
		names := make([]string, len(x.tags))
		for i, t := range x.tags {
			if names[i] = claim.TagTitles[t]; names[i] == "" {
				names[i] = t
			}
		}
		said = append(said, x.what+" "+strings.Join(names, "、"))
	}
	return strings.Join(said, "，")
}
