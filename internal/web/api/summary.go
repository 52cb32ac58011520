package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/store"
)

// tallyItem counts findings of a card in a month, severity and state.
type tallyItem struct {
	Rule     string `json:"rule_id"`
	Name     string `json:"rule_name"`
	Severity int    `json:"sev_deg"`
	State    string `json:"state"`
	Month    string `json:"month"`
	Findings int64  `json:"findings"`
	Insts    int64  `json:"institutions"`
	Vola     int64  `json:"vola_fen"`
	Fund     int64  `json:"fund_fen"`
	Charged  int64  `json:"charged_fen"`
}

type tallies struct {
	Items []tallyItem `json:"items"`
}

func (a *API) summary() {
	Add(a, huma.Operation{OperationID: "tally-findings", Method: http.MethodGet, Path: "/api/tallies/findings", Summary: "疑点按规则、月份、严重程度和状态的条数与金额", Tags: []string{"疑点"},
		Description: "只数最近的审核仍然发现的。金额为分；拟追是多条规则对同一行去重之后的。"}, bureau,
		func(ctx context.Context, _ *struct{}) (*Body[tallies], error) {
			var rows []store.FindingTally
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) { rows, err = tx.FindingTallies(ScopeOf(ctx)); return err })
			out := &Body[tallies]{tallies{make([]tallyItem, 0, len(rows))}}
			for _, t := range rows {
				out.Body.Items = append(out.Body.Items, tallyItem(t))
			}
			return out, err
		})
}
