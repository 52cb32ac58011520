package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// standing compares a snapshot with what the ledger says was judged.
type standing struct {
	a      *Auditor
	snap   *lake.Snapshot
	led    *ledger
	prog   string
	silent []string                   // cards without the knowledge they judge by
	points int                        // of all cards
	late   map[claim.Month][]reversal // by month of what they reverse
	hashed map[claim.Month]string
}

func newStanding(a *Auditor, s *lake.Snapshot, led *ledger, workers int) (*standing, error) {
	p, prog, err := a.program(s)
	if err != nil {
		return nil, err
	}
	late, err := a.lateReversals(s, workers)
	return &standing{a: a, snap: s, led: led, prog: prog, silent: p.Pointless(), points: p.PointCount(), late: late, hashed: map[claim.Month]string{}}, err
}

// Why a month is judged, in words.
const (
	whyFirst   = "第一次审核"
	whyProgram = "规则或知识有变化"
	whyOwn     = "本月数据有变化"
	whyOther   = "相关月份或参考数据有变化"
	whyAsked   = "指定重审"
)

// due decides which months to audit: those asked for, else those whose facts, cards or knowledge changed. A month that
// has lost all its data is still due once: its findings must go.
func (st *standing) due(opt Options) ([]claim.Month, map[string]string, error) {
	all := st.snap.Months()
	if len(all) == 0 {
		return nil, nil, errors.New("数据目录里还没有结算数据：请先用 mingjian import 导入")
	}
	for k := range st.led.Months {
		if m, err := claim.ParseMonth(k); err == nil && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	var out []claim.Month
	why := map[string]string{}
	asked := opt.From != 0 || opt.To != 0
	for _, m := range all {
		if m < opt.From || (opt.To != 0 && m > opt.To) {
			continue
		}
		reason := st.why(m)
		if reason == "" && (asked || opt.Force) {
			reason = whyAsked
		}
		if reason != "" {
			out = append(out, m)
			why[m.String()] = reason
		}
	}
	if asked && len(out) == 0 {
		return nil, nil, fmt.Errorf("%s没有结算数据，数据目录里有 %s 至 %s", span(opt.From, opt.To), all[0], all[len(all)-1])
	}
	return out, why, nil
}

func span(from, to claim.Month) string {
	switch {
	case from == 0:
		return to.String() + " 及以前"
	case to == 0:
		return from.String() + " 及以后"
	}
	return fmt.Sprintf("%s 至 %s ", from, to)
}

// why tells why a month is to be judged, "" when nothing calls for it.
func (st *standing) why(m claim.Month) string {
	was, ok := st.led.Months[m.String()]
	switch {
	case !ok:
		return whyFirst
	case was.Facts != st.factsID(m) && was.Own != ownID(st.snap, m):
		return whyOwn
	case was.Facts != st.factsID(m):
		return whyOther
	case was.Program != st.prog:
		return whyProgram
	}
	return ""
}

// factsID is a hash of all facts that bear on a month: what its judgement reads, and what else a run reports of it.
func (st *standing) factsID(m claim.Month) string {
	if id, ok := st.hashed[m]; ok {
		return id
	}
	var b strings.Builder
	for _, t := range claim.Tables() {
		if st.snap.TotalRows(t.Name) > 0 {
			fmt.Fprintln(&b, t.Name) // cards may need the table
		}
		for _, tm := range st.snap.TableMonths(t.Name) {
			if !t.PersonKeyed || reads(t.Name, tm, m, m) {
				fmt.Fprintf(&b, "%s %s %s\n", t.Name, tm, st.snap.MonthID(t.Name, tm))
			}
		}
	}
	fmt.Fprintf(&b, "sale %s\n", st.snap.WaitersID("sale")) // sold to nobody known: another person's verdict may rest on it
	for o := m - lookBack; o <= m+lookAhead; o++ {
		for _, r := range st.late[o] {
			if !reads(r.Table, r.Month, m, m) {
				fmt.Fprintf(&b, "%s %s\n", o, r.Hash)
			}
		}
	}
	id := shortHash(b.String())
	st.hashed[m] = id
	return id
}

func ownID(s *lake.Snapshot, m claim.Month) string {
	return shortHash(s.MonthID("fee", m) + s.MonthID("settlement", m))
}
