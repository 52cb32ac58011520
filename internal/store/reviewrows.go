package store

// ReviewInst is what the review knows of an institution.
type ReviewInst struct {
	Code      string `json:"fixmedins_code"`
	Name      string `json:"name"`
	Admdvs    string `json:"admdvs"`
	Kind      string `json:"kind"`
	ClosedOn  string `json:"closed_on"`
	SuccCode  string `json:"succ_code"`
	ChangedAt int64  `json:"changed_at"`
	Version   int64  `json:"version"`
}

func (x *ReviewInst) fields() []any {
	return []any{&x.Code, &x.Name, &x.Admdvs, &x.Kind, &x.ClosedOn, &x.SuccCode, &x.ChangedAt, &x.Version}
}

// Case is a finding that is being dealt with. Money is in fen, days are civil days (claim.Day).
type Case struct {
	Finding      string `json:"finding_id"`
	Package      string `json:"package_id"`
	Panel        string `json:"panel_id"`
	Admdvs       string `json:"admdvs"`
	Inst         string `json:"fixmedins_code"`
	Rule         string `json:"rule_id"`
	Month        string `json:"month"`
	State        string `json:"state"`
	Track        string `json:"track"`
	BackState    string `json:"back_state"`
	Clock        string `json:"clock"`
	StartDay     int64  `json:"start_day"`
	DueDay       int64  `json:"due_day"`
	PausedDay    int64  `json:"paused_day"`
	Extended     int    `json:"extended"`
	SentDay      int64  `json:"sent_day"`
	DeliveredDay int64  `json:"delivered_day"`
	Proof        string `json:"proof"`
	Reminders    int    `json:"reminders"`
	RemindedDay  int64  `json:"reminded_day"`
	Escalated    int    `json:"escalated"`
	EscalatedDay int64  `json:"escalated_day"`
	Supplements  int    `json:"supplements"`
	Reopened     int64  `json:"reopened"`
	FirstBy      string `json:"first_by"`
	DismissBy    string `json:"dismiss_by"`
	Dismiss2By   string `json:"dismiss2_by"`
	SecondBy     string `json:"second_by"`
	FinalBy      string `json:"final_by"`
	Machine      string `json:"machine"`
	MachineTask  string `json:"machine_task"`
	Verdict      string `json:"verdict"`
	Reason       string `json:"reason"`
	Outcome      string `json:"outcome"`
	Severity     int    `json:"severity"`
	Refund       int64  `json:"refund"`
	Claim        int64  `json:"claim_fen"`
	Charged      int64  `json:"charged_fen"`
	Fund         int64  `json:"fund_fen"`
	TakenAt      int64  `json:"taken_at"`
	ChangedAt    int64  `json:"changed_at"`
	Steps        int    `json:"steps"`
	Version      int64  `json:"version"`
}

func (x *Case) fields() []any {
	return []any{&x.Finding, &x.Package, &x.Panel, &x.Admdvs, &x.Inst, &x.Rule, &x.Month, &x.State, &x.Track, &x.BackState, &x.Clock, &x.StartDay,
		&x.DueDay, &x.PausedDay, &x.Extended, &x.SentDay, &x.DeliveredDay, &x.Proof, &x.Reminders, &x.RemindedDay, &x.Escalated,
		&x.EscalatedDay, &x.Supplements, &x.Reopened, &x.FirstBy, &x.DismissBy, &x.Dismiss2By, &x.SecondBy, &x.FinalBy, &x.Machine,
		&x.MachineTask, &x.Verdict, &x.Reason, &x.Outcome, &x.Severity, &x.Refund, &x.Claim, &x.Charged, &x.Fund, &x.TakenAt, &x.ChangedAt,
		&x.Steps, &x.Version}
}

// CaseLine is a violating line of a case: what is claimed, upheld and charged on it.
type CaseLine struct {
	Finding   string `json:"finding_id"`
	LineNo    int    `json:"line_no"`
	Inst      string `json:"fixmedins_code"`
	Mdtrt     string `json:"mdtrt_id"`
	Setl      string `json:"setl_id"`
	Sn        string `json:"feedetl_sn"`
	Vola      int64  `json:"vola_fen"`
	Fund      int64  `json:"fund_fen"`
	Scope     int64  `json:"scope_fen"`
	Upheld    int64  `json:"upheld_fen"`
	Charged   int64  `json:"charged_fen"`
	UpheldCnt int64  `json:"upheld_cnt"`
	OfCnt     int64  `json:"of_cnt"`
}

