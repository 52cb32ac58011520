package modeldesk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/store"
)

// Sending is what somebody sends to the closed loop.
type Sending struct {
	Source    string // 模型 or 查询
	Model     *model.Model
	Result    *model.Result
	Cases     []string // case ids; none = all of the result
	Origin    string   // the run
	Statement string   // of a query
	Why       string
}

// Sent is what became of it.
type Sent struct {
	Batch    string `json:"batch_id" doc:"批次号；空为没有新的可送"`
	Cases    int    `json:"cases"`
	Findings int    `json:"findings" doc:"疑点数：一个案例在一家机构、一个月里是一条"`
	Facts    int    `json:"facts" doc:"所依据的就诊或指标数"`
	Money    int64  `json:"money" doc:"涉及金额（分），不是拟拒付"`
	Known    int    `json:"known" doc:"以前送过、这次没有再送的就诊或指标数"`
	Homeless int    `json:"homeless" doc:"没有落到机构、不能送的明细数"`
}

// mostSent bounds one batch.
const mostSent = 50_000

// part is one finding in the making.
type part struct {
	f     *store.Finding
	item  store.ModelItem
	facts []string
	psn   map[string]bool
	rows  []model.Row
}

// Send puts the cases into the closed loop as findings in state 机审, one for each case, institution and month. A visit that the same
// model sent before is left out, so that sending twice, or a later run of a grown group, sends only what is new.
func (d *Desk) Send(ctx context.Context, who *auth.Identity, s Sending) (*Sent, error) {
	if !who.May(auth.RunAudit) {
		return nil, refuse("用户 %s 没有“%s”权限", who.Name, auth.RunAudit)
	}
	if s.Result.Unjudged != "" || s.Result.Error != "" {
		return nil, refuse("这次运行没有结果：%s%s", s.Result.Unjudged, s.Result.Error)
	}
	for _, id := range s.Cases {
		if !slices.ContainsFunc(s.Result.Cases, func(c model.Case) bool { return c.ID == id }) {
			return nil, refuse("结果里没有案例 %s", id)
		}
	}
	bills, err := d.bills(ctx, &s)
	if err != nil {
		return nil, err
	}
	var out *Sent
	for range 3 { // two at once: the later one finds what the first has sent
		err = d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
			out = &Sent{}
			batch, items, facts, proofs, err := s.write(tx, who, out, bills)
			if err != nil || len(items) == 0 {
				return nil, err
			}
			if err := tx.AddBatch(*batch, items, facts, proofs...); err != nil {
				return nil, err
			}
			return []auth.Event{{Actor: who.Name, Action: "送闭环", Object: batch.ID, Detail: fmt.Sprintf("%s %s，案例 %d，疑点 %d，涉及 %s 元；%s", s.Model.ID, s.Model.Name, out.Cases, out.Findings,
				claim.Money(out.Money), s.Why)}}, nil
		})
		if !errors.Is(err, store.ErrExists) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Sending) write(tx *store.Tx, who *auth.Identity, out *Sent, bills *behind) (*store.ModelBatch, []store.ModelItem, []store.ModelFact, []store.ModelEvidence, error) {
	areas, err := tx.Divisions()
	if err != nil {
		return nil, nil, nil, nil, err
	}
	var parts []*part
	for i := range s.Result.Cases {
		c := &s.Result.Cases[i]
		if len(s.Cases) > 0 && !slices.Contains(s.Cases, c.ID) {
			continue
		}
		ps, homeless := s.split(c)
		for _, p := range ps {
			if !who.Scope.Sees(areas[p.f.Inst], p.f.Inst) {
				return nil, nil, nil, nil, refuse("案例 %s 涉及机构 %s，不在用户 %s 的范围内", c.GroupID, p.f.Inst, who.Name)
			}
		}
		parts, out.Homeless = append(parts, ps...), out.Homeless+homeless
	}
	var all []string
	for _, p := range parts {
		all = append(all, p.facts...)
	}
	known, err := tx.SentFacts(s.Model.ID, all)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	b := &store.ModelBatch{ID: store.NewID(), Source: s.Source, Model: s.Model.ID, Name: s.Model.Name, Severity: s.Model.Severity, Origin: s.Origin, Basis: s.Model.Basis, Statement: s.Statement,
		Why: s.Why, Actor: who.Name, SentAt: store.Micros(time.Now())}
	var fs []*store.Finding
	var items []store.ModelItem
	var facts []store.ModelFact
	var proofs []store.ModelEvidence
	cases := map[string]bool{}
	for _, p := range parts {
		for i := len(p.facts) - 1; i >= 0; i-- {
			if known[p.facts[i]] {
				p.facts, p.rows = slices.Delete(p.facts, i, i+1), slices.Delete(p.rows, i, i+1)
				out.Known++
			} else {
				known[p.facts[i]] = true // a visit that two cases share goes with the first
			}
		}
		if len(p.rows) == 0 {
			continue
		}
		s.finish(p, b, areas)
		proof, err := s.proof(p, bills)
		if err != nil {
			return nil, nil, nil, nil, err
		}
		proofs = append(proofs, proof)
		fs, items = append(fs, p.f), append(items, p.item)
		for _, x := range p.facts {
			facts = append(facts, store.ModelFact{Model: s.Model.ID, Fact: x, Finding: p.f.ID})
		}
		cases[p.item.Case] = true
		out.Findings, out.Facts, out.Money = out.Findings+1, out.Facts+len(p.facts), out.Money+p.item.Money
	}
	if len(fs) == 0 {
		return b, nil, nil, nil, nil
	}
	if len(fs) > mostSent {
		return nil, nil, nil, nil, refuse("一批最多 %d 条疑点，这里有 %d 条：请提高阈值或选一部分案例", mostSent, len(fs))
	}
	out.Batch, out.Cases = b.ID, len(cases)
	b.Cases, b.Known = int64(out.Cases), int64(out.Known)
	return b, items, facts, proofs, tx.AddFindings(fs)
}

