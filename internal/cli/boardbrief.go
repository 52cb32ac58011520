package cli

import (
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
)

// briefs are the office's forms of briefings.
func (o *office) briefs() brief.Office { return brief.Office{Office: o.paper()} }

type boardBriefCmd struct {
	boardFlags
	outFlag
	Form string `help:"哪一种：briefing 一页简报、press-county 发布会表格（县区）、press-city 发布会表格（县级市），或本局 paper/brief/ 里的模板" default:"briefing"`
}

func (c *boardBriefCmd) Run(s *streams) error {
	return c.asked(s, func(o *office, d *board.Desk, ask board.Ask) error {
		doc, err := o.briefs().Make(s.ctx, c.Form, d, ask, d.AreaName(ask.Scope.Admdvs))
		if err != nil {
			return err
		}
		if err := c.write(o.paper(), ask.Today, doc); err != nil {
			return err
		}
		s.printf("%s\n", c.Out)
		return nil
	})
}

type boardTemplateCmd struct {
	Form string `arg:"" name:"模板" help:"briefing、press-county 或 press-city"`
}

func (c *boardTemplateCmd) Run(s *streams) error {
	text, err := brief.Shipped(c.Form)
	if err != nil {
		return usageError{err}
	}
	_, err = s.out.Write(text)
	return err
}
