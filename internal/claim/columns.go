package claim

// sourceCols are the column positions of a table that assembly reads, and the hot columns of fees themselves.
type sourceCols struct {
	psn, inst, insutype, medType, at, source, linkType                               int
	certType, psnType, insuArea, gend, brdy, begndate, enddate, certno               int
	mdtrt, sn, setl, initSn, iptNo                                                   int
	begntime, endtime, erObs, admDept, admDeptName, dscgDept, dscgDeptName           int
	admWay, dscgWay, mainDiag, dise, nwb, mom, er, resc, daySurg, preIpt             int
	planned, mode, agent                                                             int
	payMode, total, fund, inscope, mulaid, mid, refund, initSetl                     int
	setlArea, hifp, hifmi, hifob                                                     int
	diagCode, diagName, diagMain, diagInOut, diagTime, diagType, diagSrt             int
	oprnCode, oprnEnd, oprnMain, oprnSrt, side, incision, review, reviewDate, effect int
	diseName, idetDate, addrArea                                                     int

	time, cnt, pric, amt, self, over, pre, scope values[int64]
	item, instv, dept, doctor, orderDr           values[int32]
	list, chrg, take, etip, matn, nego           values[int32]
}

// values are the numbers of a column, skip elements apart.
type values[T int32 | int64] struct {
	of   []T
	skip int
}

func (v *values[T]) at(r int) T { return v.of[r+r*v.skip] }

// positions are the column positions by table, which batches of a table share.
var positions = func() map[string]*sourceCols {
	m := make(map[string]*sourceCols, len(tables))
	for _, t := range tables {
		m[t.Name] = positionsOf(t)
	}
	return m
}()

func newSourceCols(b *Batch) *sourceCols {
	k := positions[b.Table.Name]
	if b.Table.Name == "fee" {
		own := *k
		own.hot(b)
		return &own
	}
	return k
}

func positionsOf(t *Table) *sourceCols {
	c := func(name string) int { return t.Col(name) }
	k := &sourceCols{psn: c("psn_no"), inst: c("fixmedins_code"), insutype: c("insutype"), medType: c("med_type"),
		source: c("source"), linkType: c("link_type"), certType: c("psn_cert_type"), psnType: c("psn_type"), insuArea: c("insu_admdvs"),
		gend: c("gend"), brdy: c("brdy"), begndate: c("begndate"), enddate: c("enddate"), certno: c("certno"), mdtrt: c("mdtrt_id"),
		sn: c("feedetl_sn"), setl: c("setl_id"), initSn: c("init_feedetl_sn"), iptNo: c("ipt_otp_no"), begntime: c("begntime"),
		endtime: c("endtime"), erObs: c("er_obs_begntime"), admDept: c("adm_dept_codg"), admDeptName: c("adm_dept_name"),
		dscgDept: c("dscg_dept_codg"), dscgDeptName: c("dscg_dept_name"), admWay: c("adm_way"), dscgWay: c("dscg_way"),
		mainDiag: c("dscg_maindiag_code"), dise: c("dise_codg"), nwb: c("nwb_flag"), mom: c("mom_psn_no"), er: c("er_flag"),
		resc: c("resc_flag"), daySurg: c("day_surg_flag"), preIpt: c("pre_ipt_flag"), planned: c("plan_readm_flag"), mode: c("mdtrt_mode"),
		agent: c("agnt_certno"), payMode: c("pay_mode"), total: c("medfee_sumamt"), fund: c("fund_pay_sumamt"), inscope: c("inscp_scp_amt"),
		mulaid: c("acct_mulaid_pay"), mid: c("mid_setl_flag"), refund: c("refd_setl_flag"), initSetl: c("init_setl_id"),
		setlArea: c("insu_admdvs"), hifp: c("hifp_pay"), hifmi: c("hifmi_pay"), hifob: c("hifob_pay"),
		diagCode: c("diag_code"), diagName: c("diag_name"), diagMain: c("maindiag_flag"), diagInOut: c("inout_diag_type"), diagTime: c("diag_time"),
		diagType: c("diag_type"), diagSrt: c("diag_srt_no"),
		oprnCode: c("oprn_oprt_code"), oprnEnd: c("oprn_oprt_endtime"), oprnMain: c("main_oprn_flag"), oprnSrt: c("oprn_srt_no"), side: c("side"), incision: c("incision_no"), review: c("review_stas"),
		reviewDate: c("review_date"), effect: c("effect_date"), diseName: c("dise_name"), idetDate: c("idet_date"), addrArea: c("addr_admdvs")}
	k.at = c(t.At)
	return k
}

