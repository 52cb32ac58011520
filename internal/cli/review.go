package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// attachmentsDir holds the attachments in a data directory.
const attachmentsDir = "attachments"

type reviewCmd struct {
	List     reviewListCmd     `cmd:"" help:"列出疑点：按到期先后或金额大小"`
	Show     reviewShowCmd     `cmd:"" help:"打开一条疑点：违规行、经过、文书、台账、现在可办"`
	Queue    reviewQueueCmd    `cmd:"" help:"各状态有多少件、多少超期"`
	Flow     reviewFlowCmd     `cmd:"" help:"状态和事件表：谁、在什么状态、按什么条件、办什么"`
	Take     reviewTakeCmd     `cmd:"" help:"把机审疑点纳入初审，可抽样"`
	First    firstCmd          `cmd:"" help:"初审：保留、排除、复核、抽查"`
	Package  packageCmd        `cmd:"" help:"疑点包：组包、发出、认可整包、撤回"`
	Deliver  deliverCmd        `cmd:"" help:"文书送达：签收、纸质回证、列表"`
	Appeal   appealCmd         `cmd:"" help:"机构：认可、申诉、重新申诉、二次申诉、不再申诉"`
	Attach   reviewAttachCmd   `cmd:"" help:"机构上传附件"`
	Supple   suppleCmd         `cmd:"" name:"supplement" help:"补充材料：要求、提交"`
	Second   secondCmd         `cmd:"" help:"复审：维持（可部分）、撤销、提请合议"`
	Panel    panelCmd          `cmd:"" help:"合议：召集、表决、回避、结论、聘期、回避关系"`
	Confirm  reviewConfirmCmd  `cmd:"" help:"终审：违规确认（可部分）"`
	Overturn reviewOverturnCmd `cmd:"" help:"终审：撤销"`
	Execute  reviewExecuteCmd  `cmd:"" help:"下账：应收、拒付、另退、年清、清算"`
	Pay      reviewPayCmd      `cmd:"" help:"记收付：缴款、到账、退付……"`
	Breach   reviewBreachCmd   `cmd:"" help:"收违约金（与追回分开记）"`
	Close    reviewCloseCmd    `cmd:"" help:"办结账已结清的疑点"`
	Admin    adminCmd          `cmd:"" help:"移交行政、退回、行政办结"`
	Clock    clockCmd          `cmd:"" help:"期限：跑一遍、暂停、恢复、延期"`
	Rerun    rerunCmd          `cmd:"" help:"答复重审后的变更：采纳、不采纳、重出"`
	Relay    relayCmd          `cmd:"" help:"院内转办：医保办→科室→医生"`
	Param    paramCmd          `cmd:"" help:"各区划的期限和限额，须第二人确认"`
	Teach    reviewTeachCmd    `cmd:"" help:"从申诉成立的疑点起草有期限的豁免"`
	Dismiss  dismissalsCmd     `cmd:"" name:"dismissals" help:"各人的排除率，供审计看"`
	Inst     instCmd           `cmd:"" help:"机构登记：从数据同步、关停"`
	Settled  settledCmd        `cmd:"" help:"结算的拨付状态和基金分项：从数据同步"`
	TakeOver takeOverCmd       `cmd:"" name:"takeover" help:"接管旧系统：规则对应、在办疑点、已收回的款"`
}

// desk is the review of an open data directory.
func (o *office) desk() *review.Desk {
	return &review.Desk{DB: o.db, Trail: o.trail, Files: filepath.Join(o.dir, attachmentsDir), Via: o.actor}
}

// placeFlags say where and for whom.
type placeFlags struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
}

// with opens the desk for the user.
func (f *placeFlags) with(s *streams, do func(d *review.Desk, who *auth.Identity, o *office) error) error {
	return withOffice(s, f.Data, f.Store, func(o *office) error {
		who, err := o.identity(s, f.As)
		if err != nil {
			return err
		}
		return coded(do(o.desk(), who, o))
	})
}

// coded shows the code of a refusal behind its sentence.
func coded(err error) error {
	var e *review.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w（%s）", err, e.Code)
	}
	return err
}