func (x *CaseLine) fields() []any {
	return []any{&x.Finding, &x.LineNo, &x.Inst, &x.Mdtrt, &x.Setl, &x.Sn, &x.Vola, &x.Fund, &x.Scope, &x.Upheld, &x.Charged, &x.UpheldCnt,
		&x.OfCnt}
}

// Step is what happened to a case. Steps are never changed.
type Step struct {
	Finding string `json:"finding_id"`
	Seq     int    `json:"seq"`
	Event   string `json:"event"`
	From    string `json:"from_state"`
	To      string `json:"to_state"`
	Actor   string `json:"actor"`
	At      int64  `json:"at"`
	Day     int64  `json:"day"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Opinion string `json:"opinion"`
	Detail  string `json:"detail"`
}

func (x *Step) fields() []any {
	return []any{&x.Finding, &x.Seq, &x.Event, &x.From, &x.To, &x.Actor, &x.At, &x.Day, &x.Verdict, &x.Reason, &x.Opinion, &x.Detail}
}

// Package is what is sent to an institution at once: its findings of a rule and month.
type Package struct {
	ID           string `json:"package_id"`
	Kind         string `json:"kind"`
	Inst         string `json:"fixmedins_code"`
	Admdvs       string `json:"admdvs"`
	Rule         string `json:"rule_id"`
	Month        string `json:"month"`
	State        string `json:"state"`
	Notice       string `json:"notice_id"`
	Findings     int64  `json:"findings"`
	Fund         int64  `json:"fund_fen"`
	MergedInto   string `json:"merged_into"`
	MadeBy       string `json:"made_by"`
	MadeAt       int64  `json:"made_at"`
	SentAt       int64  `json:"sent_at"`
	RecallReason string `json:"recall_reason"`
	Version      int64  `json:"version"`
}

func (x *Package) fields() []any {
	return []any{&x.ID, &x.Kind, &x.Inst, &x.Admdvs, &x.Rule, &x.Month, &x.State, &x.Notice, &x.Findings, &x.Fund, &x.MergedInto, &x.MadeBy,
		&x.MadeAt, &x.SentAt, &x.RecallReason, &x.Version}
}

// Notice is a document sent to an institution, with the proof of its delivery.
type Notice struct {
	ID           string `json:"notice_id"`
	Kind         string `json:"kind"`
	Inst         string `json:"fixmedins_code"`
	Package      string `json:"package_id"`
	Finding      string `json:"finding_id"`
	Title        string `json:"title"`
	Body         string `json:"body"`
	SentAt       int64  `json:"sent_at"`
	SentDay      int64  `json:"sent_day"`
	SentBy       string `json:"sent_by"`
	DeliveredDay int64  `json:"delivered_day"`
	Proof        string `json:"proof"`
	SignedBy     string `json:"signed_by"`
	Version      int64  `json:"version"`
}

func (x *Notice) fields() []any {
	return []any{&x.ID, &x.Kind, &x.Inst, &x.Package, &x.Finding, &x.Title, &x.Body, &x.SentAt, &x.SentDay, &x.SentBy, &x.DeliveredDay, &x.Proof,
		&x.SignedBy, &x.Version}
}

// Attachment is a file that belongs to a case; its content lies under its hash.
type Attachment struct {
	ID         string `json:"file_id"`
	Finding    string `json:"finding_id"`
	Name       string `json:"name"`
	Media      string `json:"media"`
	Size       int64  `json:"size"`
	SHA256     string `json:"sha256"`
	UploadedBy string `json:"uploaded_by"`
	At         int64  `json:"at"`
}

func (x *Attachment) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Name, &x.Media, &x.Size, &x.SHA256, &x.UploadedBy, &x.At}
}

// Panel is a panel of experts.
type Panel struct {
	ID         string `json:"panel_id"`
	Rule       string `json:"rule_id"`
	State      string `json:"state"`
	Chair      string `json:"chair"`
	ConvenedBy string `json:"convened_by"`
	ConvenedAt int64  `json:"convened_at"`
	Minutes    string `json:"minutes"`
	DecidedAt  int64  `json:"decided_at"`
	Version    int64  `json:"version"`
}

func (x *Panel) fields() []any {
	return []any{&x.ID, &x.Rule, &x.State, &x.Chair, &x.ConvenedBy, &x.ConvenedAt, &x.Minutes, &x.DecidedAt, &x.Version}
}

// Member is an expert on a panel.
type Member struct {
	Panel   string `json:"panel_id"`
	Login   string `json:"login"`
	Recused string `json:"recused"`
	At      int64  `json:"at"`
}

func (x *Member) fields() []any {
	return []any{&x.Panel, &x.Login, &x.Recused, &x.At}
}

// Vote is what a member of a panel says of a case.
type Vote struct {
	Panel   string `json:"panel_id"`
	Finding string `json:"finding_id"`
	Login   string `json:"login"`
	Vote    string `json:"vote"`
	Upheld  int64  `json:"upheld_fen"`
	Opinion string `json:"opinion"`
	At      int64  `json:"at"`
}

func (x *Vote) fields() []any {
	return []any{&x.Panel, &x.Finding, &x.Login, &x.Vote, &x.Upheld, &x.Opinion, &x.At}
}

// Extension is a request for more working days.
type Extension struct {
	ID        string `json:"extension_id"`
	Finding   string `json:"finding_id"`
	Days      int    `json:"days"`
	Reason    string `json:"reason"`
	AskedBy   string `json:"asked_by"`
	AskedAt   int64  `json:"asked_at"`
	DecidedBy string `json:"decided_by"`
	DecidedAt int64  `json:"decided_at"`
	State     string `json:"state"`
	Version   int64  `json:"version"`
}

func (x *Extension) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Days, &x.Reason, &x.AskedBy, &x.AskedAt, &x.DecidedBy, &x.DecidedAt, &x.State, &x.Version}
}

// Param is a value of a limit in an area from a day on.
type Param struct {
	ID        string `json:"param_id"`
	Name      string `json:"name"`
	Area      string `json:"area"`
	Value     int64  `json:"value"`
	ValidFrom string `json:"valid_from"`
	Reason    string `json:"reason"`
	Author    string `json:"author"`
	Approver  string `json:"approver"`
	State     string `json:"state"`
	MadeAt    int64  `json:"made_at"`
	Version   int64  `json:"version"`
}

func (x *Param) fields() []any {
	return []any{&x.ID, &x.Name, &x.Area, &x.Value, &x.ValidFrom, &x.Reason, &x.Author, &x.Approver, &x.State, &x.MadeAt, &x.Version}
}

// Tie is why somebody may not judge an institution; ended, it keeps nobody away any more.
type Tie struct {
	ID        string `json:"tie_id"`
	Login     string `json:"login"`
	Inst      string `json:"fixmedins_code"`
	Kind      string `json:"kind"`
	UntilDay  int64  `json:"until_day"`
	Note      string `json:"note"`
	MadeAt    int64  `json:"made_at"`
	MadeBy    string `json:"made_by"`
	EndedBy   string `json:"ended_by"`
	EndedAt   int64  `json:"ended_at"` // 0 = it holds
	EndReason string `json:"end_reason"`
	Version   int64  `json:"version"`
}

func (x *Tie) fields() []any {
	return []any{&x.ID, &x.Login, &x.Inst, &x.Kind, &x.UntilDay, &x.Note, &x.MadeAt, &x.MadeBy, &x.EndedBy, &x.EndedAt, &x.EndReason, &x.Version}
}

// Term is for how long an expert serves.
type Term struct {
	Login    string `json:"login"`
	FromDay  int64  `json:"from_day"`
	UntilDay int64  `json:"until_day"`
	MadeBy   string `json:"made_by"`
	MadeAt   int64  `json:"made_at"`
	Version  int64  `json:"version"`
}

func (x *Term) fields() []any {
	return []any{&x.Login, &x.FromDay, &x.UntilDay, &x.MadeBy, &x.MadeAt, &x.Version}
}

// Relay is a question inside a hospital.
type Relay struct {
	ID        string `json:"relay_id"`
	Finding   string `json:"finding_id"`
	Inst      string `json:"fixmedins_code"`
	Dept      string `json:"dept"`
	Login     string `json:"login"`
	Asks      string `json:"asks"`
	DueDay    int64  `json:"due_day"`
	State     string `json:"state"`
	Reply     string `json:"reply"`
	AskedBy   string `json:"asked_by"`
	AskedAt   int64  `json:"asked_at"`
	RepliedAt int64  `json:"replied_at"`
	Version   int64  `json:"version"`
}

func (x *Relay) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Inst, &x.Dept, &x.Login, &x.Asks, &x.DueDay, &x.State, &x.Reply, &x.AskedBy, &x.AskedAt, &x.RepliedAt,
		&x.Version}
}

// RuleAlias maps a rule number of an older system.
type RuleAlias struct {
	OldRule string `json:"old_rule"`
	Rule    string `json:"rule_id"`
	Note    string `json:"note"`
	MadeAt  int64  `json:"made_at"`
}

func (x *RuleAlias) fields() []any {
	return []any{&x.OldRule, &x.Rule, &x.Note, &x.MadeAt}
}
