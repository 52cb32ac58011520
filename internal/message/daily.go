package message

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// said lists counts by state for those states that somebody holds; "" when there are none.
func said(states map[string]int64, hold func(state string) bool) (text string, n int64) {
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(states)) {
		if states[s] > 0 && hold(s) {
			parts, n = append(parts, fmt.Sprintf("%s %d 件", s, states[s])), n+states[s]
		}
	}
	return strings.Join(parts, "，"), n
}

// ends writes the two messages of a day for a holder.
func (b *batch) ends(id string, m store.Message, late, near map[string]int64, hold func(state string) bool, list string, concerns func(*store.User, *auth.Identity) bool) error {
	day := b.Today()
	m.At = store.Micros(b.now)
	if text, n := said(near, hold); n > 0 {
		m.ID, m.Kind, m.Title, m.Body, m.Link = "d:"+day.String()+id, DueSoon, fmt.Sprintf("%d 件疑点在 %s 前到期", n, b.Ahead(soon)), text+"。", list
		if err := b.tell(m, concerns); err != nil {
			return err
		}
	}
	text, n := said(late, hold)
	if n == 0 {
		return nil
	}
	m.ID, m.Kind, m.Title, m.Body, m.Link = "o:"+day.String()+id, Overdue, fmt.Sprintf("%d 件疑点已经超期", n), text+"。", list
	return b.tell(m, concerns)
}

// insts tells institutions what of theirs runs out: one question for all of them.
func (b *batch) insts() error {
	late, near, err := b.due(store.Scope{}, "fixmedins_code")
	if err != nil {
		return err
	}
	areas, err := b.tx.Divisions()
	hold := func(state string) bool { return slices.Contains(review.Holders(state), auth.Appeal) }
	seen := map[string]bool{}
	for i := range b.users {
		inst := b.users[i].Inst
		if inst == "" || seen[inst] || err != nil {
			continue
		}
		seen[inst] = true
		err = b.ends(" i "+inst, store.Message{Admdvs: areas[inst], Inst: inst}, late[inst], near[inst], hold, "/answers", ofInst(inst))
	}
	return err
}

// offices tells the bureau's people what is in their hands: one message for each area and permission that somebody has.
func (b *batch) offices() error {
	areas := map[string]bool{}
	for i := range b.users {
		if u := &b.users[i]; u.Inst == "" {
			areas[u.Admdvs] = true
		}
	}
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		late, near, err := b.due(store.Scope{Admdvs: area})
		if err != nil {
			return err
		}
		for _, p := range []auth.Permission{auth.FirstReview, auth.SecondReview, auth.Dispatch, auth.Confirm, auth.Execute, auth.Inspect} {
			err := b.ends(fmt.Sprintf(" b %s %s", area, p), store.Message{Admdvs: area}, late[""], near[""], func(state string) bool { return slices.Contains(review.Holders(state), p) }, "/",
				func(u *store.User, who *auth.Identity) bool { return u.Inst == "" && u.Admdvs == area && who.May(p) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// wrongs tells those who answer for a card of doctors' words that a reminder was wrong, when the time to answer ends the next working day or has ended.
func (b *batch) wrongs() error {
	ws, err := b.tx.WrongsIn(store.WrongFilter{State: store.WrongOpen, Due: (b.Ahead(1) + 1).String()}, 0, 500)
	if err != nil {
		return err
	}
	late, today := map[string]int{}, b.Today().String()
	by := map[string]int{}
	for i := range ws {
		by[ws[i].Rule]++
		if ws[i].Due < today {
			late[ws[i].Rule]++
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(by)) {
		body := fmt.Sprintf("%d 件反映的答复期限在 %s 以前。", by[rule], b.Ahead(1))
		if late[rule] > 0 {
			body += fmt.Sprintf("其中 %d 件已经超期。", late[rule])
		}
		err := b.tell(store.Message{ID: "w:" + today + " " + rule, Kind: WrongDue, Title: "规则 " + rule + " 有“提醒有误”等您答复", Body: body, Link: "/reminders", At: store.Micros(b.now)},
			func(u *store.User, _ *auth.Identity) bool { return u.Inst == "" })
		if err != nil {
			return err
		}
	}
	return nil
}

// gaps tells once for each state of the data that it does not agree with the clearing totals.
func (b *batch) gaps() error {
	if b.Gaps == nil {
		return nil
	}
	n, id := b.Gaps()
	if n == 0 {
		return nil
	}
	return b.tell(store.Message{ID: "g:" + id, Kind: Incomplete, Title: fmt.Sprintf("数据与清算总额不符 %d 处", n), Body: "可能有机构或月份没有传全，下结论前先补齐；各处见数据接入页。", Link: "/data", At: store.Micros(b.now)}, ofOffice)
}
