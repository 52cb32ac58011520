package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// demoRounds is how often the tracks are gone through for an institution, at most.
const demoRounds = 3

// demoLeast (fen) is the fund's part a case should have so that its package is sent at once.
const demoLeast = 10000

// demoLoop drives cases of the example city through the loop on a calendar that ends today.
type demoLoop struct {
	*demo
	o     *office
	desk  *review.Desk
	day   claim.Day // the calendar's
	cases []*demoCase
	said  map[string]int
}

// demoCase is a case and the track it goes.
type demoCase struct {
	id, inst string
	track    *demoTrack
	stuck    bool
}

// loop makes the users and, the first time, the cases of every state.
func (d *demo) loop() (string, error) {
	said, fresh := "", false
	err := withOffice(d.s, d.Data, "", func(o *office) error {
		var fs []store.Finding
		kinds := map[string]string{}
		err := o.db.View(d.s.ctx, func(tx *store.Tx) (err error) {
			if fs, err = tx.FindingsIn(store.Scope{}, store.FindingQuery{}, store.Page{Limit: 1 << 20}); err != nil {
				return err
			}
			is, err := tx.ReviewInsts()
			for _, i := range is {
				kinds[i.Code] = i.Kind
			}
			return err
		})
		if err != nil {
			return err
		}
		d.insts = demoPlaces(fs, kinds)
		if d.told, err = d.people(o, d.insts); err != nil {
			return err
		}
		if slices.ContainsFunc(fs, func(f store.Finding) bool { return f.State != store.MachineState }) {
			said = "已有在办的疑点，保持原样"
			return nil
		}
		l := &demoLoop{demo: d, o: o, said: map[string]int{}}
		l.desk = &review.Desk{DB: o.db, Trail: o.trail, Files: filepath.Join(o.dir, attachmentsDir), Via: "示例", Now: l.now}
		l.choose(fs)
		if err := l.run(); err != nil {
			return err
		}
		if err := d.clues(o); err != nil {
			return err
		}
		if err := d.reminders(o); err != nil {
			return err
		}
		if err := errors.Join(d.specials(o), d.samples(o)); err != nil {
			return err
		}
		fresh = true
		said, err = l.states()
		return err
	})
	if err == nil && fresh { // what the panel granted goes into what the hospital is paid
		_, err = makeBoards(d.s, d.Data, "", 0)
	}
	if err == nil {
		err = d.extend()
	}
	return said, err
}

