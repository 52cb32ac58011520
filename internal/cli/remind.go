package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/effect"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/online/told"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

type remindCmd struct {
	Log       remindLogCmd       `cmd:"" help:"提醒留痕：逐次调用、提醒和答复"`
	Stats     remindStatsCmd     `cmd:"" help:"提醒统计：调用、就诊、提醒、遵从率、避免金额、耗时、医生被打断次数"`
	Effect    remindEffectCmd    `cmd:"" help:"算提醒的效果：按就诊、规则、项目，看结算结果"`
	Told      remindToldCmd      `cmd:"" help:"算每条疑点当时提醒过没有"`
	Inbox     remindInboxCmd     `cmd:"" help:"规则负责人的待答复：提醒有误、该提醒而没有提醒"`
	Proposals remindProposalsCmd `cmd:"" help:"建议静默的规则：医生大多不听的"`
	Params    remindParamsCmd    `cmd:"" help:"各统筹区的提醒参数"`
	Drain     remindDrainCmd     `cmd:"" help:"把还在日志文件里的提醒装入业务库（服务运行时自动装入）"`
}

// timeFlag is a span of civil days.
type timeFlag struct {
	From string `help:"从哪天" placeholder:"yyyy-MM-dd"`
	To   string `help:"到哪天" placeholder:"yyyy-MM-dd"`
}

func (f *timeFlag) days() (from, to claim.Day, err error) {
	for _, x := range []struct {
		text string
		to   *claim.Day
	}{{f.From, &from}, {f.To, &to}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = claim.ParseDay(x.text); err != nil {
			return 0, 0, usageError{err}
		}
	}
	if to != 0 && to < from {
		return 0, 0, usageError{fmt.Errorf("--to %s 早于 --from %s", f.To, f.From)}
	}
	return from, to, nil
}

// filter is the span as moments.
func (f *timeFlag) filter() (store.CallFilter, error) {
	from, to, err := f.days()
	x := store.CallFilter{}
	if from != 0 {
		x.From = remind.Micros(from)
	}
	if to != 0 {
		x.To = remind.Micros(to + 1)
	}
	return x, err
}

// drain brings what processes left in the log into the store: commands then see everything that was answered.
func (o *office) drain(s *streams) (remind.Drained, error) {
	areas, err := remind.LoadAreas(s.ctx, o.db)
	if err != nil {
		return remind.Drained{}, err
	}
	d := remind.Drain{DB: o.db, Dir: filepath.Join(o.dir, remind.Dir), Areas: areas, Owners: o.owners(s)}
	return d.All(s.ctx)
}

// owners names who answers for a card: the author of its newest version in the store; "" where it has none.
func (o *office) owners(s *streams) func(string) string {
	known := map[string]string{}
	return func(rule string) string {
		if who, ok := known[rule]; ok {
			return who
		}
		who := ""
		err := o.db.View(s.ctx, func(tx *store.Tx) error {
			vs, err := tx.RuleVersions("card", rule)
			if len(vs) > 0 {
				who = vs[len(vs)-1].Author
			}
			return err
		})
		if err == nil {
			known[rule] = who
		}
		return who
	}
}

type remindDrainCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *remindDrainCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		r, err := o.drain(s)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		s.printf("装入调用 %d 次、提醒 %d 条、答复 %d 条（重复 %d，他院 %d），读不了 %d 条，断电残损 %d 字节，未到 %d 字节\n", r.Calls, r.Reminders, r.Choices, r.Repeated, r.Foreign,
			r.Unreadable, r.Torn, r.Pending)
		return nil
	})
}

type remindLogCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	timeFlag
	Inst  string `help:"哪家机构" placeholder:"编码"`
	Visit string `help:"哪次就诊（mdtrt_id）" placeholder:"编号"`
	Limit int    `help:"最多列多少次调用" default:"50"`
}

type loggedCall struct {
	store.Call
	Reminders []loggedReminder
}

type loggedReminder struct {
	store.Reminder
	Choices []store.Choice
}

