package modeldesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/store"
)

// Evidence is what a model's finding rests on, as it was sent: the rows of its case in its institution and month that were new then.
type Evidence struct {
	Purpose  string            `json:"purpose"`
	Method   string            `json:"method"`
	Verify   string            `json:"verify"`
	Innocent []string          `json:"innocent"`
	Titles   map[string]string `json:"titles"`
	Rows     []model.Row       `json:"rows"`
	Names    *model.Names      `json:"names"`
	More     int               `json:"more"` // rows beyond those kept
}

// mostProof rows of a finding are kept; the workbook of the run has them all.
const mostProof = 2000

func (s *Sending) proof(p *part, bills *behind) (store.ModelEvidence, error) {
	rows := p.rows[:min(len(p.rows), mostProof)]
	names := bills.put(rows, p.f.Month, s.Result.Names.Of(rows))
	b, err := json.Marshal(Evidence{s.Model.Purpose, s.Model.Method, s.Model.Verify, s.Model.Innocent, s.Model.Titles, rows, names, len(p.rows) - len(rows)})
	return store.ModelEvidence{Finding: p.f.ID, Body: string(b)}, err
}

// EvidenceOf reads what a finding rests on; nil for one that was sent before this was kept.
func EvidenceOf(tx *store.Tx, id string) (*Evidence, error) {
	body, err := tx.EvidenceOfModel(id)
	if err != nil || body == "" {
		return nil, err
	}
	e := &Evidence{}
	if err := json.Unmarshal([]byte(body), e); err != nil {
		return nil, fmt.Errorf("疑点 %s 的模型明细读不了：%w", id, err)
	}
	return e, nil
}

// For is the evidence as an institution may see it: its own rows, no other institution's code or name, nothing of how the bureau verifies.
func (e *Evidence) For(inst string) *Evidence {
	out := &Evidence{Purpose: e.Purpose, Method: e.Method, Titles: e.Titles, Rows: []model.Row{}, More: e.More}
	foreign := map[string]bool{}
	if e.Names != nil {
		for code, name := range e.Names.Insts {
			if code != inst {
				foreign[code], foreign[name] = true, true
			}
		}
	}
	for _, r := range e.Rows {
		if r.Inst != inst {
			out.More++
			continue
		}
		if r.Other != inst {
			r.Other = ""
		}
		texts := map[string]string{}
		for k, t := range r.Text {
			if !foreign[t] {
				texts[k] = t
			}
		}
		r.Text = texts
		out.Rows = append(out.Rows, r)
	}
	out.Names = e.Names.Of(out.Rows)
	return out
}

// Withdraw takes back a finding that a model brought and that nobody holds: not taken up yet, or given back to the machine. A person
// decides it, with the reason; the visits it rests on count as dealt with and no later run brings them again.
func (d *Desk) Withdraw(ctx context.Context, who *auth.Identity, id, why string) error {
	if !who.May(auth.RunAudit) {
		return refuse("用户 %s 没有“%s”权限", who.Name, auth.RunAudit)
	}
	if why == "" {
		return refuse("撤下要写明原因")
	}
	return d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
		f, err := tx.FindingIn(store.Scope{Admdvs: who.Scope.Admdvs, Inst: who.Scope.Inst}, id)
		switch {
		case err != nil:
			return nil, err
		case f.Bucket != store.ModelBucket:
			return nil, refuse("疑点 %s 不是模型送来的：规则疑点由审核自己撤回", id)
		case f.Withdrawn:
			return nil, refuse("疑点 %s 已经撤下", id)
		case f.State != store.MachineState:
			return nil, refuse("疑点 %s 现在是“%s”：先由办理人退回机审，或在办理中排除", id, f.State)
		}
		if err := tx.WithdrawModel(id, f.Version, store.Micros(time.Now())); errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			return nil, refuse("疑点 %s 刚被别人办理，请刷新后再办", id)
		} else if err != nil {
			return nil, err
		}
		return []auth.Event{{Actor: who.Name, Action: "撤下模型疑点", Object: id, Detail: why}}, nil
	})
}
