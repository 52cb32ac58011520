package cli

import (
	"context"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

// TestClocksRunOnce: of several servers on one store one runs the clocks, once a day, and says so on the trail.
func TestClocksRunOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	ctx := context.Background()
	day := time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)
	var all []*clocks
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		o, err := openOffice(&streams{ctx: ctx, err: io.Discard}, dir, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(o.close)
		desk := o.desk()
		desk.Now = func() time.Time { return day }
		desk.Files = filepath.Join(dir, "attachments")
		all = append(all, &clocks{o: o, desk: desk, holder: name, failed: func(err error) { t.Error(err) }})
	}
	round := func() (ran int) {
		t.Helper()
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, c := range all {
			wg.Go(func() {
				did, err := c.once(ctx, false)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if did {
					ran++
				}
			})
		}
		wg.Wait()
		return ran
	}
	// A server that saw the day undone just before another ended it may do it again, which changes nothing: never all at once.
	if n := round(); n < 1 {
		t.Errorf("%d ran on the first day", n)
	}
	if n := round(); n != 0 {
		t.Errorf("%d ran again on the first day", n)
	}
	day = day.AddDate(0, 0, 1)
	// One that went away in the middle of it is waited for, no longer than it holds the duty.
	if taken, err := all[0].take(ctx); err != nil || !taken {
		t.Fatal(taken, err)
	}
	if n, err := all[1].once(ctx, false); n || err != nil {
		t.Errorf("two at once: %v %v", n, err)
	}
	if err := all[0].leave(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if n := round(); n < 1 {
		t.Errorf("%d ran on the second day", n)
	}
	rs, err := all[0].o.db.Records(ctx, 50)
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]bool{}
	for _, r := range rs {
		if r.Action == "运行时钟" {
			days[r.Object] = true
		}
	}
	if len(days) != 2 {
		t.Errorf("the trail says %v", days)
	}
	if err := all[0].o.db.View(ctx, func(tx *store.Tx) error {
		d, err := tx.Duty(clockDuty)
		if err == nil && (d.DoneDay != "2026-01-06" || d.UntilAt != 0) {
			t.Errorf("%+v", d)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