func (c *remindLogCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	if c.Limit < 1 {
		return usageError{errors.New("--limit 至少为 1")}
	}
	f.Inst, f.Mdtrt, f.Limit = c.Inst, c.Visit, c.Limit
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if _, err := o.drain(s); err != nil {
			return err
		}
		out, err := readLog(s, o, f)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(out)
		}
		var rows [][]string
		for _, k := range out {
			rows = append(rows, []string{clock(k.At), k.Infno, k.Channel, k.Scenes, k.Inst, k.Verdict, fmt.Sprint(k.Orders), fmt.Sprint(k.Found), fmt.Sprint(k.Shown),
				fmt.Sprintf("%.1f", float64(k.Micros)/1000), ""})
			for _, r := range k.Reminders {
				say := r.Cont
				if !r.Shown {
					say = "（" + r.Why + "）" + say
				}
				for _, x := range r.Choices {
					say += strings.TrimRight(" → "+x.Way+" "+x.Code+" "+x.Reason, " ")
				}
				rows = append(rows, []string{"", "", "", "", r.Mdtrt, r.Rule + " " + r.Level, "", "", "", "", say})
			}
		}
		table(s.out, []string{"时间", "交易", "渠道", "场景", "机构/就诊", "结论", ">医嘱", ">命中", ">弹出", ">毫秒", "内容"}, rows)
		return nil
	})
}

func readLog(s *streams, o *office, f store.CallFilter) ([]loggedCall, error) {
	out := []loggedCall{}
	err := o.db.View(s.ctx, func(tx *store.Tx) error {
		calls, err := tx.Calls(f)
		if err != nil {
			return err
		}
		var ids, jrs []string
		for _, k := range calls {
			ids = append(ids, k.ID)
		}
		rs, err := tx.RemindersOfCalls(ids)
		if err != nil {
			return err
		}
		for _, x := range rs {
			for i := range x {
				jrs = append(jrs, x[i].JrID)
			}
		}
		cs, err := tx.ChoicesOf(jrs)
		for _, k := range calls {
			l := loggedCall{k, []loggedReminder{}}
			for _, r := range rs[k.ID] {
				l.Reminders = append(l.Reminders, loggedReminder{r, cs[r.JrID]})
			}
			out = append(out, l)
		}
		return err
	})
	return out, err
}

type remindStatsCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	timeFlag
	Inst string `help:"哪家机构" placeholder:"编码"`
}

type remindStats struct {
	store.ReminderSums
	MeanMS   float64           `json:"mean_ms"`
	MaxMS    float64           `json:"max_ms"`
	Episodes int64             `json:"episodes"`
	Ended    int64             `json:"ended"`    // episodes whose visit was settled and audited
	Complied int64             `json:"complied"` // of those
	Rate     float64           `json:"compliance_percent"`
	Avoided  int64             `json:"avoided_fen"`
	Reopened int64             `json:"reopened"`
	Outcomes map[string]int64  `json:"outcomes"`
	Told     map[string]int64  `json:"findings_told"`
	Days     []remind.DayLoad  `json:"days"`
	Alarm    bool              `json:"alarm"` // on some day the median of interruptions is above the bound
	By       []store.EffectSum `json:"by_rule"`
}

func (c *remindStatsCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	f.Inst = c.Inst
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if _, err := o.drain(s); err != nil {
			return err
		}
		x, err := c.gather(s, o, f)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(x)
		}
		x.print(s)
		return nil
	})
}

func (c *remindStatsCmd) gather(s *streams, o *office, f store.CallFilter) (*remindStats, error) {
	x := &remindStats{Outcomes: map[string]int64{}, Days: []remind.DayLoad{}, By: []store.EffectSum{}}
	var err error
	if x.ReminderSums, err = o.db.ReminderSums(s.ctx, f); err != nil {
		return nil, err
	}
	x.MaxMS = float64(x.MaxMicros) / 1000
	if x.Calls > 0 {
		x.MeanMS = float64(x.Micros) / float64(x.Calls) / 1000
	}
	areas, err := remind.LoadAreas(s.ctx, o.db)
	if err != nil {
		return nil, err
	}
	days, err := remind.Loads(s.ctx, o.db, f, areas.Of(""))
	if err != nil {
		return nil, err
	}
	x.Days = append(x.Days, days...)
	x.Alarm = slices.ContainsFunc(days, func(d remind.DayLoad) bool { return d.Alarm })
	if x.Told, err = o.db.ToldCounts(s.ctx); err != nil {
		return nil, err
	}
	by := "rule"
	if c.Inst != "" {
		by = "inst"
	}
	sums, err := o.db.EffectSums(s.ctx, by, store.WatchFilter{At: store.Span{FirstDate: c.From, LastDate: c.To}})
	if err != nil {
		return nil, err
	}
	for _, e := range sums {
		if c.Inst != "" && e.Key != c.Inst {
			continue
		}
		x.By = append(x.By, e)
		x.Episodes, x.Complied, x.Avoided, x.Reopened = x.Episodes+e.Episodes, x.Complied+e.Complied, x.Avoided+e.Avoided, x.Reopened+e.Reopened
		for k, n := range e.Outcomes {
			x.Outcomes[k] += n
		}
	}
	x.Ended = effect.Ended(x.Outcomes)
	if x.Ended > 0 {
		x.Rate = float64(x.Complied*10000/x.Ended) / 100
	}
	return x, nil
}

