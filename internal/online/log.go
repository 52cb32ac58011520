package online

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// log is the write-ahead log of events: records of length, CRC-32C and entry, in numbered files. An entry is written before it is
// known to anybody; so what a call was told survives the process. It is on disk within a tenth of a second (or before append returns,
// with sync). A torn end is what a power loss leaves: it is cut off, what stands before it holds.
type log struct {
	dir  string
	sync bool

	mu    sync.Mutex
	f     *os.File
	no    int
	dirty bool
	fail  error
	held  io.Closer // the lock of the one writer
	stop  chan struct{}
	done  sync.WaitGroup
}

const (
	logHead   = 8
	syncEvery = 100 * time.Millisecond
	maxEntry  = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openLog replays what is there and goes on writing behind it.
// With readOnly it only reads: for those who look beside a running service.
func openLog(dir string, sync, readOnly bool, apply func(*entry)) (*log, error) {
	if _, err := os.Stat(dir); readOnly && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l := &log{dir: dir, sync: sync, stop: make(chan struct{})}
	if !readOnly {
		var err error
		if l.held, err = holdLog(filepath.Join(dir, "LOCK")); err != nil {
			return nil, err
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for i, n := range names {
		if _, err := fmt.Sscanf(filepath.Base(n), "%08d.log", &l.no); err != nil {
			return nil, fmt.Errorf("增量日志中有不认识的文件 %s", n)
		}
		if err := replayFile(n, i == len(names)-1, readOnly, apply); err != nil {
			return nil, err
		}
	}
	if readOnly {
		return nil, nil
	}
	if l.f, err = os.OpenFile(l.path(l.no), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	l.done.Go(l.flusher)
	return l, nil
}

func (l *log) path(no int) string { return filepath.Join(l.dir, fmt.Sprintf("%08d.log", no)) }

// replayFile applies a file's entries. The last file may end in the middle of a record, which is cut off.
func replayFile(name string, last, readOnly bool, apply func(*entry)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	r := bufio.NewReaderSize(f, 1<<20)
	at := int64(0)
	var buf []byte
	for {
		var head [logHead]byte
		_, err := io.ReadFull(r, head[:])
		if errors.Is(err, io.EOF) {
			return nil
		}
		n := binary.LittleEndian.Uint32(head[:])
		var en *entry
		if err == nil && n <= maxEntry && int64(n) <= st.Size()-at {
			buf = slices.Grow(buf[:0], int(n))[:n]
			if _, err = io.ReadFull(r, buf); err == nil && crc32.Checksum(buf, castagnoli) == binary.LittleEndian.Uint32(head[4:]) {
				en, err = decodeEntry(slices.Clone(buf))
			}
		}
		if en == nil || err != nil {
			if !last {
				return fmt.Errorf("增量日志 %s 在第 %d 字节处损坏：请从备份恢复该文件，或移走它（会丢失其后的在线结算，月度导入后补齐）", name, at)
			}
			if readOnly {
				return nil // its writer may be at it
			}
			return os.Truncate(name, at)
		}
		apply(en)
		at += logHead + int64(n)
	}
}

// append writes an entry.
func (l *log) append(en *entry) error {
	if l == nil {
		return nil
	}
	body := en.encode(make([]byte, logHead, logHead+256+len(en.rows)))
	if len(body) > maxEntry {
		return errors.New("一次上传的内容过大")
	}
	binary.LittleEndian.PutUint32(body, uint32(len(body)-logHead))
	binary.LittleEndian.PutUint32(body[4:], crc32.Checksum(body[logHead:], castagnoli))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	if _, err := l.f.Write(body); err != nil {
		l.fail = fmt.Errorf("增量日志写不下去，请检查磁盘后重启：%w", err)
		return l.fail
	}
	if l.sync {
		return l.f.Sync()
	}
	l.dirty = true
	return nil
}

// flusher makes what was written durable against power loss.
func (l *log) flusher() {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.mu.Lock()
			f, dirty := l.f, l.dirty
			l.dirty = false
			l.mu.Unlock()
			if dirty {
				_ = f.Sync() // an error shows again at the next write
			}
		}
	}
}

// restart writes what fill gives into a new file and drops the older ones. Nobody appends meanwhile.
func (l *log) restart(fill func(put func(psn string, rows []byte) error) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.path(l.no + 1)
	tmp := next + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = fill(func(psn string, rows []byte) error {
		en := entry{kind: Charged, psn: psn, rows: rows}
		body := en.encode(make([]byte, logHead))
		binary.LittleEndian.PutUint32(body, uint32(len(body)-logHead))
		binary.LittleEndian.PutUint32(body[4:], crc32.Checksum(body[logHead:], castagnoli))
		_, err := w.Write(body)
		return err
	})
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		os.Remove(tmp)
		return err
	}
	if err := os.Rename(tmp, next); err != nil {
		return err
	}
	g, err := os.OpenFile(next, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	l.f.Close()
	l.f, l.no = g, l.no+1
	return l.sweepOld()
}

// sweepOld removes the files before the current one. A file that begins with everything makes them superfluous; where they are still
// there after a crash, replaying them first changes nothing that the newer one does not say again.
func (l *log) sweepOld() error {
	names, err := filepath.Glob(filepath.Join(l.dir, "*.log"))
	for _, n := range names {
		if strings.Compare(n, l.path(l.no)) < 0 {
			err = errors.Join(err, os.Remove(n))
		}
	}
	return err
}

func (l *log) close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	select {
	case <-l.stop:
		l.mu.Unlock()
		return nil
	default:
		close(l.stop)
	}
	l.mu.Unlock()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail == nil {
		l.fail = errors.New("引擎已关闭")
	}
	return errors.Join(l.f.Sync(), l.f.Close(), l.held.Close())
}

// encode appends the entry's bytes.
func (e *entry) encode(b []byte) []byte {
	b = append(b, byte(e.kind))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.known))
	all := byte(0)
	if e.all {
		all = 1
	}
	b = append(b, all)
	for _, s := range []string{e.psn, e.visit, e.setl, e.init} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.lines)))
	for _, s := range e.lines {
		b = appendString(b, s)
	}
	return append(b, e.rows...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func decodeEntry(b []byte) (*entry, error) {
	if len(b) < 10 {
		return nil, errTorn
	}
	e := &entry{kind: EventKind(b[0]), known: claim.Time(binary.LittleEndian.Uint64(b[1:])), all: b[9] == 1}
	b = b[10:]
	ok := true
	next := func() string {
		n, k := binary.Uvarint(b)
		if k <= 0 || uint64(len(b)-k) < n {
			ok = false
			return ""
		}
		s := string(b[k : k+int(n)])
		b = b[k+int(n):]
		return s
	}
	e.psn, e.visit, e.setl, e.init = next(), next(), next(), next()
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(b)) {
		return nil, errTorn
	}
	b = b[k:]
	for range n {
		e.lines = append(e.lines, next())
	}
	e.rows = b
	if !ok {
		return nil, errTorn
	}
	return e, eachRow(e.rows, func(deltaRow) error { return nil })
}
