package review

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

//go:embed params.tsv
var paramsText string

// Limit is a row of params.tsv: a deadline, sum or share that an area may set for itself from a day on.
type Limit struct {
	Name    string `json:"name"`
	Default int64  `json:"default"`
	Min     int64  `json:"min"`
	Max     int64  `json:"max"`
	Unit    string `json:"unit"`
	Does    string `json:"does"`
}

// Say writes a value with its unit: money, kept in fen, in yuan.
func (l *Limit) Say(v int64) string {
	switch l.Unit {
	case "分":
		return fmt.Sprintf("%d.%02d 元", v/100, v%100)
	case "是否":
		return map[bool]string{true: "是", false: "否"}[v != 0]
	case "方式":
		return fmt.Sprintf("方式 %d", v)
	}
	return fmt.Sprintf("%d %s", v, l.Unit)
}

// SayLimit writes a value of a limit by its name; of one that is no more, the number.
func SayLimit(name string, v int64) string {
	if l := defaults[name]; l != nil {
		return l.Say(v)
	}
	return strconv.FormatInt(v, 10)
}

// Read reads a value as people write it: money in yuan with at most two digits after the point, everything else a whole number.
func (l *Limit) Read(text string) (int64, error) {
	scale := 0
	if l.Unit == "分" {
		scale = 2
	}
	v, err := claim.ParseDecimal(text, scale)
	if err != nil {
		return 0, badField("value", "%s 的值 %q 写得不对：%s", l.Name, text, map[bool]string{true: "应为元，最多两位小数", false: "应为整数"}[scale == 2])
	}
	return v, nil
}

var limits = func() []Limit {
	rows, err := rowsOf(paramsText, 6)
	if err != nil {
		panic(err)
	}
	out := make([]Limit, len(rows))
	for i, r := range rows {
		l := Limit{Name: r[0], Unit: r[4], Does: r[5]}
		for k, to := range map[int]*int64{1: &l.Default, 2: &l.Min, 3: &l.Max} {
			if *to, err = strconv.ParseInt(r[k], 10, 64); err != nil {
				panic(err)
			}
		}
		out[i] = l
	}
	return out
}()

var defaults = func() map[string]*Limit {
	out := map[string]*Limit{}
	for i := range limits {
		out[limits[i].Name] = &limits[i]
	}
	return out
}()

// Limits lists what an area may set.
func Limits() []Limit { return limits }

// settings are the values in force, newest first within a name.
type settings []store.Param

// value of a limit in a division on a day: the most specific area wins, then the newest that is valid.
func (s settings) value(name, admdvs string, day claim.Day) int64 {
	best := -1
	on := day.String()
	for i, p := range s {
		if p.Name != name || p.State != paramLive || p.ValidFrom > on || !strings.HasPrefix(admdvs, p.Area) {
			continue
		}
		if best < 0 || len(p.Area) > len(s[best].Area) || (len(p.Area) == len(s[best].Area) && (p.ValidFrom > s[best].ValidFrom ||
			(p.ValidFrom == s[best].ValidFrom && p.MadeAt >= s[best].MadeAt))) {
			best = i
		}
	}
	if best < 0 {
		return defaults[name].Default
	}
	return s[best].Value
}

// States of a value of a limit.
const (
	paramAsked = "待批"
	paramLive  = "生效"
	paramGone  = "作废"
)

// NewParam asks for another value of a limit in an area.
type NewParam struct {
	Name   string `json:"name"`
	Area   string `json:"admdvs"` // prefix of the division; "" = everywhere
	Value  int64  `json:"value"`
	From   string `json:"valid_from"` // yyyy-MM-dd; not before tomorrow: clocks that run are not changed behind anybody's back
	Reason string `json:"reason"`
}

// AskParam asks for a value; it holds when another person has confirmed it.
func (d *Desk) AskParam(ctx context.Context, who *auth.Identity, n NewParam) (*store.Param, error) {
	l := defaults[n.Name]
	day, err := claim.ParseDay(n.From)
	switch {
	case l == nil:
		return nil, badField("name", "没有名为 %q 的参数", n.Name)
	case n.Value < l.Min || n.Value > l.Max:
		return nil, badField("value", "%s 应在 %s 到 %s 之间，写的是 %s", l.Name, l.Say(l.Min), l.Say(l.Max), l.Say(n.Value))
	case n.Name == "合议人数" && n.Value%2 == 0:
		return nil, badField("value", "合议人数应为单数，写的是 %d", n.Value)
	case err != nil || !day.Has() || len(n.From) != 10:
		return nil, badField("valid_from", "生效日 %q 写得不对，应为 2025-07-01 的样子", n.From)
	case strings.TrimSpace(n.Reason) == "":
		return nil, refuse(CodeReason, "请写明修改参数的理由或文号")
	}
	p := &store.Param{ID: store.NewID(), Name: n.Name, Area: n.Area, Value: n.Value, ValidFrom: n.From, Reason: n.Reason, Author: who.Name, State: paramAsked, Version: 1}
	return p, d.do(ctx, func(b *batch) error {
		if err := b.mayArea(who, auth.SetLimits, n.Area); err != nil {
			return err
		}
		if day <= b.today {
			return badField("valid_from", "生效日 %s 应在今天之后", n.From)
		}
		p.MadeAt = b.now
		b.log(who, "申请参数", n.Name+"@"+n.Area, fmt.Sprintf("%s，自 %s；%s", l.Say(n.Value), n.From, n.Reason))
		return b.tx.AddParam(*p)
	})
}

// DecideParam confirms or voids a value; whoever asked for it cannot confirm it.
func (d *Desk) DecideParam(ctx context.Context, who *auth.Identity, id string, agree bool) (p *store.Param, err error) {
	err = d.do(ctx, func(b *batch) error {
		all, err := b.tx.Params("")
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x store.Param) bool { return x.ID == id })
		if i < 0 {
			return refuse(CodeNotFound, "参数 %s 不存在", id)
		}
		p = &all[i]
		if err := b.mayArea(who, auth.SetLimits, p.Area); err != nil {
			return err
		}
		switch {
		case p.State == paramGone || (agree && p.State != paramAsked):
			return refuse(CodeState, "参数 %s 已是“%s”", id, p.State)
		case agree && p.Author == who.Name:
			return refuse(CodeSelf, "须由另一个人确认：%s 是申请人", who.Name)
		}
		if p.State = paramLive; !agree {
			p.State = paramGone
		}
		p.Approver = who.Name
		b.log(who, "参数"+p.State, p.Name+"@"+p.Area, SayLimit(p.Name, p.Value))
		return b.tx.ChangeParam(p)
	})
	return p, err
}

// Params lists the values set for a limit, all when "".
func (d *Desk) Params(ctx context.Context, name string) (out []store.Param, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Params(name); return err })
	return out, told(err)
}
