package traceapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/web/api"
)

type lotOut struct {
	Batch    string   `json:"fixmedins_bchno" doc:"机构批次号；与批号都为空的一行是没有注明批次的"`
	Number   string   `json:"manu_lotnum" doc:"生产批号"`
	Expiry   string   `json:"expy_end"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Known    bool     `json:"opening_known"`
	Opening  string   `json:"opening" doc:"盒"`
	Bought   string   `json:"bought"`
	Back     string   `json:"sent_back"`
	Billed   string   `json:"billed"`
	Own      string   `json:"sold_own"`
	Changed  string   `json:"changed"`
	Closing  string   `json:"closing"`
	Gap      string   `json:"gap"`
	Expired  bool     `json:"expired" doc:"数据末日已过有效期"`
	Recalled bool     `json:"recalled" doc:"批号在召回清单上"`
	Late     string   `json:"sold_late" doc:"过有效期之后售出的"`
	Banned   string   `json:"sold_recalled" doc:"召回之后售出的"`
	Days     []dayOut `json:"days"`
}

// lots shows one item by batch. The batches sum to the item's ledger, day by day.
func (g *group) lots() {
	api.Add(g.API, huma.Operation{OperationID: "trace-ledger-lots", Method: http.MethodGet, Path: "/api/trace/ledger/{item}/lots", Summary: "一个品种分批次、逐日的台账", Tags: tags,
		Description: "各批次逐日相加等于品种的台账；没有注明批次的单列一行。"}, look,
		func(ctx context.Context, in *struct {
			Item string `path:"item" maxLength:"64"`
			Inst string `query:"fixmedins_code" maxLength:"32" doc:"机构的用户不必写"`
		}) (*api.Body[struct {
			Lots []lotOut `json:"lots"`
		}], error) {
			out := &api.Body[struct {
				Lots []lotOut `json:"lots"`
			}]{}
			out.Body.Lots = []lotOut{}
			inst, err := g.ledgerOf(ctx, in.Inst)
			if err != nil {
				return nil, err
			}
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			err = f.Lots(inst, in.Item, func(lots []trace.Lot) error {
				for i := range lots {
					out.Body.Lots = append(out.Body.Lots, lotRow(&lots[i]))
				}
				return nil
			})
			return out, err
		})
}

func lotRow(l *trace.Lot) lotOut {
	s := shelf(l.Days)
	o := lotOut{Batch: l.Batch, Number: l.Number, From: s.From, To: s.To, Known: s.Known, Opening: s.Opening, Bought: s.Bought, Back: s.Back, Billed: s.Billed, Own: s.Own, Changed: s.Changed,
		Closing: s.Closing, Gap: s.Gap, Expired: l.Expired, Recalled: l.IsRecalled, Late: l.Late.String(), Banned: l.Recalled.String(), Days: []dayOut{}}
	if l.Expiry != claim.NoDay {
		o.Expiry = l.Expiry.String()
	}
	for i := range l.Days {
		o.Days = append(o.Days, dayRow(&l.Days[i]))
	}
	return o
}

func dayRow(d *trace.Day) dayOut {
	x := dayOut{d.Date, d.Known, d.Opening.String(), d.Bought.String(), d.SentBack.String(), d.Billed.String(), d.SoldOwn.String(), d.Changed.String(), d.Closing.String(), "", d.Gap.String()}
	if d.Counted != claim.None64 {
		x.Counted = d.Counted.String()
	}
	return x
}
