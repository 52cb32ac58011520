package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
)

// The kinds of task.
const (
	taskRevised   = "变更"
	taskWithdrawn = "撤回"
	taskReturned  = "重现"
)

// difference is what one part's publication changes.
type difference struct {
	run    int
	now    int64
	month  string
	bucket int
	// hopeful takes many unknown findings for new without looking for them in other parts, as the first audit of a month brings
	// them; where one has moved after all, adding it fails (ErrExists) and the part is done again, looking.
	hopeful bool

	add     []*store.Finding
	replace []*store.Finding
	note    []*store.Finding // of those that people acted on
	tasks   []store.Task
	gone    []string
	count   store.Run
}

// fewUnknown is how many unknown findings are always looked for elsewhere: that costs less than trying twice.
const fewUnknown = 500

// compare finds out what the findings of a part are to the store.
func (d *difference) compare(tx *store.Tx, fs []*store.Finding) error {
	have, err := tx.StandingOfPart(d.month, d.bucket)
	if err != nil {
		return err
	}
	areas, err := tx.Divisions()
	if err != nil {
		return err
	}
	var elsewhere []string
	published := make(map[string]bool, len(fs))
	for _, f := range fs {
		published[f.ID], f.Admdvs = true, areas[f.Inst]
		if _, ok := have[f.ID]; !ok {
			elsewhere = append(elsewhere, f.ID)
		}
	}
	if d.hopeful && len(elsewhere) > fewUnknown {
		elsewhere = nil
	}
	moved, err := tx.Standing(elsewhere)
	if err != nil {
		return err
	}
	for _, f := range fs {
		if s, ok := have[f.ID]; ok {
			d.known(f, &s)
		} else if s, ok := moved[f.ID]; ok {
			d.known(f, &s)
		} else {
			f.FirstRun, f.LastRun, f.ChangedAt, f.Version = d.run, d.run, d.now, 1
			d.add = append(d.add, f)
			d.count.Added++
		}
	}
	for id, s := range have {
		if !published[id] && !s.Withdrawn {
			d.gone = append(d.gone, id)
		}
	}
	return nil
}

// known compares a published finding with the one that stands.
func (d *difference) known(f *store.Finding, s *store.Standing) {
	moved := s.Month != d.month || s.Bucket != d.bucket
	revised := revisionOf(s.Published) != f.Revision
	switch {
	case s.Withdrawn:
		d.count.Added++
	case revised:
		d.count.Revised++
	default:
		d.count.Same++
	}
	if moved {
		d.count.Moved++
	}
	if !moved && !s.Withdrawn && s.Published == f.Published {
		return
	}
	if !s.Acted() {
		f.FirstRun, f.LastRun, f.ChangedAt, f.Version = s.FirstRun, d.run, d.now, s.Version+1
		d.replace = append(d.replace, f)
		return
	}
	d.note = append(d.note, f)
	kind := taskRevised
	if s.Withdrawn {
		kind = taskReturned
	} else if !revised {
		return
	}
	detail := fmt.Sprintf("处理时违规金额 %s 元、其中基金 %s 元，现为 %s 元、%s 元。现在的说法：%s", claim.Money(s.Vola), claim.Money(s.Fund), claim.Money(f.Vola),
		claim.Money(f.Fund), f.Cont)
	d.tasks = append(d.tasks, task(kind, s, f.Revision, d.run, d.now, detail))
}

func task(kind string, s *store.Standing, revision string, run int, now int64, detail string) store.Task {
	h := sha256.Sum256([]byte(strings.Join([]string{kind, s.ID, revision, fmt.Sprint(run)}, "\x1f")))
	return store.Task{ID: hex.EncodeToString(h[:12]), Kind: kind, Finding: s.ID, Revision: revision, Run: run, Detail: detail, MadeAt: now}
}

func (d *difference) write(tx *store.Tx) error {
	if err := tx.AddFindings(d.add); err != nil {
		return err
	}
	if err := tx.ReplaceFindings(d.replace); err != nil {
		return err
	}
	for _, f := range d.note {
		if err := tx.NotePublished(f.ID, f.Published, d.month, d.bucket, false); err != nil {
			return err
		}
	}
	if err := addTasks(tx, d.tasks, &d.count); err != nil {
		return err
	}
	return tx.SetGone(d.month, d.bucket, d.run, d.gone)
}

func addTasks(tx *store.Tx, ts []store.Task, c *store.Run) error {
	for _, t := range ts {
		added, err := tx.AddTask(t)
		if err != nil {
			return err
		}
		if added {
			c.Tasks++
		}
	}
	return nil
}

// emptyPart is a part taken in before that is published no more: all its findings are gone.
func emptyPart(p store.Part) (part, error) {
	m, err := claim.ParseMonth(p.Month)
	return part{Part: audit.Part{Month: m, Bucket: p.Bucket}}, err
}
