package store

import (
	"database/sql"
	"strings"
)

// ReportPlan is a report that is to be made by itself.
type ReportPlan struct {
	ID      string
	Title   string
	Form    string // of a briefing, or what of the package that makes them
	File    string // docx, pdf or xlsx
	Admdvs  string // of which division; "" = all
	Against string
	Cover   string // which months
	Every   string
	OnDay   int // of the week from Monday = 1, or of the month
	AtHour  int // in China
	Login   string
	MadeAt  int64
	EndedAt int64 // 0 = it goes on
	EndedBy string
	Version int64
}

func (p *ReportPlan) fields() []any {
	return []any{&p.ID, &p.Title, &p.Form, &p.File, &p.Admdvs, &p.Against, &p.Cover, &p.Every, &p.OnDay, &p.AtHour, &p.Login, &p.MadeAt, &p.EndedAt, &p.EndedBy, &p.Version}
}

// ReportFile is what a plan made for a day on which it was due.
type ReportFile struct {
	Plan    string
	DueDay  int64 // claim.Day
	State   string
	Tries   int
	Holder  string
	UntilAt int64
	From    string // months
	To      string
	Name    string
	Media   string
	Size    int64
	Content string // base64
	Said    string // why it was not made
	MadeAt  int64
}

func (f *ReportFile) fields() []any {
	return []any{&f.Plan, &f.DueDay, &f.State, &f.Tries, &f.Holder, &f.UntilAt, &f.From, &f.To, &f.Name, &f.Media, &f.Size, &f.Content, &f.Said, &f.MadeAt}
}

// States of a report.
const (
	ReportBusy   = "在做"
	ReportDone   = "做好"
	ReportFailed = "没有做成"
)

// AddReportPlan adds a plan.
func (tx *Tx) AddReportPlan(p ReportPlan) error {
	p.Version = 1
	return insert(tx, &reportPlanTable, p)
}

// ReportPlans lists plans of divisions within a scope, those that go on first, newest first. An institution sees none.
func (tx *Tx) ReportPlans(s Scope) ([]ReportPlan, error) {
	w := &conditions{}
	w.add("1 = 0", s.Inst != "")
	w.within("admdvs", s)
	return list[ReportPlan](tx, &reportPlanTable, w.text()+" ORDER BY CASE WHEN ended_at = 0 THEN 0 ELSE 1 END, plan_id DESC", w.args...)
}

// within keeps rows of divisions that lie within a scope's.
func (w *conditions) within(column string, s Scope) {
	if s.Admdvs != "" {
		b := w.bind(s.Admdvs)
		w.add("SUBSTR("+column+", 1, LENGTH("+b+")) = "+b, true)
	}
}

// EndReportPlan ends a plan that is of the version read; ErrConflict.
func (tx *Tx) EndReportPlan(id string, version int64, by string, now int64) error {
	return tx.execOne("UPDATE report_plan SET ended_at = $1, ended_by = $2, version = version + 1 WHERE plan_id = $3 AND version = $4 AND ended_at = 0", now, by, id, version)
}

// TakeReport gives a holder the report of a plan and day until a moment, unless it is made, or another one is at it; of one that went away it is taken over.
func (tx *Tx) TakeReport(plan string, due int64, holder string, now, until int64) (*ReportFile, error) {
	f := ReportFile{Plan: plan, DueDay: due, State: ReportBusy, Tries: 1, Holder: holder, UntilAt: until}
	n, err := tx.exec(insertText(reportFileTable.name, reportFileTable.names(), 1)+" ON CONFLICT (plan_id, due_day) DO NOTHING", values(&f)...)
	if err != nil || n == 1 {
		return &f, err
	}
	n, err = tx.exec("UPDATE report_file SET holder = $1, until_at = $2, tries = tries + 1 WHERE plan_id = $3 AND due_day = $4 AND state = '"+ReportBusy+"' AND until_at <= $5", holder, until, plan, due, now)
	if err != nil || n == 0 {
		return nil, err
	}
	return tx.ReportFile(plan, due)
}

// EndReport writes what a holder made; false when another one has it by now.
func (tx *Tx) EndReport(f *ReportFile) (bool, error) {
	n, err := tx.exec("UPDATE report_file SET state = $1, until_at = $2, from_month = $3, to_month = $4, name = $5, media = $6, size = $7, content = $8, said = $9, made_at = $10 WHERE plan_id = $11 AND due_day = $12 AND holder = $13 AND state = '"+ReportBusy+"'",
		f.State, f.UntilAt, f.From, f.To, f.Name, f.Media, f.Size, f.Content, f.Said, f.MadeAt, f.Plan, f.DueDay, f.Holder)
	return n == 1, err
}

// ReportDays tells of which due days a plan's report needs no more work: it is made, or given up.
func (tx *Tx) ReportDays(plan string) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := tx.query(func(r *sql.Rows) error {
		var d int64
		err := r.Scan(&d)
		out[d] = true
		return err
	}, "SELECT due_day FROM report_file WHERE plan_id = $1 AND state <> '"+ReportBusy+"'", plan)
	return out, err
}

// ReportFile reads a report with its content; ErrNotFound.
func (tx *Tx) ReportFile(plan string, due int64) (*ReportFile, error) {
	return only[ReportFile](tx, &reportFileTable, "报表", "WHERE plan_id = $1 AND due_day = $2", plan, due)
}

// MadeReport is a report in a list, without its content.
type MadeReport struct {
	ReportFile
	Title, Form, Admdvs, Login string
}

const madeColumns = "f.plan_id, f.due_day, f.state, f.from_month, f.to_month, f.name, f.media, f.size, f.said, f.made_at, p.title, p.form, p.admdvs, p.login"

func (m *MadeReport) made() []any {
	return []any{&m.Plan, &m.DueDay, &m.State, &m.From, &m.To, &m.Name, &m.Media, &m.Size, &m.Said, &m.MadeAt, &m.Title, &m.Form, &m.Admdvs, &m.Login}
}

// MadeReports lists the reports of plans within a scope, newest first; of one plan unless it is "".
func (tx *Tx) MadeReports(s Scope, plan string, limit int) ([]MadeReport, error) {
	w := &conditions{}
	w.add("1 = 0", s.Inst != "")
	w.within("p.admdvs", s)
	w.equal("f.plan_id", plan)
	return tx.madeReports(w.text()+" ORDER BY f.due_day DESC, f.plan_id DESC LIMIT "+w.bind(limit), w.args...)
}

func (tx *Tx) madeReports(rest string, args ...any) (out []MadeReport, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var m MadeReport
		err := r.Scan(m.made()...)
		out = append(out, m)
		return err
	}, strings.TrimSpace("SELECT "+madeColumns+" FROM report_file f JOIN report_plan p ON p.plan_id = f.plan_id "+rest), args...)
	return out, err
}

// NewReports are reports that were made, or could not be; see NewNotices.
func (tx *Tx) NewReports(since int64) ([]MadeReport, error) {
	return tx.madeReports("WHERE f.made_at >= $1 AND f.state <> '"+ReportBusy+"'"+unknown("f:", "f.plan_id || ' ' || CAST(f.due_day AS TEXT)")+" ORDER BY f.made_at, f.plan_id"+feed, since)
}
