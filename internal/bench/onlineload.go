package bench

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// caller asks a server over one connection that it keeps. It does little else, because it shares two cores with what it measures.
type caller struct {
	to     *target
	conn   net.Conn
	r      *bufio.Reader
	head   []byte
	answer []byte
	n      uint64 // calls so far
	mark   string // apart from other callers', for nonces
}

// target is where calls go, and with which key they are signed.
type target struct {
	addr, path  string
	key, secret string // "" = not signed
	want        []byte // what every answer holds; nil = anything
}

func (t *target) caller(mark string) *caller { return &caller{to: t, mark: mark} }

func (c *caller) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// call sends a body and reads the answer; false when there was none, or not the one wanted.
func (c *caller) call(body []byte) bool {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.to.addr)
		if err != nil {
			return false
		}
		c.conn, c.r = conn, bufio.NewReaderSize(conn, 16<<10)
	}
	if err := c.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return false
	}
	h := fmt.Appendf(c.head[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", c.to.path, c.to.addr, len(body))
	if c.to.key != "" {
		h = c.sign(h)
	}
	c.head = append(h, "\r\n"...)
	buffers := net.Buffers{c.head, body}
	if _, err := buffers.WriteTo(c.conn); err != nil {
		c.close()
		return false
	}
	ok, err := c.read()
	if err != nil {
		c.close()
	}
	return ok && err == nil
}

func (c *caller) sign(h []byte) []byte {
	c.n++
	at := strconv.FormatInt(time.Now().Unix(), 10)
	nonce := c.mark + strconv.FormatUint(c.n, 36)
	sum := sha256.Sum256([]byte(at + c.to.secret + nonce + at))
	return fmt.Appendf(h, "X-Tif-Paasid: %s\r\nX-Tif-Timestamp: %s\r\nX-Tif-Nonce: %s\r\nX-Tif-Signature: %s\r\n", c.to.key, at, nonce, hex.EncodeToString(sum[:]))
}

// read takes an answer with its length in the head or in chunks.
func (c *caller) read() (bool, error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return false, err
	}
	ok := bytes.HasPrefix(line, []byte("HTTP/1.1 200"))
	length := -1
	for {
		if line, err = c.r.ReadSlice('\n'); err != nil {
			return false, err
		}
		if len(line) <= 2 {
			break
		}
		if v, is := bytes.CutPrefix(line, []byte("Content-Length: ")); is {
			if length, err = strconv.Atoi(textproto.TrimString(string(v))); err != nil {
				return false, err
			}
		}
	}
	if length < 0 {
		c.answer, err = chunks(c.r, c.answer[:0])
	} else {
		c.answer = slices.Grow(c.answer[:0], length)[:length]
		_, err = io.ReadFull(c.r, c.answer)
	}
	return ok && (c.to.want == nil || bytes.Contains(c.answer, c.to.want)), err
}

func chunks(r *bufio.Reader, to []byte) ([]byte, error) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return to, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
		if err != nil {
			return to, err
		}
		at := len(to)
		to = slices.Grow(to, int(n)+2)[:at+int(n)+2] // with the end of the line
		if _, err := io.ReadFull(r, to[at:]); err != nil {
			return to, err
		}
		if to = to[:at+int(n)]; n == 0 {
			return to, nil
		}
	}
}

// closed asks as fast as four callers can, and tells how many answers came a second.
func (t *target) closed(bodies [][]byte, span time.Duration) float64 {
	const callers = 4
	var wg sync.WaitGroup
	done := make([]int, callers)
	start := time.Now()
	for k := range callers {
		wg.Go(func() {
			c := t.caller(fmt.Sprintf("c%d-%d-", start.UnixNano(), k))
			defer c.close()
			for i := k; time.Since(start) < span; i += callers {
				if c.call(bodies[i%len(bodies)]) {
					done[k]++
				}
			}
		})
	}
	wg.Wait()
	n := 0
	for _, d := range done {
		n += d
	}
	return float64(n) / time.Since(start).Seconds()
}

// lines is how many connections an open loop keeps: of so many hospitals' gateways. What is due while all are busy waits, and its
// time runs.
const lines = 128

// arrivals sends calls at a steady rate whether or not earlier ones are answered.
func (t *target) arrivals(bodies [][]byte, rate int, span time.Duration) OnlineRate {
	return rateOf(rate, t.hold(bodies, rate, span))
}

// held are calls' latencies; that of an answer that was none is below zero.
type held []time.Duration

func (t *target) hold(bodies [][]byte, rate int, span time.Duration) held {
	n := int(float64(rate) * span.Seconds())
	took := make([]time.Duration, n)
	wrong := make([]bool, n)
	due := make(chan int, n)
	start := time.Now().Add(10 * time.Millisecond)
	at := func(i int) time.Time {
		return start.Add(time.Duration(float64(i) / float64(rate) * float64(time.Second)))
	}
	var wg sync.WaitGroup
	for k := range lines {
		wg.Go(func() {
			c := t.caller(fmt.Sprintf("o%d-%d-", start.UnixNano(), k))
			defer c.close()
			for i := range due {
				wrong[i] = !c.call(bodies[i%len(bodies)])
				took[i] = time.Since(at(i))
			}
		})
	}
	for i := range n {
		if wait := time.Until(at(i)); wait > 0 {
			time.Sleep(wait)
		}
		due <- i
	}
	close(due)
	wg.Wait()
	out := make(held, n)
	for i := range took {
		out[i] = took[i]
		if wrong[i] {
			out[i] = -took[i] - 1
		}
	}
	return out
}

// rateOf sums calls up. Wrong answers' times count too: who waited for one waited.
func rateOf(rate int, took held) OnlineRate {
	x := OnlineRate{RPS: rate}
	for i, d := range took {
		if d < 0 {
			x.Wrong++
			took[i] = -d - 1
		}
	}
	n := len(took)
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[max(0, min(n-1, int(math.Ceil(q*float64(n)))-1))].Microseconds()) / 1000
	}
	x.P50, x.P99, x.Max = ms(0.5), ms(0.99), ms(1)
	return x
}

// serveNoop answers calls whose bodies it reads, and nothing else, until standard input ends. It says its address first.
func serveNoop(in io.Reader, out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = s.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	if err := s.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}
