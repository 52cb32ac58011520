package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// States and kinds of packages.
const (
	packWaiting  = "待发"
	packSent     = "已发"
	packGot      = "已送达"
	packRecalled = "已撤回"
	packMerged   = "已并年末"

	packMonthly = "月度"
	packYearly  = "年末"
)

// Kinds of proof of delivery.
const (
	ProofSigned = "机构签收"
	ProofDeemed = "系统推定送达"
	ProofPaper  = "送达回证"
)

// Pack puts kept findings into packages by institution, rule and month. A package whose fund money is below the area's least sum waits
// for the year's end, unless a model brought it; yearEnd (yyyy) packs what waited of that year, by institution.
func (d *Desk) Pack(ctx context.Context, who *auth.Identity, yearEnd string) (made []store.Package, err error) {
	if err := may(who, auth.Dispatch); err != nil {
		return nil, err
	}
	if yearEnd != "" && (len(yearEnd) != 4 || strings.Trim(yearEnd, "0123456789") != "") {
		return nil, badField("year", "年份 %q 写得不对，应为 2025 的样子", yearEnd)
	}
	for {
		var more []store.Package
		err := d.do(ctx, func(b *batch) error {
			more = nil
			groups, err := b.unpacked(who, yearEnd)
			if err != nil {
				return err
			}
			for _, g := range groups {
				p, err := b.pack(who, g, yearEnd)
				if err != nil {
					return err
				}
				if p != nil {
					more = append(more, *p)
				}
			}
			return nil
		})
		if err != nil {
			return made, err
		}
		if made = append(made, more...); len(more) == 0 || yearEnd != "" {
			return made, nil
		}
	}
}

// unpacked groups kept cases that are in no package.
func (b *batch) unpacked(who *auth.Identity, yearEnd string) (groups [][]store.Case, err error) {
	cs, err := b.tx.Unpacked(ToSend, 20000)
	if err != nil {
		return nil, err
	}
	last := ""
	for _, c := range cs {
		if !who.Scope.Sees(c.Admdvs, c.Inst) || !strings.HasPrefix(c.Month, yearEnd) {
			continue
		}
		key := c.Inst + "\x1f" + c.Rule + "\x1f" + c.Month
		if yearEnd != "" {
			key = c.Inst
		}
		if key != last {
			groups, last = append(groups, nil), key
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], c)
	}
	return groups, nil
}

// pack makes a package; nil when it is too small and it is not the year's end.
func (b *batch) pack(who *auth.Identity, cs []store.Case, yearEnd string) (*store.Package, error) {
	var fund int64
	for i := range cs {
		fund += cs[i].Fund
	}
	// What a model found charges nothing and asks for an answer: it has no sum that could be too small, and a year on nobody would know.
	asks := slices.ContainsFunc(cs, func(c store.Case) bool { return store.FromModel(c.Finding) })
	if yearEnd == "" && !asks && fund < b.param("小额并包", cs[0].Admdvs) {
		return nil, nil
	}
	p := store.Package{ID: store.NewID(), Kind: packMonthly, Inst: cs[0].Inst, Admdvs: cs[0].Admdvs, Rule: cs[0].Rule, Month: cs[0].Month, State: packWaiting,
		Findings: int64(len(cs)), Fund: fund, MadeBy: who.Name, MadeAt: b.now, Version: 1}
	if yearEnd != "" {
		p.Kind, p.Rule, p.Month = packYearly, "", yearEnd
	}
	if err := b.tx.AddPackage(p); err != nil {
		return nil, err
	}
	for i := range cs {
		c := cs[i]
		c.Package, c.ChangedAt = p.ID, b.now
		if err := b.tx.ChangeCase(&c); err != nil {
			return nil, err
		}
	}
	b.log(who, "组包", p.ID, fmt.Sprintf("机构 %s 规则 %s 月份 %s：%d 条，基金 %s 元", p.Inst, p.Rule, p.Month, len(cs), claim.Money(fund)))
	return &p, nil
}

// asked is what a package wants back.
func asked(fund int64) string {
	if fund == 0 {
		return "没有拟追回的金额，请核实后说明"
	}
	return "拟追回基金 " + claim.Money(fund).String() + " 元"
}

// PackRef names a package of the version that was read.
type PackRef struct {
	ID      string `json:"package_id"`
	Version int64  `json:"version"`
}

// pack reads a package that somebody may see.
func (b *batch) packFor(who *auth.Identity, ref PackRef) (*store.Package, error) {
	p, err := b.tx.Package(ref.ID)
	if err != nil {
		return nil, err
	}
	if who != machineID && (!who.May(auth.ReadFindings) || !who.Scope.Sees(p.Admdvs, p.Inst) || (who.Outside() && p.SentAt == 0)) {
		return nil, refuse(CodeNotFound, "疑点包 %s 不存在", ref.ID)
	}
	if ref.Version != p.Version {
		return nil, refuse(CodeVersion, "疑点包 %s 刚被别人改过，请刷新后再办", p.ID)
	}
	return p, nil
}

