package paperapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

func (x *press) register(a *api.API) {
	// The register is of the whole bureau: numbers run through all its areas.
	look := api.Need{Any: []auth.Permission{auth.ReadBoards}}
	void := api.Need{Any: []auth.Permission{auth.Confirm}}
	api.Add(a, huma.Operation{OperationID: "list-numbers", Method: http.MethodGet, Path: "/api/papers/numbers", Summary: "文号登记簿：每种文书每年一串号，不空号，作废的也在", Tags: tags, Errors: []int{422}}, look, x.numbers)
	api.Add(a, huma.Operation{OperationID: "void-number", Method: http.MethodPost, Path: "/api/papers/numbers/{form}/{year}/{number}/void", Summary: "作废一个文号：号不再用，文书下次出具另给新号", Tags: tags, Errors: []int{404, 409, 422}}, void, x.void)
}

// paperNumber is a line of the register.
type paperNumber struct {
	Form   string `json:"form"`
	Kind   string `json:"kind" doc:"文号里的字：疑、议、确、追"`
	Year   int    `json:"year"`
	Number int    `json:"number"`
	Text   string `json:"text" doc:"〔2025〕12号"`
	Object string `json:"object" doc:"疑点号；合议纪要为合议号"`
	Title  string `json:"title"`
	Actor  string `json:"actor"`
	At     string `json:"at"`
	Voided string `json:"voided_at" doc:"空为有效"`
	By     string `json:"voided_by"`
	Why    string `json:"void_why"`
}

func numberOf(n *store.PaperNumber) paperNumber {
	return paperNumber{n.Kind, forms.Numbered[n.Kind], n.Year, n.Number, fmt.Sprintf("〔%d〕%d号", n.Year, n.Number), n.Object, n.Title, n.Actor, api.Moment(n.At), api.Moment(n.VoidedAt), n.VoidedBy, n.VoidWhy}
}

func (x *press) numbers(ctx context.Context, in *struct {
	Year int    `query:"year" minimum:"0" maximum:"9999" doc:"不写为今年"`
	Form string `query:"form" maxLength:"64"`
}) (*api.Body[struct {
	Year  int           `json:"year"`
	Items []paperNumber `json:"items"`
}], error) {
	if in.Year == 0 {
		in.Year, _, _ = x.Desk().Today().Civil()
	}
	out := &api.Body[struct {
		Year  int           `json:"year"`
		Items []paperNumber `json:"items"`
	}]{}
	out.Body.Year, out.Body.Items = in.Year, []paperNumber{}
	err := x.db.View(ctx, func(tx *store.Tx) error {
		ns, err := tx.PaperNumbers(in.Year, in.Form)
		for i := range ns {
			out.Body.Items = append(out.Body.Items, numberOf(&ns[i]))
		}
		return err
	})
	return out, err
}

func (x *press) void(ctx context.Context, in *struct {
	Form   string `path:"form" maxLength:"64"`
	Year   int    `path:"year" minimum:"1900" maximum:"9999"`
	Number int    `path:"number" minimum:"1" maximum:"10000000"`
	Body   struct {
		Why string `json:"why" minLength:"1" maxLength:"200" doc:"为什么作废"`
	}
}) (*api.Body[paperNumber], error) {
	why := strings.TrimSpace(in.Body.Why)
	if why == "" {
		return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "作废要写明原因")
	}
	var out paperNumber
	err := x.trail.Do(ctx, x.db, func(tx *store.Tx) ([]auth.Event, error) {
		n, err := tx.VoidPaper(in.Form, in.Year, in.Number, api.Who(ctx).Name, why, store.Micros(time.Now()))
		if errors.Is(err, store.ErrConflict) {
			err = web.NewProblem(http.StatusConflict, web.CodeConflict, "这个文号已经作废")
		}
		if err != nil {
			return nil, err
		}
		out = numberOf(n)
		return []auth.Event{{Actor: api.Who(ctx).Name, Action: "作废文号", Object: out.Kind + out.Text, Detail: why}}, nil
	})
	return &api.Body[paperNumber]{Body: out}, err
}
