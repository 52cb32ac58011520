package plan

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Forms that are no briefings.
const (
	FormFigures  = "figures"
	FormFindings = "findings"
)

// Maker makes what is due.
type Maker struct {
	DB     *store.DB
	Desk   func() *board.Desk
	Paper  func() brief.Office
	Sheet  func(ctx context.Context, who *auth.Identity, f store.FindingFilter, title string) ([]byte, error) // a list of findings as a workbook
	Holder string
	Now    func() time.Time // nil = the clock
}

const (
	hold     = 15 * time.Minute // a report takes no longer
	again    = 5 * time.Minute  // until one that could not be made is tried once more
	most     = 3                // tries
	behind   = 12               // reports of a plan that are made up for after a standstill
	fileType = "application/vnd.openxmlformats-officedocument."
)

var media = map[string]string{"docx": fileType + "wordprocessingml.document", "xlsx": fileType + "spreadsheetml.sheet", "pdf": "application/pdf"}

func (m *Maker) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

// Run makes what is due and tells how many reports it made. It may run as often as one likes, in several processes at once.
func (m *Maker) Run(ctx context.Context) (made int, err error) {
	var plans []store.ReportPlan
	if err := m.DB.View(ctx, func(tx *store.Tx) (err error) { plans, err = tx.ReportPlans(store.Scope{}); return err }); err != nil {
		return 0, err
	}
	for i := range plans {
		p := &plans[i]
		if p.EndedAt != 0 {
			continue
		}
		var done map[int64]bool
		if err := m.DB.View(ctx, func(tx *store.Tx) (err error) { done, err = tx.ReportDays(p.ID); return err }); err != nil {
			return made, err
		}
		for _, d := range Due(p, m.now(), behind) {
			if done[int64(d)] {
				continue
			}
			ok, err := m.one(ctx, p, d)
			if err != nil {
				return made, err
			}
			if ok {
				made++
			}
		}
	}
	return made, nil
}

// ErrMade: the plan's report of today is there already, or somebody is at it.
var ErrMade = errors.New("今天的这一份已经做过，在下面的“做好的”里")

// Today makes a plan's report of today at once, whether it is due or not; when it is due later today it is not made again. ErrMade.
func (m *Maker) Today(ctx context.Context, p *store.ReportPlan) error {
	due := dayOf(m.now())
	ok, err := m.one(ctx, p, due)
	if ok || err != nil {
		return err
	}
	return m.DB.View(ctx, func(tx *store.Tx) error {
		f, err := tx.ReportFile(p.ID, int64(due))
		if err != nil {
			return err
		}
		if f.Said != "" {
			return errors.New("没有做成：" + f.Said)
		}
		return ErrMade
	})
}

// one makes the report of a day, if nobody else does.
func (m *Maker) one(ctx context.Context, p *store.ReportPlan, due claim.Day) (bool, error) {
	var f *store.ReportFile
	now := m.now()
	err := m.DB.Update(ctx, func(tx *store.Tx) (err error) {
		f, err = tx.TakeReport(p.ID, int64(due), m.Holder, store.Micros(now), store.Micros(now.Add(hold)))
		return err
	})
	if err != nil || f == nil {
		return false, err
	}
	content, err := m.content(ctx, p, f, due)
	if ctx.Err() != nil {
		return false, ctx.Err() // the server stops: the next one makes it
	}
	f.State, f.UntilAt, f.MadeAt = store.ReportDone, 0, store.Micros(m.now())
	switch {
	case err == nil:
		f.Media, f.Size, f.Content = media[p.File], int64(len(content)), base64.StdEncoding.EncodeToString(content)
	case f.Tries < most && !errors.Is(err, errRight):
		f.State, f.UntilAt, f.Said, f.MadeAt = store.ReportBusy, store.Micros(m.now().Add(again)), err.Error(), 0
	default:
		f.State, f.Said = store.ReportFailed, err.Error()
	}
	mine := false
	err = m.DB.Update(ctx, func(tx *store.Tx) (err error) { mine, err = tx.EndReport(f); return err })
	return mine && f.State == store.ReportDone, err
}

// errRight: whoever made the plan may no longer see what it shows.
var errRight = errors.New("没有权限")

// who is the one in whose name a plan is carried out, as long as he may see what it shows.
func (m *Maker) who(ctx context.Context, p *store.ReportPlan) (*auth.Identity, error) {
	var u *store.User
	if err := m.DB.View(ctx, func(tx *store.Tx) (err error) { u, err = tx.User(p.Login); return err }); err != nil {
		return nil, err
	}
	who := &auth.Identity{Name: u.Login, Roles: u.Roles, Scope: auth.Scope{Admdvs: u.Admdvs, Inst: u.Inst}}
	if u.Disabled {
		return nil, fmt.Errorf("%w：设置它的 %s 已停用，请另一人重新设置", errRight, p.Login)
	}
	return who, May(who, p)
}

// May tells why somebody may not have a report; nil = he may.
func May(who *auth.Identity, p *store.ReportPlan) error {
	switch {
	case !who.May(auth.ReadBoards) || who.Scope.Inst != "" || !strings.HasPrefix(p.Admdvs, who.Scope.Admdvs):
		return fmt.Errorf("%w：%s 不能看区划 %s 的看板", errRight, who.Name, p.Admdvs)
	case p.Form == FormFindings && !who.May(auth.ExportData):
		return fmt.Errorf("%w：疑点清单要有“%s”权限", errRight, auth.ExportData)
	}
	return nil
}

// content makes the file and names it.
func (m *Maker) content(ctx context.Context, p *store.ReportPlan, f *store.ReportFile, due claim.Day) ([]byte, error) {
	who, err := m.who(ctx, p)
	if err != nil {
		return nil, err
	}
	d := m.Desk()
	at, fixed := Months(p.Cover, due)
	if !fixed {
		if at, err = d.Newest(ctx, due); err != nil {
			return nil, err
		}
	}
	f.From, f.To = at.From, at.To
	f.Name = fmt.Sprintf("%s %s.%s", p.Title, at, p.File)
	ask := board.Ask{Scope: store.Scope{Admdvs: p.Admdvs}, Period: at, Against: p.Against, Today: due}
	switch p.Form {
	case FormFigures:
		fs, err := d.Figures(ctx, ask)
		if err != nil {
			return nil, err
		}
		return workbook(p.Title+"　"+at.String(), ask, fs)
	case FormFindings:
		return m.Sheet(ctx, who, store.FindingFilter{Admdvs: p.Admdvs, From: at.From, To: at.To}, fmt.Sprintf("%s　%s　定期导出，设置人 %s", p.Title, at, p.Login))
	}
	o := m.Paper()
	doc, err := o.Make(ctx, p.Form, d, ask, d.AreaName(p.Admdvs))
	if err != nil {
		return nil, err
	}
	y, mo, day := due.Civil()
	var b bytes.Buffer
	err = o.Print(&b, p.File, time.Date(y, time.Month(mo), day, 0, 0, 0, 0, time.UTC), doc)
	return b.Bytes(), err
}

// Files are the kinds of file in which a form can be had.
func Files(form string) []string {
	if form == FormFigures || form == FormFindings {
		return []string{"xlsx"}
	}
	return slices.Clone([]string{"docx", "pdf"})
}
