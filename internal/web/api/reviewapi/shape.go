package reviewapi

import (
	"context"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// day writes a civil day; "" = none.
func day(n int64) string {
	if n <= 0 {
		return ""
	}
	return claim.Day(n).String()
}

// reviewItem is a row of a list. Money is in fen.
type reviewItem struct {
	ID        string `json:"finding_id"`
	Rule      string `json:"rule_id"`
	RuleName  string `json:"rule_name"`
	Severity  int    `json:"sev_deg" doc:"1 明确违规 2 高度可疑 3 轻度可疑"`
	Month     string `json:"month"`
	Inst      string `json:"fixmedins_code"`
	InstName  string `json:"fixmedins_name"`
	Psn       string `json:"psn_no"`
	Mdtrt     string `json:"mdtrt_id"`
	Lines     int    `json:"line_count"`
	Vola      int64  `json:"vola_fen"`
	Fund      int64  `json:"fund_fen"`
	Charged   int64  `json:"charged_fen" doc:"拟追，去重后"`
	Text      string `json:"vola_cont"`
	State     string `json:"state"`
	Holder    string `json:"holder" doc:"在谁手里：经办 机构 送达 行政 系统"`
	Withdrawn bool   `json:"withdrawn"`
	Due       string `json:"due" doc:"到期日；空为没有期限"`
	DaysLeft  int    `json:"days_left" doc:"离到期的工作日；负数为已超期"`
	Paused    bool   `json:"paused"`
	Machine   string `json:"machine" doc:"重审后的变更，待答复"`
	Package   string `json:"package_id"`
	Panel     string `json:"panel_id" doc:"交给了哪次合议"`
	Moved     int64  `json:"moved_fen" doc:"按指标打开时：期内入账的金额"`
	Version   int64  `json:"version"`
}

func (g *group) itemOf(x *store.FindingItem, names map[string]string) reviewItem {
	out := reviewItem{ID: x.ID, Rule: x.Rule, RuleName: x.RuleName, Severity: x.Severity, Month: x.Month, Inst: x.Inst, InstName: names[x.Inst], Psn: x.Psn, Mdtrt: x.Mdtrt, Lines: x.Lines,
		Vola: x.Vola, Fund: x.Fund, Charged: x.Charged, Text: x.Cont, State: x.State, Holder: holderOf(x.State), Withdrawn: x.Withdrawn, Due: day(x.DueDay), Paused: x.Paused,
		Machine: x.Machine, Package: x.Package, Panel: x.Panel, Moved: x.Moved, Version: x.Version}
	if x.DueDay > 0 {
		out.DaysLeft = g.Desk.DaysLeft(x.DueDay)
	}
	return out
}

func holderOf(state string) string {
	for _, s := range review.TheFlow().States {
		if s.Name == state {
			return s.Side
		}
	}
	return ""
}

// itemsOf adds the institutions' names to a list.
func (g *group) itemsOf(ctx context.Context, xs []store.FindingItem) ([]reviewItem, error) {
	codes := make([]string, len(xs))
	for i := range xs {
		codes[i] = xs[i].Inst
	}
	names, err := g.Desk.Names(ctx, codes)
	out := make([]reviewItem, len(xs))
	for i := range xs {
		out[i] = g.itemOf(&xs[i], names)
	}
	return out, err
}

// reviewDone is what a step answers: where the case is now.
type reviewDone struct {
	ID       string `json:"finding_id"`
	State    string `json:"state"`
	Verdict  string `json:"verdict"`
	Charged  int64  `json:"charged_fen"`
	Fund     int64  `json:"fund_fen"`
	Due      string `json:"due"`
	DaysLeft int    `json:"days_left"`
	Version  int64  `json:"version"`
}

func (g *group) done(c *store.Case, err error) (*api.Tagged[reviewDone], error) {
	if err != nil {
		return nil, err
	}
	out := reviewDone{ID: c.Finding, State: c.State, Verdict: c.Verdict, Charged: c.Charged, Fund: c.Fund, Due: day(c.DueDay), Version: c.Version}
	if c.DueDay > 0 {
		out.DaysLeft = g.Desk.DaysLeft(c.DueDay)
	}
	return api.Tag(c.Version, out), nil
}

type reviewPackage struct {
	ID       string `json:"package_id"`
	Kind     string `json:"kind"`
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Rule     string `json:"rule_id"`
	Month    string `json:"month"`
	State    string `json:"state" doc:"待发 已发 已送达 已撤回"`
	Notice   string `json:"notice_id"`
	Findings int64  `json:"findings"`
	Fund     int64  `json:"fund_fen"`
	MadeBy   string `json:"made_by"`
	MadeAt   string `json:"made_at"`
	SentAt   string `json:"sent_at"`
	Reason   string `json:"recall_reason"`
	Version  int64  `json:"version"`
}

func packageOf(p *store.Package, names map[string]string, hide bool) reviewPackage {
	out := reviewPackage{p.ID, p.Kind, p.Inst, names[p.Inst], p.Rule, p.Month, p.State, p.Notice, p.Findings, p.Fund, p.MadeBy, api.Moment(p.MadeAt), api.Moment(p.SentAt), p.RecallReason, p.Version}
	if hide {
		out.MadeBy = ""
	}
	return out
}

type reviewNotice struct {
	ID        string `json:"notice_id"`
	Kind      string `json:"kind"`
	Inst      string `json:"fixmedins_code"`
	Package   string `json:"package_id"`
	Finding   string `json:"finding_id"`
	Title     string `json:"title"`
	Body      string `json:"body"`
	SentAt    string `json:"sent_at"`
	Delivered string `json:"delivered" doc:"送达日；空为还没有送达"`
	Proof     string `json:"proof"`
	SignedBy  string `json:"signed_by"`
	Version   int64  `json:"version"`
}

func noticeOf(n *store.Notice) reviewNotice {
	return reviewNotice{n.ID, n.Kind, n.Inst, n.Package, n.Finding, n.Title, n.Body, api.Moment(n.SentAt), day(n.DeliveredDay), n.Proof, n.SignedBy, n.Version}
}

type reviewFile struct {
	ID    string `json:"file_id"`
	Name  string `json:"name"`
	Media string `json:"media"`
	Size  int64  `json:"size"`
	Hash  string `json:"sha256"`
	By    string `json:"uploaded_by"`
	At    string `json:"at"`
}

func fileOf(a *store.Attachment) reviewFile {
	return reviewFile{a.ID, a.Name, a.Media, a.Size, a.SHA256, a.UploadedBy, api.Moment(a.At)}
}
