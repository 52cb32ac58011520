package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/online/replay"
)

// onlineStats are what the service says of itself.
type onlineStats struct {
	Calls   int64              `json:"calls"`
	Said    int64              `json:"said"`
	CPU     float64            `json:"cpu_s"`
	HeapMiB float64            `json:"heap_mib"`
	Shares  map[string]float64 `json:"shares"`
}

// onlineDesk is the service that is measured: body, decoder, engine, log, answer.
type onlineDesk struct {
	e      *online.Engine
	calls  atomic.Int64
	said   atomic.Int64
	spent  [4]atomic.Int64 // nanoseconds by step
	mu     sync.Mutex
	log    *bufio.Writer
	buffer sync.Pool
}

var onlineSteps = [4]string{"read", "decode", "judge", "answer"}

// serveOnline serves a directory until standard input ends. It says its address first.
func serveOnline(ctx context.Context, dir string, in io.Reader, out io.Writer) error {
	e, err := online.Open(dir, online.Options{Channels: map[string][]*online.Request{replay.Channel: replay.Samples()}})
	if err != nil {
		return err
	}
	defer e.Close()
	f, err := os.Create(filepath.Join(dir, "online", "calls.log"))
	if err != nil {
		return err
	}
	defer f.Close()
	d := &onlineDesk{e: e, log: bufio.NewWriterSize(f, 1<<20)}
	d.buffer.New = func() any { b := make([]byte, 0, 64<<10); return &b }
	mux := http.NewServeMux()
	mux.HandleFunc("POST /check", d.check)
	mux.HandleFunc("POST /noop", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("GET /stats", d.stats)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = s.Shutdown(ctx)
	}()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	if err := s.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return d.log.Flush()
}

func (d *onlineDesk) check(w http.ResponseWriter, r *http.Request) {
	t := [5]time.Time{time.Now()}
	p := d.buffer.Get().(*[]byte)
	defer d.buffer.Put(p)
	body, err := readAll(r.Body, (*p)[:0])
	*p = body
	t[1] = time.Now()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q, err := fsi.Decode(body, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q.Channel = replay.Channel
	t[2] = time.Now()
	a, err := d.e.Check(r.Context(), q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	t[3] = time.Now()
	said, err := json.Marshal(a.Reminders)
	if err == nil {
		d.mu.Lock()
		fmt.Fprintf(d.log, "%s %s %d %s\n", q.MsgID, a.Program, a.Took.Microseconds(), said)
		d.mu.Unlock()
		_, err = w.Write(said)
	}
	if err != nil {
		return
	}
	t[4] = time.Now()
	for i := range d.spent {
		d.spent[i].Add(int64(t[i+1].Sub(t[i])))
	}
	d.calls.Add(1)
	d.said.Add(int64(len(a.Reminders)))
}

// readAll reads into memory that is used again.
func readAll(r io.Reader, b []byte) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

func (d *onlineDesk) stats(w http.ResponseWriter, _ *http.Request) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	st := onlineStats{Calls: d.calls.Load(), Said: d.said.Load(), CPU: cpuTime().Seconds(), HeapMiB: float64(m.HeapAlloc) / (1 << 20), Shares: map[string]float64{}}
	all := int64(1)
	for i := range d.spent {
		all += d.spent[i].Load()
	}
	for i, n := range onlineSteps {
		st.Shares[n] = float64(d.spent[i].Load()) / float64(all)
	}
	_ = json.NewEncoder(w).Encode(st)
}
