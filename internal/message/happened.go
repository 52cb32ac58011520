package message

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// china is the clock that people read.
var china = time.FixedZone("CST", 8*3600)

// notices are documents that the bureau sent to institutions. Their text may name a finding, never a person.
func (b *batch) notices(since int64) error {
	ns, err := b.tx.NewNotices(since)
	if err != nil {
		return err
	}
	days, err := b.tx.NoticeDays(since)
	if err != nil {
		return err
	}
	areas, err := b.tx.Divisions()
	if err != nil {
		return err
	}
	for i := range ns {
		n := &ns[i]
		m := store.Message{ID: "n:" + n.ID, Kind: Document, Title: n.Title, Body: n.Body, Link: "/answers", Admdvs: areas[n.Inst], Inst: n.Inst, At: n.SentAt}
		if n.Kind == "疑点告知书" {
			m.Kind = Delivered
		}
		if err := b.tell(m, ofInst(n.Inst)); err != nil {
			return err
		}
	}
	for i := range days {
		d := &days[i]
		if err := b.noticeDay(d, store.Message{ID: d.ID(), Kind: Document, Admdvs: areas[d.Inst], Inst: d.Inst, At: d.At}); err != nil {
			return err
		}
	}
	return nil
}

// noticeDay tells of a day's documents of one kind about findings in one message: the clocks alone write an institution dozens a day. When more of them come the
// message grows; what goes out waits a while for them.
func (b *batch) noticeDay(d *store.NoticeDay, m store.Message) error {
	if d.Notices == 1 { // the link leads to the finding; its number says nothing to a reader
		m.Title, m.Link, m.Body = d.Title, "/findings/"+d.Finding, strings.Replace(d.Body, " "+d.Finding+" ", "", 1)
	} else {
		m.Title, m.Link, m.Body = fmt.Sprintf("%s %d 份", d.Kind, d.Notices), "/answers?state="+url.QueryEscape("待签收"), fmt.Sprintf("各涉及一条疑点，同一天的合为这一条消息，最后一份 %s 发出。到“答复申诉”的“待签收”里逐份看。", store.Moment(d.At).In(china).Format("15:04"))
	}
	switch {
	case d.Known == "":
		return b.tellLater(m, collect, ofInst(d.Inst))
	case d.Known == m.Title:
		return nil
	case b.only:
		b.made++
		return nil
	}
	b.made++
	return b.tx.GrowMessage(&m)
}

var rejected = regexp.MustCompile(`拒收 ([1-9][0-9]*)`)

// jobs are long work that ended: badly, or imports that refused rows.
func (b *batch) jobs(since int64) error {
	js, err := b.tx.NewEnds(since)
	if err != nil {
		return err
	}
	for i := range js {
		j := &js[i]
		m := store.Message{ID: "j:" + j.ID, Title: fmt.Sprintf("%s %s：%s", j.Kind, j.Subject, j.State), Body: j.Said, Link: "/runs", At: j.FinishedAt}
		bad := j.State == "失败" || j.State == "中断"
		part := rejected.FindStringSubmatch(j.Said)
		switch {
		case j.Kind == "导入" && bad:
			m.Kind, m.Link = ImportBad, "/data"
		case j.Kind == "导入" && part != nil:
			m.Kind, m.Title, m.Link = ImportPart, fmt.Sprintf("导入 %s：拒收 %s 行", j.Subject, part[1]), "/data/"+j.ID
		case bad:
			m.Kind = JobBad
		default:
			continue
		}
		err := b.tell(m, func(u *store.User, who *auth.Identity) bool { return u.Login == j.Actor || ofOffice(u, who) })
		if err != nil {
			return err
		}
	}
	return nil
}

// runs are audits whose findings are in the pool.
func (b *batch) runs(since int64) error {
	rs, err := b.tx.NewRuns(since)
	for _, r := range rs {
		if err != nil {
			break
		}
		err = b.tell(store.Message{ID: fmt.Sprintf("a:%d", r.Run), Kind: AuditDone, Title: fmt.Sprintf("第 %d 次审核的疑点已入库", r.Run), Link: fmt.Sprintf("/runs/%d", r.Run), At: r.Finished,
			Body: fmt.Sprintf("新增 %d 条，变更 %d 条，撤回 %d 条，产生待办 %d 件。", r.Added, r.Revised, r.Withdrawn, r.Tasks)}, ofOffice)
	}
	return err
}

