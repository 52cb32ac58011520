package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// AnchorFile is where anchors are also written, outside the database: one line a day.
const AnchorFile = "trail-anchors.log"

// Event is what was done. Secrets never belong in it.
type Event struct {
	Actor  string
	Action string
	Object string
	Detail string
}

// Trail appends to the audit trail. A process has one, safe for concurrent use.
type Trail struct {
	dir     string
	program string

	mu   sync.Mutex
	head store.Record // Chain "" before the chain has begun
}

// OpenTrail prepares a process's chain; it begins with the first record. program is the version that writes.
func OpenTrail(dataDir, program string) *Trail { return &Trail{dir: dataDir, program: program} }

// Do runs f in a transaction together with the records of what it did: both take effect, or neither.
//
// The chain is taken last: what f does runs beside what others do, and only the records and the commit follow one another. So a
// record's place in the chain is the order in which transactions took effect.
func (t *Trail) Do(ctx context.Context, db *store.DB, f func(*store.Tx) ([]Event, error)) error {
	var head store.Record
	anchored, mine := false, false // mine: the chain is taken
	leave := func() {
		if mine {
			mine = false
			t.mu.Unlock()
		}
	}
	defer leave() // also when f panics
	err := db.Update(ctx, func(tx *store.Tx) (err error) {
		leave() // the engine runs it again
		anchored = false
		events, err := f(tx)
		if err != nil || len(events) == 0 {
			return err
		}
		t.mu.Lock()
		mine = true
		now := time.Now()
		if anchored, err = anchor(tx, now); err != nil {
			return err
		}
		head, err = t.append(tx, events, store.Micros(now))
		return err
	})
	switch {
	case !mine:
		return err // nothing was to be recorded, or f failed
	case err != nil:
		// Whether a commit that failed took place is not always known: what comes next begins a chain of its own.
		if t.head.Chain != "" && errors.Is(err, store.ErrExists) {
			t.head = store.Record{}
		}
		return err
	}
	t.head = head
	if anchored {
		return t.file(ctx, db)
	}
	return nil
}

func (t *Trail) append(tx *store.Tx, events []Event, now int64) (store.Record, error) {
	head := t.head
	if head.Chain == "" {
		c := store.Chain{ID: store.NewID(), Started: now, Program: t.program, PID: os.Getpid()}
		c.Host, _ = os.Hostname() // unknown is ""
		last, err := tx.Newest()
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return head, err
		}
		c.After, c.AfterSeq, c.AfterHash = last.Chain, last.Seq, last.Hash
		if err := tx.AddChain(c); err != nil {
			return head, err
		}
		head = store.Record{Chain: c.ID, Hash: chainHash(c)}
	}
	rs := make([]store.Record, len(events))
	for i, e := range events {
		r := store.Record{Chain: head.Chain, Seq: head.Seq + 1, At: now, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail}
		r.Hash = recordHash(head.Hash, r)
		rs[i], head = r, r
	}
	return head, tx.AddRecords(rs)
}

// digest hashes fields so that no two lists of fields give the same text: each is preceded by its length.
func digest(fields ...string) string {
	h := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s,", len(f), f)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func chainHash(c store.Chain) string {
	return digest("chain", c.ID, num(c.Started), c.Program, c.Host, num(int64(c.PID)), c.After, num(c.AfterSeq), c.AfterHash)
}

func recordHash(before string, r store.Record) string {
	return digest("record", before, r.Chain, num(r.Seq), num(r.At), r.Actor, r.Action, r.Object, r.Detail)
}

func anchorHash(before string, a store.Anchor) string {
	return digest("anchor", before, a.Day, num(a.At), a.Heads)
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// china is the civil time of the anchors' days; it has had no summer time since 1991.
var china = time.FixedZone("UTC+8", 8*3600)

// overlap (microseconds) is how far before the last anchor heads are looked for again: a transaction may have been under way
// on another connection when the anchor was made.
const overlap = int64(time.Hour / time.Microsecond)

// anchor pins the heads of what grew since the last anchor, when today has none yet.
func anchor(tx *store.Tx, now time.Time) (made bool, err error) {
	last, err := tx.LastAnchor()
	day := now.In(china).Format(time.DateOnly)
	if err != nil || last.Day >= day {
		return false, err
	}
	heads, err := tx.Heads(last.At - overlap)
	if err != nil || len(heads) == 0 {
		return false, err
	}
	var b strings.Builder
	for _, h := range heads {
		fmt.Fprintf(&b, "%s %d %s\n", h.Chain, h.Seq, h.Hash)
	}
	a := store.Anchor{Day: day, At: store.Micros(now), Heads: b.String()}
	a.Hash = anchorHash(last.Hash, a)
	return tx.AddAnchor(a)
}

// file writes anchors that are not there yet to the file beside the database: the new one, and one that a crash kept out.
func (t *Trail) file(ctx context.Context, db *store.DB) error {
	path := filepath.Join(t.dir, AnchorFile)
	filed, err := readAnchorFile(path)
	if err != nil {
		return err
	}
	var anchors []store.Anchor
	if err := db.View(ctx, func(tx *store.Tx) (err error) { anchors, err = tx.Anchors(); return err }); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("留痕的锚点写不进文件：%w", err)
	}
	for _, a := range anchors {
		if filed[a.Day] == "" && err == nil {
			_, err = fmt.Fprintf(f, "%s %s\n", a.Day, a.Hash)
		}
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// readAnchorFile returns the filed hashes by day; a file that is not there yet is empty.
func readAnchorFile(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := map[string]string{}
	for _, line := range strings.Split(string(b), "\n") {
		if day, hash, ok := strings.Cut(strings.TrimSpace(line), " "); ok && out[day] == "" {
			out[day] = hash
		}
	}
	return out, nil
}