// Send sends a package to its institution with one notice. The appeal's time begins with the delivery, not now.
func (d *Desk) Send(ctx context.Context, who *auth.Identity, ref PackRef) (p *store.Package, err error) {
	err = d.do(ctx, func(b *batch) error {
		if err := may(who, auth.Dispatch); err != nil {
			return err
		}
		if p, err = b.packFor(who, ref); err != nil {
			return err
		}
		if p.State != packWaiting {
			return refuse(CodeState, "疑点包 %s 现为“%s”，不能再发出", p.ID, p.State)
		}
		cs, err := b.tx.CasesOfPackage(p.ID)
		if err != nil {
			return err
		}
		p.Findings, p.Fund = 0, 0
		for i := range cs {
			if cs[i].State != ToSend { // handed over, given back to the machine: not sent
				continue
			}
			t, err := b.turn(who, "send", Ref{cs[i].Finding, cs[i].Version}, Say{})
			if err != nil {
				return err
			}
			t.c.SentDay, t.c.DeliveredDay, t.c.Proof = int64(b.today), 0, ""
			p.Findings, p.Fund = p.Findings+1, p.Fund+t.c.Fund
			if err := t.done(); err != nil {
				return err
			}
		}
		if p.Findings == 0 {
			return refuse(CodeState, "疑点包 %s 里没有待送达的疑点", p.ID)
		}
		p.Notice, err = b.notify(noticeOf{kind: "疑点告知书", pack: p, body: fmt.Sprintf("共 %d 条疑点，%s。请在送达之日起 %d 个工作日内逐条认可或申诉；逾期未申诉的，经两次催办后视为认可。", p.Findings,
			asked(p.Fund), b.param("申诉期限", p.Admdvs))})
		if err != nil {
			return err
		}
		p.State, p.SentAt = packSent, b.now
		b.log(who, "发出疑点包", p.ID, fmt.Sprintf("%d 条，基金 %s 元，文书 %s", p.Findings, claim.Money(p.Fund), p.Notice))
		if err := b.tx.ChangePackage(p); err != nil {
			return err
		}
		p.Version++
		return nil
	})
	return p, err
}

// noticeOf is a notice to be: of a package or of a case.
type noticeOf struct {
	kind string
	pack *store.Package
	c    *store.Case
	body string
}

// notify sends a notice and returns its number.
func (b *batch) notify(n noticeOf) (id string, err error) {
	x := store.Notice{ID: store.NewID(), Kind: n.kind, Body: n.body, SentAt: b.now, SentDay: int64(b.today), SentBy: system, Version: 1}
	var rule, month string
	if n.pack != nil {
		x.Inst, x.Package, rule, month = n.pack.Inst, n.pack.ID, n.pack.Rule, n.pack.Month
	} else {
		x.Inst, x.Finding, rule, month = n.c.Inst, n.c.Finding, n.c.Rule, n.c.Month
	}
	if x.Title, err = b.titled(n.kind, x.Inst, rule, month); err != nil {
		return "", err
	}
	return x.ID, b.tx.AddNotice(x)
}

// titled is a notice's title: what it is, to whom, about which rule and month, in words; a code stands for what has no name.
func (b *batch) titled(kind, inst, rule, month string) (string, error) {
	place, err := b.tx.InstName(inst)
	if err != nil {
		return "", err
	}
	names, err := b.tx.RuleNames([]string{rule})
	if err != nil {
		return "", err
	}
	about := []string{cmp.Or(place, inst)}
	for _, x := range []string{cmp.Or(names[rule], rule), monthWords(month)} {
		if x != "" {
			about = append(about, x)
		}
	}
	return kind + "（" + strings.Join(about, "，") + "）", nil
}

// monthWords writes 2025-10 as 2025年10月, and a year as 2025年.
func monthWords(month string) string {
	year, m, ok := strings.Cut(month, "-")
	switch {
	case month == "":
		return ""
	case !ok:
		return year + "年"
	}
	return year + "年" + strings.TrimPrefix(m, "0") + "月"
}

// Sign is the institution's signature under a notice: clocks that wait for it begin today.
func (d *Desk) Sign(ctx context.Context, who *auth.Identity, notice string) error {
	return d.do(ctx, func(b *batch) error {
		n, err := b.tx.Notice(notice)
		if err != nil {
			return err
		}
		if who.Scope.Inst != n.Inst || !who.Outside() {
			return refuse(CodeNotFound, "文书 %s 不存在", notice)
		}
		if err := may(who, auth.Appeal); err != nil {
			return err
		}
		return b.deliver(n, who, ProofSigned, b.today)
	})
}

