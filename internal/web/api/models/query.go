package models

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// ask answers an analyst within the scope. What was asked is on the trail before anything is looked at, and so is why there was no answer:
// who tries what must not be, is seen.
func (s *Service) ask(ctx context.Context, a *api.API, sql string, rows int) (*worker.Table, error) {
	if err := s.noted(ctx, a, "分析查询", "控制台", asked(sql)); err != nil {
		return nil, err
	}
	t, err := s.answer(ctx, sql, rows)
	if err == nil {
		return t, nil
	}
	why := err.Error()
	if errors.Is(err, context.Canceled) {
		why = "已取消"
	}
	if e := s.noted(context.WithoutCancel(ctx), a, "分析查询未答复", why, asked(sql)); e != nil { // who asked may be gone
		return nil, e
	}
	return nil, err
}

func (s *Service) answer(ctx context.Context, sql string, rows int) (*worker.Table, error) {
	if err := model.CheckQuery(sql); err != nil {
		return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, err.Error())
	}
	done, err := s.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	views, err := runs.Views(ctx, s.Data, whose(api.ScopeOf(ctx)), runLimits)
	if err != nil {
		return nil, err
	}
	l := s.Queries
	l.Rows = rows
	ans, err := worker.Run(ctx, worker.Job{Kind: "query", Data: s.Data, Views: views, SQL: sql, Limits: l})
	if err != nil {
		return nil, err
	}
	return ans.Table, nil
}

// mostAsked is how many characters of a statement the trail keeps: more than may be asked would only fill it.
const mostAsked = 20_000

// asked is a statement as the trail keeps it.
func asked(sql string) string {
	n := utf8.RuneCountInString(sql)
	if n <= mostAsked {
		return sql
	}
	return fmt.Sprintf("%s……（共 %d 个字符）", string([]rune(sql)[:500]), n)
}
