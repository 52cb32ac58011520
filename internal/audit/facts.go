package audit

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// feeColumns are the columns of fee lines that cards or explanations read.
var feeColumns = []string{"feedetl_sn", "mdtrt_id", "setl_id", "psn_no", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "hilist_name",
	"medins_list_name", "med_chrgitm_type", "cnt", "pric", "det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt",
	"inscp_scp_amt", "rxno", "hi_rxno", "drord_no", "sin_dos", "sin_dosunt", "used_frqu", "prd_days", "medc_way", "dosform", "dscg_tkdrug_flag",
	"etip_flag", "matn_fee_flag", "hi_nego_drug_flag", "body_part", "side", "incision_no", "bilg_dept_codg", "bilg_dept_name", "bilg_dr_codg",
	"acord_dept_codg", "orders_dr_code", "init_feedetl_sn"}

// settlementColumns and visitColumns likewise.
var (
	settlementColumns = []string{"setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "insutype", "med_type", "setl_time", "begndate", "enddate",
		"mid_setl_flag", "pay_mode", "medfee_sumamt", "inscp_scp_amt", "fund_pay_sumamt", "acct_mulaid_pay", "refd_setl_flag", "init_setl_id"}
	visitColumns = []string{"mdtrt_id", "psn_no", "fixmedins_code", "insutype", "med_type", "begntime", "endtime", "ipt_otp_no", "adm_way",
		"er_obs_begntime", "adm_dept_codg", "adm_dept_name", "dscg_dept_codg", "dscg_dept_name", "dscg_way", "dscg_maindiag_code", "dise_codg",
		"nwb_flag", "mom_psn_no", "er_flag", "resc_flag", "day_surg_flag", "pre_ipt_flag", "plan_readm_flag", "mdtrt_mode", "refl_from",
		"refl_to", "agnt_certno"}
	diagnosisColumns = []string{"mdtrt_id", "maindiag_flag", "inout_diag_type", "diag_code", "diag_time"}
)

// byVisitMonth are the tables that lie in the month in which their visit began; whole are those read whole.
var (
	byVisitMonth = []string{"visit", "diagnosis", "operation", "medorder", "exec", "lab", "icu", "leave"}
	whole        = []string{"person", "person_link", "chronic", "death", "birth", "contract", "work_injury", "remote_filing", "prescription", "selfpay_visit"}
)

// lookBack is how many months before the audited ones are read for cards that look back a year; lookAhead how many after
// them for visits that explain them (a delivery, the next part of a stay).
const (
	lookBack  = 12
	lookAhead = 6
)

// reads tells whether the judgement of the months from … to reads the rows of a person table that lie in month m.
func reads(table string, m, from, to claim.Month) bool {
	switch {
	case m == 0:
		return slices.Contains(whole, table) || slices.Contains(byVisitMonth, table) || table == "settlement" || table == "fee"
	case slices.Contains(byVisitMonth, table):
		return m <= to+lookAhead
	case table == "settlement":
		return m >= from-lookBack && m <= to+lookAhead
	case table == "fee":
		return m >= from-lookBack && m <= to+1
	}
	return false
}

// facts are the rows of a bucket that some months' judgement needs, month by month.
type facts struct{ pieces []piece }

// piece is a table's rows of one month.
type piece struct {
	table string
	month claim.Month
	extra bool
	batch *claim.Batch
}

// readFacts reads what the judgement of the months from … to needs of one bucket.
func readFacts(s *lake.Snapshot, bucket int, from, to claim.Month) (*facts, error) {
	f := &facts{}
	columns := map[string][]string{"visit": visitColumns, "diagnosis": diagnosisColumns, "settlement": settlementColumns, "fee": feeColumns}
	for _, t := range slices.Concat(whole, byVisitMonth, []string{"settlement", "fee"}) {
		for _, m := range s.TableMonths(t) {
			if !reads(t, m, from, to) {
				continue
			}
			b, err := s.Read(t, m, bucket, columns[t])
			if err != nil {
				return nil, err
			}
			if b.N > 0 {
				f.pieces = append(f.pieces, piece{table: t, month: m, batch: b})
			}
		}
	}
	refunds, err := s.Refunds(bucket)
	if err != nil {
		return nil, err
	}
	negatives, err := s.Negatives(bucket)
	if err != nil {
		return nil, err
	}
	f.pieces = append(f.pieces, piece{table: "settlement", extra: true, batch: refunds}, piece{table: "fee", extra: true, batch: negatives})
	return f, nil
}

// view is the facts as the judgement of the months from … to sees them.
func (f *facts) view(from, to claim.Month) []claim.Source {
	var out []claim.Source
	for _, p := range f.pieces {
		if p.extra || reads(p.table, p.month, from, to) {
			driver := (p.table == "settlement" || p.table == "fee") && p.month >= from && p.month <= to && !p.extra
			out = append(out, claim.Source{Batch: p.batch, Driver: driver, Extra: p.extra})
		}
	}
	return out
}

// of keeps the rows of some persons, given in ascending order.
func (f *facts) of(pers []int32) *facts {
	out := &facts{}
	for _, p := range f.pieces {
		var rows []int
		for i, x := range p.batch.Pers {
			if _, ok := slices.BinarySearch(pers, x); ok {
				rows = append(rows, i)
			}
		}
		if len(rows) > 0 {
			p.batch = p.batch.Pick(rows)
			out.pieces = append(out.pieces, p)
		}
	}
	return out
}
