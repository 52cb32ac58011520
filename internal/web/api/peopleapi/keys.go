package peopleapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type keyItem struct {
	ID      string `json:"key_id" doc:"paasid"`
	Name    string `json:"name" doc:"给哪个系统用"`
	Admdvs  string `json:"admdvs"`
	Inst    string `json:"fixmedins_code"`
	MadeAt  string `json:"made_at"`
	Expires string `json:"expires_at" doc:"空为不过期"`
	Revoked string `json:"revoked_at" doc:"空为有效"`
	Version int64  `json:"version"`
}

func keyOf(k *store.Key) keyItem {
	return keyItem{k.ID, k.Name, k.Admdvs, k.Inst, api.Moment(k.MadeAt), api.Moment(k.ExpiresAt), api.Moment(k.RevokedAt), k.Version}
}

func (g *group) keys() {
	tags, need := []string{"接口密钥"}, api.Need{Any: []auth.Permission{auth.ManageKeys}}
	api.Add(g.API, huma.Operation{OperationID: "list-keys", Method: http.MethodGet, Path: "/api/people/keys", Summary: "接口密钥", Tags: tags}, need,
		func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []keyItem `json:"items"`
		}], error) {
			ks, err := g.DB.Keys(ctx)
			out := &api.Body[struct {
				Items []keyItem `json:"items"`
			}]{}
			out.Body.Items = []keyItem{}
			for i := range ks {
				out.Body.Items = append(out.Body.Items, keyOf(&ks[i]))
			}
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "add-key", Method: http.MethodPost, Path: "/api/people/keys", Summary: "新增接口密钥", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "密钥只在答复里给一次。"}, need, func(ctx context.Context, in *struct {
		Body struct {
			Name    string `json:"name" minLength:"1" maxLength:"60"`
			Admdvs  string `json:"admdvs,omitempty" maxLength:"6"`
			Inst    string `json:"fixmedins_code,omitempty" maxLength:"32"`
			Expires string `json:"expires_on,omitempty" maxLength:"10" doc:"用到哪一天；不写为不过期"`
		}
	}) (*api.Body[struct {
		ID     string `json:"key_id"`
		Secret string `json:"secret" doc:"只显示这一次"`
	}], error) {
		b := &in.Body
		if err := g.place(ctx, b.Admdvs, b.Inst); err != nil {
			return nil, err
		}
		n := auth.NewKey{Name: b.Name, Scope: auth.Scope{Admdvs: b.Admdvs, Inst: b.Inst}}
		if b.Expires != "" {
			day, err := time.ParseInLocation(time.DateOnly, b.Expires, time.FixedZone("UTC+8", 8*3600))
			if err != nil {
				return nil, fmt.Errorf("日期 %q 应为 2026-12-31 的样子", b.Expires)
			}
			if n.Expires = day.AddDate(0, 0, 1); !n.Expires.After(time.Now()) {
				return nil, fmt.Errorf("%s 已经过去", b.Expires)
			}
		}
		ks, err := g.Keys()
		if err != nil {
			return nil, err
		}
		out := &api.Body[struct {
			ID     string `json:"key_id"`
			Secret string `json:"secret" doc:"只显示这一次"`
		}]{}
		out.Body.ID, out.Body.Secret, err = ks.Add(ctx, api.Who(ctx).Name, n)
		return out, err
	})
	api.Add(g.API, huma.Operation{OperationID: "revoke-key", Method: http.MethodPost, Path: "/api/people/keys/{id}/revoke", Summary: "作废接口密钥", Tags: tags, DefaultStatus: http.StatusNoContent, Errors: []int{404}}, need,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*struct{}, error) {
			ks, err := g.Keys()
			if err != nil {
				return nil, err
			}
			return nil, ks.Revoke(ctx, api.Who(ctx).Name, in.ID)
		})
}

type expertItem struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	From  string `json:"from" doc:"聘期起；空为没有聘任"`
	Until string `json:"until"`
	Now   bool   `json:"serving" doc:"今天在聘期内"`
	By    string `json:"made_by"`
}

func (g *group) experts() {
	tags := []string{"合议专家"}
	api.Add(g.API, huma.Operation{OperationID: "list-experts", Method: http.MethodGet, Path: "/api/people/experts", Summary: "合议专家和聘期", Tags: tags},
		api.Need{Any: []auth.Permission{auth.Confirm, auth.ManageUsers, auth.SecondReview}}, func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []expertItem `json:"items"`
		}], error) {
			us, err := g.DB.Users(ctx)
			if err != nil {
				return nil, err
			}
			out := &api.Body[struct {
				Items []expertItem `json:"items"`
			}]{}
			out.Body.Items = []expertItem{}
			return out, g.DB.View(ctx, func(tx *store.Tx) error {
				terms, err := tx.Terms()
				at := map[string]store.Term{}
				for _, t := range terms {
					at[t.Login] = t
				}
				today := api.Today()
				for i := range us {
					if x := (&auth.Identity{Roles: us[i].Roles}); us[i].Disabled || !x.May(auth.PanelReview) {
						continue
					}
					e := expertItem{Login: us[i].Login, Name: us[i].Name}
					if t, ok := at[e.Login]; ok {
						e.From, e.Until, e.By = claim.Day(t.FromDay).String(), claim.Day(t.UntilDay).String(), t.MadeBy
						e.Now = e.From <= today && today <= e.Until
					}
					out.Body.Items = append(out.Body.Items, e)
				}
				return err
			})
		})
	api.Add(g.API, huma.Operation{OperationID: "set-term", Method: http.MethodPut, Path: "/api/people/experts/{login}/term", Summary: "聘任专家", Tags: tags, DefaultStatus: http.StatusNoContent, Errors: []int{404}},
		api.Need{Any: []auth.Permission{auth.Confirm}}, func(ctx context.Context, in *struct {
			LoginID
			Body struct {
				From  string `json:"from" minLength:"10" maxLength:"10"`
				Until string `json:"until" minLength:"10" maxLength:"10"`
			}
		}) (*struct{}, error) {
			from, err := claim.ParseDay(in.Body.From)
			if err != nil {
				return nil, err
			}
			until, err := claim.ParseDay(in.Body.Until)
			if err != nil {
				return nil, err
			}
			return nil, g.Desk().SetTerm(ctx, api.Who(ctx), in.Login, from, until)
		})
}
