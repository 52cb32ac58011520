package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/attached"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// demoSpecial is an application for special review of the example city.
type demoSpecial struct {
	reason string
	miss   int  // how many of the required materials do not come
	late   bool // it is handed in after the deadline
	draw   bool
	votes  []string // of the panel's seats in order; "" = not yet
	cut    int64    // share of the fund charge in per cent that those who grant cut
	times  pay.Decimal
}

// demoSpecials is one application in each state, and two ways of granting.
var demoSpecials = []demoSpecial{
	{reason: "复杂危重", draw: true, votes: []string{special.VoteGrant, special.VoteGrant, special.VoteRefuse}, cut: 8},
	{reason: "医疗费用高", draw: true, votes: []string{special.VoteGrant, special.VoteGrant, special.VoteGrant}, times: 2_000_000},
	{reason: "住院时间长", draw: true, votes: []string{special.VoteRefuse, special.VoteGrant, special.VoteRefuse}},
	{reason: "多学科联合诊疗", draw: true, votes: []string{special.VoteGrant, "", ""}},
	{reason: "新药耗新技术"},
	{reason: "复杂危重", miss: 1},
	{reason: "医疗费用高", late: true},
}

// demoExtension is how many days from the making of the demo the last quarter can still be put forward: the city's year
// is over, and who tries the console wants to hand something in.
const demoExtension = 60

// extend has the example bureau put the deadline of the city's last quarter off, as bureaus do by notice. A demo that is
// started again long after gets a new date.
func (d *demo) extend() error {
	now := time.Now().In(time.FixedZone("UTC+8", 8*3600))
	today := claim.DayOf(now.Year(), int(now.Month()), now.Day())
	t, err := special.Load(d.Data)
	if err != nil || t.Deadline(demoEnd) >= today+demoExtension/2 {
		return err
	}
	text := fmt.Sprintf("# 示例城市：延期是为了能在控制台上试着申报\nextended: {%s: %q}\n", special.Quarter(demoEnd), (today + demoExtension).String())
	return os.WriteFile(filepath.Join(d.Data, special.TermsFile), []byte(text), 0o644)
}

