package cli

import (
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
)

type modelsQueryCmd struct {
	dataFlag
	jsonFlag
	limitFlags
	Area []string `help:"只看这些区划的机构（前缀）"`
	Inst []string `help:"只看这些机构"`
	Rows int      `help:"最多多少行" default:"1000"`
	SQL  string   `arg:"" help:"一条 SELECT"`
}

func (c *modelsQueryCmd) Run(s *streams) error {
	if err := note(s, c.Data, "", "分析查询", "命令行", c.SQL); err != nil { // first of all: who tries what must not be, is seen
		return err
	}
	a, err := c.ask(s)
	if err != nil {
		return errors.Join(err, note(s, c.Data, "", "分析查询未答复", err.Error(), c.SQL))
	}
	if c.JSON {
		return s.json(a.Table)
	}
	var rows [][]string
	for _, r := range a.Table.Rows {
		cells := make([]string, len(r))
		for i, v := range r {
			if v != nil {
				cells[i] = fmt.Sprint(v)
			}
		}
		rows = append(rows, cells)
	}
	table(s.out, a.Table.Columns, rows)
	if a.Table.Cut {
		s.printf("（只列出前 %d 行）\n", c.Rows)
	}
	return nil
}

func (c *modelsQueryCmd) ask(s *streams) (*worker.Answer, error) {
	if err := model.CheckQuery(c.SQL); err != nil {
		return nil, err
	}
	l := c.limits()
	views, err := runs.Views(s.ctx, c.Data, worker.Scope{Areas: c.Area, Insts: c.Inst}, worker.Limits{MemoryMiB: l.MemoryMiB, Threads: l.Threads})
	if err != nil {
		return nil, err
	}
	l.Rows = c.Rows
	return worker.Run(s.ctx, worker.Job{Kind: "query", Data: c.Data, Views: views, SQL: c.SQL, Limits: l})
}

type modelsViewsCmd struct{ jsonFlag }

func (c *modelsViewsCmd) Run(s *streams) error {
	vs := model.Views()
	if c.JSON {
		return s.json(vs)
	}
	var rows [][]string
	for _, v := range vs {
		for _, k := range v.Columns {
			rows = append(rows, []string{v.Name, v.Title, k.Name, k.Type, k.Title})
		}
	}
	table(s.out, []string{"视图", "名称", "列", "类型", "含义"}, rows)
	return nil
}
