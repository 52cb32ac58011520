package trace

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Clue is one sale too many on its way to a case: what was found, why it may be innocent, whether there is proof of
// purchase, what it looks like.
type Clue struct {
	Code      string `json:"drug_trac_codg"`
	Item      string `json:"hilist_code"`
	Inst      string `json:"fixmedins_code"`
	At        string `json:"sel_retn_time"`
	Sn        string `json:"feedetl_sn,omitempty"`
	Class     string `json:"class"`
	Sales     int    `json:"sales"`
	Persons   int    `json:"persons"`
	PrevInst  string `json:"prev_fixmedins_code"`
	PrevAt    string `json:"prev_sel_retn_time"`
	GapDays   int    `json:"gap_days"`
	Proof     string `json:"proof"`
	Stage     string `json:"stage"` // 已排除 待自述 无凭证
	Explained string `json:"explained,omitempty"`
	Area      string `json:"admdvs"`
	Psn       string `json:"psn_no,omitempty"`      // who bought
	PrevPsn   string `json:"prev_psn_no,omitempty"` // who bought before
	Name      string `json:"fixmedins_name,omitempty"`
	PrevName  string `json:"prev_fixmedins_name,omitempty"`
	FromHosp  bool   `json:"from_hospital"` // the sale before was a hospital's, this one a shop's
}

// ID names the clue by its code and sale, so that it keeps its name from run to run.
func (c *Clue) ID() string {
	h := sha256.Sum256([]byte(strings.Join([]string{c.Code, c.Inst, c.At, c.Sn}, "\x1f")))
	return "ZS" + hex.EncodeToString(h[:8])
}

// Funnel counts what became of the sales beyond the first of a box: repeated = returned + resent + parts + cleared + ward + doubtful.
type Funnel struct {
	Codes     int `json:"codes"`     // boxes seen
	Repeated  int `json:"repeated"`  // sales beyond the first of a box, merged over channels
	Returned  int `json:"returned"`  // of those: taken back
	Resent    int `json:"resent"`    // sent twice within a minute
	Parts     int `json:"parts"`     // parts of one pack
	Cleared   int `json:"cleared"`   // the sale before was taken back
	Ward      int `json:"ward"`      // one box scanned for a ward
	Doubtful  int `json:"doubtful"`  // what remains
	Unproved  int `json:"unproved"`  // of those: no proof of purchase within 365 days
	Institute int `json:"instances"` // institutions concerned
}

var proofWords = [...]string{"有购进", "无购进记录", "先售后购", "已退供应商", "已报损销毁", "他处退货"}

func (f *Facts) person(n int32) string {
	if n == 0 {
		return ""
	}
	return f.Dicts[claim.DictPerson].String(n)
}

// Clues runs the pipeline: duplicates net of returns → explained ones dropped → proof of purchase → class.
func (f *Facts) Clues() ([]Clue, Funnel) {
	var out []Clue
	var n Funnel
	insts := map[string]bool{}
	f.Book.EachBox(func(code string, l *life.Life, told []rule.Told) {
		n.Codes++
		if len(l.Sales) < 2 {
			return
		}
		found := map[int]life.Again{}
		for _, a := range l.Again(&f.Terms, f.pack(told)) {
			found[a.Sale] = a
		}
		for i := range l.Sales {
			s := &l.Sales[i]
			a, doubt := found[i]
			if i > 0 {
				n.Repeated++
			}
			switch {
			case s.Back:
				n.Returned += b2i(i > 0)
				continue
			case s.Resent:
				n.Resent++
				continue
			case !doubt:
				n.Parts += b2i(s.Split && i > 0)
				n.Cleared += b2i(!s.Split && i > 0)
				continue
			case a.Explained():
				n.Ward++
			}
			p, _ := l.Proof(&f.Terms, i, 365, 7)
			prev := &l.Sales[a.Prev]
			c := Clue{Code: code, Item: f.item(told[s.Row].Item), Inst: f.inst(s.Inst), At: s.At.String(), Sn: told[s.Row].Sn, Class: a.Class.String(), Sales: a.Count,
				Persons: a.Persons, PrevInst: f.inst(prev.Inst), PrevAt: prev.At.String(), GapDays: int(s.At.Day() - prev.At.Day()), Proof: proofWords[p], Stage: "待自述", Area: f.Book.PlaceOf(s.Inst).Area,
				Name: f.Book.InstName(s.Inst, s.At.Day()), PrevName: f.Book.InstName(prev.Inst, prev.At.Day())}
			c.Psn, c.PrevPsn = f.person(s.Pers), f.person(prev.Pers)
			c.FromHosp = f.Book.PlaceOf(prev.Inst).Hospital && !f.Book.PlaceOf(s.Inst).Hospital
			if a.Over {
				c.Class = "拆零累计超出一盒"
			}
			if a.Explained() {
				c.Stage, c.Explained = "已排除", a.Class.String()
			} else {
				n.Doubtful++
				insts[c.Inst] = true
				if p != life.Proved {
					n.Unproved++
					c.Stage = "无凭证"
				}
			}
			out = append(out, c)
		}
	})
	n.Institute = len(insts)
	slices.SortFunc(out, func(a, b Clue) int {
		return cmp.Or(strings.Compare(a.Inst, b.Inst), strings.Compare(a.At, b.At), strings.Compare(a.Code, b.Code))
	})
	return out, n
}

