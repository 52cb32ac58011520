package govern

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/knowledge"
	books "github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// TaskBasis is the kind of task that a withdrawn basis makes.
const TaskBasis = "依据废止"

// Resting is what rests on a basis.
type Resting struct {
	Basis    string         `json:"basis"`
	Cards    []RestingCard  `json:"cards"`
	Points   []RestingPoint `json:"points"`
	Findings []RestingSum   `json:"findings"`
	Tasks    int            `json:"tasks"` // made now
}

// RestingCard is a card that names the basis.
type RestingCard struct {
	Rule  string `json:"rule_id"`
	Name  string `json:"name"`
	Basis string `json:"basis"`
}

// RestingPoint is a knowledge point that names the basis.
type RestingPoint struct {
	Point string `json:"point_id"`
	Rule  string `json:"rule_id"`
	Basis string `json:"basis"`
}

// RestingSum sums findings that cite the basis. Money is in fen.
type RestingSum struct {
	Rule      string `json:"rule_id"`
	Month     string `json:"month"`
	State     string `json:"state"`
	Withdrawn bool   `json:"withdrawn"` // the audit no longer finds them
	Findings  int64  `json:"findings"`
	Vola      int64  `json:"vola_fen"`
	Fund      int64  `json:"fund_fen"`
	Charged   int64  `json:"charged_fen"`
	Received  int64  `json:"received_fen"` // recovered so far and not paid back
	Refused   int64  `json:"refused_fen"`  // not paid out in the first place
}

// Rests lists what rests on a document: cards and points whose basis or source names it, and the findings that cite it, those of
// its points, and all of its cards.
func (r *Rules) Rests(ctx context.Context, basis string, base *knowledge.Base) (*Resting, []store.RuleFinding, error) {
	if basis = strings.TrimSpace(basis); len([]rune(basis)) < 4 {
		return nil, nil, errors.New("请写明文号或文件名，至少 4 个字")
	}
	book, err := r.Live(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := &Resting{Basis: basis, Findings: []RestingSum{}}
	laid, err := book.Points(base)
	if err != nil {
		return nil, nil, err
	}
	out.rest(book.Library, laid.Points)
	cards, points := map[string]bool{}, map[string]bool{}
	for _, c := range out.Cards {
		cards[c.Rule] = true
	}
	for _, p := range out.Points {
		points[p.Point] = true
	}
	type key struct {
		rule, month, state string
		withdrawn          bool
	}
	received, refused, err := r.recovered(ctx)
	if err != nil {
		return nil, nil, err
	}
	sums := map[key]*RestingSum{}
	var acted []store.RuleFinding
	err = r.DB.EachRuleFinding(ctx, "", func(f *store.RuleFinding) error {
		rests := cards[f.Rule] || strings.Contains(f.Basis, basis)
		for p := range strings.SplitSeq(f.PointID, "|") {
			rests = rests || points[p]
		}
		if !rests {
			return nil
		}
		k := key{f.Rule, f.Month, f.State, f.Withdrawn}
		s := sums[k]
		if s == nil {
			s = &RestingSum{Rule: f.Rule, Month: f.Month, State: f.State, Withdrawn: f.Withdrawn}
			sums[k] = s
		}
		s.Findings, s.Vola, s.Fund, s.Charged = s.Findings+1, s.Vola+f.Vola, s.Fund+f.Fund, s.Charged+f.Charged
		s.Received, s.Refused = s.Received+received[f.ID], s.Refused+refused[f.ID]
		if f.State != store.MachineState {
			acted = append(acted, *f)
		}
		return nil
	})
	for _, s := range sums {
		out.Findings = append(out.Findings, *s)
	}
	slices.SortFunc(out.Findings, func(x, y RestingSum) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Month, y.Month), cmp.Compare(x.State, y.State), cmp.Compare(fmt.Sprint(x.Withdrawn), fmt.Sprint(y.Withdrawn)))
	})
	return out, acted, err
}

// rest notes the cards and points whose basis or source names the document.
func (x *Resting) rest(lib *rule.Library, points []knowledge.Point) {
	x.Cards, x.Points = []RestingCard{}, []RestingPoint{}
	for _, c := range lib.Cards {
		if strings.Contains(c.Basis, x.Basis) {
			x.Cards = append(x.Cards, RestingCard{c.ID, c.Name, c.Basis})
		}
	}
	for i := range points {
		if p := &points[i]; strings.Contains(p.Basis, x.Basis) || strings.Contains(p.Source, x.Basis) {
			x.Points = append(x.Points, RestingPoint{p.ID, p.RuleID, strings.TrimSpace(p.Basis + " " + p.Source)})
		}
	}
}

