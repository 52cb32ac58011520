package area

import (
	"fmt"
	"io"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/stays"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// FromLake reads the stays settled in the months.
func FromLake(snap *lake.Snapshot, from, to claim.Month) ([]Input, error) {
	var out []Input
	err := stays.Read(snap, from, to, func(s *stays.Stay) error {
		out = append(out, Input{Case: s.Case, Inst: s.Inst, Level: s.Level, Insutype: s.Insutype, Month: s.Month.String(), Cost: pay.Fen(s.Cost), Fund: pay.Fen(s.Fund),
			Mode: s.PayMode, Disease: s.Disease, DaySurgery: s.DaySurgery})
		return nil
	})
	return out, err
}

// FromList reads a list of cases that has money beside the codes. A row whose money cannot be read is an error that names
// it: a payment run with a stay left out would be wrong for everybody.
func FromList(r *casemix.CaseReader) ([]Input, error) {
	for _, need := range []string{"fixmedins_code", "insutype", "month", "medfee_sumamt", "fund_pay_sumamt"} {
		if !r.HasColumn(need) {
			return nil, fmt.Errorf("病例表缺少列 %s", need)
		}
	}
	var out []Input
	for {
		var in Input
		err := r.Next(&in.Case)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		in.Inst, in.Level, in.Insutype, in.Month = r.Cell("fixmedins_code"), r.Cell("hosp_lv"), r.Cell("insutype"), r.Cell("month")
		if _, err := claim.ParseMonth(in.Month); err != nil {
			return nil, fmt.Errorf("病例 %s：%w", in.ID, err)
		}
		for _, m := range []struct {
			col  string
			into *pay.Fen
		}{{"medfee_sumamt", &in.Cost}, {"fund_pay_sumamt", &in.Fund}} {
			if *m.into, err = pay.ParseFen(r.Cell(m.col)); err != nil || *m.into < 0 {
				return nil, fmt.Errorf("病例 %s 的 %s“%s”不是金额", in.ID, m.col, r.Cell(m.col))
			}
		}
		if in.Fund > in.Cost {
			return nil, fmt.Errorf("病例 %s 的基金支付 %s 大于总费用 %s", in.ID, in.Fund, in.Cost)
		}
		if m := r.Cell("pay_mode"); len(m) == 1 && m[0] >= '1' && m[0] <= '7' {
			in.Mode = int8(m[0] - '0')
		}
		in.Disease, in.DaySurgery = r.Cell("dise_codg"), r.Cell("day_surg_flag") == "1"
		out = append(out, in)
	}
}
