package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Facts are codes and stock of a data directory, as the cards read them.
type Facts struct {
	Book  *rule.Book
	Dicts *claim.Dicts
	Terms life.Terms
}

// NewFacts wraps a gathered book.
func NewFacts(k *rule.Book, ds *claim.Dicts) *Facts {
	f := &Facts{Book: k, Dicts: ds, Terms: life.Usual()}
	f.Terms.Where = k.PlaceOf
	return f
}

func (f *Facts) inst(n int32) string { return f.Dicts[claim.DictInst].String(n) }
func (f *Facts) item(n int32) string { return f.Dicts[claim.DictItem].String(n) }

// Step is one event of a life, in words.
type Step struct {
	At    string `json:"time"`
	Event string `json:"event"`
	Inst  string `json:"fixmedins_code"`
	Name  string `json:"fixmedins_name"`
	Area  string `json:"admdvs"`
	Item  string `json:"hilist_code,omitempty"`
	Doc   string `json:"doc,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Story is the life of a code as a timeline: persons are never named.
type Story struct {
	Code    string   `json:"drug_trac_codg"`
	Form    string   `json:"form"`
	Prefix  string   `json:"prefix,omitempty"`
	Known   bool     `json:"known"`
	Net     int      `json:"net_sales"`
	Verdict string   `json:"verdict"`
	Steps   []Step   `json:"steps"`
	Why     []string `json:"explained,omitempty"`
}

// Life tells the life of one code.
func (f *Facts) Life(raw string) (*Story, error) {
	c := life.Parse(raw)
	if !c.Valid() {
		return nil, fmt.Errorf("追溯码 %q %s", raw, cmp.Or(c.Reason, "没有内容"))
	}
	s := &Story{Code: c.Text, Form: c.Form.String(), Prefix: c.Prefix, Verdict: "未见"}
	f.Book.EachBox(func(code string, l *life.Life, told []rule.Told) {
		if code == c.Text {
			f.tell(s, l, told)
		}
	})
	return s, nil
}

// Lives tells the lives of the codes of clues, by code.
func (f *Facts) Lives(clues []Clue) (map[string]*Story, error) {
	out := map[string]*Story{}
	for i := range clues {
		c := life.Parse(clues[i].Code)
		out[clues[i].Code] = &Story{Code: c.Text, Form: c.Form.String(), Prefix: c.Prefix}
	}
	f.Book.EachBox(func(code string, l *life.Life, told []rule.Told) {
		if s := out[code]; s != nil {
			f.tell(s, l, told)
		}
	})
	return out, nil
}

func (f *Facts) tell(s *Story, l *life.Life, told []rule.Told) {
	s.Known = true
	step := func(e *life.Event, event string, t *rule.Told, note string) {
		at := e.At
		p := f.Book.PlaceOf(e.Inst)
		x := Step{At: at.String(), Event: event, Inst: f.inst(e.Inst), Name: f.Book.InstName(e.Inst, at.Day()), Area: p.Area, Note: note}
		if t != nil {
			x.Item, x.Doc = f.item(t.Item), cmp.Or(t.Doc, t.Sn)
		}
		s.Steps = append(s.Steps, x)
	}
	again := map[int]life.Again{}
	for _, a := range l.Again(&f.Terms, f.pack(told)) {
		again[a.Sale] = a
	}
	s.Verdict = "在库"
	for i := range l.Stock {
		e := &l.Stock[i]
		step(e, e.Kind.String(), &told[e.Row], "")
	}
	for i := range l.Sales {
		x := &l.Sales[i]
		var via []string
		for v, name := range []string{"费用明细", "销售上传", "结算附码"} {
			if x.Channels[v] {
				via = append(via, name)
			}
		}
		note := "由" + strings.Join(via, "、") + "上报"
		if x.Split {
			note += "；拆零"
		}
		if !x.Paid {
			note += "；自费"
		}
		if a, ok := again[i]; ok {
			word := a.Class.String()
			if a.Over {
				word = "拆零累计超出一盒"
			}
			note += "；第" + fmt.Sprint(a.Count) + "次，" + word
			if a.Explained() {
				s.Why = append(s.Why, x.At.String()+"："+word)
			} else {
				s.Verdict = word
			}
		}
		if x.Resent {
			note += "；一分钟内重复提交，不计"
			s.Why = append(s.Why, x.At.String()+"：重复提交")
		}
		step(&x.Event, "销售", &told[x.Row], note)
		if x.Back {
			r := x.Event
			r.At = x.BackAt
			step(&r, "退货", nil, "冲减 "+x.At.String()+" 的销售")
		}
		if x.Live() {
			s.Net++
		}
	}
	for i := range l.Stray {
		step(&l.Stray[i], "退货", &told[l.Stray[i].Row], "找不到所退的销售")
	}
	if s.Net == 1 && s.Verdict == "在库" {
		s.Verdict = "已售"
	}
	slices.SortStableFunc(s.Steps, func(a, b Step) int { return strings.Compare(a.At, b.At) })
}

func (f *Facts) pack(told []rule.Told) claim.Qty {
	for i := range told {
		if told[i].Item != 0 {
			if p := f.Book.PackOf(told[i].Item, told[i].Inst, told[i].At.Day()); p > 0 {
				return p
			}
		}
	}
	return 0
}

// Fill puts every sale of the facts into an index, one record for each, with its returns: what the counter asks from then
// on. Sales that the index has already (by document) are left out, so filling again adds what is new.
func (f *Facts) Fill(x *index.Index) (sales int64, err error) {
	b, err := x.Build()
	if err != nil {
		return 0, err
	}
	persons := f.Dicts[claim.DictPerson]
	fail := func(e error) {
		if err == nil {
			err = e
		}
	}
	f.Book.EachBox(func(code string, l *life.Life, told []rule.Told) {
		if err != nil {
			return
		}
		have := map[uint64]bool{}
		known, e := x.Events(life.KeyOf(code))
		fail(e)
		for i := range known {
			have[known[i].Doc<<1|uint64(b2i(known[i].Kind == life.Returned))] = true
		}
		for i := range l.Sales {
			s := &l.Sales[i]
			n, e := b.Institution(f.inst(s.Inst))
			fail(e)
			doc := uint64(0)
			for _, d := range []int{life.DocMdtrt, life.DocSetl, life.DocShop} {
				if doc == 0 {
					doc = index.DocKey(s.Docs[d])
				}
			}
			r := index.Record{Key: life.KeyOf(code), Inst: n, At: s.At, Doc: doc, Qty: s.Qty, Kind: life.Sold, Split: s.Split, Paid: s.Paid, Ward: s.Ward}
			if s.Pers != 0 {
				r.Pers = index.PersonHash(persons.String(s.Pers))
			}
			if !have[doc<<1] {
				sales++
				fail(b.Add(&r))
			}
			if s.Back && !have[doc<<1|1] {
				r.Kind, r.At = life.Returned, s.BackAt
				fail(b.Add(&r))
			}
		}
	})
	if e := b.Close(); err == nil {
		err = e
	}
	return sales, err
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
