package selfcheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/lake"
)

// Options say what is checked.
type Options struct {
	Home     string       // the bureau's data directory: knowledge and reference tables
	Dir      string       // folder of the check: the outcome lies there afterwards
	Inst     string       // whose check it is
	Book     *govern.Book // what is in force
	Paths    []string     // the institution's files
	Progress func(what string, done, total int64)
}

// looked are the tables beside the bills that rules and their exemptions look at.
var looked = []string{"diagnosis", "operation", "medorder", "exec", "exam", "lab", "record", "consent", "bed_move", "icu", "leave", "implant", "prescription", "chronic", "special_drug", "contract", "remote_filing", "birth", "benefit"}

// Errors of a check, in Chinese.
var errNothing = errors.New("文件里没有本机构的费用：请给出 person、visit、diagnosis、fee 等表，已结算的还要 settlement")

// Run checks. When ctx ends it stops; a check that was stopped leaves nothing and may be run again.
func Run(ctx context.Context, opt Options) (*Result, error) {
	work := filepath.Join(opt.Dir, "work")
	if err := os.RemoveAll(work); err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	data := filepath.Join(work, "data")
	files, open, err := take(ctx, &opt, data)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(data, "knowledge"), os.DirFS(filepath.Join(opt.Home, "knowledge"))); err != nil {
		return nil, err
	}
	a, err := opt.Book.Open(data)
	if err != nil {
		return nil, err
	}
	rep, err := a.Run(ctx, audit.Options{Workers: 1, Refused: opt.Book.Refused, Progress: func(p audit.Progress) {
		opt.Progress("审核 "+p.Months, int64(p.Done), int64(p.Total))
	}})
	if err != nil {
		return nil, err
	}
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	r := &Result{Inst: opt.Inst, Months: append([]string{}, rep.Months...), Persons: rep.Persons, Lines: rep.Lines, Open: open, Files: files, NotJudged: []Missing{}, Absent: []string{}}
	for _, t := range looked {
		if snap.TotalRows(t) == 0 {
			r.Absent = append(r.Absent, claim.TableTitles[t]+" "+t)
		}
	}
	found, err := gather(snap, audit.OpenStore(data), opt.Inst, &r.Foreign)
	if err != nil {
		return nil, err
	}
	for i := range found {
		r.Sum.add(&found[i])
	}
	r.Rules = tally(found, func(f *Finding) (string, string, int) { return f.Rule, f.Name, f.Severity })
	r.Depts = tally(found, func(f *Finding) (string, string, int) { return f.Dept, f.Dept, 0 })
	r.Doctors = tally(found, func(f *Finding) (string, string, int) { return f.Doctor, cmp.Or(f.DoctorName, f.Doctor), 0 })
	for _, s := range rep.NotJudged {
		if s.Inst != opt.Inst && s.Inst != "" {
			continue
		}
		name := ""
		if c := opt.Book.Library.Card(s.Card); c != nil {
			name = c.Name
		}
		r.NotJudged = append(r.NotJudged, Missing{s.Card, name, s.Reason, s.Count})
	}
	slices.SortFunc(r.NotJudged, func(a, b Missing) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule)) })
	return r, write(opt.Dir, r, found)
}

// take imports the reference tables and the files, and gives what is not settled a settlement; open is of how many visits.
func take(ctx context.Context, opt *Options, data string) (files []lake.FileReport, open int, err error) {
	known, err := reference(opt.Home, opt.Inst, filepath.Join(filepath.Dir(data), "reference"))
	if err != nil {
		return nil, 0, err
	}
	l, err := lake.Open(data)
	if err != nil {
		return nil, 0, err
	}
	defer l.Close()
	w, err := l.Writer()
	if err != nil {
		return nil, 0, err
	}
	defer w.Close()
	if len(known) > 0 {
		rep, err := w.Import(ctx, known, lake.ImportOptions{})
		if err != nil {
			return nil, 0, err
		}
		for _, f := range rep.Failed() {
			return nil, 0, fmt.Errorf("参照表 %s 没有读入：%w", f.Table, f.Err())
		}
	}
	rep, err := w.Import(ctx, opt.Paths, lake.ImportOptions{Buckets: 4, Progress: func(p lake.Progress) { opt.Progress("导入 "+p.Table, p.Bytes, p.TotalBytes) }})
	if err != nil {
		return nil, 0, err
	}
	for i := range rep.Files {
		rep.Files[i].File = filepath.Base(rep.Files[i].File)
	}
	for _, f := range rep.Failed() {
		return nil, 0, fmt.Errorf("%s 没有读入：%s", f.File, strings.ReplaceAll(f.Err().Error(), filepath.Dir(f.File)+string(filepath.Separator), ""))
	}
	snap, err := l.Snapshot()
	if err != nil {
		return nil, 0, err
	}
	if n := snap.Waiting("settlement") + snap.Waiting("fee"); n > 0 && len(snap.TableMonths("settlement"))+len(snap.TableMonths("fee")) == 0 {
		return nil, 0, fmt.Errorf("%d 行结算和费用找不到就诊的人：请同时给出 person 和 visit 表", n)
	}
	more, open, err := unsettled(snap, opt.Inst, filepath.Join(filepath.Dir(data), "unsettled"))
	if err != nil {
		return nil, 0, err
	}
	if open > 0 {
		again, err := w.Import(ctx, more, lake.ImportOptions{Buckets: 4})
		if err != nil {
			return nil, 0, err
		}
		for _, f := range again.Failed() {
			return nil, 0, fmt.Errorf("结算前的费用没有读入：%w", f.Err())
		}
		if snap, err = l.Snapshot(); err != nil {
			return nil, 0, err
		}
	}
	if yes, err := settles(snap, opt.Inst); err != nil || !yes {
		return nil, 0, cmp.Or(err, errNothing)
	}
	return rep.Files, open, nil
}

// settles tells whether the institution settled anything.
func settles(snap *lake.Snapshot, inst string) (yes bool, err error) {
	err = each(snap, "settlement", []string{"fixmedins_code"}, func(at func(string) string) { yes = yes || at("fixmedins_code") == inst })
	return yes, err
}
