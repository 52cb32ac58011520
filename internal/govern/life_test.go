package govern

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// TestNoShortWayToLive takes random steps by random people: whatever they try, a version is only ever live after a trial, a shadow
// run, the consent of somebody who had no hand in it, and an announcement.
func TestNoShortWayToLive(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		people := []*auth.Identity{wang, li, both, chu}
		n, lives := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			name := fmt.Sprint("集", n)
			var ids []string
			draft := func(who *auth.Identity) {
				v, err := r.Propose(ctx, who, Text{Kind: Points, Name: name, File: "p.csv", Body: []byte("rule_id,subject_code,basis\nY001," + item + ",依据\n")})
				if err == nil {
					ids = append(ids, v.ID)
				}
			}
			draft(wang)
			for range rapid.IntRange(10, 40).Draw(rt, "steps") {
				who := rapid.SampledFrom(people).Draw(rt, "who")
				id := rapid.SampledFrom(ids).Draw(rt, "version")
				// Errors are the point: only what is left in the store counts.
				action := rapid.SampledFrom([]string{"draft", "trial", "shadow", "run", "submit", "approve", "reject", "announce", "live", "retire", "rollback", "drop"}).Draw(rt, "action")
				if rapid.IntRange(0, 9).Draw(rt, "guided") < 8 { // else hardly any would get anywhere
					v, err := r.Find(ctx, id)
					if err != nil {
						rt.Fatal(err)
					}
					on := map[State][]string{Draft: {"trial"}, Tried: {"shadow"}, Shadow: {"run", "submit"}, Submitted: {"approve"}, Approved: {"announce"}, Announced: {"live"}}
					if as := on[State(v.State)]; as != nil {
						action = rapid.SampledFrom(as).Draw(rt, "next")
					}
				}
				switch action {
				case "draft":
					draft(who)
				case "trial":
					r.RecordTrial(ctx, who, id, nothing)
				case "shadow":
					r.ToShadow(ctx, who, id, "")
				case "run":
					r.RecordShadow(ctx, id, nothing)
				case "submit":
					r.Submit(ctx, who, id, "")
				case "approve":
					r.Approve(ctx, who, id, "")
				case "reject":
					r.Reject(ctx, who, id, "理由")
				case "announce":
					r.Announce(ctx, who, id, "正文", "2025-01-01")
				case "live":
					r.GoLive(ctx, who, id, "")
				case "retire":
					r.Retire(ctx, who, id, "2025-06-01", "理由")
				case "rollback":
					r.Rollback(ctx, who, id, "理由")
				case "drop":
					r.Drop(ctx, who, id, "")
				}
			}
			lives += checkLives(rt, r, name)
		})
		if lives == 0 {
			t.Error("no version ever went live: the test tries nothing")
		}
	})
}

// checkLives holds every version's steps to the rules and counts those that went live.
func checkLives(t *rapid.T, r *Rules, name string) (lives int) {
	past, err := r.History(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	standing := 0
	for i := range past {
		p := &past[i]
		if State(p.State) == Live {
			standing++
		}
		at := slices.IndexFunc(p.Steps, func(s store.RuleStep) bool { return State(s.To) == Live })
		if at < 0 {
			continue
		}
		lives++
		tried, shadowed, approver, announced := false, false, "", false
		hands := map[string]bool{p.Author: true}
		for _, s := range p.Steps[:at] {
			switch State(s.To) {
			case Tried:
				tried, hands[s.Actor] = true, true
			case Shadow:
				shadowed, hands[s.Actor] = true, true
			case Submitted:
				hands[s.Actor] = true
			case Approved:
				approver = s.Actor
			case Announced:
				announced = true
			}
		}
		if !tried || !shadowed || !announced || approver == "" || hands[approver] {
			t.Fatalf("version %s went live by %+v", p.ID, p.Steps)
		}
	}
	if standing > 1 {
		t.Fatalf("%d versions of one set are live", standing)
	}
	return lives
}

func TestSubmitNeedsShadow(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		v := propose(t, r, aged(40, 2), "")
		must(r.RecordTrial(ctx, wang, v.ID, nothing))(t)
		must(r.ToShadow(ctx, wang, v.ID, ""))(t)
		if _, err := r.Submit(ctx, wang, v.ID, ""); err == nil {
			t.Error("submitted without having been judged in the shadow")
		}
		if err := r.RecordShadow(ctx, v.ID, nothing); err != nil {
			t.Fatal(err)
		}
		must(r.Submit(ctx, wang, v.ID, ""))(t)
		// Whoever sends it on has had a hand in it, though another drafted it.
		w := propose(t, r, aged(41, 2), "")
		must(r.RecordTrial(ctx, both, w.ID, nothing))(t)
		must(r.ToShadow(ctx, wang, w.ID, ""))(t)
		if err := r.RecordShadow(ctx, w.ID, nothing); err != nil {
			t.Fatal(err)
		}
		must(r.Submit(ctx, wang, w.ID, ""))(t)
		if _, err := r.Approve(ctx, both, w.ID, ""); !isSame(err) {
			t.Errorf("who tried it approves it: %v", err)
		}
		must(r.Approve(ctx, li, w.ID, ""))(t)
	})
}

func TestScopesHold(t *testing.T) {
	t.Parallel()
	r := newTown(t).r
	for area, ok := range map[string]bool{"": false, "99": false, "9902": false, "9901": true, "990101": true} {
		_, err := r.Propose(ctx, cityer, Text{Kind: Cards, File: "test", Body: []byte(aged(40, 1)), Area: area})
		if (err == nil) != ok {
			t.Errorf("somebody of 9901 drafts for %q: %v", area, err)
		}
	}
	if _, err := r.Propose(ctx, wang, Text{Kind: Cards, File: "test", Body: []byte(aged(40, 1)), Area: "991"}); err == nil {
		t.Error("an area of three digits is taken")
	}
}

func TestNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		for _, area := range []string{"", "9901", "9902"} {
			v := propose(t, r, aged(40, 1), area)
			approved(t, r, v)
			must(r.Announce(ctx, wang, v.ID, "公布"+area, "2025-03-01"))(t)
		}
		for area, want := range map[string]int{"": 3, "990101": 2, "990203": 2, "9903": 1} {
			if ns := must(r.Notices(ctx, area))(t); len(ns) != want {
				t.Errorf("%d announced for %q, want %d", len(ns), area, want)
			}
		}
	})
}

func TestRollbackRestoresTheProgram(t *testing.T) {
	onBoth(t, func(t *testing.T, r *Rules) {
		ids := []string{program(t, r)}
		var vs []*store.RuleVersion
		for i, day := range []string{"2025-01-01", "2025-02-01", "1900-01-01"} {
			vs = append(vs, live(t, r, propose(t, r, aged(40+i, 2), ""), day))
			ids = append(ids, program(t, r))
		}
		for i := range ids {
			if slices.Contains(ids[i+1:], ids[i]) {
				t.Errorf("two books have the same id: %v", ids)
			}
		}
		if _, err := r.Rollback(ctx, li, vs[0].ID, "理由"); err == nil {
			t.Error("a version that is not live is rolled back")
		}
		for i := len(vs) - 1; i >= 0; i-- {
			must(r.Rollback(ctx, li, vs[i].ID, "理由"))(t)
			if got := program(t, r); got != ids[i] {
				t.Errorf("after rolling back version %d the program is %s, want %s", i, got, ids[i])
			}
		}
	})
}