// split divides a case by institution and month. Rows of one visit are one fact; a row without a visit is an institution's (or a person's or doctor's) figure
// of the run's last month.
func (s *Sending) split(c *model.Case) (parts []*part, homeless int) {
	at := map[string]*part{}
	seen := map[string]int{}
	for _, r := range c.Rows {
		if r.Inst == "" {
			homeless++
			continue
		}
		month := s.Result.Last[:min(7, len(s.Result.Last))]
		if len(r.Day) >= 7 {
			month = r.Day[:7]
		}
		key := r.Inst + "\x00" + month
		p := at[key]
		if p == nil {
			p = &part{f: &store.Finding{Inst: r.Inst, Month: month}, psn: map[string]bool{}}
			p.item = store.ModelItem{Model: s.Model.ID, Case: c.ID, Group: c.GroupID, Inst: r.Inst}
			at[key] = p
			parts = append(parts, p)
		}
		fact := "v:" + r.Mdtrt
		if r.Mdtrt == "" {
			fact = "f:" + strings.Join([]string{r.Inst, r.Psn, r.Doctor, r.Item, r.Other, month}, "|")
		}
		if i, ok := seen[key+fact]; ok { // another line of the same visit
			p.rows[i].Money += r.Money
			continue
		}
		seen[key+fact] = len(p.rows)
		p.facts, p.rows = append(p.facts, fact), append(p.rows, r)
	}
	return parts, homeless
}