// now is mid-morning of the loop's day in China.
func (l *demoLoop) now() time.Time {
	y, m, d := l.day.Civil()
	return time.Date(y, time.Month(m), d, 10, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
}

// choose gives cases to the tracks: dear ones first, of each rule and month of an institution one at a time, because a package is sent
// and signed for as a whole.
func (l *demoLoop) choose(fs []store.Finding) {
	fs = slices.DeleteFunc(slices.Clone(fs), func(f store.Finding) bool { return f.Withdrawn || f.Charged <= 0 || f.Fund < demoLeast })
	slices.SortFunc(fs, func(a, b store.Finding) int {
		return cmp.Or(cmp.Compare(b.Charged, a.Charged), cmp.Compare(a.ID, b.ID))
	})
	owned := map[string]bool{}
	for _, code := range l.insts {
		owned[code] = true
	}
	used, packed, visits := map[string]bool{}, map[string]bool{}, map[string]bool{}
	pick := func(inst string, t *demoTrack) bool {
		for i := range fs {
			f := &fs[i]
			group := f.Inst + " " + f.RuleID + " " + f.Month
			switch {
			case used[f.ID] || visits[f.Mdtrt] || (inst != "" && f.Inst != inst) || (inst == "" && owned[f.Inst]) || (t.big && f.Vola < 100000):
				continue
			case len(t.deeds) > 2 && packed[group]:
				continue
			}
			if used[f.ID], visits[f.Mdtrt] = true, true; len(t.deeds) > 2 {
				packed[group] = true
			}
			l.cases = append(l.cases, &demoCase{id: f.ID, inst: f.Inst, track: t})
			return true
		}
		return false
	}
	for range demoRounds {
		for _, where := range []string{l.insts[demoFirst], l.insts[demoSecond], l.insts[demoPharmacy], ""} {
			for i := range demoTracks {
				if t := &demoTracks[i]; where != "" || !t.own {
					pick(where, t)
				}
			}
		}
	}
	l.reread(fs, used)
}

// rereadTries is how many small dismissals are made at most to have some that are drawn to be read again.
const rereadTries = 80

// reread dismisses small cases of other institutions: a few are drawn to be read again, the rest is closed.
func (l *demoLoop) reread(fs []store.Finding, used map[string]bool) {
	t := &demoTrack{name: "排除", deeds: []demoDeed{{8, "take"}, {3, "dismiss"}}}
	n := 0
	for i := len(fs) - 1; i >= 0 && n < min(rereadTries, len(fs)/4); i-- {
		if f := &fs[i]; !used[f.ID] && f.Vola < 100000 {
			used[f.ID] = true
			l.cases = append(l.cases, &demoCase{id: f.ID, inst: f.Inst, track: t})
			n++
		}
	}
}

// run lets the days pass.
func (l *demoLoop) run() error {
	boss, err := l.identity("zhongshen1")
	if err != nil {
		return err
	}
	today := (&review.Desk{}).Today()
	most := 0
	for _, c := range l.cases {
		for _, x := range c.track.deeds {
			most = max(most, x.ago)
		}
	}
	days := workingDays(today, most)
	l.day = days[0]
	y, _, _ := today.Civil()
	for _, e := range []string{"zhuanjia1", "zhuanjia2", "zhuanjia3"} {
		if err := l.desk.SetTerm(l.s.ctx, boss, e, claim.DayOf(y-1, 1, 1), claim.DayOf(y+2, 12, 31)); err != nil {
			return err
		}
	}
	for i, day := range days {
		l.day = day
		ago := len(days) - i
		for _, what := range []bool{false, true} { // what was kept is sent after the day's other deeds
			for _, c := range l.cases {
				for _, x := range c.track.deeds {
					if x.ago != ago || c.stuck || (x.do == "send" || x.do == "keeplate") != what {
						continue
					}
					if err := l.deed(c, x.do); err != nil {
						return fmt.Errorf("示例办理 %s（%s，%s）：%w", c.id, c.track.name, x.do, err)
					}
				}
			}
		}
		if _, err := l.desk.Tick(l.s.ctx); err != nil {
			return err
		}
	}
	return nil
}

// workingDays are the n working days before a day, the oldest first.
func workingDays(today claim.Day, n int) []claim.Day {
	cal := calendar.Default()
	var out []claim.Day
	for d := today - 1; len(out) < n; d-- {
		if cal.Working(d) {
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	return out
}

// deed does what the track says; a case that another's decision took elsewhere goes no further.
func (l *demoLoop) deed(c *demoCase, do string) error {
	err := demoDeeds[do](l, c)
	switch review.CodeOf(err) {
	case review.CodeState, review.CodePanel, review.CodeLedger, review.CodeOnce:
		c.stuck = true
		return nil
	}
	return err
}

// words are the next of what is said with a deed.
func (l *demoLoop) words(do string) string {
	ws := demoWords[do]
	l.said[do]++
	return ws[(l.said[do]-1)%len(ws)]
}

func (l *demoLoop) say(do string) review.Say { return review.Say{Opinion: l.words(do)} }

func (l *demoLoop) of(c *demoCase) (x *store.Case, err error) {
	err = l.o.db.View(l.s.ctx, func(tx *store.Tx) (err error) { x, err = tx.Case(c.id); return err })
	return x, err
}

func (l *demoLoop) ref(c *demoCase) (review.Ref, error) {
	x, err := l.of(c)
	if err != nil {
		return review.Ref{}, err
	}
	return review.Ref{ID: c.id, Version: x.Version}, nil
}

// by calls f as somebody, with the case as it is now.
func (l *demoLoop) by(login string, c *demoCase, f deed) error {
	who, err := l.identity(login)
	if err != nil {
		return err
	}
	ref, err := l.ref(c)
	if err != nil {
		return err
	}
	return f(l.s.ctx, l, who, ref)
}

// answerer is the login of who answers for an institution.
func (l *demoLoop) answerer(inst string) string {
	for _, p := range demoPeople {
		if p.Inst != "" && l.insts[p.Inst] == inst && (p.Role == auth.Hospital || p.Role == "药店") {
			return p.Login
		}
	}
	return ""
}

// pair chooses one of two colleagues, so that both have work.
func pair(c *demoCase, login string) string {
	return login + string('1'+rune(c.id[len(c.id)-1])%2)
}

// states tells how many cases are in which state.
func (l *demoLoop) states() (string, error) {
	n := map[string]int{}
	for _, c := range l.cases {
		x, err := l.of(c)
		if err != nil {
			return "", err
		}
		n[x.State]++
	}
	var out []string
	for _, s := range review.TheFlow().States {
		if n[s.Name] > 0 {
			out = append(out, fmt.Sprintf("%s %d", s.Name, n[s.Name]))
		}
	}
	return fmt.Sprintf("%d 名用户，%d 条疑点在办：%s", len(l.told), len(l.cases), strings.Join(out, "、")), nil
}
