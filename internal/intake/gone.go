package intake

import (
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// goneAtOnce is how many findings one transaction withdraws.
const goneAtOnce = 1000

// gone withdraws some of the findings that their part has lost and no other gained; more is false when none are left.
func (s *sync) gone() (more bool, err error) {
	var count store.Run
	for try := 1; ; try++ {
		err := s.db.Update(s.ctx, func(tx *store.Tx) error {
			count = store.Run{Run: s.run, Started: store.Micros(time.Now())}
			some, err := tx.SomeGone(goneAtOnce)
			if err != nil || len(some) == 0 {
				more = false
				return err
			}
			more = true
			return errors.Join(s.withdraw(tx, some, &count), s.opt.step("commit"))
		})
		if err == nil {
			s.add(count)
			return more, nil
		}
		if try == maxTries || !errors.Is(err, store.ErrConflict) {
			return false, err
		}
	}
}

func (s *sync) withdraw(tx *store.Tx, some []store.Gone, count *store.Run) error {
	ids := make([]string, len(some))
	for i, g := range some {
		ids[i] = g.ID
	}
	standing, err := tx.Standing(ids)
	if err != nil {
		return err
	}
	var untouched []string
	var tasks []store.Task
	for _, g := range some {
		f, ok := standing[g.ID]
		if !ok || f.Withdrawn || f.Month != g.Month || f.Bucket != g.Bucket {
			continue // it moved
		}
		count.Withdrawn++
		if !f.Acted() {
			untouched = append(untouched, g.ID)
			continue
		}
		if err := tx.NotePublished(f.ID, f.Published, f.Month, f.Bucket, true); err != nil {
			return err
		}
		detail := fmt.Sprintf("重审后不再成立（处理时违规金额 %s 元、其中基金 %s 元），请复核已作的处理", claim.Money(f.Vola), claim.Money(f.Fund))
		tasks = append(tasks, task(taskWithdrawn, &f, "", s.run, count.Started, detail))
	}
	if err := tx.WithdrawFindings(untouched, s.run, count.Started); err != nil {
		return err
	}
	if err := addTasks(tx, tasks, count); err != nil {
		return err
	}
	if err := tx.Settled(ids); err != nil {
		return err
	}
	return tx.AddRun(*count)
}
