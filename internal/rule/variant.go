package rule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Variant is what judges in the place of a card somewhere or for some time: another version of the card, the card with other
// parameters, or nothing. Of several that hold on a day the one of the most specific area wins, then the one that began
// latest, then the later in the list; where none holds the library's card judges.
type Variant struct {
	ID   string // of the card
	Card *Card  // nil = the card is not judged there
	Area string // administrative division (see AreaCode); "" = everywhere
	// From and To are inclusive days; To 0 = open.
	From, To claim.Day
	// AppliesOn picks the day: "" or fee, admission, discharge, settlement.
	AppliesOn string
}

// AreaCode completes an administrative division: "99" → 990000, "9901" → 990100; the nation is "".
func AreaCode(area string) (string, error) {
	for _, r := range area {
		if r < '0' || r > '9' {
			return "", fmt.Errorf("区划 %q 写得不对，应为 2、4 或 6 位数字", area)
		}
	}
	switch len(area) {
	case 0:
		return "", nil
	case 2, 4, 6:
		code := (area + "0000")[:6]
		if code == "000000" || code == "100000" {
			code = ""
		}
		return code, nil
	}
	return "", fmt.Errorf("区划 %q 写得不对，应为 2、4 或 6 位数字", area)
}

// depth of an area: nation 0, province 1, city 2, county 3.
func depth(area string) int {
	switch {
	case area == "":
		return 0
	case strings.HasSuffix(area, "0000"):
		return 1
	case strings.HasSuffix(area, "00"):
		return 2
	}
	return 3
}

// Override changes of a card what pooling areas may set for themselves.
type Override struct {
	Params   map[string]any `json:"params,omitempty"`
	Severity int            `json:"severity,omitempty"` // 0 = as the card says
	Stop     string         `json:"stop,omitempty"`
	Exempt   []string       `json:"exempt,omitempty"` // further context tags
	Judge    []string       `json:"judge,omitempty"`  // what the card exempts and is judged all the same: tags, parts of exempt_diag
}

// valid holds the words of an override against what cards may say.
func (o Override) valid(card string) error {
	if o.Severity < 0 || o.Severity > 3 {
		return fmt.Errorf("%s 的 severity 写作 %d，只能是 1、2、3", card, o.Severity)
	}
	if o.Stop != "" && !slices.Contains(stops, o.Stop) {
		return fmt.Errorf("%s 的 stop 写作 %q，只能是 %s", card, o.Stop, strings.Join(stops, "、"))
	}
	for _, e := range o.Exempt {
		if _, ok := claim.TagNames[e]; !ok {
			return fmt.Errorf("%s 的 exempt 里没有名为 %q 的标记", card, e)
		}
	}
	return nil
}

// With returns the card with an override, under a version of its own. What the card's check does not know is an error.
func (c *Card) With(o Override) (*Card, error) {
	k := *c
	k.Params = maps.Clone(c.Params)
	if k.Params == nil {
		k.Params = map[string]any{}
	}
	maps.Copy(k.Params, o.Params)
	if o.Severity != 0 {
		k.Severity = o.Severity
	}
	if o.Stop != "" {
		k.Stop = o.Stop
	}
	k.Exempt = slices.Clone(c.Exempt)
	for _, e := range o.Exempt {
		if !slices.Contains(k.Exempt, e) {
			k.Exempt = append(k.Exempt, e)
		}
	}
	if err := errors.Join(o.valid(c.ID), k.judgeToo(o.Judge)); err != nil {
		return nil, err
	}
	if _, err := new(Program).compileCard(&k, nil); err != nil {
		return nil, err
	}
	said := fmt.Sprintf("%s|%v|%d|%s|%v", c.Version, k.Params, k.Severity, k.Stop, k.Exempt)
	if len(o.Judge) > 0 {
		said += "|" + k.ExemptDiag
	}
	h := sha256.Sum256([]byte(said))
	k.Version = hex.EncodeToString(h[:4])
	return &k, nil
}

// judgeToo takes off the card some of what it exempts.
func (c *Card) judgeToo(names []string) error {
	diags := strings.Split(c.ExemptDiag, "|")
	for _, n := range names {
		switch {
		case slices.Contains(c.Exempt, n):
			c.Exempt = slices.DeleteFunc(c.Exempt, func(x string) bool { return x == n })
		case n != "" && slices.Contains(diags, n):
			diags = slices.DeleteFunc(diags, func(x string) bool { return x == n })
		default:
			all := strings.Join(append(slices.Clone(c.Exempt), diags...), "、")
			if strings.Trim(all, "、") == "" {
				return fmt.Errorf("%s 没有写豁免，不用取消 %q；判法自己的条件不能取消", c.ID, n)
			}
			return fmt.Errorf("%s 不豁免 %q；卡上写的豁免是 %s", c.ID, n, strings.Trim(all, "、"))
		}
	}
	c.ExemptDiag = strings.Join(diags, "|")
	return nil
}

// span is a variant as compiled: which card judges (−1: none), where and when.
type span struct {
	card      int
	area      string
	from, to  claim.Day
	appliesOn string
}

