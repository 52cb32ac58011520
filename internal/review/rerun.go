package review

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// What a re-audit says of cases that people are dealing with comes as tasks of the intake. A case is marked, who holds it must answer
// before it is decided, and the institution is told where it knows of the case: nothing is lost in silence, nothing changes by itself.

// noteRerun marks the cases that open tasks are about.
func (d *Desk) noteRerun(ctx context.Context, rep *TickReport) error {
	afterAt, afterID := int64(0), ""
	for {
		var ts []store.Task
		if err := d.DB.View(ctx, func(tx *store.Tx) (err error) { ts, err = tx.TasksOn(afterAt, afterID, takeAtOnce); return err }); err != nil {
			return err
		}
		if len(ts) == 0 {
			return nil
		}
		for i := range ts {
			if err := d.noteTask(ctx, &ts[i], rep); err != nil {
				return err
			}
			afterAt, afterID = ts[i].MadeAt, ts[i].ID
		}
	}
}

func (d *Desk) noteTask(ctx context.Context, task *store.Task, rep *TickReport) error {
	noted := false
	err := d.do(ctx, func(b *batch) error {
		noted = false
		w, err := b.load(task.Finding)
		if err != nil {
			return err
		}
		if w.c.MachineTask >= taskKey(task) || w.c.State == Machine {
			return nil
		}
		// A dismissal that waits for another reader has nothing left to be read when the machine itself takes the finding back.
		event := "machine_note"
		if task.Kind == taskWithdrawn && (w.c.State == DismissTwo || w.c.State == DismissRead) {
			event = "machine_close"
		}
		t, err := b.turn(machineID, event, Ref{ID: task.Finding}, Say{Opinion: task.Detail})
		if err != nil {
			return err
		}
		t.c.MachineTask, t.c.Machine = taskKey(task), task.Kind
		t.detail["类别"] = task.Kind
		if event == "machine_close" {
			t.c.Machine = ""
			if err := t.end(OutcomeDismissed); err != nil {
				return err
			}
			if err := b.tx.CloseTasks(task.Finding, system, b.now); err != nil {
				return err
			}
		}
		if t.c.State == Closed && t.c.Outcome != OutcomeCollected && event == "machine_note" { // nothing of it stands any more
			t.c.Machine = ""
			if err := b.tx.CloseTasks(task.Finding, system, b.now); err != nil {
				return err
			}
		}
		if t.c.SentDay != 0 && t.c.Machine != "" {
			if _, err := b.notify(noticeOf{kind: "机审变更告知", c: t.c, body: fmt.Sprintf("疑点 %s 重新审核后有变化（%s）：%s。经办人员将予以答复，答复前不作不利决定。", t.c.Finding, task.Kind, task.Detail)}); err != nil {
				return err
			}
		}
		noted = true
		return t.done()
	})
	if noted && err == nil {
		rep.Rerun++
	}
	return err
}

// The intake's kinds of task.
const (
	taskWithdrawn = "撤回"
	taskReturned  = "重现"
)

// taskKey orders the tasks about a case: a later run's counts over an earlier one's.
func taskKey(t *store.Task) string { return fmt.Sprintf("%016x%s", t.MadeAt, t.ID) }

// KeepMachine answers a changed verdict of the machine by keeping what was decided, with the reason.
func (d *Desk) KeepMachine(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "machine_keep", ref, say, func(t *turn) error { return t.answered(who) })
}

// AdoptMachine answers a changed verdict by adopting it: a withdrawn finding ends and its money goes back; of a changed one the lines
// say what still stands, never more than before.
func (d *Desk) AdoptMachine(ctx context.Context, who *auth.Identity, in DecideInput) (*store.Case, error) {
	return d.act(ctx, who, "machine_adopt", in.Ref, in.Say, func(t *turn) error {
		kind := t.c.Machine
		t.detail["类别"] = kind
		if err := t.answered(who); err != nil {
			return err
		}
		if kind == taskWithdrawn {
			t.c.Reason = "数据错误"
			if err := t.end(OutcomeWithdrawn); err != nil {
				return err
			}
			return t.tellIfSent("撤销通知书", "重新审核后不再成立，撤销；已扣、已缴的款项退付。")
		}
		if kind == taskReturned {
			t.to = "="
			return nil
		}
		if len(in.Lines) == 0 {
			return badField("lines", "请逐行写明变更后认定的金额；要按新的内容重新出单的，用“退回机审”")
		}
		if err := t.decide(in.Lines); err != nil {
			return err
		}
		t.to = "="
		if t.c.Verdict = t.verdict(); t.c.Verdict == VerdictFine {
			if err := t.end(OutcomeWithdrawn); err != nil {
				return err
			}
			return t.tellIfSent("撤销通知书", "重新审核后不再成立，撤销；已扣、已缴的款项退付。")
		}
		if err := t.reallocate(t.work); err != nil {
			return err
		}
		if err := t.post(t.work, who.Name, "", "采纳机审变更"); err != nil {
			return err
		}
		if t.c.State == Closed && !t.book.Settled() { // money goes back: not ended yet
			t.to, t.c.Outcome = Executing, ""
		}
		return t.tellIfSent("金额变更通知", "按重新审核的结果调减。")
	})
}

func (t *turn) tellIfSent(kind, body string) error {
	if t.c.SentDay == 0 {
		return nil
	}
	_, err := t.notify(noticeOf{kind: kind, c: t.c, body: "疑点 " + t.c.Finding + " " + body})
	return err
}

func (t *turn) answered(who *auth.Identity) error {
	t.c.Machine = ""
	return t.tx.CloseTasks(t.c.Finding, who.Name, t.now)
}

// RedoMachine gives a case that was not sent yet back to the machine: the next taking in (store sync) writes what the audit says now,
// and it can be taken up anew. What a model found no audit says again: it lies in the pool as it is until somebody takes it up again, or
// withdraws it (modeldesk).
func (d *Desk) RedoMachine(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "machine_redo", ref, say, func(t *turn) error {
		if err := t.answered(who); err != nil {
			return err
		}
		for i := range t.lines {
			t.lines[i].Upheld = 0
		}
		t.dirty, t.c.Outcome, t.c.FirstBy, t.c.Package, t.c.DismissBy, t.c.Dismiss2By = true, OutcomeRedo, "", "", "", ""
		if err := t.reallocate(t.work); err != nil {
			return err
		}
		if err := t.post(t.work, who.Name, "", "退回机审"); err != nil {
			return err
		}
		return t.tx.ReleaseFinding(t.c.Finding, t.now)
	})
}