func (x *remindStats) print(s *streams) {
	s.printf("调用 %s 次，就诊 %s 次，医嘱 %s 条；命中 %s 条，弹出提醒 %s 条，阻断 %s 次，超时未判完 %s 次\n", thousands(x.Calls), thousands(x.Visits), thousands(x.Orders), thousands(x.Found),
		thousands(x.Shown), thousands(x.Blocked), thousands(x.Partial))
	s.printf("答复 %s 条，其中说明理由后继续 %s 条、反映有误 %s 条；平均耗时 %.1f 毫秒，最长 %.1f 毫秒\n", thousands(x.Answered), thousands(x.Continued), thousands(x.Wrong), x.MeanMS, x.MaxMS)
	if x.Episodes == 0 {
		s.printf("效果还没有算过：审核后运行 mingjian remind effect\n")
	} else {
		s.printf("提醒事件 %s 个（已结算并审核 %s 个），遵从 %s 个，遵从率 %.2f %%；避免基金支出 %s 元，7 日内重开而收回 %s 个\n", thousands(x.Episodes), thousands(x.Ended), thousands(x.Complied), x.Rate,
			yuan(x.Avoided), thousands(x.Reopened))
		var rows [][]string
		for _, o := range append(slices.Clone(effect.Outcomes), effect.PendingSettle, effect.PendingAudit) {
			rows = append(rows, []string{o, thousands(x.Outcomes[o])})
		}
		table(s.out, []string{"结果", ">事件"}, rows)
	}
	if len(x.Days) > 0 {
		var rows [][]string
		for _, d := range x.Days {
			alarm := ""
			if d.Alarm {
				alarm = "超过上限，请收紧规则"
			}
			rows = append(rows, []string{d.Day, fmt.Sprint(d.Doctors), thousands(d.Calls), thousands(d.Interruptions), fmt.Sprint(d.Median), fmt.Sprint(d.Most), alarm})
		}
		table(s.out, []string{"日期", ">医生", ">调用", ">打断", ">中位数", ">最多", "告警"}, rows)
	}
}

type remindEffectCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	timeFlag
	AsOf string `name:"as-of" help:"站在哪天看，缺省今天" placeholder:"yyyy-MM-dd"`
	By   string `help:"按什么分：rule 规则、inst 机构、dept 科室、doctor 医生、day 日期" enum:"rule,inst,dept,doctor,day" default:"rule"`
	List bool   `help:"逐个事件列出"`
}

func (c *remindEffectCmd) Run(s *streams) error {
	from, to, err := c.days()
	if err != nil {
		return err
	}
	asOf := claim.Day(remindNow().Unix() / 86400)
	if c.AsOf != "" {
		if asOf, err = claim.ParseDay(c.AsOf); err != nil {
			return usageError{err}
		}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if _, err := o.drain(s); err != nil {
			return err
		}
		areas, err := remind.LoadAreas(s.ctx, o.db)
		if err != nil {
			return err
		}
		l, err := lake.Open(c.Data)
		if err != nil {
			return err
		}
		m := newMeter(s.err)
		rep, err := effect.Run(s.ctx, o.db, l, audit.OpenStore(c.Data), effect.Options{From: from, To: to, AsOf: asOf, Areas: areas,
			Progress: func(done, total int) { m.show("提醒效果", int64(done), int64(total), 0) }})
		m.end()
		if err != nil {
			return err
		}
		sums, err := o.db.EffectSums(s.ctx, c.By, store.WatchFilter{At: store.Span{FirstDate: c.From, LastDate: c.To}})
		if err != nil {
			return err
		}
		var list []store.Episode
		if c.List {
			err = o.db.View(s.ctx, func(tx *store.Tx) (err error) { list, err = tx.Episodes(c.From, c.To); return err })
			if err != nil {
				return err
			}
		}
		if c.JSON {
			return s.json(map[string]any{"as_of": asOf.String(), "run": rep, "by": c.By, "sums": orEmpty(sums), "episodes": orEmpty(list)})
		}
		printEffect(s, c.By, sums, list)
		return nil
	})
}

