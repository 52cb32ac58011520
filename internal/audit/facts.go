package audit

import (
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// feeColumns are the columns of fee lines that cards or explanations read.
var feeColumns = []string{"feedetl_sn", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "hilist_name",
	"medins_list_name", "med_chrgitm_type", "cnt", "pric", "det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt",
	"inscp_scp_amt", "rxno", "hi_rxno", "drord_no", "sin_dos", "sin_dosunt", "used_frqu", "prd_days", "medc_way", "dosform", "dscg_tkdrug_flag",
	"etip_flag", "matn_fee_flag", "hi_nego_drug_flag", "body_part", "side", "incision_no", "bilg_dept_codg", "bilg_dept_name", "bilg_dr_codg",
	"acord_dept_codg", "orders_dr_code", "init_feedetl_sn", "upld_time", "grpno", "herb_dose_cnt", "lmt_used_flag", "hosp_appr_flag", "rx_flag",
	"rx_circ_flag", "medins_list_codg", "cnt_unt", "trdn_flag"}

// settlementColumns and visitColumns likewise.
var (
	settlementColumns = []string{"setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "insutype", "med_type", "setl_time", "begndate", "enddate",
		"mid_setl_flag", "pay_mode", "medfee_sumamt", "inscp_scp_amt", "fund_pay_sumamt", "acct_mulaid_pay", "refd_setl_flag", "init_setl_id",
		"psn_type", "hifp_pay", "hifmi_pay", "hifob_pay", "invono", "act_pay_dedc", "acct_pay", "setl_type", "dev_no", "opter", "mdtrt_cert_type", "face_score", "insu_admdvs",
		"fulamt_ownpay_amt"}
	visitColumns = []string{"mdtrt_id", "psn_no", "fixmedins_code", "insutype", "med_type", "begntime", "endtime", "ipt_otp_no", "adm_way",
		"er_obs_begntime", "adm_dept_codg", "adm_dept_name", "dscg_dept_codg", "dscg_dept_name", "dscg_way", "dscg_maindiag_code", "dise_codg",
		"nwb_flag", "mom_psn_no", "er_flag", "resc_flag", "day_surg_flag", "pre_ipt_flag", "plan_readm_flag", "mdtrt_mode", "refl_from",
		"refl_to", "agnt_certno", "psn_type", "wardno", "bedno", "matn_stas", "fetus_cnt", "insu_admdvs", "ttp_resp"}
	personColumns    = []string{"psn_no", "psn_cert_type", "certno", "gend", "brdy", "psn_type", "insutype", "insu_admdvs", "addr_admdvs", "begndate", "enddate"}
	diagnosisColumns = []string{"mdtrt_id", "maindiag_flag", "inout_diag_type", "diag_type", "diag_srt_no", "diag_code", "diag_time"}
)

// byVisitMonth are the tables that lie in the month in which their visit began; whole are those read whole.
var (
	byVisitMonth = []string{"visit", "diagnosis", "operation", "medorder", "exec", "exam", "lab", "record", "bed_move", "icu", "leave", "implant", "consent", "front_page", "special_case"}
	whole        = []string{"person", "person_link", "chronic", "special_drug", "benefit", "quota_used", "death", "birth", "contract", "custody", "exit_entry",
		"work_injury", "accident", "attendance", "remote_filing", "prescription", "selfpay_visit"}
)

// projected are the tables of which history projections hold visits, bills and what is read of all persons.
var projected = map[string]bool{"visit": true, "diagnosis": true, "operation": true, "settlement": true, "fee": true}

// recordsBack is how many months back the bulky records of visits are read that only matter to visits still being billed.
const recordsBack = 3

var records = map[string]bool{"medorder": true, "exec": true, "record": true}

// lookBack is how many months before the audited ones are read for cards that look back a year; lookAhead how many after
// them for visits that explain them (a delivery, the next part of a stay).
const (
	lookBack  = 12
	lookAhead = 6
)

// reads tells whether rows of a person table that lie in month m can bear on the judgement of the months from … to.
func reads(table string, m, from, to claim.Month) bool {
	switch {
	case m == 0:
		return slices.Contains(whole, table) || slices.Contains(byVisitMonth, table) || table == "settlement" || table == "fee" || table == "sale"
	case slices.Contains(byVisitMonth, table):
		return m <= to+lookAhead
	case table == "settlement":
		return m >= from-lookBack && m <= to+lookAhead
	case table == "fee":
		return m >= from-lookBack && m <= to+1
	}
	return false
}

// reader reads the sources of one bucket after the other into the same memory. One per worker.
type reader struct {
	snap  *lake.Snapshot
	hist  *history
	slots map[slot]*lake.Reader // one for each batch that is alive at a time: what is big in one bucket is so in the next
	out   []claim.Source
	open  []*lake.Projection
}

// slot is a table of a month.
type slot struct {
	table string
	month claim.Month
}

func newReader(s *lake.Snapshot, h *history) *reader {
	return &reader{snap: s, hist: h, slots: map[slot]*lake.Reader{}}
}

// close gives back what the last bucket's projections hold; its batches and their strings are gone with them.
func (r *reader) close() {
	for _, p := range r.open {
		p.Close()
	}
	r.open = r.open[:0]
}

// drop gives back the memory that reading the projections took so far.
func (r *reader) drop() {
	for _, p := range r.open {
		p.Drop()
	}
}

// plain is a reader of one table after the other.
func (r *reader) plain() *lake.Reader { return r.slot(slot{}) }

func (r *reader) slot(k slot) *lake.Reader {
	x := r.slots[k]
	if x == nil {
		x = r.snap.Reader()
		r.slots[k] = x
	}
	return x
}

func (r *reader) add(table string, m claim.Month, bucket int, cols []string, driver bool) error {
	b, err := r.slot(slot{table, m}).Read(table, m, bucket, cols)
	if err != nil || b.N == 0 {
		return err
	}
	r.out = append(r.out, claim.Source{Batch: b, Driver: driver})
	return nil
}

// columnsOf the tables of which only some are read.
func columnsOf(table string) []string {
	switch table {
	case "person":
		return personColumns
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

// bucket reads what the judgement of the months from … to needs of one bucket: the months themselves in full, those around
// them from their projections. The batches are valid until the next call.
func (r *reader) bucket(bucket int, from, to claim.Month) ([]claim.Source, error) {
	r.close()
	r.out = r.out[:0]
	s := r.snap
	// In order of time, so that little is left to sort.
	if err := r.before(bucket, from, to); err != nil {
		return nil, err
	}
	for _, t := range whole {
		if err := r.add(t, 0, bucket, columnsOf(t), false); err != nil {
			return nil, err
		}
	}
	for _, t := range append([]string{"settlement", "fee"}, byVisitMonth...) {
		driver := t == "settlement" || t == "fee"
		for _, m := range s.TableMonths(t) {
			if m == 0 || (m >= from && m <= to) {
				if err := r.add(t, m, bucket, columnsOf(t), driver && m != 0); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := r.around(bucket, to+1, to+lookAhead, from, to); err != nil {
		return nil, err
	}
	late, err := r.hist.rev.read(bucket)
	if err != nil {
		return nil, err
	}
	r.open = append(r.open, late)
	return append(r.out, claim.Source{Batch: late.Batches["settlement"], Extra: true}, claim.Source{Batch: late.Batches["fee"], Extra: true}), nil
}

// pastParts are the parts of projections of which only the rows that bear on the judgement are assembled. Whole bills are
// kept because they bear on stays, operations because they part courses.
var pastParts = map[string]bool{"visit": true, "diagnosis": true, "settlement": true, "fee@" + partLook: true}

// before adds what is read of the months before the judged ones: for a whole audit from the file in which it lies merged.
func (r *reader) before(bucket int, from, to claim.Month) error {
	if !r.hist.merged || len(r.hist.monthsOf(1, from-1)) == 0 {
		return r.around(bucket, 1, from-1, from, to)
	}
	p, err := r.hist.past(from, bucket, func(string) bool { return true })
	if err != nil {
		return err
	}
	r.take(p, true, true)
	return nil
}

// take adds the parts of a projection, of months before those judged or after them, of several months or one.
func (r *reader) take(p *lake.Projection, past, mixed bool) {
	r.open = append(r.open, p)
	for _, name := range slices.Sorted(maps.Keys(p.Batches)) {
		if b := p.Batches[name]; b.N > 0 {
			r.out = append(r.out, claim.Source{Batch: b, Past: past && pastParts[name], Mixed: mixed})
		}
	}
}

// around adds the projections of the months first … last, which lie before or after the judged ones from … to.
func (r *reader) around(bucket int, first, last, from, to claim.Month) error {
	return r.hist.each(bucket, first, last, from, to, func(p *lake.Projection, m claim.Month) { r.take(p, m < from, false) })
}
