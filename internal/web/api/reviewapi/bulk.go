package reviewapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// bulkRow is one case of many.
type bulkRow struct {
	ID      string `json:"finding_id"`
	Version int64  `json:"version"`
}

// bulkResult is what became of it.
type bulkResult struct {
	ID      string `json:"finding_id"`
	OK      bool   `json:"ok"`
	State   string `json:"state"`
	Version int64  `json:"version"`
	Code    string `json:"code"`
	Said    string `json:"said" doc:"为什么没有办成"`
}

type bulkResults struct {
	Done  int          `json:"done"`
	Items []bulkResult `json:"items"`
}

// many are the events that can be done to many cases at once: those whose reason can be the same for all.
var many = []string{"keep", "dismiss", "dismiss_agree", "dismiss_refuse", "reread_agree", "reread_refuse", "uphold", "withdraw", "refer", "confirm", "overturn", "execute", "close", "accept", "appeal", "waive", "second"}

// one does one event to one case; false when there is no such event.
func one(d *review.Desk, ctx context.Context, who *auth.Identity, event string, r review.Ref, in *Decision) (*store.Case, bool, error) {
	for _, s := range decisions {
		if s.event == event {
			c, err := s.do(d, ctx, who, r, in)
			return c, true, err
		}
	}
	for _, s := range answers {
		if s.event == event {
			c, err := s.do(d, ctx, who, review.AppealInput{Ref: r, Say: in.say()})
			return c, true, err
		}
	}
	return nil, false, nil
}

func (g *group) bulk() {
	api.Add(g.API, huma.Operation{OperationID: "review-bulk", Method: http.MethodPost, Path: "/api/review/bulk", Summary: "批量办理：每条各自成败", Tags: tags,
		Description: "每条按它自己的版本、状态和条件检查，一条不成不影响别的。"}, look,
		func(ctx context.Context, in *struct {
			Body struct {
				Words
				Event string    `json:"event" enum:"keep,dismiss,dismiss_agree,dismiss_refuse,reread_agree,reread_refuse,uphold,withdraw,refer,confirm,overturn,execute,close,accept,appeal,waive,second"`
				Items []bulkRow `json:"items" minItems:"1" maxItems:"200"`
			}
		}) (*api.Body[bulkResults], error) {
			out := bulkResults{Items: []bulkResult{}}
			for _, x := range in.Body.Items {
				c, _, err := one(g.Desk, ctx, api.Who(ctx), in.Body.Event, review.Ref{ID: x.ID, Version: x.Version}, &Decision{Words: in.Body.Words})
				r, err := resultOf(x.ID, c, err)
				if err != nil {
					return nil, err
				}
				if r.OK {
					out.Done++
				}
				out.Items = append(out.Items, r)
			}
			return &api.Body[bulkResults]{Body: out}, nil
		})
}

// resultOf says what became of a case; an error is what the machine failed at.
func resultOf(id string, c *store.Case, err error) (bulkResult, error) {
	var e *review.Error
	switch {
	case errors.As(err, &e):
		return bulkResult{ID: id, Code: string(e.Code), Said: e.Message}, nil
	case err != nil:
		return bulkResult{}, err
	}
	return bulkResult{ID: id, OK: true, State: c.State, Version: c.Version}, nil
}

// manyMay tells whether an event may be done to many.
func manyMay(event string) bool { return slices.Contains(many, event) }
