package store

// Institution is what the review knows of an institution.
type Institution struct {
	Code      string
	Name      string
	Admdvs    string
	Kind      string
	ClosedOn  string
	SuccCode  string
	ChangedAt int64
	Version   int64
}

func (x *Institution) fields() []any {
	return []any{&x.Code, &x.Name, &x.Admdvs, &x.Kind, &x.ClosedOn, &x.SuccCode, &x.ChangedAt, &x.Version}
}

// Case is a finding that is being dealt with. Money is in fen, days are civil days (claim.Day).
type Case struct {
	Finding      string
	Package      string
	Panel        string
	Admdvs       string
	Inst         string
	Rule         string
	Month        string
	State        string
	Track        string
	BackState    string
	Clock        string
	StartDay     int64
	DueDay       int64
	PausedDay    int64
	Extended     int
	SentDay      int64
	DeliveredDay int64
	Proof        string
	Reminders    int
	RemindedDay  int64
	Escalated    int
	EscalatedDay int64
	Supplements  int
	Reopened     int64
	FirstBy      string
	DismissBy    string
	Dismiss2By   string
	SecondBy     string
	FinalBy      string
	Machine      string
	MachineTask  string
	Verdict      string
	Reason       string
	Outcome      string
	Severity     int
	Refund       int64
	Claim        int64
	Charged      int64
	Fund         int64
	TakenAt      int64
	ChangedAt    int64
	Steps        int
	Version      int64
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
	Finding   string
	LineNo    int
	Inst      string
	Mdtrt     string
	Setl      string
	Sn        string
	Vola      int64
	Fund      int64
	Scope     int64
	Upheld    int64
	Charged   int64
	UpheldCnt int64
	OfCnt     int64
}

func (x *CaseLine) fields() []any {
	return []any{&x.Finding, &x.LineNo, &x.Inst, &x.Mdtrt, &x.Setl, &x.Sn, &x.Vola, &x.Fund, &x.Scope, &x.Upheld, &x.Charged, &x.UpheldCnt,
		&x.OfCnt}
}

// Step is what happened to a case. Steps are never changed.
type Step struct {
	Finding string
	Seq     int
	Event   string
	From    string
	To      string
	Actor   string
	At      int64
	Day     int64
	Verdict string
	Reason  string
	Opinion string
	Detail  string
}

func (x *Step) fields() []any {
	return []any{&x.Finding, &x.Seq, &x.Event, &x.From, &x.To, &x.Actor, &x.At, &x.Day, &x.Verdict, &x.Reason, &x.Opinion, &x.Detail}
}

// Package is what is sent to an institution at once: its findings of a rule and month.
type Package struct {
	ID           string
	Kind         string
	Inst         string
	Admdvs       string
	Rule         string
	Month        string
	State        string
	Notice       string
	Findings     int64
	Fund         int64
	MergedInto   string
	MadeBy       string
	MadeAt       int64
	SentAt       int64
	RecallReason string
	Version      int64
}

func (x *Package) fields() []any {
	return []any{&x.ID, &x.Kind, &x.Inst, &x.Admdvs, &x.Rule, &x.Month, &x.State, &x.Notice, &x.Findings, &x.Fund, &x.MergedInto, &x.MadeBy,
		&x.MadeAt, &x.SentAt, &x.RecallReason, &x.Version}
}

// Notice is a document sent to an institution, with the proof of its delivery.
type Notice struct {
	ID           string
	Kind         string
	Inst         string
	Package      string
	Finding      string
	Title        string
	Body         string
	SentAt       int64
	SentDay      int64
	SentBy       string
	DeliveredDay int64
	Proof        string
	SignedBy     string
	Version      int64
}

func (x *Notice) fields() []any {
	return []any{&x.ID, &x.Kind, &x.Inst, &x.Package, &x.Finding, &x.Title, &x.Body, &x.SentAt, &x.SentDay, &x.SentBy, &x.DeliveredDay, &x.Proof,
		&x.SignedBy, &x.Version}
}