// specials has a hospital put stays of the city's last quarter forward, at dates that go with them, and a panel judge some.
func (d *demo) specials(o *office) error {
	year := int(demoEnd) / 12
	inst := d.insts[demoFirst]
	h, err := board.ReadHospital(d.Data, year, inst)
	if errors.Is(err, board.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	type dear struct {
		x *board.HospitalInsured
		s *board.Stay
		m claim.Month
	}
	late := special.Quarter(demoEnd - 3) // a longer city has it: its deadline is past whatever notice came later
	var list, before []dear
	for i := range h.Insured {
		x := &h.Insured[i]
		for j := range x.Stays {
			s := &x.Stays[j]
			m, err := claim.ParseMonth(s.Month)
			if err != nil || x.Mode != "DRG" || s.Way != pay.ByHigh || s.Standard <= 0 {
				continue
			}
			switch special.Quarter(m) {
			case special.Quarter(demoEnd):
				list = append(list, dear{x, s, m})
			case late:
				before = append(before, dear{x, s, m})
			}
		}
	}
	list = list[:len(list)/2] // the others are left to whoever tries the console
	for i := range demoSpecials {
		k, from := &demoSpecials[i], &list
		if k.late && len(before) > 0 {
			from = &before
		}
		for done := false; !done && len(*from) > 0; *from = (*from)[1:] {
			c := (*from)[0]
			if done, err = d.specialCase(o, k, h, c.x, c.s, c.m); err != nil {
				return fmt.Errorf("示例特例单议 %s：%w", c.s.ID, err)
			}
		}
	}
	return nil
}

// specialCase plays one application; false where the stay is no good for it.
func (d *demo) specialCase(o *office, k *demoSpecial, h *board.Hospital, x *board.HospitalInsured, s *board.Stay, m claim.Month) (bool, error) {
	ctx, terms := d.s.ctx, special.National()
	on := terms.Deadline(m) - 6
	if k.late {
		on = terms.Deadline(m) + 3
	}
	y, mon, day := on.Civil()
	at := time.Date(y, time.Month(mon), day, 10, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
	b := &special.Book{DB: o.db, Terms: terms, Now: func() time.Time { at = at.Add(7 * time.Minute); return at }}
	stays := 0
	for i := range x.Stays {
		if n, err := claim.ParseMonth(x.Stays[i].Month); err == nil && special.Quarter(n) == special.Quarter(m) {
			stays++
		}
	}
	var doubted int64
	if err := o.db.View(ctx, func(tx *store.Tx) (err error) { doubted, err = tx.DoubtedFund(h.Inst, s.ID); return err }); err != nil {
		return false, err
	}
	a := &special.Application{Inst: h.Inst, Visit: s.ID, Insutype: x.Insutype, Kind: x.Mode, Settled: m, Reason: k.reason, Asked: "按项目", Cost: pay.Fen(s.Cost), Fund: pay.Fen(s.Fund),
		Standard: pay.Fen(s.Standard), On: on}
	if k.times > 0 {
		a.Asked = "按标准"
	}
	whole := *a
	whole.Materials = map[string]string{}
	for _, kind := range terms.Materials {
		whole.Materials[kind] = "有"
	}
	if fine := len(terms.Check(&whole, stays, 0, pay.Fen(doubted))) == 0; !fine && !k.late {
		return false, nil // the audit doubts too much of it
	}
	c, _, err := b.Apply(ctx, a, stays, pay.Fen(doubted), "yiban1")
	if err != nil {
		return false, err
	}
	step := func(who, action, detail string) error {
		return o.trail.Do(ctx, o.db, func(*store.Tx) ([]auth.Event, error) {
			return []auth.Event{{Actor: who, Action: action, Object: c.ID, Detail: detail}}, nil
		})
	}
	if err := step("yiban1", "特例单议申报", s.ID+" "+c.State); err != nil || k.late {
		return true, err
	}
	for i, kind := range terms.Materials {
		if i >= len(terms.Materials)-k.miss {
			break
		}
		f, err := attached.Folder(filepath.Join(o.dir, attachmentsDir)).Keep(strings.NewReader("示例材料："+kind+"，就诊 "+s.ID+"\n"), 1<<20, kind+".txt")
		if err != nil {
			return false, err
		}
		if c, _, err = b.Attach(ctx, store.SpecialFile{ID: store.NewID(), Case: c.ID, Kind: kind, Name: f.Name, Media: f.Media, Size: f.Size, SHA256: f.SHA256, UploadedBy: "yiban1", At: store.Micros(at)},
			stays, pay.Fen(doubted), on); err != nil {
			return false, err
		}
		if err := step("yiban1", "特例单议材料", kind+" "+f.Name+" "+c.State); err != nil {
			return false, err
		}
	}
	if !k.draw {
		return true, nil
	}
	return true, d.panel(o, b, k, c, step)
}

// panel draws the experts and has them vote; what is not voted on stays open.
func (d *demo) panel(o *office, b *special.Book, k *demoSpecial, c *store.SpecialCase, step func(who, action, detail string) error) error {
	var pool []special.Expert
	for _, login := range []string{"zhuanjia1", "zhuanjia2", "zhuanjia3"} {
		pool = append(pool, special.Expert{ID: login})
	}
	at := b.Now()
	b.Now = func() time.Time { at = at.Add(25 * time.Hour); return at } // a step a day
	seats, err := b.Draw(d.s.ctx, c.ID, pool, "")
	if err != nil {
		return err
	}
	names, open := "", false
	for _, s := range seats {
		names += " " + s.Expert
	}
	if err := step("jingban", "特例单议抽专家", names); err != nil {
		return err
	}
	for i, s := range seats {
		vote := k.votes[i]
		if open = open || vote == ""; vote == "" {
			continue
		}
		cut := pay.Fen(0)
		if vote == special.VoteGrant {
			cut = pay.Fen(c.Fund / 100 * k.cut)
		}
		note := map[string]string{special.VoteGrant: "病情与用药相符，同意", special.VoteRefuse: "病程记录看不出超出本组的理由"}[vote]
		if err := b.Vote(d.s.ctx, c.ID, special.Ballot{Expert: s.Expert, Vote: vote, Cut: cut}, note); err != nil {
			return err
		}
		if err := step(s.Expert, "特例单议投票", vote+" 核减 "+cut.String()); err != nil {
			return err
		}
	}
	if open {
		return nil
	}
	c, err = b.Decide(d.s.ctx, c.ID, k.times)
	if err != nil {
		return err
	}
	return step("zhongshen1", "特例单议结果", c.State+" 核减 "+pay.Fen(c.Cut).String())
}