// places are the variants of one card, those that win first.
type places struct {
	base    int
	insured bool // the area is that of insurance
	spans   []span
}

// addVariants compiles the variants beside the library's cards. It returns what they say, for the program's ID.
func (p *Program) addVariants(vs []Variant) (said string, err error) {
	var b strings.Builder
	for _, v := range vs {
		base := p.byID[v.ID]
		if base == nil {
			return "", fmt.Errorf("规则库里没有 %q，不能按区划或日期改它", v.ID)
		}
		area, err := AreaCode(v.Area)
		if err != nil {
			return "", fmt.Errorf("%s：%w", v.ID, err)
		}
		pl := base[0].places
		if pl == nil {
			pl = &places{base: base[0].idx, insured: base[0].insured}
			base[0].places = pl
		}
		s := span{card: -1, area: area, from: v.From, to: v.To, appliesOn: v.AppliesOn}
		if s.to == 0 {
			s.to = claim.OpenDay
		}
		version := "-"
		if v.Card != nil {
			k, err := p.compileCard(v.Card, nil)
			if err != nil {
				return "", err
			}
			k.idx, k.places = len(p.cards), pl
			p.cards = append(p.cards, k)
			p.byID[v.ID] = append(p.byID[v.ID], k)
			s.card, version = k.idx, v.Card.Version
		}
		pl.spans = append(pl.spans, s)
		fmt.Fprintln(&b, "variant", v.ID, version, area, s.from, s.to, v.AppliesOn)
	}
	for _, ks := range p.byID {
		if pl := ks[0].places; pl != nil {
			slices.Reverse(pl.spans)
			slices.SortStableFunc(pl.spans, func(x, y span) int {
				return cmp.Or(cmp.Compare(depth(y.area), depth(x.area)), cmp.Compare(y.from, x.from))
			})
		}
	}
	return b.String(), nil
}

// speaks tells whether the card, of several variants, is the one that judges a line, or a visit or settlement told as one.
func (e *Eval) speaks(c *compiled, l *claim.Line) bool {
	pl := c.places
	if pl == nil {
		return true
	}
	code := int32(0)
	if p := e.t.PersonOf(l); pl.insured && p != nil && p.Area != 0 {
		code = p.Area
	} else {
		code = e.careArea(l.Inst, l.Time.Day())
	}
	area := e.b.ds[claim.DictList].String(code)
	for i := range pl.spans {
		s := &pl.spans[i]
		if d := e.dayOn(s.appliesOn, l); d >= s.from && d <= s.to && within(area, s.area) {
			return s.card == c.idx
		}
	}
	return c.idx == pl.base
}

// dayOn is the day of a line that decides validity.
func (e *Eval) dayOn(appliesOn string, l *claim.Line) claim.Day {
	if l.Visit >= 0 {
		v := &e.t.Visits[l.Visit]
		switch appliesOn {
		case "admission":
			return v.Begin.Day()
		case "discharge":
			if v.End.Has() {
				return v.End.Day()
			}
		case "settlement":
			if l.Setl >= 0 {
				return e.t.Setls[l.Setl].Time.Day()
			}
		}
	}
	return l.Time.Day()
}

// subject is the line that says where and when a hit belongs: its first violating one, or its visit or settlement told as a
// line. li is its number, −1 when it has none.
func (e *Eval) subject(h *Hit) (l claim.Line, li int32) {
	li = -1
	for _, x := range h.Lines {
		if x.Type == 1 && (li < 0 || x.Line < li) {
			li = x.Line
		}
	}
	switch {
	case li >= 0:
		return e.t.Lines[li], li
	case h.Visit >= 0:
		v := &e.t.Visits[h.Visit]
		return claim.Line{Time: v.Begin, Inst: v.Inst, Visit: h.Visit, Setl: h.Setl, Dept: v.DscgDept}, -1
	case h.Setl >= 0:
		s := &e.t.Setls[h.Setl]
		return claim.Line{Time: s.Time, Inst: s.Inst, Visit: s.Visit, Setl: h.Setl}, -1
	}
	return claim.Line{Visit: -1, Setl: -1}, -1
}

// place drops the hits of variants that do not judge where the hit belongs. What two variants say of one unit (a window across
// areas) is one finding: of the one whose violating line comes first.
func (e *Eval) place() {
	type first struct{ hit, line int32 }
	units := map[string]first{}
	drop := map[int]bool{}
	for i := range e.hits {
		h := &e.hits[i]
		c := e.b.cards[h.CardIdx]
		if c.places == nil {
			continue
		}
		l, li := e.subject(h)
		if !e.speaks(c, &l) {
			drop[i] = true
			continue
		}
		k := key(h.Card.ID, h.Unit)
		was, ok := units[k]
		switch {
		case !ok || li < was.line:
			if ok {
				drop[int(was.hit)] = true
			}
			units[k] = first{int32(i), li}
		default:
			drop[i] = true
		}
	}
	if len(drop) == 0 {
		return
	}
	kept := e.hits[:0]
	for i := range e.hits {
		if !drop[i] {
			kept = append(kept, e.hits[i])
		}
	}
	e.hits = kept
}
