package store

// Tables of the reminder log and of what is worked out from it (migrations 5 and 20).
var (
	callTable         = table{"reminder_call", 1, cols("T call_id", "N at", "T infno", "T stage", "T channel", "T trig_scen", "T key_id", "T fixmedins_code", "T admdvs", "T opter", "T task_id", "T msg_id", "T program", "T verdict", "N partial", "N orders", "N found", "N shown", "N ana_dura_us", "T not_judged", "N odd")}
	callVisitTable    = table{"reminder_visit", 3, cols("T call_id", "T psn_no", "T mdtrt_id", "N at", "T fixmedins_code", "T dept", "T doctor", "N inpatient", "T diags", "T orders")}
	reminderTable     = table{"reminder", 2, cols("T call_id", "N seq", "T jr_id", "T finding_id", "N at", "T day", "T stage", "T trig_scen", "T fixmedins_code", "T dept", "T doctor", "T psn_no", "T mdtrt_id", "N inpatient", "T rule_id", "T rule_name", "T rule_version", "N rule_sev_deg", "T rule_warn_lv", "T subject", "T facts", "N excess", "T warn_cont", "T point_id", "N vola_fen", "N fund_fen", "T lines", "N shown", "T why", "T audience", "T quiet_of")}
	silenceTable      = table{"reminder_silence", 1, cols("T silence_id", "T not_judged")}
	choiceTable       = table{"reminder_choice", 2, cols("T jr_id", "N seq", "N at", "T warn_dspo_way", "T code", "T warn_dspo_way_dscr", "T actor", "T channel", "T fixmedins_code", "T warn_type")}
	wrongTable        = table{"reminder_wrong", 1, cols("T wrong_id", "T kind", "T jr_id", "T finding_id", "T rule_id", "T rule_version", "T fixmedins_code", "T actor", "T said", "N received_at", "T due_day", "T owner", "T state", "T verdict", "T answer", "T answered_by", "N answered_at", "N version")}
	proposalTable     = table{"reminder_proposal", 1, cols("T proposal_id", "T rule_id", "T area", "T from_day", "T to_day", "N shown", "N answered", "N overridden", "T state", "N made_at", "T decided_by", "N decided_at", "T why", "N version")}
	reminderAreaTable = table{"reminder_area", 1, cols("T area", "T body", "T actor", "T why", "N changed_at", "N version")}
	segmentTable      = table{"reminder_segment", 1, cols("T name", "N taken_bytes", "N records", "N changed_at")}
	episodeTable      = table{"reminder_episode", 1, cols("T episode_id", "T psn_no", "T mdtrt_id", "T rule_id", "T subject", "T fixmedins_code", "T dept", "T doctor", "T day", "N inpatient", "T call_id", "T jr_id", "N times", "T choice", "T code", "T outcome", "N complied", "N hit", "N orig_cnt", "N final_cnt", "N orig_fund_fen", "N final_fund_fen", "N subst_fund_fen", "N avoided_fen", "N reopened", "T reopened_at", "T setl_day", "N frozen", "T as_of", "T note", "N version")}
	toldTable         = table{"finding_told", 1, cols("T finding_id", "T told", "T call_id", "T jr_id", "N call_at", "T choice", "N equal_facts", "T missing", "T revision", "N made_at")}
)
