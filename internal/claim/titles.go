package claim

// TableTitles are the tables' names for people.
var TableTitles = map[string]string{
	"institution": "定点医药机构", "practitioner": "医药人员备案", "catalogue": "医保目录", "price_limit": "价格与限价", "code_map": "编码对照",
	"benefit_limit": "待遇限额", "agreement": "服务协议状态", "pilot": "单病种付费试点", "credential": "医保医师资格", "device": "设备备案", "terminal": "结算终端备案",
	"duty": "在岗排班", "recog": "检查互认目录", "clearing_total": "清算总额", "purchase": "药品耗材购进", "nocode_stock": "无码库", "stock": "库存盘点",
	"stock_change": "库存变更", "selfcheck_refund": "自查退回", "person_link": "人员关联", "person": "参保人员", "visit": "就诊",
	"diagnosis": "诊断", "operation": "手术操作", "settlement": "结算", "fee": "费用明细", "medorder": "医嘱", "exec": "执行记录",
	"exam": "检查报告", "lab": "检验报告", "record": "病历文书", "bed_move": "床位变动", "icu": "重症监护", "leave": "请假外出",
	"implant": "植入耗材", "consent": "知情同意书", "sale": "药品耗材销售", "chronic": "门诊慢特病备案", "special_drug": "特殊药品备案",
	"contract": "签约与定点", "benefit": "待遇享受状态", "quota_used": "限额已用", "remote_filing": "异地就医备案", "death": "死亡登记",
	"custody": "在押登记", "exit_entry": "出入境记录", "work_injury": "工伤认定", "accident": "事故与第三方责任", "attendance": "考勤出行记录",
	"birth": "出生登记", "prescription": "处方流转", "selfpay_visit": "自费住院", "front_page": "病案首页", "special_case": "特例单议申报",
	"chronic_proof": "门慢认定材料", "receipt": "收银小票", "ecode": "医保码激活与展码",
}

// ColumnTitle is a column's name for people: the title of that table's column where tables use a name differently, else
// the name's title; "" when there is none.
func ColumnTitle(table, column string) string {
	if s := columnTitles[table+"."+column]; s != "" {
		return s
	}
	return columnTitles[column]
}

