package cli

import (
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace/worklist"
)

// demoClueSteps are how far the first clues of the demo's work list are: each is brought to one state after the other.
var demoClueSteps = [][]store.ClueStep{
	{{Kind: "自述", Body: "当日补录了前一天漏传的销售，收银系统又自动传了一次", Papers: "销售小票.pdf"}},
	{{Kind: "自述", Body: "货从同城另一家药店调入，调拨单见附件", Papers: "调拨单.pdf\n随货同行单.pdf"}, {Kind: "现场", Actor: "zhifa", Body: "调拨单与对方出库记录不符，药盒有二次粘贴痕迹，已拍照"}},
	{{Kind: "自述", Body: "不清楚来源，是业务员上门送货"}, {Kind: "现场", Actor: "zhifa", Body: "无随货同行单，药盒印有医院药房标签"}, {Kind: "结论", Actor: "zhifa", Body: "来源为医院开出后回收的药品"}},
}

var demoClueStates = map[string]string{"自述": "待核查", "现场": "待结论", "结论": "已结论"}

// clues puts the city's doubtful boxes on the work list and works the first of them.
func (d *demo) clues(o *office) error {
	f, err := codeBook(d.Data)
	if err != nil {
		return err
	}
	found, _ := f.Clues()
	l, err := worklist.Of(f, found, time.Now(), worklist.DaysToState)
	if err != nil {
		return err
	}
	return o.change(d.s.ctx, "追溯码线索入清单", "示例", func(tx *store.Tx) error {
		if _, err := l.Add(tx); err != nil {
			return err
		}
		waiting, err := tx.Clues("", store.ClueStates[0], "", 100)
		if err != nil {
			return err
		}
		// The pharmacy that has a user states itself on its own.
		waiting = slices.DeleteFunc(waiting, func(c store.Clue) bool { return c.Inst == d.insts[demoSeller] })
		for i := range waiting[:min(len(waiting), len(demoClueSteps))] {
			for _, step := range demoClueSteps[i] {
				verdict := ""
				if step.Kind == "结论" {
					verdict = "回流"
				}
				c, err := tx.Clue(waiting[i].ID)
				if err != nil {
					return err
				}
				if step.Actor == "" {
					step.Actor = c.Inst
				}
				step.At = store.Micros(time.Now())
				if err := tx.StepClue(c, demoClueStates[step.Kind], verdict, step); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
