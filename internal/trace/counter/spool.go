package counter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// entry is a line of the inbox.
type entry struct {
	Kind   string            `json:"k"` // one of the kinds below
	Table  string            `json:"t,omitempty"`
	Values map[string]string `json:"v,omitempty"`
	Codes  []string          `json:"c,omitempty"` // that the index holds under Doc
	Doc    string            `json:"d,omitempty"`
	MsgID  string            `json:"m,omitempty"`
	At     string            `json:"a,omitempty"`
	Batch  string            `json:"b,omitempty"` // of a deletion
	Inst   string            `json:"i,omitempty"`
	Why    string            `json:"w,omitempty"`
}

const (
	kindRow     = "row"
	kindDelete  = "delete"
	kindStopped = "stopped" // refused: a box was sold before
	kindSold    = "sold"    // a settlement's codes whose line is not known
)

// File names of the inbox: the one being written, those that wait for an import, those that were imported.
const (
	openPre, waitPre, donePre = "open-", "in-", "done-"
	segmentMax                = 4 << 20
)

// spool is the inbox on disk: lines of JSON, written and synced in groups.
type spool struct {
	dir  string
	mu   sync.Mutex
	work *sync.Cond
	f    *os.File
	name string
	size int
	seq  int
	buf  []byte
	wait []chan error
	err  error // sticky: after a failed write nothing is known of what lies on disk
	seal bool
	shut bool
	done chan struct{}
}

// openSpool seals what a dead process left, calls each for every entry that is still kept, and begins a new file.
func openSpool(dir string, each func(*entry)) (*spool, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := sealLeft(dir); err != nil {
		return nil, err
	}
	s := &spool{dir: dir, done: make(chan struct{})}
	for _, name := range files(dir, waitPre, donePre) {
		if n := number(name); n >= s.seq {
			s.seq = n + 1
		}
		if err := readFile(filepath.Join(dir, name), each); err != nil {
			return nil, err
		}
	}
	s.work = sync.NewCond(&s.mu)
	if err := s.begin(); err != nil {
		return nil, err
	}
	go s.run()
	return s, nil
}

// sealLeft cuts the torn end of files that nobody writes any more and lets them wait for an import.
func sealLeft(dir string) error {
	for _, name := range files(dir, openPre) {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		good := bytes.LastIndexByte(b, '\n') + 1
		if good == 0 {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if err := os.Truncate(path, int64(good)); err != nil {
			return err
		}
		if err := os.Rename(path, filepath.Join(dir, waitPre+strings.TrimPrefix(name, openPre))); err != nil {
			return err
		}
	}
	return nil
}

// files lists the names of a folder that begin with one of the words, by number.
func files(dir string, pre ...string) []string {
	var out []string
	all, _ := os.ReadDir(dir)
	for _, d := range all {
		if slices.ContainsFunc(pre, func(p string) bool { return strings.HasPrefix(d.Name(), p) }) {
			out = append(out, d.Name())
		}
	}
	slices.SortFunc(out, func(a, b string) int { return number(a) - number(b) })
	return out
}

func number(name string) int {
	var n int
	fmt.Sscanf(name[strings.IndexByte(name, '-')+1:], "%d", &n) //nolint:errcheck // 0 then
	return n
}

func readFile(path string, each func(*entry)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for n := 1; in.Scan(); n++ {
		var e entry
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			return fmt.Errorf("收件箱 %s 第 %d 行读不懂：%w", filepath.Base(path), n, err)
		}
		each(&e)
	}
	return in.Err()
}

func (s *spool) begin() (err error) {
	s.name, s.size = fmt.Sprintf("%s%08d", openPre, s.seq), 0
	s.seq++
	if s.f, err = os.OpenFile(filepath.Join(s.dir, s.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644); err != nil {
		return err
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// add keeps entries; it returns when they are on disk.
func (s *spool) add(es []entry) error {
	if len(es) == 0 {
		return nil
	}
	var b []byte
	for i := range es {
		line, err := json.Marshal(&es[i])
		if err != nil {
			return err
		}
		b = append(append(b, line...), '\n')
	}
	c := make(chan error, 1)
	s.mu.Lock()
	s.buf, s.wait = append(s.buf, b...), append(s.wait, c)
	s.work.Signal()
	s.mu.Unlock()
	if err := <-c; err != nil {
		return fmt.Errorf("收件箱写盘失败：%w", err)
	}
	return nil
}

// sealNow lets what was written wait for an import.
func (s *spool) sealNow() {
	c := make(chan error, 1)
	s.mu.Lock()
	s.seal, s.wait = true, append(s.wait, c)
	s.work.Signal()
	s.mu.Unlock()
	<-c
}

func (s *spool) run() {
	defer close(s.done)
	for {
		s.mu.Lock()
		for len(s.wait) == 0 && !s.shut {
			s.work.Wait()
		}
		buf, wait, err, seal := s.buf, s.wait, s.err, s.seal
		s.buf, s.wait, s.seal = nil, nil, false
		stop := s.shut && len(wait) == 0
		s.mu.Unlock()
		if stop {
			return
		}
		if err == nil && len(buf) > 0 {
			if _, err = s.f.Write(buf); err == nil {
				err = s.f.Sync()
			}
			s.size += len(buf)
		}
		if err == nil && (s.size > segmentMax || (seal && s.size > 0)) {
			err = s.turn()
		}
		if err != nil {
			s.mu.Lock()
			s.err = err
			s.mu.Unlock()
		}
		for _, c := range wait {
			c <- err
		}
	}
}

// turn seals the file and begins the next.
func (s *spool) turn() error {
	if err := errors.Join(s.f.Close(), os.Rename(filepath.Join(s.dir, s.name), filepath.Join(s.dir, waitPre+strings.TrimPrefix(s.name, openPre)))); err != nil {
		return err
	}
	return s.begin()
}

func (s *spool) close() error {
	s.mu.Lock()
	s.shut = true
	s.work.Signal()
	s.mu.Unlock()
	<-s.done
	err := s.f.Close()
	return errors.Join(s.err, err, sealLeft(s.dir))
}