// caseFlags name a case and what is said with a step.
type caseFlags struct {
	placeFlags
	ID      string `arg:"" name:"疑点号"`
	Version int64  `help:"你看到的版本；缺省为现在的" placeholder:"版本"`
	Reason  string `help:"理由代码：合理诊疗、数据错误、急诊抢救、知识点不适用、特殊人群、已退费、其他" placeholder:"代码"`
	Opinion string `help:"意见、理由" placeholder:"文字"`
}

func (c *caseFlags) say() review.Say { return review.Say{Reason: c.Reason, Opinion: c.Opinion} }

// ref names the case of the version given, or as it is now.
func (c *caseFlags) ref(s *streams, d *review.Desk, who *auth.Identity) (review.Ref, error) {
	if c.Version != 0 {
		return review.Ref{ID: c.ID, Version: c.Version}, nil
	}
	x, err := d.Open(s.ctx, who, c.ID)
	if err != nil {
		return review.Ref{}, err
	}
	if x.Case == nil {
		return review.Ref{}, fmt.Errorf("疑点 %s 还没有纳入初审，请先 review take", c.ID)
	}
	return review.Ref{ID: c.ID, Version: x.Case.Version}, nil
}

// run takes one step on the case.
func (c *caseFlags) run(s *streams, step func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error)) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ref, err := c.ref(s, d, who)
		if err != nil {
			return err
		}
		x, err := step(d, who, ref)
		if err != nil {
			return err
		}
		return showCase(s, c.JSON, x)
	})
}

type caseItem struct {
	ID      string `json:"finding_id"`
	State   string `json:"state"`
	Verdict string `json:"verdict"`
	Outcome string `json:"outcome"`
	Charged int64  `json:"charged_fen"`
	Fund    int64  `json:"fund_fen"`
	Due     string `json:"due"`
	Version int64  `json:"version"`
}

func showCase(s *streams, asJSON bool, c *store.Case) error {
	due := ""
	if c.DueDay != 0 {
		due = claim.Day(c.DueDay).String()
	}
	if asJSON {
		return s.json(caseItem{c.Finding, c.State, c.Verdict, c.Outcome, c.Charged, c.Fund, due, c.Version})
	}
	s.printf("疑点 %s 现为“%s”，拟扣 %s 元，其中基金 %s 元", c.Finding, c.State, yuan(c.Charged), yuan(c.Fund))
	if due != "" {
		s.printf("，期限 %s", due)
	}
	s.printf("（第 %d 版）\n", c.Version)
	return nil
}

// linesFlag reads what is upheld of lines: 1=12.50 (yuan) or 2=2/3 (quantity out of the quantity at fault).
type linesFlag struct {
	Line []string `help:"逐行认定：行号=金额，或 行号=认定数量/违规数量；可写多个" placeholder:"行号=…" sep:"none"`
}

func (f *linesFlag) get() (out []review.LineDecision, err error) {
	for _, l := range f.Line {
		no, what, ok := strings.Cut(l, "=")
		n, err := strconv.Atoi(no)
		if !ok || err != nil {
			return nil, usageError{fmt.Errorf("--line %q 应写成 1=12.50 或 2=2/3", l)}
		}
		x := review.LineDecision{LineNo: n}
		if cnt, of, part := strings.Cut(what, "/"); part {
			x.Cnt, err = claim.ParseDecimal(cnt, 4)
			if err == nil {
				x.Of, err = claim.ParseDecimal(of, 4)
			}
		} else {
			var fen int64
			fen, err = claim.ParseDecimal(what, 2)
			x.Amount = &fen
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("--line %q：%w", l, err)}
		}
		out = append(out, x)
	}
	return out, nil
}

func fenOf(flag, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := claim.ParseDecimal(s, 2)
	if err != nil {
		return 0, usageError{fmt.Errorf("%s %q 应为元，最多两位小数", flag, s)}
	}
	return n, nil
}

func dayOf(flag, s string) (claim.Day, error) {
	if s == "" {
		return 0, nil
	}
	d, err := claim.ParseDay(s)
	if err != nil || !d.Has() {
		return 0, usageError{fmt.Errorf("%s %q 应为 2025-07-01 的样子", flag, s)}
	}
	return d, nil
}

func dayText(d int64) string {
	if d == 0 {
		return ""
	}
	return claim.Day(d).String()
}
