package review

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Outcomes of closed cases.
const (
	OutcomeCollected = "已执行"
	OutcomeDismissed = "排除"
	OutcomeWithdrawn = "撤销"
	OutcomeRecalled  = "撤回"
	OutcomeAdmin     = "行政处理"
	OutcomeRedo      = "重出"
)

// Verdicts of policy.
const (
	VerdictWrong  = "违规"
	VerdictFine   = "不违规"
	VerdictPartly = "部分违规"
	VerdictRule   = "规则误报"
)

// stake is what a finding claims on a line, visit or settlement, for dividing the charge.
type stake struct {
	finding string
	lineNo  int
	rule    string
	prio    int
	key     string // line: institution, visit, line, settlement
	visit   string
	bare    bool  // without a line: takes what lines left
	want    int64 // gross money that still stands
	setl    string
	vola    int64
	fund    int64 // of vola
	held    int64 // charge that people have confirmed: it may grow, never shrink
}

// fundMoney tells a payment difference from money whose fund part is a share of it: its scope is what the fund paid.
func (s *stake) fundMoney() bool { return s.bare && s.vola > 0 && s.fund == s.vola }

func (s *stake) fundPart(charge int64) int64 {
	if s.vola <= 0 {
		return 0
	}
	return min(s.fund, claim.MulDiv(charge, s.fund, s.vola))
}

// divide gives each stake its charge: what was confirmed stays; then, by card priority, rule and finding, the smaller of what is wanted
// and what is left of the in-scope money; stakes without a line after the lines; payment differences last, of the fund money that is left
// of the settlement. It is the audit's division with what people decided
// in it, so with nothing decided both give the same.
func divide(stakes []stake, scope map[string]int64) []int64 {
	out := make([]int64, len(stakes))
	order := make([]int, len(stakes))
	byVisit, onKey, fund := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for i := range stakes {
		order[i] = i
		out[i] = stakes[i].held
		byVisit[stakes[i].visit] += out[i]
		onKey[stakes[i].key] += out[i]
		fund[stakes[i].setl] += stakes[i].fundPart(out[i])
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &stakes[a], &stakes[b]
		return cmp.Or(cmp.Compare(flag(x.bare), flag(y.bare)), cmp.Compare(flag(x.fundMoney()), flag(y.fundMoney())), cmp.Compare(x.prio, y.prio), strings.Compare(x.rule, y.rule), strings.Compare(x.finding, y.finding),
			cmp.Compare(x.lineNo, y.lineNo))
	})
	left := map[string]int64{}
	for _, i := range order {
		s := &stakes[i]
		if s.fundMoney() {
			more := min(max(0, s.want-s.held), max(0, scope[s.key]-fund[s.setl]))
			out[i] += more
			fund[s.setl] += more
			byVisit[s.visit] += more
			continue
		}
		have, ok := left[s.key]
		if !ok {
			if have = max(0, scope[s.key]-onKey[s.key]); s.bare {
				have = max(0, scope[s.key]-byVisit[s.visit])
			}
		}
		more := min(max(0, s.want-s.held), have)
		out[i] += more
		left[s.key] = have - more
		byVisit[s.visit] += more
		fund[s.setl] += s.fundPart(out[i]) - s.fundPart(s.held)
	}
	return out
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fixed: the charge of the case has been confirmed.
func fixed(c *store.Case) bool {
	return c.State == Executing || c.State == Admin || (c.State == Closed && (c.Outcome == OutcomeCollected || c.Outcome == OutcomeAdmin))
}

// fundOf is the fund's part of what a line is charged, half-up to the fen.
func fundOf(l *store.CaseLine) int64 { return min(l.Fund, claim.MulDiv(l.Charged, l.Fund, l.Vola)) }

// reallocate divides the charge anew on the visits of some cases, after something was decided on them. Neighbours whose charge changed
// get a step of their own; findings nobody has taken up are only written.
func (b *batch) reallocate(ws ...*work) error {
	var visits, locks []string
	inside := map[string]bool{}
	for _, w := range ws {
		inside[w.c.Finding] = true
		for i := range w.lines {
			if v := w.lines[i].Mdtrt; !slices.Contains(visits, v) {
				visits = append(visits, v)
				locks = append(locks, "visit:"+v)
			}
		}
	}
	if err := b.tx.Lock(locks...); err != nil {
		return err
	}
	if err := b.share(visits, inside); err != nil {
		return err
	}
	for _, w := range ws {
		w.sum()
	}
	return nil
}

