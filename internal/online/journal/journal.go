package journal

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Ack says what became of a record.
type Ack int8

// See the package's promises.
const (
	Dropped Ack = iota // lost, and counted
	Late               // waiting to be written
	Kept               // survives the process
)

// Options of a journal; zero values are replaced by the defaults named.
type Options struct {
	Records int           // wait in memory at most: 16384
	Bytes   int64         // likewise: 64 MiB
	Segment int64         // size from which a new file is begun: 64 MiB
	Age     time.Duration // likewise its age: 10 minutes
	Sync    time.Duration // between fsyncs: 1 second

	write func(*os.File, []byte) (int, error) // tests stall the disk here
}

// Journal is an open log, safe for concurrent use.
type Journal struct {
	dir string
	opt Options
	in  chan *item

	mu     sync.RWMutex // held for reading while adding, so that Close sees every record
	closed bool
	done   chan struct{}

	waiting atomic.Int64 // bytes
	kept    atomic.Int64
	late    atomic.Int64
	dropped atomic.Int64
	failed  atomic.Int64
	synced  atomic.Int64 // microseconds of the slowest fsync

	smu   sync.Mutex // of the file being written
	file  *os.File
	name  string
	size  int64
	born  time.Time
	dirty bool
}

type item struct {
	rec []byte
	ack chan Ack
}

// Stats count records since the journal was opened.
type Stats struct {
	Kept    int64         `json:"kept"`
	Late    int64         `json:"late"` // their callers did not wait for them; kept or dropped afterwards
	Dropped int64         `json:"dropped"`
	Waiting int           `json:"waiting"`
	Failed  int64         `json:"failed_writes"`
	Slowest time.Duration `json:"slowest_fsync_ns"`
}

// ErrClosed is returned by Close on a closed journal.
var ErrClosed = errors.New("journal: closed")

// Open opens a journal in a directory, made when missing. Several processes may: each writes files of its own.
func Open(dir string, opt Options) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	opt.Records = orElse(opt.Records, 16384)
	opt.Bytes = orElse(opt.Bytes, 64<<20)
	opt.Segment = orElse(opt.Segment, 64<<20)
	opt.Age = orElse(opt.Age, 10*time.Minute)
	opt.Sync = orElse(opt.Sync, time.Second)
	if opt.write == nil {
		opt.write = (*os.File).Write
	}
	j := &Journal{dir: dir, opt: opt, in: make(chan *item, opt.Records), done: make(chan struct{})}
	go j.run()
	return j, nil
}

func orElse[T int | int64 | time.Duration](v, alt T) T {
	if v <= 0 {
		return alt
	}
	return v
}

// Add appends a record, which the caller must not change afterwards, and waits until it is Kept, at most as long as wait.
func (j *Journal) Add(rec []byte, wait time.Duration) Ack {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed || int64(len(rec)) > maxRecord || j.waiting.Add(int64(len(rec))) > j.opt.Bytes {
		if !j.closed && int64(len(rec)) <= maxRecord {
			j.waiting.Add(-int64(len(rec)))
		}
		j.dropped.Add(1)
		return Dropped
	}
	it := &item{rec, make(chan Ack, 1)}
	select {
	case j.in <- it:
	default:
		j.waiting.Add(-int64(len(rec)))
		j.dropped.Add(1)
		return Dropped
	}
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case a := <-it.ack:
			return a
		case <-t.C:
		}
	}
	select {
	case a := <-it.ack:
		return a
	default:
		j.late.Add(1)
		return Late
	}
}

// Close writes and syncs what waits.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return ErrClosed
	}
	j.closed = true
	close(j.in)
	j.mu.Unlock()
	<-j.done
	return j.seal()
}

// Stats of the journal.
func (j *Journal) Stats() Stats {
	return Stats{j.kept.Load(), j.late.Load(), j.dropped.Load(), len(j.in), j.failed.Load(), time.Duration(j.synced.Load()) * time.Microsecond}
}

// batch bounds what one write takes.
const batch = 1 << 20