var columnTitles = map[string]string{
	// institutions and staff
	"fixmedins_code": "定点机构编码", "fixmedins_name": "定点机构名称", "fixmedins_type": "机构类型", "hosp_lv": "机构等级", "medins_cate": "机构类别",
	"admdvs": "医保区划", "bed_cnt": "床位数", "open_time": "营业开始时间", "close_time": "营业结束时间", "dept_scope": "诊疗科目", "group_no": "医共体",
	"succ_code": "变更后机构编码", "lon": "经度", "lat": "纬度", "begndate": "开始日期", "enddate": "结束日期", "prac_psn_code": "人员编码",
	"prac_psn_name": "人员姓名", "prac_psn_type": "人员类别", "pro_tech_duty": "专业技术职务", "dept_codg": "科室编码", "certno": "证件号码",
	"stas": "状态", "reason": "原因", "doc_no": "文号", "diag_set": "诊断编码集合", "device_no": "设备编号", "device_type": "设备类型", "grade": "设备档次", "dev_no": "终端编号",
	"ip": "网络地址", "source": "来源", "begntime": "开始时间", "endtime": "结束时间",
	"visit.begntime": "就诊（入院）时间", "visit.endtime": "结束（出院）时间", "selfpay_visit.begntime": "入院时间", "selfpay_visit.endtime": "出院时间",
	"death.begntime": "死亡时间", "bed_move.begntime": "入床时间", "bed_move.endtime": "离床时间", "custody.begntime": "羁押开始时间",
	"custody.endtime": "羁押结束时间", "exit_entry.begntime": "出境时间", "exit_entry.endtime": "入境时间", "work_injury.begntime": "工伤发生时间",
	"accident.begntime": "事故时间",
	// items, prices, limits
	"hilist_code": "医保目录编码", "list_type": "目录类别", "generic_name": "通用名", "atc": "药理分类（ATC）", "medc_way": "给药途径", "dosform": "剂型",
	"min_pac_cnt": "最小包装数量", "min_pacunt": "最小包装单位", "min_prepunt": "最小制剂单位", "ddd": "日剂量（DDD）", "ddd_unt": "日剂量单位",
	"pricing_unit": "计价单位", "part_group": "部位分组", "chrgitm_lv": "甲乙丙类", "lmt_text": "限定支付范围", "otc_flag": "非处方药标志",
	"rx_flag": "处方药标志", "vbp_flag": "集采标志", "nego_flag": "谈判药标志", "single_pay_flag": "单独支付标志", "narc_flag": "精麻标志",
	"trac_exempt": "免追溯标志", "pric_uplmt_amt": "价格上限", "limit_type": "价格类型", "src_system": "来源系统", "src_code": "来源编码",
	"dst_code": "国家编码", "relation": "对应关系", "approver": "审批人", "insutype": "险种", "limit_kind": "限额种类", "dise_codg": "病种编码",
	"year": "年度", "amount": "限额金额", "valid_days": "互认天数", "month": "月份", "clr_type": "清算类别", "setl_cnt": "结算人次",
	"medfee_sumamt": "医疗费总额", "fund_pay_sumamt": "基金支付总额", "used_amt": "已用金额", "as_of": "截止日期",
	// supply
	"purc_no": "购进单号", "med_list_codg": "医疗目录编码", "fixmedins_hilist_name": "机构内名称", "fixmedins_bchno": "机构批次号", "manu_lotnum": "生产批号",
	"manu_date": "生产日期", "expy_end": "有效期止", "spler_name": "供应商", "spler_pmtno": "供应商许可证号", "prodentp_name": "生产企业",
	"aprvno": "批准文号", "purc_invo_no": "购进发票号", "purc_retn_cnt": "购进（退货）数量", "finl_trns_pric": "最终成交单价",
	"purc_retn_stoin_time": "入库（退货）时间", "drug_trac_codg": "药品追溯码", "invdate": "盘点日期", "inv_cnt": "盘点数量", "chg_no": "变更单号",
	"inv_chg_type": "变更类型", "inv_chg_time": "变更时间", "ref_no": "退回单号", "line": "行号", "period": "所属期间", "problem": "问题", "rule_id": "规则编号",
	"amt": "金额", "paid_date": "到账日期", "rtal_docno": "零售单号", "line_no": "行号", "prsc_fixmedins_code": "处方机构", "prsc_dr_code": "处方医师",
	"phar_code": "药师编码", "sel_retn_cnt": "销售（退货）数量", "medins_prod_sel_no": "原销售单号", "sel_retn_time": "销售（退货）时间",
	"mdtrt_setl_type": "结算方式", "trdn_flag": "拆零标志", "udi": "耗材唯一标识", "used_time": "使用时间",
	// persons
	"psn_no": "人员编号", "pers_id": "自然人编号", "link_type": "关联方式", "confid": "可信度", "psn_name": "姓名", "psn_cert_type": "证件类型",
	"gend": "性别", "brdy": "出生日期", "psn_type": "人员类别", "insu_admdvs": "参保地区划", "emp_no": "单位编号", "emp_name": "单位名称",
	"addr_admdvs": "住址区划", "addr": "住址", "tel": "电话", "updt_time": "更新时间", "memo": "说明",
	"dise_name": "病种名称", "seq": "序号", "idet_dr_code": "鉴定医师", "idet_date": "鉴定日期", "review_stas": "复审状态", "review_date": "复审日期",
	"effect_date": "生效日期", "idet_fixmedins_code": "认定机构", "resp_dr_code": "责任医师", "supply_fixmedins_code": "供药机构",
	"contract_type": "签约类型", "mdtrtarea_admdvs": "就医地区划", "filing_type": "备案类型", "birth_time": "分娩时间", "birth_way": "分娩方式",
	"child_name": "新生儿姓名", "child_psn_no": "新生儿人员编号",
	// visits
	"mdtrt_id": "就诊号", "med_type": "医疗类别", "ipt_otp_no": "住院（门诊）号", "adm_way": "入院途径", "er_obs_begntime": "留观开始时间",
	"adm_dept_codg": "入院科室编码", "adm_dept_name": "入院科室", "dscg_dept_codg": "出院科室编码", "dscg_dept_name": "出院科室", "atddr_no": "主治医师",
	"wardarea_codg": "病区", "wardno": "病房", "bedno": "床号", "dscg_way": "离院方式", "dscg_maindiag_code": "主诊断编码", "dscg_maindiag_name": "主诊断",
	"matn_stas": "妊娠哺乳状态", "matn_type": "生育类别", "fetus_cnt": "胎儿数", "nwb_flag": "新生儿标志", "mom_psn_no": "母亲人员编号", "er_flag": "急诊标志",
	"resc_flag": "抢救标志", "day_surg_flag": "日间手术标志", "pre_ipt_flag": "预住院标志", "plan_readm_flag": "计划再入院标志", "mdtrt_mode": "就诊方式",
	"refl_from": "转出机构", "refl_to": "转入机构", "agnt_certno": "代办人证件号", "ttp_resp": "第三方责任标志", "vali_flag": "有效标志",
	"diag_type": "诊断类别", "inout_diag_type": "出入院诊断", "maindiag_flag": "主诊断标志", "diag_srt_no": "诊断序号", "diag_code": "诊断编码",
	"diag_name": "诊断名称", "diag_dept": "诊断科室", "diag_time": "诊断时间", "oprn_srt_no": "手术序号", "oprn_oprt_code": "手术操作编码",
	"oprn_oprt_name": "手术操作名称", "main_oprn_flag": "主手术标志", "incision_no": "切口号", "side": "侧别", "oprn_oprt_begntime": "手术开始时间",
	"oprn_oprt_endtime": "手术结束时间", "anst_way": "麻醉方式", "anst_begntime": "麻醉开始时间", "anst_endtime": "麻醉结束时间",
	"oper_dr_code": "术者", "anst_dr_code": "麻醉医师",
	// settlements
	"setl_id": "结算号", "setl_time": "结算时间", "mid_setl_flag": "中途结算标志", "setl_sn": "结算序号", "setl_type": "结算类型", "pay_mode": "支付方式",
	"fulamt_ownpay_amt": "全自费金额", "overlmt_selfpay": "超限价自费", "preselfpay_amt": "先行自付", "inscp_scp_amt": "政策范围内金额",
	"act_pay_dedc": "实际起付线", "pool_prop_selfpay": "统筹支付比例", "hifp_pay": "统筹基金支付", "cvlserv_pay": "公务员补助", "hifes_pay": "企业补充保险支付",
	"hifmi_pay": "大病保险支付", "hifob_pay": "大额补助支付", "hifdm_pay": "伤残人员基金支付", "maf_pay": "医疗救助支付", "oth_pay": "其他支付",
	"hosp_part_amt": "医院负担", "psn_part_amt": "个人负担", "acct_pay": "个人账户支付", "acct_mulaid_pay": "家庭共济支付", "psn_cash_pay": "个人现金支付",
	"refd_setl_flag": "退费标志", "init_setl_id": "原结算号", "invono": "发票号", "clr_way": "清算方式", "clr_optins": "清算经办机构",
	"clr_month": "清算月份", "clr_stas": "清算状态", "opter": "经办人", "mdtrt_cert_type": "就诊凭证类型", "face_score": "人脸比对得分",
	// fee lines
	"bkkp_sn": "记账流水号", "feedetl_sn": "费用明细号", "fee_ocur_time": "费用时间", "exec_time": "执行时间", "hilist_name": "医保项目名称",
	"medins_list_codg": "院内项目编码", "medins_list_name": "院内项目名称", "med_chrgitm_type": "收费项目类别", "cnt": "数量", "cnt_unt": "数量单位",
	"pric": "单价", "det_item_fee_sumamt": "明细金额", "selfpay_prop": "自付比例", "overlmt_amt": "超限价金额", "lmt_used_flag": "限制使用标志",
	"hosp_appr_flag": "医院审批标志", "rxno": "处方号", "hi_rxno": "外配处方号", "rx_circ_flag": "外配标志", "drord_no": "医嘱号", "grpno": "组号",
	"sin_dos": "单次剂量", "sin_dosunt": "剂量单位", "used_frqu": "使用频次", "prd_days": "用药天数", "dismed_amt": "发药量", "dismed_unt": "发药单位",
	"tcmdrug_used_way": "中药用法", "herb_dose_cnt": "饮片付数", "dscg_tkdrug_flag": "出院带药标志", "etip_flag": "外送检验标志",
	"matn_fee_flag": "生育费用标志", "hi_nego_drug_flag": "双通道标志", "body_part": "部位", "spec": "规格", "bilg_dept_codg": "开单科室编码",
	"bilg_dept_name": "开单科室", "bilg_dr_codg": "开单医师", "acord_dept_codg": "受单科室编码", "orders_dr_code": "受单医师", "exec_psn_code": "执行人",
	"init_feedetl_sn": "被冲销的明细号", "upld_time": "上传时间",
	"diag_codes": "诊断编码（主要诊断在前）", "oprn_codes": "手术操作编码（主要手术在前）", "act_ipt_days": "实际住院天数",
	"appy_date": "申报日期", "appy_reason": "申报理由", "materials": "申报材料", "cut_amt": "核减金额", "appy_stas": "申报状态",
	"digest": "材料摘要", "receipt_no": "小票号", "goods_name": "商品名称", "med_flag": "是否药品", "recp_time": "小票时间",
	"dev_id": "手机标识", "use_time": "激活或展码时间", "use_type": "激活或展码",
	// records of care
	"drord_type": "医嘱类型", "drord_item_name": "医嘱项目", "drord_begn_date": "医嘱开始时间", "drord_stop_date": "医嘱停止时间", "exe_cnt": "执行次数",
	"drord_dr_codg": "医嘱医师", "drord_bhvr": "医嘱行为", "exec_no": "执行单号", "exec_cnt": "执行数量", "rpotc_no": "报告单号",
	"exam_item_name": "检查项目", "exam_part": "检查部位", "appy_time": "申请时间", "exam_time": "检查时间", "rpt_time": "报告时间", "exam_ccls": "检查结论",
	"study_uid": "影像检查号", "image_hash": "影像摘要", "image_count": "影像张数", "exam_dr_code": "检查医师", "item_srt": "指标序号", "item_code": "指标编码",
	"item_name": "指标名称", "rslt_val": "结果", "rslt_unt": "结果单位", "ref_val": "参考值", "rslt_abn": "异常标志", "sapl_time": "采样时间",
	"doc_type": "文书类型", "doc_time": "书写时间", "dr_code": "书写医师", "content": "内容", "sign_time": "签署时间",
	"rx_trace_code": "处方追溯码", "prsc_time": "开方时间", "vali_end_time": "处方有效期止", "rx_source": "处方来源", "drugs": "药品",
}
