package claim

// Timeline is everything known of one person, in the order in which it happened: what rules judge. Indices (Line.Visit,
// Visit.Stay …) point into its slices; −1 means none. It is reused from person to person: nothing may keep it.
type Timeline struct {
	Pers     int32 // code of the psn_no that stands for the person
	Vocab    *Vocab
	People   []PersonRow
	Visits   []Visit      // by (Begin, mdtrt_id)
	Setls    []Settlement // live ones only
	Lines    []Line       // net, live, in line order
	Stays    []Stay       // by (In, mdtrt_id of the first visit)
	Diags    []Diag       // grouped by visit
	Ops      []Operation  // grouped by visit
	Births   []Birth
	Deaths   []Death
	Chronics []ChronicRow
	Unpaired []Unpaired // reversals and negative lines without their other half

	Orphans []Unpaired // lines whose visit is unknown or withdrawn: not judged, counted

	Extra map[string][]RowRef // rows of further tables by name: exec, lab, medorder, icu, leave, …

	vkeys   []keyIdx // visits by key
	sources []*Batch
	cols    []*sourceCols
	byVisit []int32 // line indices grouped by visit
	visitOf []int32 // offsets into byVisit, len(Visits)+1
}

// RowRef points at a row of a batch.
type RowRef struct {
	B   *Batch
	Row int
}

// PersonRow is one version of the insured person's record.
type PersonRow struct {
	Psn, CertType, PsnType, Insutype, Area int32
	Addr                                   int32 // area of residence, 0 unknown
	Gend                                   int8  // 1, 2, 0, 9
	Conflict                               bool  // sex contradicts the 17th digit of the certificate
	Birth, From, To                        Day
}

// Visit is one registration (mdtrt_id).
type Visit struct {
	Key                                          uint64
	Psn, Inst, MedType, Insutype                 int32
	Begin, End, ErObs                            Time
	AdmDept, AdmDeptName, DscgDept, DscgDeptName int32
	AdmWay, DscgWay                              int32
	MainDiag, Dise                               int32
	DiagLo, DiagHi, OpLo, OpHi                   int32
	Stay                                         int32
	Setting                                      Setting
	Tags                                         Tags
	Open                                         bool  // no end yet
	Out                                          bool  // withdrawn, or every settlement of it reversed
	Month                                        Month // of its earliest live settlement, 0 when none
	LastMonth                                    Month // of its latest live settlement, 0 when none or when lines are open
	FirstSetl                                    int32
	Src                                          uint16
	Row                                          int32
}

// Settlement is one live (not reversed, not withdrawn) settlement.
type Settlement struct {
	Key, VisitKey                  uint64
	Visit, Inst, Insutype, MedType int32
	PayMode                        int8
	Time                           Time
	From, To                       Day
	Total, Fund, InScope, Mulaid   Money
	MidSettle                      bool
	Month                          Month
	LineScope                      Money // Σ in-scope of its net lines
	Src                            uint16
	Row                            int32
}

// Line is one net fee line.
type Line struct {
	Time         Time
	Cnt, Gross   Qty // net and as uploaded
	Pric         Price
	Amt, InScope Money // net: total and the part within the scope of the fund
	Item, Inst   int32
	Visit, Setl  int32
	Dept, Doctor int32
	List         int16 // list_type, −1 absent
	Chrg         int8  // med_chrgitm_type 1–14, −1 absent
	Flags        LineFlags
	Src          uint16
	Row          int32
	Month        Month // of its settlement; 0 = open
	VisitKey     uint64
	setlKey      uint64
}

// LineFlags are yes/no columns of a line.
type LineFlags uint8

// Line flags.
const (
	TakeHome   LineFlags = 1 << iota // dscg_tkdrug_flag
	Outsourced                       // etip_flag
	MatnFee                          // matn_fee_flag
	Negotiated                       // hi_nego_drug_flag: dual channel
	FullScope                        // reserved for look-back lines whose amounts were not kept
)

// Stay is one stay in hospital: registrations that follow each other merged.
type Stay struct {
	Inst        int32
	First, Last int32 // visit indices
	Visits      []int32
	In, Out     Time // admission of the first, discharge of the last visit
	Since       Time // In, or the start of emergency observation before it
	LOS         int  // days, at least 1
	Open        bool // still in: judged to the evaluation day, hint only
	MidSettle   bool
	Tags        Tags
}

// Diag is one diagnosis of a visit.
type Diag struct {
	Visit      int32
	Code, Name int32
	Main       bool
	Out        bool // discharge diagnosis
	Time       Time
	visitKey   uint64
	rank       int64 // of several main ones the first: western before Chinese, then by serial number
}

// Rank orders the diagnoses of a visit: western before Chinese, then by serial number.
func (d *Diag) Rank() int64 { return d.rank }

// Chinese tells a diagnosis of Chinese medicine (diag_type 2, 3), which no case group reads.
func (d *Diag) Chinese() bool { return d.rank>>32 >= 2 }