// Gone is a document that was noted as withdrawn, and what still rests on it today.
type Gone struct {
	Basis  string `json:"basis"`
	Actor  string `json:"actor"`
	Why    string `json:"why"`
	At     string `json:"at"`     // RFC 3339
	Cards  int    `json:"cards"`  // that name it still
	Points int    `json:"points"` // that name it still
}

// Withdrawn lists the documents that were noted as withdrawn, newest first.
func (r *Rules) Withdrawn(ctx context.Context, base *knowledge.Base) ([]Gone, error) {
	var noted []store.WithdrawnBasis
	if err := r.DB.View(ctx, func(tx *store.Tx) (err error) { noted, err = tx.WithdrawnBases(); return err }); err != nil {
		return nil, err
	}
	out := []Gone{}
	if len(noted) == 0 {
		return out, nil
	}
	book, err := r.Live(ctx)
	if err != nil {
		return nil, err
	}
	laid, err := book.Points(base)
	if err != nil {
		return nil, err
	}
	for _, b := range noted {
		x := &Resting{Basis: b.Basis}
		x.rest(book.Library, laid.Points)
		out = append(out, Gone{b.Basis, b.Actor, b.Why, time.UnixMicro(b.At).UTC().Format(time.RFC3339), len(x.Cards), len(x.Points)})
	}
	return out, nil
}

// recovered is the fund's money, in fen, that each case has brought back, and that was not paid out because of it.
func (r *Rules) recovered(ctx context.Context) (received, refused map[string]int64, err error) {
	received, refused = map[string]int64{}, map[string]int64{}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		for acct, sums := range map[string]map[string]int64{books.Received: received, books.Refused: refused} {
			on, err := tx.CasesOn(books.Fund, acct, "", math.MaxInt32)
			if err != nil {
				return err
			}
			for _, b := range on {
				sums[b.Finding] = b.Amount
			}
		}
		return nil
	})
	return received, refused, err
}

// WithdrawBasis notes that a document no longer holds and makes tasks: one for each card and point that rests on it, one for each
// finding citing it on which people have acted. It changes no rule and no finding: people do.
func (r *Rules) WithdrawBasis(ctx context.Context, who *auth.Identity, basis, why string, base *knowledge.Base) (*Resting, error) {
	if err := allowed(who, "", auth.EditKnowledge, auth.ApproveRules); err != nil {
		return nil, err
	}
	out, acted, err := r.Rests(ctx, basis, base)
	if err != nil {
		return nil, err
	}
	now := store.Micros(time.Now())
	var tasks []store.Task
	add := func(subject, finding, detail string) {
		h := sha256.Sum256([]byte(strings.Join([]string{TaskBasis, out.Basis, subject}, "\x1f")))
		tasks = append(tasks, store.Task{ID: hex.EncodeToString(h[:12]), Kind: TaskBasis, Finding: finding, Detail: detail, MadeAt: now})
	}
	for _, c := range out.Cards {
		add("card "+c.Rule, "", fmt.Sprintf("规则 %s %s 的依据已废止（%s）：请修订或停用", c.Rule, c.Name, out.Basis))
	}
	for _, p := range out.Points {
		add("point "+p.Point, "", fmt.Sprintf("规则 %s 的知识点 %s 的依据已废止（%s）：请修订或终止", p.Rule, p.Point, out.Basis))
	}
	for _, f := range acted {
		add("finding "+f.ID, f.ID, fmt.Sprintf("本疑点（%s，%s）引用的依据已废止（%s）：请复核，已追回的按规定处理", f.Rule, f.State, out.Basis))
	}
	return out, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		out.Tasks = 0
		if _, err := tx.AddWithdrawnBasis(store.WithdrawnBasis{Basis: out.Basis, Actor: who.Name, Why: why, At: now}); err != nil {
			return nil, err
		}
		for _, t := range tasks {
			added, err := tx.AddTask(t)
			if err != nil {
				return nil, err
			}
			if added {
				out.Tasks++
			}
		}
		return []auth.Event{{Actor: who.Name, Action: "依据废止", Object: out.Basis, Detail: fmt.Sprintf("规则 %d、知识点 %d、待办 %d；%s", len(out.Cards), len(out.Points), out.Tasks, why)}}, nil
	})
}
