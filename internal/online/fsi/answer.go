package fsi

// answerNames are the fields of a result that a profile may rename.
var answerNames = []string{"jr_id", "rule_id", "rule_name", "vola_cont", "patn_id", "mdtrt_id", "judge_result_detail_dtos", "vola_amt",
	"vola_amt_stas", "sev_deg", "vola_evid", "vola_bhvr_type", "task_id", "jrd_id", "rx_id", "vola_item_type"}