// Attachment is a file that belongs to a case; its content lies under its hash.
type Attachment struct {
	ID         string
	Finding    string
	Name       string
	Media      string
	Size       int64
	SHA256     string
	UploadedBy string
	At         int64
}

func (x *Attachment) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Name, &x.Media, &x.Size, &x.SHA256, &x.UploadedBy, &x.At}
}

// Panel is a panel of experts.
type Panel struct {
	ID         string
	Rule       string
	State      string
	Chair      string
	ConvenedBy string
	ConvenedAt int64
	Minutes    string
	DecidedAt  int64
	Version    int64
}

func (x *Panel) fields() []any {
	return []any{&x.ID, &x.Rule, &x.State, &x.Chair, &x.ConvenedBy, &x.ConvenedAt, &x.Minutes, &x.DecidedAt, &x.Version}
}

// Member is an expert on a panel.
type Member struct {
	Panel   string
	Login   string
	Recused string
	At      int64
}

func (x *Member) fields() []any {
	return []any{&x.Panel, &x.Login, &x.Recused, &x.At}
}

// Vote is what a member of a panel says of a case.
type Vote struct {
	Panel   string
	Finding string
	Login   string
	Vote    string
	Upheld  int64
	Opinion string
	At      int64
}

func (x *Vote) fields() []any {
	return []any{&x.Panel, &x.Finding, &x.Login, &x.Vote, &x.Upheld, &x.Opinion, &x.At}
}

// Extension is a request for more working days.
type Extension struct {
	ID        string
	Finding   string
	Days      int
	Reason    string
	AskedBy   string
	AskedAt   int64
	DecidedBy string
	DecidedAt int64
	State     string
	Version   int64
}

func (x *Extension) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Days, &x.Reason, &x.AskedBy, &x.AskedAt, &x.DecidedBy, &x.DecidedAt, &x.State, &x.Version}
}

// Param is a value of a limit in an area from a day on.
type Param struct {
	ID        string
	Name      string
	Area      string
	Value     int64
	ValidFrom string
	Reason    string
	Author    string
	Approver  string
	State     string
	MadeAt    int64
	Version   int64
}

func (x *Param) fields() []any {
	return []any{&x.ID, &x.Name, &x.Area, &x.Value, &x.ValidFrom, &x.Reason, &x.Author, &x.Approver, &x.State, &x.MadeAt, &x.Version}
}

// Tie is why somebody may not judge an institution.
type Tie struct {
	ID       string
	Login    string
	Inst     string
	Kind     string
	UntilDay int64
	Note     string
	MadeAt   int64
}

func (x *Tie) fields() []any {
	return []any{&x.ID, &x.Login, &x.Inst, &x.Kind, &x.UntilDay, &x.Note, &x.MadeAt}
}

// Term is for how long an expert serves.
type Term struct {
	Login    string
	FromDay  int64
	UntilDay int64
	MadeBy   string
	MadeAt   int64
	Version  int64
}

func (x *Term) fields() []any {
	return []any{&x.Login, &x.FromDay, &x.UntilDay, &x.MadeBy, &x.MadeAt, &x.Version}
}

// Relay is a question inside a hospital.
type Relay struct {
	ID        string
	Finding   string
	Inst      string
	Dept      string
	Login     string
	Asks      string
	DueDay    int64
	State     string
	Reply     string
	AskedBy   string
	AskedAt   int64
	RepliedAt int64
	Version   int64
}

func (x *Relay) fields() []any {
	return []any{&x.ID, &x.Finding, &x.Inst, &x.Dept, &x.Login, &x.Asks, &x.DueDay, &x.State, &x.Reply, &x.AskedBy, &x.AskedAt, &x.RepliedAt,
		&x.Version}
}

// RuleAlias maps a rule number of an older system.
type RuleAlias struct {
	OldRule string
	Rule    string
	Note    string
	MadeAt  int64
}

func (x *RuleAlias) fields() []any {
	return []any{&x.OldRule, &x.Rule, &x.Note, &x.MadeAt}
}