// Operation of a visit.
type Operation struct {
	Visit                int32
	Code, Side, Incision int32
	Srt                  int32 // oprn_srt_no, None32 absent
	Main                 bool
	Begin, End           Time
	visitKey             uint64
}

// Birth is a delivery from the civil register.
type Birth struct{ At Time }

// Death is one report of a death.
type Death struct {
	At     Time
	Source int32
}

// ChronicRow is one qualification for chronic out-patient benefits.
type ChronicRow struct {
	Dise, Name       int32
	From, To         Day // To = NoDay when open
	Review           int32
	Reviewed, Effect Day
	Identified       Day // day of the appraisal
}

// Unpaired is a reversal or negative line whose other half is missing: not judged, listed.
type Unpaired struct {
	Table string
	Src   uint16
	Row   int32
	Month Month
}

// LinesOf returns the line indices of a visit in line order.
func (t *Timeline) LinesOf(visit int32) []int32 {
	return t.byVisit[t.visitOf[visit]:t.visitOf[visit+1]]
}

// DiagsOf returns the diagnoses of a visit.
func (t *Timeline) DiagsOf(visit int32) []Diag {
	v := &t.Visits[visit]
	return t.Diags[v.DiagLo:v.DiagHi]
}

// OpsOf returns the operations of a visit.
func (t *Timeline) OpsOf(visit int32) []Operation {
	v := &t.Visits[visit]
	return t.Ops[v.OpLo:v.OpHi]
}

// VisitOf is the index of the visit with a key (of its mdtrt_id), −1 when the person has none.
func (t *Timeline) VisitOf(key uint64) int32 { return find(t.vkeys, key) }

// PersonOn is the record of a psn_no on a day: the row that covers it (the latest begun of several, for an old row is
// often left without an end), else the latest; nil when there is none. A person may have several numbers, and their
// records may differ.
func (t *Timeline) PersonOn(psn int32, d Day) *PersonRow {
	var valid, last *PersonRow
	for i := range t.People {
		p := &t.People[i]
		if p.Psn != psn {
			continue
		}
		if p.From <= d && (p.To == NoDay || d <= p.To) && (valid == nil || p.From > valid.From) {
			valid = p
		}
		if last == nil || p.From > last.From {
			last = p
		}
	}
	if valid != nil {
		return valid
	}
	return last
}

// PersonOf a line: the record of its visit's psn_no on the line's day.
func (t *Timeline) PersonOf(l *Line) *PersonRow {
	if l.Visit < 0 {
		return nil
	}
	psn := t.Visits[l.Visit].Psn
	if len(t.People) == 1 && t.People[0].Psn == psn { // one record holds for all days
		return &t.People[0]
	}
	return t.PersonOn(psn, l.Time.Day())
}

// InsutypeOf a line: of its settlement, its visit, else of the person that day; 0 when unknown.
func (t *Timeline) InsutypeOf(l *Line) int32 {
	if l.Setl >= 0 && t.Setls[l.Setl].Insutype != 0 {
		return t.Setls[l.Setl].Insutype
	}
	if l.Visit >= 0 && t.Visits[l.Visit].Insutype != 0 {
		return t.Visits[l.Visit].Insutype
	}
	if p := t.PersonOf(l); p != nil {
		return p.Insutype
	}
	return 0
}

// FundPaid tells whether the pooled fund paid for the line's settlement; an unsettled line counts as paid, for that is
// how it is asked before and during payment.
func (t *Timeline) FundPaid(l *Line) bool { return l.Setl < 0 || t.Setls[l.Setl].Fund > 0 }

// SettingOf a line: its visit's, else that of its settlement's med_type.
func (t *Timeline) SettingOf(l *Line) Setting {
	if l.Visit >= 0 {
		return t.Visits[l.Visit].Setting
	}
	if l.Setl >= 0 {
		return t.Vocab.Setting(t.Setls[l.Setl].MedType)
	}
	return 0
}

// TagsOf a line: its visit's.
func (t *Timeline) TagsOf(l *Line) Tags {
	if l.Visit < 0 {
		return 0
	}
	return t.Visits[l.Visit].Tags
}

// I32 reads a column of the line's source row that is not kept in Line; col is an index into the fee table.
func (t *Timeline) I32(l *Line, col int) int32 { return t.sources[l.Src].I32(col, int(l.Row)) }

// I64 is I32 for wide columns.
func (t *Timeline) I64(l *Line, col int) int64 { return t.sources[l.Src].I64(col, int(l.Row)) }

// Str is I32 for text columns.
func (t *Timeline) Str(l *Line, col int) string { return t.sources[l.Src].Str(col, int(l.Row)) }

// Source returns the batch of a Src.
func (t *Timeline) Source(src uint16) *Batch { return t.sources[src] }

// LineMoney is the share num/den of a line's in-scope money, half up to the fen.
func (t *Timeline) LineMoney(l *Line, num, den int64) Money {
	if num == den {
		return l.InScope
	}
	return Money(MulDiv(int64(l.InScope), num, den))
}
