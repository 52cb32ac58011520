package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/worklist"
)

// saveClues puts what is doubtful on the work list, with the timeline of the code.
func saveClues(s *streams, c *traceCluesCmd, f *trace.Facts, clues []trace.Clue) (added int64, err error) {
	o, err := openOffice(s, c.Data, c.Store)
	if err != nil {
		return 0, err
	}
	defer o.close()
	l, err := worklist.Of(f, clues, time.Now(), c.Days)
	if err != nil {
		return 0, err
	}
	err = o.change(s.ctx, "追溯码线索入清单", fmt.Sprintf("%d 条", l.Len()), func(tx *store.Tx) (err error) {
		added, err = l.Add(tx)
		return err
	})
	return added, err
}

// change runs a transaction together with its record in the trail.
func (o *office) change(ctx context.Context, action, object string, f func(*store.Tx) error) error {
	return o.trail.Do(ctx, o.db, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: o.actor, Action: action, Object: object}}, f(tx)
	})
}

type traceWorkCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Inst  string `help:"只看一家机构" placeholder:"编码"`
	State string `help:"只看一种进度：待自述、待核查、待结论、已结论、已移交、已撤回" placeholder:"进度"`
}

func (c *traceWorkCmd) Run(s *streams) error {
	o, err := openOffice(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	defer o.close()
	all := []store.Clue{}
	err = o.db.View(s.ctx, func(tx *store.Tx) error {
		for after := ""; ; {
			page, err := tx.Clues(c.Inst, c.State, after, 500)
			all = append(all, page...)
			if err != nil || len(page) < 500 {
				return err
			}
			after = page[len(page)-1].ID
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(all)
	}
	var rows [][]string
	for _, x := range all {
		due := time.UnixMicro(x.DueAt).In(time.FixedZone("", 8*3600)).Format("2006-01-02")
		rows = append(rows, []string{x.ID, x.Code, x.Inst, x.Class, x.Proof, x.State, x.Verdict, due})
	}
	table(s.out, []string{"线索", "追溯码", "机构", "类别", "购进", "进度", "结论", "自述期限"}, rows)
	return nil
}

type traceStepCmd struct {
	dataFlag
	storeFlag
	Clue    string   `arg:"" help:"线索编号"`
	To      string   `help:"办到：待核查、待结论、已结论、已移交、已撤回" required:"" placeholder:"进度"`
	Verdict string   `help:"结论：上传错误、拆零、串换、回流、假药、空刷（办到已结论时）" placeholder:"结论"`
	Say     string   `help:"说明：自述、现场情况、理由" required:"" placeholder:"文字"`
	Papers  []string `help:"附件：随货同行单、发票、照片" placeholder:"文件"`
}

func (c *traceStepCmd) Run(s *streams) error {
	o, err := openOffice(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	defer o.close()
	kind := map[string]string{"待核查": "自述", "待结论": "现场", "已结论": "结论", "已移交": "移交", "已撤回": "撤回"}[c.To]
	if kind == "" {
		return usageError{fmt.Errorf("--to %q 不是一种进度", c.To)}
	}
	err = o.change(s.ctx, "追溯码线索"+kind, c.Clue, func(tx *store.Tx) error {
		x, err := tx.Clue(c.Clue)
		if err != nil {
			return fmt.Errorf("线索 %s：%w", c.Clue, err)
		}
		return tx.StepClue(x, c.To, c.Verdict, store.ClueStep{Kind: kind, Actor: o.actor, Body: c.Say, Papers: strings.Join(c.Papers, "\n"), At: time.Now().UnixMicro()})
	})
	if err == nil {
		s.printf("线索 %s：%s\n", c.Clue, c.To)
	}
	return err
}