// demoted are versions that went back from being live to the shadow.
func (b *batch) demoted(since int64) error {
	ss, of, err := b.tx.NewSteps(since, "生效", "影子")
	for i := range ss {
		if err != nil {
			break
		}
		s, v := &ss[i], &of[i]
		err = b.tell(store.Message{ID: "s:" + s.ID, Kind: BackShadow, Title: fmt.Sprintf("%s %s 退回影子", v.Subject, v.Title), Body: s.Why, Link: "/library/versions/" + s.Version, At: s.At},
			func(u *store.User, _ *auth.Identity) bool { return u.Inst == "" && related(v.Area, u.Admdvs) })
	}
	return err
}

// announced are rules that institutions are told of before they bite.
func (b *batch) announced(since int64) error {
	ns, err := b.tx.NewRuleNotices(since)
	if err != nil || len(ns) == 0 {
		return err
	}
	areas, err := b.tx.Divisions()
	for i := range ns {
		if err != nil {
			break
		}
		n := &ns[i]
		err = b.tell(store.Message{ID: "r:" + n.ID, Kind: Announced, Title: fmt.Sprintf("公布 %s %s，%s 起执行", n.Subject, n.Title, n.Effective), Body: n.Body, At: n.At},
			func(u *store.User, _ *auth.Identity) bool {
				own := u.Admdvs
				if u.Inst != "" {
					own = areas[u.Inst]
				}
				return related(n.Area, own)
			})
	}
	return err
}

// seats are experts asked to a panel.
func (b *batch) seats(since int64) error {
	ss, err := b.tx.NewSeats(since)
	for i := range ss {
		if err != nil {
			break
		}
		s := &ss[i]
		err = b.tell(store.Message{ID: "p:" + s.Panel + " " + s.Login, Kind: PanelSeat, Title: "请您参加一个合议组", Body: "规则 " + s.Rule + "。有应当回避的情形请先回避。", Link: "/panels/" + s.Panel, At: s.At},
			func(u *store.User, _ *auth.Identity) bool { return u.Login == s.Login })
	}
	return err
}

// reports are those that were made by themselves, or could not be.
func (b *batch) reports(since int64) error {
	ms, err := b.tx.NewReports(since)
	for i := range ms {
		if err != nil {
			break
		}
		m := &ms[i]
		x := store.Message{ID: fmt.Sprintf("f:%s %d", m.Plan, m.DueDay), Kind: ReportMade, Title: m.Name + " 已做好", Body: "在“简报与发布会”的“定期报表”里下载。", Link: "/briefs?tab=plans", Admdvs: m.Admdvs, At: m.MadeAt}
		if m.State == store.ReportFailed {
			x.Title, x.Body = m.Title+" 没有做成", m.Said
		}
		err = b.tell(x, func(u *store.User, who *auth.Identity) bool {
			return u.Inst == "" && strings.HasPrefix(m.Admdvs, u.Admdvs)
		})
	}
	return err
}

// runsOut finds out what is told once a day: what runs out, and what does not agree.
func (b *batch) runsOut() error {
	for _, f := range []func() error{b.open, b.insts, b.offices, b.wrongs, b.gaps} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// daily tells what was found out for today, unless somebody has told it; nil: nobody looked.
func (b *batch) daily(day *batch) error {
	today := b.Today()
	done, err := b.tx.MessageMark("daily")
	if err != nil || done >= int64(today) || day == nil {
		return err
	}
	for _, t := range day.later {
		if err := b.tellLater(t.m, t.wait, t.concerns); err != nil {
			return err
		}
	}
	if err := b.tx.ForgetMessages(store.Micros(b.now.Add(-kept))); err != nil {
		return err
	}
	return b.tx.SetMessageMark("daily", int64(today))
}

// due counts cases by state (and institution): late ones, and those that end within the next days.
func (b *batch) due(s store.Scope, by ...string) (late, near map[string]map[string]int64, err error) {
	today, ahead := int64(b.Today()), int64(b.Ahead(soon))
	count := func(before int64) (map[string]map[string]int64, error) {
		rows, err := b.tx.BoardSums(store.BoardQuery{Source: store.BoardCases, Scope: s, By: append(slices.Clone(by), "state"), Where: []store.BoardTerm{{Column: "due_day", Below: before}, {Column: "paused", Values: []string{"0"}}}})
		out := map[string]map[string]int64{}
		for _, r := range rows {
			key, state := strings.Join(r.Key[:len(by)], ""), r.Key[len(by)]
			if out[key] == nil {
				out[key] = map[string]int64{}
			}
			out[key][state] = r.Sum[0]
		}
		return out, err
	}
	if late, err = count(today); err != nil {
		return nil, nil, err
	}
	near, err = count(ahead + 1)
	for key, states := range near {
		for state := range states {
			states[state] -= late[key][state]
		}
	}
	return late, near, err
}