func (k *sourceCols) hot(b *Batch) {
	w := func(name string) values[int64] {
		c := &b.Cols[b.Table.MustCol(name)]
		return values[int64]{c.I64, c.Skip}
	}
	n := func(name string) values[int32] {
		c := &b.Cols[b.Table.MustCol(name)]
		return values[int32]{c.I32, c.Skip}
	}
	k.time, k.cnt, k.pric, k.amt = w("fee_ocur_time"), w("cnt"), w("pric"), w("det_item_fee_sumamt")
	k.self, k.over, k.pre, k.scope = w("fulamt_ownpay_amt"), w("overlmt_amt"), w("preselfpay_amt"), w("inscp_scp_amt")
	k.item, k.instv, k.dept, k.doctor, k.orderDr = n("hilist_code"), n("fixmedins_code"), n("bilg_dept_codg"), n("bilg_dr_codg"), n("orders_dr_code")
	k.list, k.chrg, k.take, k.etip = n("list_type"), n("med_chrgitm_type"), n("dscg_tkdrug_flag"), n("etip_flag")
	k.matn, k.nego = n("matn_fee_flag"), n("hi_nego_drug_flag")
}

// fill reads the optional hot columns of a fee row.
func (k *sourceCols) fill(l *Line, r int, v *Vocab) {
	k.scopeOf(l, r)
	if k.dept.of != nil {
		l.Dept = k.dept.at(r)
	}
	if k.doctor.of != nil {
		l.Doctor = k.doctor.at(r)
	}
	if l.Doctor == 0 && k.orderDr.of != nil {
		l.Doctor = k.orderDr.at(r)
	}
	if k.list.of != nil {
		l.List = int16(v.Num(k.list.at(r)))
	}
	if k.chrg.of != nil {
		l.Chrg = int8(v.Num(k.chrg.at(r)))
	}
	flag := func(col *values[int32], f LineFlags) {
		if col.of == nil {
			return
		}
		if c := col.at(r); c != 0 && v.Flag(c) {
			l.Flags |= f
		}
	}
	flag(&k.take, TakeHome)
	flag(&k.etip, Outsourced)
	flag(&k.matn, MatnFee)
	flag(&k.nego, Negotiated)
}

func (k *sourceCols) scopeOf(l *Line, r int) {
	l.Amt = Money(k.amt.at(r))
	scope := int64(None64)
	if k.scope.of != nil {
		scope = k.scope.at(r)
	}
	if scope == None64 {
		scope = int64(l.Amt) - or0(&k.self, r) - or0(&k.over, r) - or0(&k.pre, r)
	}
	l.InScope = Money(max(scope, 0))
}

// InScopes is the in-scope money, in fen, of rows of a fee batch as uploaded: what the row says, else what is left of the
// amount after what the patient bears; never below 0.
func InScopes(b *Batch, rows []int) []int64 {
	k := newSourceCols(b)
	out := make([]int64, len(rows))
	for i, r := range rows {
		var l Line
		k.scopeOf(&l, r)
		out[i] = int64(l.InScope)
	}
	return out
}

func or0(col *values[int64], r int) int64 {
	if col.of == nil {
		return 0
	}
	return int64(Money(col.at(r)).Or(0))
}
