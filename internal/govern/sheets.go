package govern

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
)

// States of an import of national sheets on the way between two persons, beside 待批, 生效 and 作废.
const (
	SheetsChecked = "核对" // a job works out what the import would do
	SheetsTaking  = "导入" // a job takes the sheets in
	SheetsFailed  = "失败" // nothing of the files can be used
)

// SheetFile is a file of an import and where it lies.
type SheetFile struct {
	ID   string `json:"upload_id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// SheetFiles are the files of an import.
func SheetFiles(x *store.SheetImport) (out []SheetFile, err error) {
	err = json.Unmarshal([]byte(x.Files), &out)
	return out, err
}

// BringSheets records files that somebody wants taken into the knowledge; job works out what they would do.
func (r *Rules) BringSheets(ctx context.Context, who *auth.Identity, id string, files []SheetFile, from, why string) (*store.SheetImport, error) {
	if err := errors.Join(allowed(who, "", auth.EditKnowledge), checkDay(from)); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("没有文件")
	}
	text, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	x := &store.SheetImport{ID: id, Files: string(text), ValidFrom: from, Reason: why, State: SheetsChecked, Author: who.Name, MadeAt: store.Micros(time.Now()), Version: 1}
	return x, r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if err := tx.AddSheetImport(x); err != nil {
			return nil, err
		}
		return decided(tx, who, "两库导入", id, fmt.Sprintf("%d 个文件", len(files)), "", x.State, files[0].Name+"；"+why)
	})
}

// sheets takes a step with an import.
func (r *Rules) sheets(ctx context.Context, who *auth.Identity, id, why string, change func(*store.SheetImport) error) (x *store.SheetImport, err error) {
	err = r.do(ctx, func(tx *store.Tx) ([]auth.Event, error) {
		if x, err = tx.SheetImport(id); err != nil {
			return nil, err
		}
		if err := r.seen(x.Version); err != nil {
			return nil, err
		}
		from := State(x.State)
		if err := change(x); err != nil {
			return nil, err
		}
		if err := tx.ChangeSheetImport(x); err != nil {
			return nil, err
		}
		x.Version++
		if string(from) == x.State {
			return nil, nil
		}
		return decided(tx, who, "两库导入", id, "知识库", from, x.State, why)
	})
	return x, err
}

// SheetsJob notes the job that works on an import now.
func (r *Rules) SheetsJob(ctx context.Context, id, job string) error {
	_, err := r.sheets(ctx, machine, id, "", func(x *store.SheetImport) error { x.Job = job; return nil })
	return err
}

// SheetsSeen records what an import would do: it waits for a second person, or cannot be done.
func (r *Rules) SheetsSeen(ctx context.Context, id string, rep *knowledge.Report, failed error) error {
	_, err := r.sheets(ctx, machine, id, "", func(x *store.SheetImport) error {
		switch {
		case x.State != SheetsChecked:
			return refusef(ErrState, "导入 %s 已是“%s”", id, x.State)
		case failed != nil:
			x.State, x.Said = SheetsFailed, failed.Error()
		case !rep.Changed:
			x.State, x.Said, x.Base = string(Dropped), "没有变化：知识库已经是这样", int64(rep.Version)
		default:
			x.State, x.Said, x.Base = string(Submitted), rep.Short(), int64(rep.Version)
		}
		return nil
	})
	return err
}

// ApproveSheets lets an import be done; whoever brought it cannot. version is the knowledge's now: what was looked at must still hold.
func (r *Rules) ApproveSheets(ctx context.Context, who *auth.Identity, id string, version int) (*store.SheetImport, error) {
	if err := allowed(who, "", auth.ApproveRules); err != nil {
		return nil, err
	}
	return r.sheets(ctx, who, id, "", func(x *store.SheetImport) error {
		switch {
		case x.State != string(Submitted):
			return refusef(ErrState, "导入 %s 已是“%s”", id, x.State)
		case x.Author == who.Name:
			return ErrSamePerson
		case x.Base != int64(version):
			return refusef(ErrState, "核对之后知识库已从版本 %d 变为 %d：请重新核对再批", x.Base, version)
		}
		x.State, x.Approver = SheetsTaking, who.Name
		x.DecidedAt = store.Micros(time.Now())
		return nil
	})
}

// CheckSheetsAgain works out anew what an import would do: the knowledge changed, or a job was broken off. The caller sees to it that none is under way.
func (r *Rules) CheckSheetsAgain(ctx context.Context, who *auth.Identity, id string) (*store.SheetImport, error) {
	if err := allowed(who, "", auth.EditKnowledge, auth.ApproveRules); err != nil {
		return nil, err
	}
	return r.sheets(ctx, who, id, "重新核对", func(x *store.SheetImport) error {
		if x.State == string(Live) || x.State == string(Dropped) {
			return refusef(ErrState, "导入 %s 已是“%s”", id, x.State)
		}
		x.State, x.Said, x.Approver = SheetsChecked, "", ""
		return nil
	})
}

// DropSheets gives an import up, or refuses it.
func (r *Rules) DropSheets(ctx context.Context, who *auth.Identity, id, why string) (*store.SheetImport, error) {
	if why == "" {
		return nil, errors.New("请写明理由")
	}
	return r.sheets(ctx, who, id, why, func(x *store.SheetImport) error {
		may := []auth.Permission{auth.ApproveRules}
		if x.Author == who.Name {
			may = append(may, auth.EditKnowledge)
		}
		if err := allowed(who, "", may...); err != nil {
			return err
		}
		if x.State != string(Submitted) && x.State != SheetsFailed && x.State != SheetsChecked {
			return refusef(ErrState, "导入 %s 已是“%s”", id, x.State)
		}
		x.State, x.Said, x.DecidedAt = string(Dropped), why, store.Micros(time.Now())
		return nil
	})
}

// SheetsTaken records that an import was done, or that it has to be approved again.
func (r *Rules) SheetsTaken(ctx context.Context, id string, rep *knowledge.Report, failed error) error {
	_, err := r.sheets(ctx, machine, id, "", func(x *store.SheetImport) error {
		if x.State != SheetsTaking {
			return refusef(ErrState, "导入 %s 已是“%s”", id, x.State)
		}
		if failed != nil {
			x.State, x.Said, x.Approver = string(Submitted), "没有导入成："+failed.Error(), ""
			return nil
		}
		x.State, x.Said, x.Result = string(Live), rep.Short(), int64(rep.Version)
		return nil
	})
	return err
}

// SheetImports lists imports on screen, newest first.
func (r *Rules) SheetImports(ctx context.Context, most int) (out []store.SheetImport, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.SheetImports(most); return err })
	return out, err
}

// SheetImport reads one.
func (r *Rules) SheetImport(ctx context.Context, id string) (x *store.SheetImport, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) { x, err = tx.SheetImport(id); return err })
	return x, err
}
