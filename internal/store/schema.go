package store

import (
	"slices"
	"strconv"
	"strings"
)

// kind of a column: what dump, restore and load need to know.
type kind byte

const (
	text kind = iota
	number
)

type column struct {
	name  string
	kind  kind
	since int64 // the schema version that brought it; 0 = with its table
}

// table describes a table for dump, restore and load; the migrations made it, and a test holds both to each other.
type table struct {
	name    string
	key     int // the first so many columns are the primary key
	columns []column
}

func (t *table) names() []string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.name
	}
	return out
}

// asOf is the table as it was in a schema version: a dump of then has no columns that came later.
func (t *table) asOf(version int64) *table {
	out := *t
	out.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column) bool { return c.since > version })
	return &out
}

// cols reads "name text name number …" pairs: T name, N name, with @7 for a column that schema 7 added.
func cols(list ...string) []column {
	out := make([]column, len(list))
	for i, s := range list {
		name, since, later := strings.Cut(s[2:], "@")
		if out[i] = (column{name: name}); s[0] == 'N' {
			out[i].kind = number
		}
		if later {
			out[i].since, _ = strconv.ParseInt(since, 10, 64)
		}
	}
	return out
}

var (
	metaTable = table{"meta", 1, cols("T name", "T value")}
	runTable  = table{"run", 1, cols("N run", "N started_at", "N finished_at", "N parts", "N added", "N same", "N revised", "N withdrawn", "N moved",
		"N tasks")}
	findingTable = table{"finding", 1, cols("T finding_id", "T revision", "T published", "T rule_id", "T rule_name", "T rule_version", "N sev_deg",
		"T stage", "T month", "N bucket", "T fixmedins_code", "T psn_no", "T mdtrt_id", "T setl_id", "N lines", "N vola_fen", "N fund_fen",
		"N charged_fen", "T vola_cont", "T point_id", "T basis", "T state", "N withdrawn", "N first_run", "N last_run", "N changed_at", "N version",
		"N prio@7", "N refund@7", "T admdvs@7")}
	lineTable = table{"finding_line", 2, cols("T finding_id", "N line_no", "N vola_item_type", "T fixmedins_code", "T mdtrt_id", "T setl_id",
		"T feedetl_sn", "N vola_fen", "N fund_fen", "N charged_fen", "N scope_fen@7")}
	partTable = table{"intake_part", 2, cols("T month", "N bucket", "T file", "N run", "N findings", "N taken_at")}
	goneTable = table{"intake_gone", 1, cols("T finding_id", "T month", "N bucket", "N run")}
	taskTable = table{"task", 1, cols("T task_id", "T kind", "T finding_id", "T revision", "N run", "T detail", "T status", "N made_at", "N closed_at",
		"T closed_by", "N version")}
	userTable = table{"app_user", 1, cols("T user_id", "T login", "T name", "T password", "T admdvs", "T fixmedins_code", "N disabled", "N made_at",
		"N changed_at", "N version")}
	roleTable = table{"user_role", 2, cols("T user_id", "T role")}
	keyTable  = table{"api_key", 1, cols("T key_id", "T name", "T secret", "T admdvs", "T fixmedins_code", "N made_at", "N expires_at", "N revoked_at",
		"N version")}
	chainTable   = table{"trail_chain", 1, cols("T chain_id", "N started_at", "T program", "T host", "N pid", "T after_chain", "N after_seq", "T after_hash")}
	recordTable  = table{"trail", 2, cols("T chain_id", "N seq", "N at", "T actor", "T action", "T object", "T detail", "T hash")}
	anchorTable  = table{"trail_anchor", 1, cols("T day", "N made_at", "T heads", "T hash")}
	versionTable = table{"rule_version", 1, cols("T version_id", "T kind", "T subject", "T area", "T hash", "T title", "T body", "T state",
		"T author", "T approver", "T applies_on", "T valid_from", "T valid_to", "T replaces", "N live_at", "T trial", "N made_at", "N changed_at", "N version")}
	stepTable   = table{"rule_step", 1, cols("T step_id", "T version_id", "T from_state", "T to_state", "T actor", "T why", "N at")}
	noticeTable = table{"rule_notice", 1, cols("T notice_id", "T version_id", "T body", "T effective", "T actor", "N announced_at")}
	areaTable   = table{"area_rule", 1, cols("T override_id", "T rule_id", "T area", "T valid_from", "T valid_to", "T change", "N enabled",
		"T reason", "T state", "T author", "T approver", "N made_at", "N decided_at", "N version")}
	exemptionTable = table{"exemption", 1, cols("T exemption_id", "T rule_id", "T fixmedins_code", "T dept", "T item", "T diags",
		"T valid_from", "T valid_to", "T reason", "T state", "T author", "T approver", "N made_at", "N decided_at", "N version")}
	rulingTable = table{"ruling", 1, cols("T ruling_id", "T row_key", "T rule_id", "T name", "T basis", "T asked", "T decision", "T reason", "T state",
		"T author", "T approver", "N made_at", "N decided_at", "N version")}
	sheetImportTable = table{"sheet_import", 1, cols("T import_id", "T files", "T valid_from", "T reason", "T state", "T said", "N base", "N result",
		"T job_id", "T author", "T approver", "N made_at", "N decided_at", "N version")}
	ruleRunTable = table{"rule_run", 2, cols("N run", "T rule_id", "T rule_version", "N finished_at", "N months", "N findings", "N lines",
		"N vola_fen", "N fund_fen", "N charged_fen", "N exempted", "N not_judged", "N added", "N withdrawn", "N micros", "T error")}
	sampleTable    = table{"rule_sample", 3, cols("T month", "T rule_id", "T finding_id", "T rule_version", "N sev_deg", "N drawn_at")}
	judgementTable = table{"judgement", 3, cols("T month", "T finding_id", "T judge", "T rule_id", "T verdict", "T note", "N judged_at")}
	basisTable     = table{"basis_gone", 1, cols("T basis", "T actor", "T why", "N withdrawn_at")}
	sessionTable   = table{"session", 1, cols("T session_id", "T user_id", "T login", "N made_at", "N used_at", "N expires_at")}
	failureTable   = table{"sign_in_failure", 1, cols("T login", "N failures", "N last_at", "N locked_until")}
	jobTable       = table{"job", 1, cols("T job_id", "T kind", "T subject", "T area", "T args", "T state", "N done", "N total", "T said", "T actor",
		"N made_at", "N started_at", "N beat_at", "N finished_at", "N version")}
	instTable    = table{"institution", 1, cols("T fixmedins_code", "T name", "T admdvs")}
	specialTable = table{"special_case", 1, cols("T special_id", "T fixmedins_code", "T mdtrt_id", "T insutype", "T pay_kind", "T period", "T reason",
		"T materials", "T asked", "N cost_fen", "N fund_fen", "N standard_fen", "T state", "T problems", "N times", "N cut_fen", "N paid_fen", "T seed",
		"T author", "N made_at", "N decided_at", "N version")}
	seatTable        = table{"special_seat", 2, cols("T special_id", "T expert", "N seat", "T vote", "N cut_fen", "T note", "N drawn_at", "N voted_at", "N version")}
	specialFileTable = table{"special_file", 1, cols("T file_id", "T special_id", "T kind", "T name", "T media", "N size", "T sha256", "T uploaded_by", "N at")}
	clueTable        = table{"trace_clue", 1, cols("T clue_id", "T code", "T fixmedins_code", "T admdvs", "T finding_id", "T class", "T proof", "T detail", "T state",
		"T verdict", "N made_at", "N due_at", "N changed_at", "N version")}
	clueStepTable    = table{"trace_clue_step", 2, cols("T clue_id", "N step_no", "T kind", "T actor", "T body", "T papers", "N at")}
	tracePaperTable  = table{"trace_paper", 1, cols("T paper_id", "T clue_id", "T name", "T mime", "T content", "T actor", "N at")}
	paperNumberTable = table{"paper_number", 3, cols("T kind", "N year", "N number", "T object", "T title", "T actor", "N at", "N voided_at@23", "T voided_by@23", "T void_why@23")}
	batchTable       = table{"model_batch", 1, cols("T batch_id", "T source", "T model_id", "T model_name", "N sev_deg", "T origin", "T basis", "T statement", "T why", "N cases", "N known", "T actor", "N sent_at")}
	batchItemTable   = table{"model_batch_item", 1, cols("T finding_id", "T batch_id", "T model_id", "T case_id", "T group_id", "T fixmedins_code", "N persons", "N facts", "N money_fen")}
	modelProofTable  = table{"model_evidence", 1, cols("T finding_id", "T body")}
	modelFactTable   = table{"model_fact", 2, cols("T model_id", "T fact", "T finding_id")}
	draftTable       = table{"model_draft", 1, cols("T draft_id", "T model_id", "T name", "T body", "T digest", "T state", "T checked", "T trial", "T author", "T approver", "T why", "N made_at", "N changed_at", "N version")}
	selfReportTable  = table{"self_report", 1, cols("T report_id", "T fixmedins_code", "T admdvs", "T check_id", "T lines", "N line_count", "N amt_fen", "N paid_day",
		"T memo", "T state", "T made_by", "N made_at", "T decided_by", "N decided_at", "T reason", "N version")}
	messageTable       = table{"message", 1, cols("T message_id", "T kind", "T title", "T body", "T link", "T admdvs", "T fixmedins_code", "N at")}
	messageToTable     = table{"message_to", 2, cols("T login", "T message_id", "N at", "N read_at")}
	messagePersonTable = table{"message_person", 1, cols("T login", "T mail", "T site_off", "T mail_on", "N changed_at", "N version")}
	messageSendTable   = table{"message_send", 1, cols("T send_id", "T message_id", "T way", "T target", "T state", "N tries", "N next_at", "T holder", "N until_at", "T said", "N made_at", "N sent_at")}
	messageMarkTable   = table{"message_mark", 1, cols("T source", "N upto")}
	reportPlanTable    = table{"report_plan", 1, cols("T plan_id", "T title", "T form", "T file", "T admdvs", "T against", "T cover", "T every", "N on_day", "N at_hour", "T login", "N made_at", "N ended_at", "T ended_by", "N version")}
	reportFileTable    = table{"report_file", 2, cols("T plan_id", "N due_day", "T state", "N tries", "T holder", "N until_at", "T from_month", "T to_month", "T name", "T media", "N size", "T content", "T said", "N made_at")}
	dutyTable          = table{"duty", 1, cols("T name", "T holder", "N until_at", "T done_day", "N done_at", "T said")}
)

// tables lists all tables in the order of dump and restore.
var tables = append([]*table{&metaTable, &runTable, &findingTable, &lineTable, &partTable, &goneTable, &taskTable, &userTable, &roleTable, &keyTable,
	&chainTable, &recordTable, &anchorTable, &versionTable, &stepTable, &noticeTable, &areaTable, &exemptionTable, &rulingTable, &sheetImportTable, &ruleRunTable, &sampleTable,
	&judgementTable, &basisTable, &sessionTable, &failureTable, &jobTable, &instTable, &callTable, &callVisitTable, &reminderTable, &choiceTable, &wrongTable,
	&proposalTable, &reminderAreaTable, &segmentTable, &silenceTable, &episodeTable, &toldTable, &releaseTable, &settingTable, &specialTable, &seatTable, &specialFileTable, &clueTable, &clueStepTable, &dutyTable,
	&tracePaperTable, &paperNumberTable, &selfReportTable, &batchTable, &batchItemTable, &modelFactTable, &modelProofTable, &draftTable,
	&messageTable, &messageToTable, &messagePersonTable, &messageSendTable, &messageMarkTable, &reportPlanTable, &reportFileTable}, append(slices.Clone(reviewTables), boardTables...)...)
