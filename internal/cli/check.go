package cli

import (
	"cmp"
	"io"
	"os"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/online/replay"
)

type checkCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Budget time.Duration `help:"最多判多久，0 为不限" default:"0s"`
	File   string        `arg:"" help:"3101 或 3102 报文（JSON），- 为标准输入" placeholder:"报文"`
}

func (c *checkCmd) Run(s *streams) error {
	body, err := readInput(s, c.File)
	if err != nil {
		return err
	}
	q, err := fsi.Decode(body, nil)
	if err != nil {
		return err
	}
	q.Channel = replay.Channel
	if !q.At.Has() {
		q.At = civilNow()
	}
	e, err := online.Open(c.Data, online.Options{Open: opener(s, c.Store), Budget: c.Budget, ReadOnly: true,
		Channels: map[string][]*online.Request{replay.Channel: replay.Samples()}})
	if err != nil {
		return err
	}
	defer e.Close()
	a, err := e.Check(s.ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(struct {
			*online.Answer
			Odd []online.Oddity `json:"odd"`
		}{a, q.Odd})
	}
	printAnswer(s, q, a)
	return nil
}

func readInput(s *streams, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(name)
}

// civilNow is the wall clock, in whole seconds.
func civilNow() claim.Time {
	_, offset := time.Now().Zone()
	return claim.Time((time.Now().Unix() + int64(offset)) * 1_000_000)
}

var stopNames = map[online.Stop]string{online.Block: "阻断", online.Confirm: "确认", online.Inform: "提示", online.Silent: "只记录"}

func printAnswer(s *streams, q *online.Request, a *online.Answer) {
	s.printf("%s %s：%d 条提示，用时 %s，规则 %s\n", q.Infno, q.Stage, len(a.Reminders), a.Took.Round(10*time.Microsecond), a.Program)
	if a.Partial {
		s.printf("注意：时间用完，只判了一部分\n")
	}
	for i := range a.Reminders {
		r := &a.Reminders[i]
		s.printf("\n%s %s %s（%s）\n  %s\n  就诊 %s，涉及 %s 元，其中基金约 %s 元\n", stopNames[r.Stop], r.Rule, r.RuleName, severityNames[int(r.Severity)], r.Text, r.Visit, r.Vola, r.Fund)
		for _, l := range r.Lines {
			s.printf("  %s %s %s 元%s\n", map[int8]string{1: "违规行", 2: "涉及行"}[l.Type], l.Order, l.Vola, map[bool]string{true: "（其他机构）"}[l.Elsewhere])
		}
		s.printf("  依据 %s\n", cmp.Or(r.Basis, "—"))
	}
	for _, o := range q.Odd {
		s.printf("读不懂 %s=%q：%s\n", o.Path, o.Value, o.Why)
	}
	if len(a.NotJudged) > 0 {
		s.printf("\n未判 %d 条规则：\n", len(a.NotJudged))
		for _, n := range a.NotJudged {
			s.printf("  %s %s\n", n.Rule, n.Why)
		}
	}
}
