package cli

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/effect"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/online/replay"
	"github.com/mingjian/mingjian/internal/store"
)

// Of the city's visits so many a month are asked about before payment, in the last months.
const (
	demoCalls      = 2400
	demoCallMonths = 2
)

// demoSettled is how many days after the city's last day the effect of reminders is seen from: the last month is still forming.
const demoSettled = 20

// demoWrong are words of doctors who think a reminder wrong. The last of them are said now, so that their clocks run.
var demoWrong = []string{"患者已办理相应登记，系统没有更新", "该项目与前一项不是同一部位，不应算重复", "诊断已经写在病历里，提醒时没有带上", "剂量按体重折算，没有超说明书"}

// demoRemind says what doctors were reminded of and how they answered, as if they had asked.
type demoRemind struct {
	*demo
	o     *office
	s     *remind.Service
	at    time.Time
	wrong int
	quiet map[string]bool // reminders that were answered
}

// reminders asks before payment about a part of the city's visits, answers as people do, and works out what it led to.
func (d *demo) reminders(o *office) error {
	regs := &registers{dir: d.Data}
	if err := regs.Reload(d.s.ctx); err != nil {
		return err
	}
	c, err := remind.NewChooser(d.lib.Cards, regs.names())
	if err != nil {
		return err
	}
	r := &demoRemind{demo: d, o: o, at: time.Now(), quiet: map[string]bool{}}
	if r.s, err = remind.OpenService(d.s.ctx, o.db, filepath.Join(d.Data, remind.Dir), c, remind.Options{LogWait: time.Minute, Now: func() time.Time { return r.at }, Owners: o.owners(d.s)}); err != nil {
		return err
	}
	for m := demoEnd - claim.Month(min(demoCallMonths, d.Months)-1); m <= demoEnd; m++ {
		as, err := replay.Prescribed(d.s.ctx, d.Data, m, nil, replay.Ward{Most: demoCalls, Seed: d.Seed})
		if err != nil {
			return err
		}
		for i := range as {
			if err := r.call(&as[i]); err != nil {
				return err
			}
		}
	}
	if err := r.s.Close(d.s.ctx); err != nil {
		return err
	}
	return r.end()
}

// call shows what the answer says and takes a choice on it.
func (r *demoRemind) call(a *replay.Asked) error {
	r.at = civilMoment(a.Request.At)
	asked := r.at
	d := r.s.Decide(a.Request, a.Answer)
	for i := range d.Shown {
		x := d.Shown[i].Reminder
		kept := len(x.Lines) == 0
		for _, l := range x.Lines {
			kept = kept || (l.Type == 1 && a.Settled[l.Order])
		}
		c, ok := r.choice(x.ID, kept)
		if !ok || r.quiet[x.ID] {
			continue
		}
		r.quiet[x.ID] = true
		c.JrID, c.Channel, c.Inst, c.Actor, c.WarnType = x.ID, a.Request.Channel, a.Request.Inst, a.Request.Patients[0].Encounters[0].Doctor, "1"
		r.at = asked.Add(40 * time.Second)
		if c.Way == remind.Wrong {
			r.late()
		}
		if err := r.s.Answer(c); err != nil {
			return fmt.Errorf("示例答复 %s：%w", x.ID, err)
		}
	}
	return nil
}

// civilMoment is a civil time of China.
func civilMoment(t claim.Time) time.Time {
	return time.UnixMicro(int64(t &^ 1)).UTC().Add(-8 * time.Hour)
}

// choice is how somebody answers: kept tells that the order was settled as it was.
func (r *demoRemind) choice(id string, kept bool) (remind.Choice, bool) {
	n := int(id[len(id)-1]) + int(id[len(id)-2])*7 + int(id[len(id)-3])*31
	switch n %= 20; {
	case !kept && n < 14:
		return remind.Choice{Way: remind.Change}, true
	case !kept && n < 16:
		return remind.Choice{Way: remind.SelfPay}, true
	case !kept || n < 6:
		return remind.Choice{}, false
	case n < 8:
		return remind.Choice{Way: remind.Change}, true // and did not
	case n == 8:
		r.wrong++
		return remind.Choice{Way: remind.Wrong, Reason: demoWrong[r.wrong%len(demoWrong)]}, true
	}
	return remind.Choice{Way: remind.Continue, Code: []string{"01", "02", "03", "07"}[n%4]}, true
}

// demoOpen are how many working days ago the first words came that are not answered yet: the last of these is overdue.
var demoOpen = []int{1, 2, 4, 8}

// late makes some of what is called wrong come in now.
func (r *demoRemind) late() {
	if r.wrong > len(demoOpen) {
		return
	}
	days := workingDays(claim.Day(remindNow().Unix()/86400), demoOpen[r.wrong-1])
	y, m, d := days[0].Civil()
	r.at = time.Date(y, time.Month(m), d, 10, 0, r.wrong, 0, time.FixedZone("UTC+8", 8*3600))
}

// end works out the effect and answers the old words that a reminder was wrong.
func (r *demoRemind) end() error {
	areas, err := remind.LoadAreas(r.demo.s.ctx, r.o.db)
	if err != nil {
		return err
	}
	l, err := lake.Open(r.Data)
	if err != nil {
		return err
	}
	asOf := demoEnd.Last() + demoSettled
	if _, err := effect.Run(r.demo.s.ctx, r.o.db, l, audit.OpenStore(r.Data), effect.Options{AsOf: asOf, Areas: areas}); err != nil {
		return err
	}
	if _, err := remind.Propose(r.demo.s.ctx, r.o.db, areas, "", civilMoment((demoEnd.Last() + 1).Start())); err != nil {
		return err
	}
	y, m, day := asOf.Civil()
	before := time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC)
	return r.o.change(r.demo.s.ctx, "答复提醒反映", "示例", func(tx *store.Tx) error {
		ws, err := tx.Wrongs(store.WrongOpen, "")
		if err != nil {
			return err
		}
		for i := range ws {
			said := store.Moment(ws[i].ReceivedAt)
			if said.After(before) {
				continue
			}
			at := civilMoment(calendar.Default().Add(claim.Day(said.Add(8*time.Hour).Unix()/86400), 2).Start()).Add(11 * time.Hour)
			verdict, answer := "规则无误", "已核对就诊记录，规则判断与规定一致"
			if i%3 == 0 {
				verdict, answer = "事实不全", "调用没有带上诊断，已请医院补传"
			}
			if err := tx.AnswerWrong(&ws[i], verdict, answer, "weihu", store.Micros(at)); err != nil {
				return err
			}
		}
		return nil
	})
}