// Delivered records a delivery on paper: who brings the receipt says on which day.
func (d *Desk) Delivered(ctx context.Context, who *auth.Identity, notice string, day claim.Day, receipt string) error {
	return d.do(ctx, func(b *batch) error {
		n, err := b.tx.Notice(notice)
		if err != nil {
			return err
		}
		if _, err := b.mayInst(who, n.Inst, auth.Dispatch); err != nil {
			return err
		}
		if int64(day) < n.SentDay || day > b.today {
			return badField("day", "送达日 %s 应在发出日 %s 与今天之间", day, claim.Day(n.SentDay))
		}
		if strings.TrimSpace(receipt) == "" {
			return badField("receipt", "请写明送达回证的编号")
		}
		return b.deliver(n, who, ProofPaper+" "+receipt, day)
	})
}

// deliver marks a notice as delivered and moves the cases that waited for it.
func (b *batch) deliver(n *store.Notice, who *auth.Identity, proof string, day claim.Day) error {
	if n.DeliveredDay != 0 {
		return refuse(CodeOnce, "文书 %s 已于 %s 送达", n.ID, claim.Day(n.DeliveredDay))
	}
	n.DeliveredDay, n.Proof, n.SignedBy = int64(day), proof, who.Name
	if err := b.tx.ChangeNotice(n); err != nil {
		return err
	}
	b.log(who, "送达", n.ID, fmt.Sprintf("%s；%s；%s", n.Title, proof, day))
	var cs []store.Case
	if n.Package != "" && n.Finding == "" {
		p, err := b.tx.Package(n.Package)
		if err != nil {
			return err
		}
		if p.State == packSent && p.Notice == n.ID {
			p.State = packGot
			if err := b.tx.ChangePackage(p); err != nil {
				return err
			}
			if cs, err = b.tx.CasesOfPackage(n.Package); err != nil {
				return err
			}
		}
	} else if n.Kind == noticeSecond {
		c, err := b.tx.Case(n.Finding)
		if err != nil {
			return err
		}
		cs = []store.Case{*c}
	}
	for i := range cs {
		to := map[string]string{Sent: Answering, Told: SecondPlea}[cs[i].State]
		if to == "" || (to == SecondPlea) != (n.Kind == noticeSecond) {
			continue
		}
		t, err := b.turn(machineID, "deliver", Ref{ID: cs[i].Finding}, Say{})
		if err != nil {
			return err
		}
		t.to, t.from = to, day
		t.c.DeliveredDay, t.c.Proof = int64(day), proof
		t.detail["凭证"] = proof
		if err := t.done(); err != nil {
			return err
		}
	}
	return nil
}

// noticeSecond tells the result of the second review or panel; its delivery opens the second appeal.
const noticeSecond = "复审结果告知书"

// Recall takes a wrongly sent package back, whole: every case in it ends, what was taken is paid back, and the institution is told.
func (d *Desk) Recall(ctx context.Context, who *auth.Identity, ref PackRef, say Say) (p *store.Package, err error) {
	err = d.do(ctx, func(b *batch) error {
		if err := may(who, auth.Confirm); err != nil {
			return err
		}
		if p, err = b.packFor(who, ref); err != nil {
			return err
		}
		if p.State != packSent && p.State != packGot {
			return refuse(CodeState, "疑点包 %s 现为“%s”，不能撤回", p.ID, p.State)
		}
		cs, err := b.tx.CasesOfPackage(p.ID)
		if err != nil {
			return err
		}
		n := 0
		for i := range cs {
			if cs[i].SentDay == 0 || cs[i].Outcome == OutcomeRecalled {
				continue
			}
			if cs[i].State == Admin {
				return refuse(CodeState, "疑点 %s 已移交行政，请先由行政退回再整包撤回", cs[i].Finding)
			}
			t, err := b.turn(who, "recall", Ref{cs[i].Finding, cs[i].Version}, say)
			if err != nil {
				return err
			}
			t.c.Verdict = ""
			if err := t.end(OutcomeRecalled); err != nil {
				return err
			}
			if err := t.done(); err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return refuse(CodeState, "疑点包 %s 里没有可撤回的疑点", p.ID)
		}
		p.State, p.RecallReason = packRecalled, say.Opinion
		if _, err := b.notify(noticeOf{kind: "撤回通知书", pack: p, body: fmt.Sprintf("本疑点包 %d 条全部撤回，原因：%s。已扣、已缴的款项全部退付。", n, say.Opinion)}); err != nil {
			return err
		}
		b.log(who, "撤回疑点包", p.ID, fmt.Sprintf("%d 条；%s", n, say.Opinion))
		if err := b.tx.ChangePackage(p); err != nil {
			return err
		}
		p.Version++
		return nil
	})
	return p, err
}