func (j *Journal) run() {
	defer close(j.done)
	tick := time.NewTicker(j.opt.Sync)
	defer tick.Stop()
	syncing := make(chan struct{}, 1)
	var items []*item
	var buf []byte
	for {
		select {
		case <-tick.C:
			select {
			case syncing <- struct{}{}: // beside the writing: a slow disk must not hold up records
				go func() { j.sync(); <-syncing }()
			default:
			}
		case it, ok := <-j.in:
			if !ok {
				syncing <- struct{}{} // the last fsync is over
				return
			}
			items, buf = append(items[:0], it), frame(buf[:0], it.rec)
		more:
			for len(buf) < batch {
				select {
				case it, ok := <-j.in:
					if !ok {
						break more
					}
					items, buf = append(items, it), frame(buf, it.rec)
				default:
					break more
				}
			}
			j.put(items, buf)
		}
	}
}

func (j *Journal) put(items []*item, buf []byte) {
	err := j.write(buf)
	ack := Kept
	if err != nil {
		ack = Dropped
		j.failed.Add(1)
		j.dropped.Add(int64(len(items)))
	} else {
		j.kept.Add(int64(len(items)))
	}
	for i, it := range items {
		j.waiting.Add(-int64(len(it.rec)))
		it.ack <- ack
		items[i] = nil
	}
}

// write appends whole frames, or nothing.
func (j *Journal) write(buf []byte) error {
	if j.file != nil && (j.size >= j.opt.Segment || time.Since(j.born) > j.opt.Age) {
		if err := j.seal(); err != nil {
			return err
		}
	}
	if j.file == nil {
		if err := j.begin(); err != nil {
			return err
		}
	}
	n, err := j.opt.write(j.file, buf)
	j.smu.Lock()
	defer j.smu.Unlock()
	if err != nil {
		if n > 0 && j.file.Truncate(j.size) != nil { // what follows goes into another file; a reader skips the torn place
			j.file.Close()
			j.file = nil
		}
		return err
	}
	j.size += int64(n)
	j.dirty = true
	return nil
}

func (j *Journal) begin() error {
	name := newName() + suffix
	f, err := os.OpenFile(filepath.Join(j.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	j.smu.Lock()
	defer j.smu.Unlock()
	j.file, j.name, j.size, j.born, j.dirty = f, name, 0, time.Now(), true
	if d, err := os.Open(j.dir); err == nil {
		d.Sync() //nolint:errcheck // the name of a new file is then as safe as the next fsync makes its content
		d.Close()
	}
	return nil
}

func (j *Journal) seal() error {
	j.smu.Lock()
	defer j.smu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.file.Sync(), j.file.Close())
	j.file = nil
	return err
}

func (j *Journal) sync() {
	j.smu.Lock()
	f, dirty := j.file, j.dirty
	j.dirty = false
	j.smu.Unlock()
	if f == nil || !dirty {
		return
	}
	start := time.Now()
	err := f.Sync()
	if us := time.Since(start).Microseconds(); us > j.synced.Load() {
		j.synced.Store(us)
	}
	if err != nil && !errors.Is(err, os.ErrClosed) { // sealed meanwhile: synced there
		j.failed.Add(1)
		j.smu.Lock()
		j.dirty = true
		j.smu.Unlock()
	}
}

const suffix = ".seg"

var code = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newName sorts by the time it was made.
func newName() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMicro()))
	rand.Read(b[8:])
	return code.EncodeToString(b[:])
}

// A frame is: mark, length of the record, its checksum, the record.
const (
	mark      = "\x89MJ1"
	headSize  = 12
	maxRecord = 32 << 20
)

var table = crc32.MakeTable(crc32.Castagnoli)

func frame(to, rec []byte) []byte {
	to = append(to, mark...)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(rec)))
	to = binary.LittleEndian.AppendUint32(to, sum(to[len(to)-8:], rec))
	return append(to, rec...)
}

// sum covers mark and length too: a head that lost its end to zeros is no empty record.
func sum(head, rec []byte) uint32 { return crc32.Update(crc32.Checksum(head, table), table, rec) }