// remindNow is the civil clock of China, as UTC: its day is the civil day.
func remindNow() time.Time { return now().UTC().Add(8 * time.Hour) }

func orEmpty[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

func printEffect(s *streams, by string, sums []store.EffectSum, list []store.Episode) {
	head := map[string]string{"rule": "规则", "inst": "机构", "dept": "科室", "doctor": "医生", "day": "日期"}[by]
	cols := []string{head, ">事件", ">遵从"}
	for _, o := range effect.Outcomes {
		cols = append(cols, ">"+o)
	}
	cols = append(cols, ">未完", ">重开", ">避免(元)", ">已冻结")
	var rows [][]string
	for _, x := range sums {
		row := []string{x.Key, thousands(x.Episodes), thousands(x.Complied)}
		for _, o := range effect.Outcomes {
			row = append(row, thousands(x.Outcomes[o]))
		}
		rows = append(rows, append(row, thousands(x.Outcomes[effect.PendingSettle]+x.Outcomes[effect.PendingAudit]), thousands(x.Reopened), yuan(x.Avoided), thousands(x.Frozen)))
	}
	table(s.out, cols, rows)
	if len(list) == 0 {
		return
	}
	rows = nil
	for _, e := range list {
		rows = append(rows, []string{e.Day, e.Rule, e.Inst, e.Doctor, e.Mdtrt, e.Subject, e.Outcome, map[bool]string{true: "遵从"}[e.Complied], yuan(e.OrigFund), yuan(e.FinalFund), yuan(e.SubstFund),
			yuan(e.Avoided), strings.TrimSpace(e.ReopenedAt + " " + e.Note)})
	}
	s.printf("\n")
	table(s.out, []string{"日期", "规则", "机构", "医生", "就诊", "项目", "结果", "", ">原基金", ">现基金", ">替代", ">避免", "说明"}, rows)
}

type remindToldCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *remindToldCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		lock, err := lockData(c.Data)
		if err != nil {
			return err
		}
		defer lock.Close()
		r, err := o.told(s)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		s.printf("有过事前事中调用的疑点 %d 条：", r.Findings)
		for _, k := range []string{told.Reminded, told.Missed, told.Lacking, told.Unsent} {
			s.printf("%s %d；", k, r.Told[k])
		}
		s.printf("交规则负责人 %d 件\n", r.Inbox)
		return nil
	})
}

// told brings what doctors were told of the published findings up to date. The caller holds the data directory's lock.
func (o *office) told(s *streams) (*told.Report, error) {
	if _, err := o.drain(s); err != nil {
		return nil, err
	}
	areas, err := remind.LoadAreas(s.ctx, o.db)
	if err != nil {
		return nil, err
	}
	l, err := lake.Open(o.dir)
	if err != nil {
		return nil, err
	}
	lib, _, err := rule.ForData(o.dir)
	if err != nil {
		return nil, err
	}
	return told.Update(s.ctx, o.db, l, audit.OpenStore(o.dir), lib, told.Options{Areas: areas, Now: now()})
}

type remindParamsCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Area  string   `help:"区划前缀，缺省全局" placeholder:"区划"`
	Set   []string `help:"改参数，名=值（值为 null 恢复上级的）" placeholder:"名=值" sep:"none"`
	Why   string   `help:"为什么改" placeholder:"理由"`
	Actor string   `hidden:""`
}

func (c *remindParamsCmd) Run(s *streams) error {
	if len(c.Set) > 0 && c.Why == "" {
		return usageError{errors.New("改参数要用 --why 写明理由")}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if len(c.Set) > 0 {
			err := o.trail.Do(s.ctx, o.db, func(tx *store.Tx) ([]auth.Event, error) {
				var es []auth.Event
				for _, kv := range c.Set {
					name, value, ok := strings.Cut(kv, "=")
					if !ok {
						return nil, usageError{fmt.Errorf("%q 应写作 名=值", kv)}
					}
					if err := remind.SetParam(tx, c.Area, name, value, o.actor, c.Why, now()); err != nil {
						return nil, err
					}
					es = append(es, auth.Event{Actor: o.actor, Action: "修改提醒参数", Object: strings.TrimSpace("区划 " + c.Area), Detail: kv + "；" + c.Why})
				}
				return es, nil
			})
			if err != nil {
				return err
			}
		}
		areas, err := remind.LoadAreas(s.ctx, o.db)
		if err != nil {
			return err
		}
		p := areas.Of(c.Area)
		if c.JSON {
			return s.json(p)
		}
		b, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			return err
		}
		s.printf("%s\n", b)
		return nil
	})
}
