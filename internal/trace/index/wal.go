package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"sync"
)

// wal is the log of what has been acknowledged since the last segment. Callers append frames and wait; one goroutine writes
// what has gathered and syncs once for all of them (group commit), so the disk's syncs a second do not bound sales a second.
type wal struct {
	f    *os.File
	mu   sync.Mutex
	work *sync.Cond
	buf  []byte
	wait []chan error
	err  error // sticky: after a failed sync nothing is known of what lies on disk
	shut bool
	done chan struct{}
}

// A frame: length of the records u32, crc u32, records.
const frameHead = 8

func newWAL(path string) (*wal, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	w := &wal{f: f, done: make(chan struct{})}
	w.work = sync.NewCond(&w.mu)
	go w.run()
	return w, nil
}

// append queues a frame; the channel tells when it is durable.
func (w *wal) append(recs []byte) <-chan error {
	c := make(chan error, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		c <- w.err
		return c
	}
	var h [frameHead]byte
	binary.LittleEndian.PutUint32(h[:], uint32(len(recs)))
	binary.LittleEndian.PutUint32(h[4:], crc32.Checksum(recs, castagnoli))
	w.buf = append(append(w.buf, h[:]...), recs...)
	w.wait = append(w.wait, c)
	w.work.Signal()
	return c
}

// barrier tells when everything appended so far is durable.
func (w *wal) barrier() <-chan error {
	c := make(chan error, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wait = append(w.wait, c)
	w.work.Signal()
	return c
}

func (w *wal) run() {
	defer close(w.done)
	var spare []byte
	for {
		w.mu.Lock()
		for len(w.wait) == 0 && !w.shut {
			w.work.Wait()
		}
		buf, wait, err := w.buf, w.wait, w.err
		w.buf, w.wait = spare[:0], nil
		stop := w.shut && len(wait) == 0
		w.mu.Unlock()
		if stop {
			return
		}
		if err == nil && len(buf) > 0 {
			if _, err = w.f.Write(buf); err == nil {
				err = w.f.Sync()
			}
		}
		spare = buf
		if err != nil {
			w.mu.Lock()
			w.err = err
			w.mu.Unlock()
		}
		for _, c := range wait {
			c <- err
		}
	}
}

// close waits for what is queued.
func (w *wal) close() error {
	w.mu.Lock()
	w.shut = true
	w.work.Signal()
	w.mu.Unlock()
	<-w.done
	return errors.Join(w.err, w.f.Close())
}

// replay reads the whole frames of a log; a frame cut short by a kill was never acknowledged and ends it. It returns how
// far the whole frames reach.
func replay(path string, each func(rec []byte)) (good int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	var h [frameHead]byte
	for {
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return good, nil
		}
		n := int(binary.LittleEndian.Uint32(h[:]))
		if n == 0 || n%recSize != 0 || n > 1<<24 {
			return good, nil
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil || crc32.Checksum(b, castagnoli) != binary.LittleEndian.Uint32(h[4:]) {
			return good, nil
		}
		for i := 0; i < n; i += recSize {
			each(b[i:])
		}
		good += int64(frameHead + n)
	}
}
