package synth

// header lines of the files. Big tables are one file a month.
var monthly = []string{"visit", "diagnosis", "settlement", "fee"}

const (
	tabVisit = iota
	tabDiagnosis
	tabSettlement
	tabFee
)

var headers = map[string]string{
	"visit":      `mdtrt_id,psn_no,fixmedins_code,insutype,psn_type,med_type,begntime,endtime,ipt_otp_no,adm_way,er_obs_begntime,adm_dept_codg,adm_dept_name,dscg_dept_codg,dscg_dept_name,atddr_no,bedno,dscg_way,dscg_maindiag_code,dscg_maindiag_name,dise_codg,matn_stas,fetus_cnt,nwb_flag,mom_psn_no,er_flag,resc_flag,day_surg_flag,pre_ipt_flag,plan_readm_flag,mdtrt_mode,refl_from,refl_to,agnt_certno,ttp_resp,insu_admdvs,vali_flag,updt_time`,
	"diagnosis":  `mdtrt_id,diag_type,inout_diag_type,maindiag_flag,diag_srt_no,diag_code,diag_name,diag_dept,diag_time`,
	"settlement": `setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,psn_type,med_type,setl_time,begndate,enddate,mid_setl_flag,setl_type,pay_mode,medfee_sumamt,fulamt_ownpay_amt,overlmt_selfpay,preselfpay_amt,inscp_scp_amt,act_pay_dedc,hifp_pay,hifes_pay,hifmi_pay,fund_pay_sumamt,hosp_part_amt,psn_part_amt,acct_pay,acct_mulaid_pay,psn_cash_pay,refd_setl_flag,init_setl_id,invono,clr_type,clr_way,clr_optins,clr_month,clr_stas,dev_no,opter,mdtrt_cert_type,face_score,insu_admdvs,vali_flag,updt_time`,
	"fee":        `feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,hilist_name,medins_list_codg,med_chrgitm_type,chrgitm_lv,cnt,cnt_unt,pric,det_item_fee_sumamt,selfpay_prop,fulamt_ownpay_amt,overlmt_amt,preselfpay_amt,inscp_scp_amt,rxno,hi_rxno,rx_flag,rx_circ_flag,drord_no,grpno,sin_dos,sin_dosunt,used_frqu,prd_days,medc_way,herb_dose_cnt,hosp_appr_flag,dscg_tkdrug_flag,etip_flag,matn_fee_flag,hi_nego_drug_flag,body_part,side,incision_no,dosform,bilg_dept_codg,bilg_dept_name,bilg_dr_codg,acord_dept_codg,orders_dr_code,init_feedetl_sn,upld_time,drug_trac_codg,trdn_flag,vali_flag,updt_time,medins_list_name`,

	"person":           `psn_no,psn_name,psn_cert_type,certno,gend,brdy,psn_type,insutype,insu_admdvs,emp_no,emp_name,addr_admdvs,addr,begndate,enddate,updt_time`,
	"person_link":      `psn_no,pers_id,link_type,confid,begndate,enddate`,
	"chronic":          `psn_no,dise_codg,dise_name,begndate,enddate,seq,fixmedins_code,idet_dr_code,idet_date,review_stas,review_date,effect_date`,
	"contract":         `psn_no,fixmedins_code,contract_type,begndate,enddate`,
	"death":            `psn_no,certno,begntime,endtime,source,memo`,
	"work_injury":      `psn_no,certno,begntime,endtime,source,memo`,
	"birth":            `psn_no,birth_time,birth_way,fetus_cnt,child_name,child_psn_no`,
	"remote_filing":    `psn_no,mdtrtarea_admdvs,filing_type,begndate,enddate`,
	"operation":        `mdtrt_id,oprn_srt_no,oprn_oprt_code,oprn_oprt_name,main_oprn_flag,incision_no,side,oprn_oprt_begntime,oprn_oprt_endtime,anst_way,oper_dr_code`,
	"icu":              `mdtrt_id,wardarea_codg,wardno,bedno,dept_codg,begntime,endtime`,
	"leave":            `mdtrt_id,wardarea_codg,wardno,bedno,dept_codg,begntime,endtime`,
	"bed_move":         `mdtrt_id,wardarea_codg,wardno,bedno,dept_codg,begntime,endtime`,
	"medorder":         `fixmedins_code,mdtrt_id,drord_no,psn_no,drord_type,hilist_code,drord_item_name,drord_begn_date,drord_stop_date,exe_cnt,drord_dr_codg`,
	"exec":             `fixmedins_code,exec_no,mdtrt_id,drord_no,hilist_code,exec_time,exec_cnt,exec_psn_code`,
	"lab":              `fixmedins_code,mdtrt_id,rpotc_no,psn_no,hilist_code,item_srt,item_code,item_name,rslt_val,rslt_unt,ref_val,sapl_time,rpt_time`,
	"exam":             `fixmedins_code,mdtrt_id,rpotc_no,psn_no,hilist_code,exam_item_name,exam_part,appy_time,exam_time,rpt_time,device_no`,
	"record":           `fixmedins_code,mdtrt_id,doc_no,doc_type,doc_time,dr_code,content`,
	"recog":            `hilist_code,valid_days,admdvs`,
	"prescription":     `fixmedins_code,rxno,hi_rxno,psn_no,prsc_dr_code,prsc_time,vali_end_time,rx_source,diag_code,stas,drugs`,
	"front_page":       `mdtrt_id,fixmedins_code,diag_codes,oprn_codes,act_ipt_days`,
	"special_case":     `mdtrt_id,fixmedins_code,appy_date,appy_reason,materials`,
	"consent":          `mdtrt_id,doc_type,sign_time`,
	"accident":         `psn_no,certno,begntime,endtime,source,memo`,
	"special_drug":     `psn_no,generic_name,idet_fixmedins_code,resp_dr_code,supply_fixmedins_code,begndate,enddate`,
	"device":           `fixmedins_code,device_no,device_type,grade,begndate,enddate`,
	"terminal":         `dev_no,fixmedins_code,lon,lat`,
	"selfpay_visit":    `mdtrt_id,psn_no,certno,fixmedins_code,begntime,endtime,dscg_maindiag_code`,
	"purchase":         `fixmedins_code,purc_no,med_list_codg,fixmedins_bchno,purc_retn_cnt,finl_trns_pric,purc_retn_stoin_time,expy_end,drug_trac_codg,manu_lotnum`,
	"sale":             `fixmedins_code,rtal_docno,line_no,med_list_codg,setl_id,mdtrt_id,psn_no,sel_retn_cnt,sel_retn_time,medins_prod_sel_no,trdn_flag,mdtrt_setl_type,drug_trac_codg,manu_lotnum,hi_rxno`,
	"stock":            `fixmedins_code,invdate,med_list_codg,fixmedins_bchno,inv_cnt`,
	"stock_change":     `fixmedins_code,chg_no,med_list_codg,inv_chg_type,cnt,inv_chg_time,drug_trac_codg`,
	"nocode_stock":     `fixmedins_code,med_list_codg,fixmedins_bchno,manu_date,begndate,enddate`,
	"attendance":       `psn_no,certno,begntime,endtime,source,memo`,
	"truth_models":     `model_id,case_id,kind,psn_no,fixmedins_code,prac_psn_code,mdtrt_id`,
	"catalogue_models": `hilist_code,list_type,generic_name,vbp_flag,nego_flag,chrgitm_lv,otc_flag,narc_flag,dosform,medc_way,pricing_unit,min_pac_cnt,min_pacunt,min_prepunt,trac_exempt,admdvs,begndate,enddate`,
	"exam_models":      `fixmedins_code,mdtrt_id,rpotc_no,psn_no,exam_item_name,exam_time,rpt_time,image_hash,image_count,device_no`,
	"implant":          `fixmedins_code,mdtrt_id,udi,hilist_code,used_time`,
	"chronic_proof":    `psn_no,dise_codg,doc_no,doc_type,digest,content,doc_time,idet_dr_code`,
	"receipt":          `fixmedins_code,receipt_no,line_no,setl_id,goods_name,med_flag,amt,recp_time`,
	"ecode":            `psn_no,dev_id,use_time,use_type`,
	"truth":            `rule_id,psn_no,mdtrt_id,feedetl_sn,kind,vola_amt`,
	"institution":      `fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,medins_cate,admdvs,bed_cnt,open_time,close_time,dept_scope,group_no,lon,lat,begndate,succ_code`,
	"practitioner":     `prac_psn_code,prac_psn_name,prac_psn_type,pro_tech_duty,fixmedins_code,dept_codg,certno,begndate,enddate`,
	"custody":          `psn_no,certno,begntime,endtime,source,memo`,
	"exit_entry":       `psn_no,certno,begntime,endtime,source,memo`,
	"benefit":          `psn_no,stas,begndate,enddate,reason,doc_no`,
	"benefit_limit":    `admdvs,insutype,limit_kind,dise_codg,year,amount`,
	"quota_used":       `admdvs,insutype,limit_kind,dise_codg,year,psn_no,used_amt,as_of`,
	"duty":             `prac_psn_code,fixmedins_code,begntime,endtime,source`,
	"code_map":         `src_system,src_code,dst_code,relation,admdvs,begndate,enddate,approver`,
	"agreement":        `fixmedins_code,stas,begndate,enddate,reason,doc_no`,
	"pilot":            `fixmedins_code,diag_set,begndate,enddate,doc_no`,
	"credential":       `prac_psn_code,stas,begndate,enddate,reason,doc_no`,
	"clearing_total":   `fixmedins_code,month,insutype,clr_type,setl_cnt,medfee_sumamt,fund_pay_sumamt`,
}