// Prefix is what a prefix means as purchases show it.
type Prefix struct {
	Prefix   string         `json:"prefix"`
	Items    map[string]int `json:"items"` // item → boxes bought
	Sellers  int            `json:"institutions"`
	Conflict bool           `json:"conflict"` // several items: shown, never taken over by itself
}

// Prefixes learns from purchases which item a prefix names. Nothing learned accuses: a person confirms it first.
func (f *Facts) Prefixes() []Prefix {
	by := map[string]*Prefix{}
	insts := map[string]map[int32]bool{}
	f.Book.EachBox(func(_ string, _ *life.Life, told []rule.Told) {
		for i := range told {
			t := &told[i]
			if t.Kind != life.Bought || t.Prefix == "" || t.Item == 0 {
				continue
			}
			p := by[t.Prefix]
			if p == nil {
				p = &Prefix{Prefix: t.Prefix, Items: map[string]int{}}
				by[t.Prefix], insts[t.Prefix] = p, map[int32]bool{}
			}
			p.Items[f.item(t.Item)]++
			insts[t.Prefix][t.Inst] = true
		}
	})
	var out []Prefix
	for k, p := range by {
		p.Sellers, p.Conflict = len(insts[k]), len(p.Items) > 1
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Prefix) int { return strings.Compare(a.Prefix, b.Prefix) })
	return out
}

// Rate is how much of what should bear a code does, at an institution in a month.
type Rate struct {
	Inst      string `json:"fixmedins_code"`
	Name      string `json:"fixmedins_name"`
	Area      string `json:"admdvs"`
	Month     string `json:"month"`
	Due       int64  `json:"due"`     // drug lines, and boxes of lines with codes
	Scanned   int64  `json:"scanned"` // of those with a valid code
	Purchases int64  `json:"purchase_rows"`
	Coded     int64  `json:"purchase_rows_coded"`
}

// Rates are the collection rates (应采率) from the day codes are due, and the share of purchases with codes: figures, not
// suspicions.
func (f *Facts) Rates(since claim.Day) []Rate {
	type key struct {
		inst  int32
		month claim.Month
	}
	by := map[key]*Rate{}
	at := func(inst int32, m claim.Month) *Rate {
		k := key{inst, m}
		if by[k] == nil {
			c, all := f.Book.Coded(inst)
			by[k] = &Rate{Inst: f.inst(inst), Name: f.Book.InstName(inst, m.First()), Area: f.Book.PlaceOf(inst).Area, Month: m.String(), Coded: c, Purchases: all}
		}
		return by[k]
	}
	f.Book.EachBox(func(_ string, l *life.Life, told []rule.Told) {
		for i := range l.Sales {
			if s := &l.Sales[i]; !s.Back && s.Paid && s.At.Day() >= since {
				r := at(s.Inst, s.At.Day().Month())
				r.Due++
				r.Scanned++
			}
		}
	})
	f.Book.EachBare(func(t rule.Told) {
		if t.List == 101 && t.At.Day() >= since && !(t.Split && f.Book.PlaceOf(t.Inst).Hospital) {
			at(t.Inst, t.At.Day().Month()).Due++
		}
	})
	var out []Rate
	for _, r := range by {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Rate) int { return cmp.Or(strings.Compare(a.Inst, b.Inst), strings.Compare(a.Month, b.Month)) })
	return out
}