// share divides the charge on some visits anew; cases that are not inside this decision get a step where theirs changed.
func (b *batch) share(visits []string, inside map[string]bool) error {
	rows, err := b.tx.ClaimsOn(visits)
	if err != nil {
		return err
	}
	stakes, at, err := b.stakes(rows)
	if err != nil {
		return err
	}
	var changed []*work
	for i, charge := range divide(stakes, scopes(rows, stakes)) {
		r := &rows[at[i]]
		w := b.works[r.Finding]
		if w == nil {
			if charge != r.Charged {
				if err := b.tx.SetCharged(r.Finding, r.LineNo, charge); err != nil {
					return err
				}
			}
			continue
		}
		if l := w.line(r.LineNo); l.Charged != charge {
			l.Charged, w.dirty = charge, true
			if !slices.Contains(changed, w) {
				changed = append(changed, w)
			}
		}
	}
	for _, w := range changed {
		w.sum()
		if !inside[w.c.Finding] {
			if err := b.neighbour(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// stakes are what still stands on some visits; at[i] is the row of the i-th.
func (b *batch) stakes(rows []store.Claim) (out []stake, at []int, err error) {
	for i := range rows {
		r := &rows[i]
		if r.Refund {
			continue
		}
		s := stake{finding: r.Finding, lineNo: r.LineNo, rule: r.Rule, prio: r.Prio, key: keyOf(r), visit: r.Inst + "\x1f" + r.Mdtrt, bare: r.Sn == "", want: r.Vola,
			setl: r.Setl, vola: r.Vola, fund: r.Fund}
		w := b.works[r.Finding]
		if w == nil && r.State != Machine {
			if w, err = b.load(r.Finding); err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, nil, err
			}
		}
		switch {
		case w == nil && r.Withdrawn:
			s.want = 0
		case w != nil:
			l := w.line(r.LineNo)
			if l == nil { // the machine said something else when the case was taken up
				continue
			}
			if s.want = l.Upheld; fixed(w.c) {
				s.held = min(l.Charged, l.Upheld)
			}
			if w.c.State == Admin || w.c.Outcome == OutcomeAdmin {
				s.want = s.held
			}
		}
		out, at = append(out, s), append(at, i)
	}
	onceOnly(out, at, rows)
	return out, at, nil
}

// onceOnly: what an older system claims or has recovered on a line by a card is not claimed by that card again: the same fact has two numbers.
func onceOnly(out []stake, at []int, rows []store.Claim) {
	type fact struct{ key, rule string }
	had := map[fact]int64{}
	for i := range out {
		if rows[at[i]].Revision == legacy {
			had[fact{out[i].key, out[i].rule}] += max(out[i].want, out[i].held)
		}
	}
	for i := range out {
		s := &out[i]
		if rows[at[i]].Revision != legacy {
			s.want = max(s.held, s.want-had[fact{s.key, s.rule}])
		}
	}
}

// keyOf keeps payment differences apart from other stakes without a line: their scope is fund money.
func keyOf(r *store.Claim) string {
	k := strings.Join([]string{r.Inst, r.Mdtrt, r.Sn, r.Setl}, "\x1f")
	if r.Sn == "" && r.Vola > 0 && r.Fund == r.Vola {
		k += "\x1f基金"
	}
	return k
}

// scopes is the in-scope money by key: what the newest run said. Where no run said it (rows from before that was kept) it is what the
// machine charged there altogether, which is the same wherever one card had to make room for another.
func scopes(rows []store.Claim, stakes []stake) map[string]int64 {
	out, run, charged := map[string]int64{}, map[string]int{}, map[string]int64{}
	for i := range rows {
		r, k := &rows[i], keyOf(&rows[i])
		if r.Scope > 0 && r.LastRun >= run[k] {
			out[k], run[k] = r.Scope, r.LastRun
		}
		if !r.Withdrawn {
			charged[k] += r.Charged
		}
	}
	for _, s := range stakes {
		if _, ok := out[s.key]; !s.bare && !ok {
			out[s.key] = charged[s.key]
		}
	}
	for _, s := range stakes {
		if _, ok := out[s.key]; s.bare && !ok {
			for i := range rows { // all that was charged on the visit
				if rows[i].Inst+"\x1f"+rows[i].Mdtrt == s.visit && !rows[i].Withdrawn {
					out[s.key] += rows[i].Charged
				}
			}
		}
	}
	return out
}

func (w *work) line(no int) *store.CaseLine {
	for i := range w.lines {
		if w.lines[i].LineNo == no {
			return &w.lines[i]
		}
	}
	return nil
}

// sum writes the case's totals from its lines.
func (w *work) sum() {
	w.c.Charged, w.c.Fund = 0, 0
	for i := range w.lines {
		w.c.Charged += w.lines[i].Charged
		w.c.Fund += fundOf(&w.lines[i])
	}
}

// neighbour writes down that another case's decision changed this one's charge. One that was closed opens again when it grew; the
// institution is told where it knows of the case.
func (b *batch) neighbour(w *work) error {
	event := "amend"
	if w.c.State == Closed && w.c.Outcome == OutcomeCollected && w.c.Charged > w.was.Charged {
		event = "revive"
	}
	t := &turn{batch: b, work: w, who: machineID, ev: flow.event(event), from: b.today, detail: map[string]any{"原拟扣分": w.was.Charged, "现拟扣分": w.c.Charged}}
	t.say.Opinion = "同一费用行上别的疑点有了结论，按规则优先级重新分配"
	if event == "revive" {
		w.c.Outcome = ""
	}
	if !slices.Contains(t.ev.From, w.c.State) { // at the administration: what it holds was fixed above
		return nil
	}
	if err := t.done(); err != nil {
		return err
	}
	if w.c.SentDay != 0 {
		if _, err := b.notify(noticeOf{kind: "金额变更通知", c: w.c, body: "疑点 " + w.c.Finding + " 的拟扣金额由 " + claim.Money(w.was.Charged).String() + " 元变为 " + claim.Money(w.c.Charged).String() + " 元：同一费用行上别的疑点已撤销或调减，按规则优先级重新分配。"}); err != nil {
			return err
		}
	}
	return b.post(w, system, "", t.say.Opinion)
}

// ledgered: the fund's claim of the case is on the ledger, from the moment it was kept at first review.
func ledgered(c *store.Case) bool { return c.FirstBy != "" && c.Outcome != OutcomeAdmin }

// post brings a case's ledger to what its lines say.
func (b *batch) post(w *work, actor, doc, memo string) error {
	s, err := b.stamp(actor, doc, memo)
	if err != nil {
		return err
	}
	return b.postAs(w, s)
}

func (b *batch) postAs(w *work, s ledger.Stamp) error {
	l, err := b.ledgerOf(w)
	if err != nil {
		return err
	}
	front := ledger.Proposed
	switch w.c.State {
	case Executing, Closed:
		front = ledger.Confirmed
	case Admin:
		front = ledger.Handed
	}
	patient := len(l.Keys(ledger.Patient)) > 0
	for i := range w.lines {
		x := &w.lines[i]
		var fund int64
		if ledgered(w.c) {
			fund = fundOf(x)
		}
		items, err := b.itemsOf(x.Setl)
		if err != nil {
			return err
		}
		freed, err := l.Adjust(ledger.Fund, x.LineNo, ledger.Split(fund, items), front, s)
		if err != nil {
			return refuse(CodeLedger, "疑点 %s：%v", w.c.Finding, err)
		}
		for ref, n := range freed {
			if err := b.tx.UseRefund(strings.TrimPrefix(ref, refundDoc), -n); err != nil {
				return err
			}
		}
		if patient {
			if _, err := l.Adjust(ledger.Patient, x.LineNo, ledger.Split(b.patientOf(w, x), nil), ledger.OwedBack, s); err != nil {
				return refuse(CodeLedger, "疑点 %s：%v", w.c.Finding, err)
			}
		}
	}
	return nil
}

// patientOf is what the patient paid of a line's charge and gets back from the institution.
func (b *batch) patientOf(w *work, l *store.CaseLine) int64 {
	if !ledgered(w.c) || b.param("患者应退", w.c.Admdvs) == 0 {
		return 0
	}
	if w.c.Refund != 0 { // the card says that all of it is the patient's
		return l.Upheld
	}
	return max(0, l.Charged-fundOf(l))
}

// itemsOf are the fund items that paid a settlement; nil when not known.
func (b *batch) itemsOf(setl string) (map[string]int64, error) {
	s, err := b.settled(setl)
	if err != nil || s == nil || s.Items == "" {
		return nil, err
	}
	out := map[string]int64{}
	if err := json.Unmarshal([]byte(s.Items), &out); err != nil {
		return nil, refuse(CodeLedger, "结算 %s 的基金分项读不了：%v", setl, err)
	}
	return out, nil
}

// settled is what is known of a settlement, read once.
func (b *batch) settled(id string) (*store.Settled, error) {
	if id == "" {
		return nil, nil
	}
	if s, ok := b.setls[id]; ok {
		return s, nil
	}
	s, err := b.tx.SettledOf(id)
	if b.setls == nil {
		b.setls = map[string]*store.Settled{}
	}
	b.setls[id] = s
	return s, err
}

// stamp of a posting made now.
func (b *batch) stamp(actor, doc, memo string) (ledger.Stamp, error) {
	m, err := b.openMonth()
	return ledger.Stamp{Actor: actor, At: b.now, Month: m, Doc: doc, Memo: memo}, err
}

// openMonth is the account month of today, or the first after it that is not closed.
func (b *batch) openMonth() (string, error) {
	if b.closed == nil {
		ps, err := b.tx.Periods()
		if err != nil {
			return "", err
		}
		b.closed = map[string]bool{}
		for _, p := range ps {
			b.closed[p.Month] = true
		}
	}
	m := b.today.Month()
	for b.closed[m.String()] {
		m++
	}
	return m.String(), nil
}