// finish writes the finding of a part from the rows that are left.
func (s *Sending) finish(p *part, b *store.ModelBatch, areas map[string]string) {
	h := sha256.New()
	fmt.Fprintln(h, s.Model.ID, p.item.Group, p.f.Inst, p.f.Month, p.facts)
	f := p.f
	f.ID = store.ModelMark + hex.EncodeToString(h.Sum(nil)[:15])
	f.Revision = b.ID
	f.Published = b.ID
	f.RuleID, f.RuleName, f.RuleVersion, f.Severity, f.Stage = s.Model.ID, s.Model.Name, b.ID, s.Model.Severity, "事后"
	f.Bucket, f.State, f.Basis, f.Prio = store.ModelBucket, store.MachineState, s.Model.Basis, 999
	f.Admdvs, f.ChangedAt, f.Version = areas[f.Inst], b.SentAt, 1
	docs := map[string]bool{}
	for _, r := range p.rows {
		p.item.Money += r.Money
		if r.Psn != "" {
			p.psn[r.Psn] = true
		}
		docs[r.Doctor] = r.Doctor != ""
		f.Lines = append(f.Lines, store.Line{Type: 2, Inst: r.Inst, Mdtrt: r.Mdtrt, Vola: r.Money})
	}
	if len(p.psn) == 1 {
		f.Psn = p.rows[0].Psn
	}
	if len(p.rows) == 1 {
		f.Mdtrt = p.rows[0].Mdtrt
	}
	p.item.Finding, p.item.Batch, p.item.Persons, p.item.Facts = f.ID, b.ID, int64(len(p.psn)), int64(len(p.rows))
	about := ""
	if len(p.psn) > 0 {
		about = fmt.Sprintf("%d 人 %d 次就诊", len(p.psn), len(p.rows))
	} else {
		about = fmt.Sprintf("%d 项指标", len(p.rows))
	}
	f.Cont = fmt.Sprintf("%s：本机构 %s，%s，涉及 %s 元（不是拟拒付）", s.Model.Name, f.Month, about, claim.Money(p.item.Money))
}

// Batch is a batch with how its findings stand.
type Batch struct {
	store.ModelBatch
	Findings, Persons, Facts, Money int64
	States                          map[string]int64
}

// Totals are what a bureau reports: kinds, batches, doubts.
type Totals struct {
	Kinds    int   `json:"kinds" doc:"几类：不同的模型和查询"`
	Batches  int   `json:"batches"`
	Findings int64 `json:"findings"`
	Facts    int64 `json:"facts"`
	Money    int64 `json:"money"`
}

// Batches lists batches within a scope with their states, newest first, and the totals over all of them.
func (d *Desk) Batches(ctx context.Context, s store.Scope, p store.Page) (out []Batch, sum Totals, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		bs, err := tx.Batches(s, p)
		if err != nil {
			return err
		}
		states, err := tx.BatchStates(s, "")
		if err != nil {
			return err
		}
		all, err := tx.Batches(s, store.Page{Limit: 100_000})
		if err != nil {
			return err
		}
		kinds := map[string]bool{}
		for _, b := range all {
			kinds[b.Model] = true
		}
		sum = Totals{Kinds: len(kinds), Batches: len(all)}
		at := map[string]int{}
		for _, b := range bs {
			at[b.ID] = len(out)
			out = append(out, Batch{ModelBatch: b, States: map[string]int64{}})
		}
		for _, x := range states {
			sum.Findings, sum.Facts, sum.Money = sum.Findings+x.Findings, sum.Facts+x.Facts, sum.Money+x.Money
			if i, ok := at[x.Batch]; ok {
				out[i].add(x)
			}
		}
		return nil
	})
	return out, sum, err
}

func (b *Batch) add(x store.BatchState) {
	b.Findings, b.Persons, b.Facts, b.Money = b.Findings+x.Findings, b.Persons+x.Persons, b.Facts+x.Facts, b.Money+x.Money
	b.States[x.State] += x.Findings
}

// Batch reads one batch within a scope with some of its findings, those after a finding's id; store.ErrNotFound.
func (d *Desk) Batch(ctx context.Context, s store.Scope, id, after string, limit int) (b *Batch, items []store.ModelItemState, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		x, err := tx.Batch(s, id)
		if err != nil {
			return err
		}
		b = &Batch{ModelBatch: *x, States: map[string]int64{}}
		states, err := tx.BatchStates(s, id)
		if err != nil {
			return err
		}
		for _, x := range states {
			b.add(x)
		}
		items, err = tx.BatchItems(s, id, after, limit)
		return err
	})
	return b, items, err
}
