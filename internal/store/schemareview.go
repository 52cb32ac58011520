package store

// Tables of the review and of its ledger.
var (
	reviewInstTable = table{"review_inst", 1, cols("T fixmedins_code", "T name", "T admdvs", "T kind", "T closed_on", "T succ_code", "N changed_at", "N version")}
	reviewCaseTable = table{"review_case", 1, cols("T finding_id", "T package_id", "T panel_id", "T admdvs", "T fixmedins_code", "T rule_id", "T month", "T state",
		"T track", "T back_state", "T clock", "N start_day", "N due_day", "N paused_day", "N extended", "N sent_day",
		"N delivered_day", "T proof", "N reminders", "N reminded_day", "N escalated", "N escalated_day", "N supplements",
		"N reopened", "T first_by", "T dismiss_by", "T dismiss2_by", "T second_by", "T final_by", "T machine", "T machine_task",
		"T verdict", "T reason", "T outcome", "N severity", "N refund", "N claim_fen", "N charged_fen", "N fund_fen",
		"N taken_at", "N changed_at", "N steps", "N version")}
	reviewLineTable = table{"review_line", 2, cols("T finding_id", "N line_no", "T fixmedins_code", "T mdtrt_id", "T setl_id", "T feedetl_sn", "N vola_fen", "N fund_fen",
		"N scope_fen", "N upheld_fen", "N charged_fen", "N upheld_cnt", "N of_cnt")}
	reviewStepTable = table{"review_step", 2, cols("T finding_id", "N seq", "T event", "T from_state", "T to_state", "T actor", "N at", "N day", "T verdict", "T reason",
		"T opinion", "T detail")}
	reviewPackageTable = table{"review_package", 1, cols("T package_id", "T kind", "T fixmedins_code", "T admdvs", "T rule_id", "T month", "T state", "T notice_id", "N findings",
		"N fund_fen", "T merged_into", "T made_by", "N made_at", "N sent_at", "T recall_reason", "N version")}
	reviewNoticeTable = table{"review_notice", 1, cols("T notice_id", "T kind", "T fixmedins_code", "T package_id", "T finding_id", "T title", "T body", "N sent_at",
		"N sent_day", "T sent_by", "N delivered_day", "T proof", "T signed_by", "N version")}
	reviewFileTable  = table{"review_file", 1, cols("T file_id", "T finding_id", "T name", "T media", "N size", "T sha256", "T uploaded_by", "N at")}
	reviewPanelTable = table{"review_panel", 1, cols("T panel_id", "T rule_id", "T state", "T chair", "T convened_by", "N convened_at", "T minutes", "N decided_at",
		"N version")}
	panelMemberTable     = table{"panel_member", 2, cols("T panel_id", "T login", "T recused", "N at")}
	panelVoteTable       = table{"panel_vote", 3, cols("T panel_id", "T finding_id", "T login", "T vote", "N upheld_fen", "T opinion", "N at")}
	reviewExtensionTable = table{"review_extension", 1, cols("T extension_id", "T finding_id", "N days", "T reason", "T asked_by", "N asked_at", "T decided_by", "N decided_at",
		"T state", "N version")}
	reviewParamTable = table{"review_param", 1, cols("T param_id", "T name", "T area", "N value", "T valid_from", "T reason", "T author", "T approver", "T state",
		"N made_at", "N version")}
	reviewTieTable = table{"review_tie", 1, cols("T tie_id", "T login", "T fixmedins_code", "T kind", "N until_day", "T note", "N made_at",
		"T made_by@29", "T ended_by@29", "N ended_at@29", "T end_reason@29", "N version@29")}
	reviewTermTable  = table{"review_term", 1, cols("T login", "N from_day", "N until_day", "T made_by", "N made_at", "N version")}
	reviewRelayTable = table{"review_relay", 1, cols("T relay_id", "T finding_id", "T fixmedins_code", "T dept", "T login", "T asks", "N due_day", "T state", "T reply",
		"T asked_by", "N asked_at", "N replied_at", "N version")}
	reviewLockTable = table{"review_lock", 1, cols("T name", "N n")}
	ruleAliasTable  = table{"rule_alias", 1, cols("T old_rule", "T rule_id", "T note", "N made_at")}
	ledgerPostTable = table{"ledger_post", 1, cols("T post_id", "T finding_id", "N line_no", "T book", "T fixmedins_code", "T setl_id", "T feedetl_sn", "T item",
		"T from_acct", "T to_acct", "N amount_fen", "T month", "T doc", "T actor", "N at", "T memo")}
	refundElseTable = table{"refund_else", 1, cols("T refund_id", "T source", "T ref_no", "T line", "T fixmedins_code", "T rule_id", "T setl_id", "T feedetl_sn",
		"N amt_fen", "N used_fen", "N paid_day", "N made_at", "N version")}
	reviewSetlTable = table{"review_setl", 1, cols("T setl_id", "T fixmedins_code", "T paid", "T clr_month", "N pay_mode", "T insu_admdvs", "T items", "N changed_at")}
	paySheetTable   = table{"pay_sheet", 2, cols("T month", "T fixmedins_code", "N payable_fen", "N offset_fen", "T voucher_no", "N voucher_fen", "T state", "T made_by",
		"N changed_at", "N version")}
	reviewSavedTable = table{"review_saved", 1, cols("T saved_id", "T kind", "T owner", "T fixmedins_code", "T admdvs", "N shared", "T name", "T body", "N made_at", "N version")}
	takeoverTable    = table{"takeover", 1, cols("T takeover_id", "T files", "T state", "N row_count", "T made_by", "N made_at", "T decided_by", "N decided_at", "T undone_by",
		"N undone_at", "T why", "N version")}
	takeoverRowTable = table{"takeover_row", 2, cols("T takeover_id", "N seq", "T file", "N line", "T kind", "T old_id", "T body", "T fate", "T why", "T linked", "N vola_fen",
		"N fund_fen", "N chosen", "T made", "T was")}
	takeoverOldTable  = table{"takeover_old", 1, cols("T old_id", "T finding_id", "T takeover_id", "N made_at")}
	ledgerPeriodTable = table{"ledger_period", 1, cols("T month", "N closed_at", "T closed_by", "N offset_fen", "N net_fen")}
)

// reviewTables lists them in the order of dump and restore.
var reviewTables = []*table{&reviewInstTable, &reviewCaseTable, &reviewLineTable, &reviewStepTable, &reviewPackageTable, &reviewNoticeTable, &reviewFileTable, &reviewPanelTable, &panelMemberTable, &panelVoteTable, &reviewExtensionTable, &reviewParamTable, &reviewTieTable, &reviewTermTable, &reviewRelayTable, &reviewLockTable, &ruleAliasTable, &ledgerPostTable, &refundElseTable, &reviewSetlTable, &paySheetTable, &ledgerPeriodTable, &reviewSavedTable,
	&takeoverTable, &takeoverRowTable, &takeoverOldTable}
