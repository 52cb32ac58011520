package store

import (
	"context"
	"database/sql"
	"time"
)

// checkpointer moves what was written from SQLite's log into its file beside the writer. Left to itself, SQLite does it within the commit that
// finds the log long, and everybody who wants to write waits for hundreds of pages to reach the disk.
//
// A checkpoint of this kind (PASSIVE) waits for nobody and makes nobody wait. When it has caught up with the log, the next writer begins
// the log anew. While writers never pause (a bulk load) it does not catch up: beyond longestLog the writer tries himself, and beyond twice that
// writers wait once for what is left. What is durable does not change: a commit is on the disk in the log before it is acknowledged.
type checkpointer struct {
	pool *sql.DB
	wake chan struct{}
	end  context.CancelFunc
	done chan struct{}
}

const (
	longestLog    = 16384           // pages of 4 KiB: 64 MiB
	checkpointing = 2 * time.Second // writes of so long go into one checkpoint: the same pages are written again and again
	catchUps      = 4               // tries one after the other to overtake writers
)

func newCheckpointer(address string) (*checkpointer, error) {
	pool, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	ctx, end := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, wake: make(chan struct{}, 1), end: end, done: make(chan struct{})}
	go c.run(ctx)
	return c, nil
}

// grew tells that something was committed. It does not wait; a nil checkpointer (PostgreSQL) does nothing.
func (c *checkpointer) grew() {
	if c == nil {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(checkpointing):
		}
		pages, left := 0, true
		for i := 0; i < catchUps && left; i++ {
			pages, left = c.once(ctx, "PASSIVE")
		}
		if left && pages > 2*longestLog {
			c.once(ctx, "RESTART")
		}
	}
}

// once makes one checkpoint and tells how long the log is and whether something is left in it. One that cannot be made leaves it to the next:
// whoever writes wakes it again, and closing the store makes one too.
func (c *checkpointer) once(ctx context.Context, kind string) (pages int, left bool) {
	var busy, moved int
	if err := c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+kind+")").Scan(&busy, &pages, &moved); err != nil {
		return 0, false
	}
	return pages, busy != 0 || pages != moved
}

func (c *checkpointer) close() error {
	c.end()
	<-c.done
	return c.pool.Close()
}
