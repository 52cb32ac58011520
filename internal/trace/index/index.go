package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

const (
	shardCount = 256
	memLimit   = 250_000 // records in memory before they become a segment
)

// Index is the open index of one data directory. Safe for concurrent use.
type Index struct {
	dir   string
	terms life.Terms
	lock  *os.File

	mu     sync.RWMutex // guards what follows against a change of generation
	mem    *memory
	frozen *memory // being written as a segment
	segs   []*segment
	log    *wal
	next   int // number of the next file
	man    manifest

	insts instDict
	bg    sync.WaitGroup
	merge sync.Mutex
	full  chan struct{}
	stop  chan struct{}
	bgErr error
	where func(inst string) life.Place
}

// memory is what the log holds, by key, in shards. A shard's lock is held while a sale is decided.
type memory struct {
	shards [shardCount]shard
	n      int64
	nmu    sync.Mutex
}

type shard struct {
	mu sync.Mutex
	m  map[life.Key][]Record
}

func newMemory() *memory {
	m := &memory{}
	for i := range m.shards {
		m.shards[i].m = map[life.Key][]Record{}
	}
	return m
}

// add counts and keeps a record; the shard's lock is held.
func (m *memory) add(r *Record) {
	s := &m.shards[r.Key[0]]
	s.m[r.Key] = append(s.m[r.Key], *r)
}

func (m *memory) grow(n int) int64 {
	m.nmu.Lock()
	defer m.nmu.Unlock()
	m.n += int64(n)
	return m.n
}

// manifest names what the index consists of; replaced by rename.
type manifest struct {
	Version  int      `json:"version"`
	Segments []string `json:"segments"`
	Log      int      `json:"log"` // logs with smaller numbers are in segments
}

const (
	lockName     = "LOCK"
	manifestName = "manifest.json"
)

// ErrBusy is returned by Open when another process owns the index.
var ErrBusy = errors.New("追溯码索引正被另一个进程使用")

// Open opens the index in dir, which it makes when it is not there. where tells of an institution what verdicts need.
func Open(dir string, terms life.Terms, where func(fixmedinsCode string) life.Place) (*Index, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	x := &Index{dir: dir, terms: terms, lock: lock, mem: newMemory(), full: make(chan struct{}, 1), stop: make(chan struct{}), where: where}
	if where == nil {
		x.where = func(string) life.Place { return life.Place{} }
	}
	x.terms.Where = func(i int32) life.Place { return x.where(x.insts.name(uint32(i))) }
	if err := x.load(); err != nil {
		x.release()
		return nil, err
	}
	x.bg.Add(1)
	go x.background()
	return x, nil
}

func (x *Index) path(name string) string { return filepath.Join(x.dir, name) }

func logName(n int) string { return fmt.Sprintf("log-%08d", n) }
func segName(n int) string { return fmt.Sprintf("seg-%08d", n) }

func (x *Index) load() error {
	x.man = manifest{Version: 1}
	b, err := os.ReadFile(x.path(manifestName))
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(b, &x.man); err != nil {
			return fmt.Errorf("%s：%w", manifestName, ErrDamaged)
		}
		if x.man.Version != 1 {
			return fmt.Errorf("追溯码索引是版本 %d，本程序只认版本 1，请升级程序", x.man.Version)
		}
	}
	if err := x.insts.open(x.path("institutions")); err != nil {
		return err
	}
	for _, name := range x.man.Segments {
		s, err := openSegment(x.path(name))
		if err != nil {
			return err
		}
		x.segs = append(x.segs, s)
	}
	return x.replayLogs()
}

// replayLogs reads the logs back, removes what a kill left behind and begins a new log after them.
func (x *Index) replayLogs() error {
	names, err := os.ReadDir(x.dir)
	if err != nil {
		return err
	}
	var logs []int
	x.next = x.man.Log
	for _, d := range names {
		var n int
		switch _, err := fmt.Sscanf(d.Name(), "log-%d", &n); {
		case err == nil && n >= x.man.Log:
			logs = append(logs, n)
			x.next = max(x.next, n+1)
		case err == nil, strings.HasPrefix(d.Name(), "seg-") && !slices.Contains(x.man.Segments, d.Name()), strings.HasPrefix(d.Name(), "tmp-"):
			if err := os.RemoveAll(x.path(d.Name())); err != nil {
				return err
			}
		}
		if _, err := fmt.Sscanf(d.Name(), "seg-%d", &n); err == nil {
			x.next = max(x.next, n+1)
		}
	}
	slices.Sort(logs)
	for _, n := range logs {
		good, err := replay(x.path(logName(n)), func(b []byte) {
			var r Record
			r.get(b)
			x.mem.add(&r)
			x.mem.n++
		})
		if err != nil {
			return err
		}
		if err := os.Truncate(x.path(logName(n)), good); err != nil {
			return err
		}
	}
	// What was replayed stays in its logs until it is flushed; the new log comes after them.
	x.log, err = newWAL(x.path(logName(x.next)))
	x.next++
	if err == nil {
		err = syncDir(x.dir)
	}
	return err
}

func (x *Index) release() {
	for _, s := range x.segs {
		s.f.Close()
	}
	x.insts.close()
	x.lock.Close()
}

// Close makes everything durable and gives the index free.
func (x *Index) Close() error {
	close(x.stop)
	x.bg.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	err := errors.Join(x.log.close(), x.bgErr)
	x.release()
	return err
}

// PersonHash is the person as a record has it: 32 bits, enough to tell the few buyers of one box apart.
func PersonHash(psn string) uint32 {
	if psn == "" {
		return 0
	}
	return max(1, uint32(xxh3.HashString(psn)))
}

// DocHash is a document as a record has it.
func DocHash(doc string) uint64 {
	if doc == "" {
		return 0
	}
	return max(1, claim.KeyOf(doc)&docMask)
}

// RetailDoc names a retail document: its number is unique at its institution only.
func RetailDoc(inst, doc string) string { return inst + "\x1f" + doc }

// events of a key; the shard's lock is held, x.mu at least for reading.
func (x *Index) events(k life.Key, buf []byte) ([]Record, error) {
	var out []Record
	var err error
	for _, s := range x.segs {
		if out, err = s.find(k, buf, out); err != nil {
			return nil, err
		}
	}
	if x.frozen != nil {
		out = append(out, x.frozen.shards[k[0]].m[k]...)
	}
	return append(out, x.mem.shards[k[0]].m[k]...), nil
}

// Events are the records of a code in no particular order.
func (x *Index) Events(k life.Key) ([]Record, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := &x.mem.shards[k[0]]
	s.mu.Lock()
	defer s.mu.Unlock()
	var buf [pageSize]byte
	return x.events(k, buf[:])
}

// Institution is the fixmedins_code of a record's number.
func (x *Index) Institution(n uint32) string { return x.insts.name(n) }

// Size tells how many records the index holds and how many bytes its files take.
func (x *Index) Size() (records, bytes int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	records = x.mem.n
	if x.frozen != nil {
		records += x.frozen.n
	}
	for _, s := range x.segs {
		records += s.n
	}
	names, _ := os.ReadDir(x.dir)
	for _, d := range names {
		if st, err := d.Info(); err == nil && !d.IsDir() {
			bytes += st.Size()
		}
	}
	return records, bytes
}

var none = claim.Qty(claim.None64)

// DocKey is a document's key as a record has it.
func DocKey(key uint64) uint64 {
	if key == 0 {
		return 0
	}
	return max(1, key&docMask)
}
