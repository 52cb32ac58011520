package audit

import (
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// feeColumns are the columns of fee lines that cards or explanations read.
var feeColumns = []string{"feedetl_sn", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "hilist_name",
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

// projected are the tables that history projections hold.
var projected = map[string]bool{"visit": true, "diagnosis": true, "operation": true, "settlement": true, "fee": true}

// backTo is how many months back a table that lies by visit is read. The bulky records of visits only matter to visits
// that are still being billed.
func backTo(table string) claim.Month {
	switch table {
	case "medorder", "exec", "lab":
		return 3
	}
	return lookBack
}

// reads tells whether the judgement of the months from … to reads the rows of a person table that lie in month m.
func reads(table string, m, from, to claim.Month) bool {
	switch {
	case m == 0:
		return slices.Contains(whole, table) || slices.Contains(byVisitMonth, table) || table == "settlement" || table == "fee"
	case slices.Contains(byVisitMonth, table):
		return m >= from-backTo(table) && m <= to+lookAhead
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
	long  bool // visits of extraordinary length, for judgements more than a year later
	batch *claim.Batch
}

// reader reads the facts of one bucket after the other into the same memory. One per worker.
type reader struct {
	snap  *lake.Snapshot
	hist  *history
	slots []*lake.Reader // one for each batch that is alive at a time
	used  int
}

func newReader(s *lake.Snapshot, h *history) *reader { return &reader{snap: s, hist: h} }

// columnsOf the tables of which only some are read.
func columnsOf(table string) []string {
	switch table {
	case "visit":
		return visitColumns
	case "diagnosis":
		return diagnosisColumns
	case "settlement":
		return settlementColumns
	case "fee":
		return feeColumns
	}
	return nil
}

// facts reads what the judgement of the months from … to needs of one bucket: the months themselves in full, those
// around them from their projections. The batches are valid until the next call.
func (r *reader) facts(bucket int, from, to claim.Month) (*facts, error) {
	r.used = 0
	f := &facts{}
	for _, t := range slices.Concat(whole, byVisitMonth, []string{"settlement", "fee"}) {
		for _, m := range r.snap.TableMonths(t) {
			if !reads(t, m, from, to) || (projected[t] && m != 0 && (m < from || m > to)) {
				continue
			}
			if err := r.read(f, t, m, bucket); err != nil {
				return nil, err
			}
		}
	}
	if err := r.around(f, bucket, from, to); err != nil {
		return nil, err
	}
	refunds, err := r.snap.Refunds(bucket)
	if err != nil {
		return nil, err
	}
	negatives, err := r.snap.Negatives(bucket)
	if err != nil {
		return nil, err
	}
	f.pieces = append(f.pieces, piece{table: "settlement", extra: true, batch: refunds}, piece{table: "fee", extra: true, batch: negatives})
	return f, nil
}

func (r *reader) read(f *facts, table string, m claim.Month, bucket int) error {
	if r.used == len(r.slots) {
		r.slots = append(r.slots, r.snap.Reader())
	}
	b, err := r.slots[r.used].Read(table, m, bucket, columnsOf(table))
	if err != nil || b.N == 0 {
		return err
	}
	r.used++
	f.pieces = append(f.pieces, piece{table: table, month: m, batch: b})
	return nil
}

// around adds the projections of the months before and after.
func (r *reader) around(f *facts, bucket int, from, to claim.Month) error {
	for _, m := range r.snap.TableMonths("visit", "settlement", "fee") {
		if m == 0 || (m >= from && m <= to) || m > to+lookAhead {
			continue
		}
		got, err := r.hist.read(m, bucket, func(name string) bool {
			table, part, _ := strings.Cut(name, "@")
			if m < from-lookBack {
				return part == partLong
			}
			return part != partLong && reads(table, m, from, to)
		})
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(got)) {
			table, part, _ := strings.Cut(name, "@")
			if b := got[name]; b.N > 0 {
				f.pieces = append(f.pieces, piece{table: table, month: m, long: part == partLong, batch: b})
			}
		}
	}
	return nil
}

// view is the facts as the judgement of the months from … to sees them.
func (f *facts) view(from, to claim.Month) []claim.Source {
	var out []claim.Source
	for _, p := range f.pieces {
		if p.extra || p.long || reads(p.table, p.month, from, to) {
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
