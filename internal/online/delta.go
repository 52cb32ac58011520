package online

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
)

// The delta is what became known since the lake's last month: rows of the contract's tables, by person number, as bytes. A row is its
// table, the civil time at which it became known, and the values of its columns; of two rows with one key the later replaces the
// earlier. It is small (a month's traffic), and what it says is in the write-ahead log too.
type delta struct {
	seed   maphash.Seed
	shards [64]deltaShard
}

type deltaShard struct {
	mu     sync.RWMutex
	person map[string][]byte // psn_no → rows
}

func newDelta() *delta {
	d := &delta{seed: maphash.MakeSeed()}
	for i := range d.shards {
		d.shards[i].person = map[string][]byte{}
	}
	return d
}

func (d *delta) shard(psn string) *deltaShard {
	return &d.shards[maphash.String(d.seed, psn)%uint64(len(d.shards))]
}

// of returns a person's rows. They never change; newer ones are new bytes.
func (d *delta) of(psn string) []byte {
	s := d.shard(psn)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.person[psn]
}

// apply makes an event's entry part of what is known.
func (d *delta) apply(e *entry) {
	s := d.shard(e.psn)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := fold(s.person[e.psn], e); len(b) > 0 {
		s.person[e.psn] = b
	} else {
		delete(s.person, e.psn)
	}
}

// each calls f with every person's rows, of a copy of the list of persons, and keeps what f returns.
func (d *delta) each(f func(psn string, rows []byte) []byte) {
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for psn, b := range s.person {
			if n := f(psn, b); len(n) == 0 {
				delete(s.person, psn)
			} else {
				s.person[psn] = n
			}
		}
		s.mu.Unlock()
	}
}

// entry is an event as it is logged: rows, and what becomes of rows known earlier.
type entry struct {
	kind  EventKind
	known claim.Time
	psn   string
	visit string
	setl  string
	init  string
	lines []string
	all   bool // lines is not a choice: all
	rows  []byte
}

// entryOf is the entry of an event; "" is an error only where nothing could ever be found again.
func entryOf(ev *Event) (*entry, error) {
	p := &ev.Patient
	if p.ID == "" {
		return nil, errors.New("缺少人员编号 psn_no")
	}
	en := &entry{kind: ev.Kind, known: ev.At, psn: p.ID, setl: ev.Setl, init: ev.Init, lines: ev.Lines, all: ev.Lines == nil}
	w := &rowWriter{known: ev.At}
	for i := range p.Encounters {
		e := &p.Encounters[i]
		if ev.Kind == Charged {
			w.note = noteOf(ev.Batch, e)
		}
		if e.ID == "" {
			return nil, errors.New("缺少就诊号 mdtrt_id")
		}
		en.visit = e.ID
		inst := e.inst(ev.Inst)
		if e.Begin.Has() && ev.Kind != Reversed {
			putVisit(w, p, e, inst, p.Area)
		}
		setl := ""
		if ev.Kind == Settled {
			setl = ev.Setl
			en.all = en.all && len(e.Orders) == 0
		}
		for k := range e.Orders {
			putOrder(w, p, e, &e.Orders[k], inst, setl, ev.At)
		}
		if ev.Kind == Settled {
			at := ev.SetlTime
			if !at.Has() {
				at = ev.At
			}
			putSettlement(w, p, e, inst, p.Area, ev.Setl, at, e.Fund.Or(0))
		}
	}
	switch {
	case ev.Kind == Settled && (ev.Setl == "" || en.visit == ""):
		return nil, errors.New("缺少结算号 setl_id 或就诊号 mdtrt_id")
	case ev.Kind == Reversed && ev.Init == "":
		return nil, errors.New("缺少被冲正的结算号")
	case ev.Kind == Withdrawn && en.visit == "":
		return nil, errors.New("缺少就诊号 mdtrt_id")
	case ev.Kind == Reversed:
		w.buf = w.buf[:0]
		w.row(tSettlement)
		w.str(sID, "冲正\x1f"+ev.Init)
		w.str(sVisit, en.visit)
		w.str(sPsn, p.ID)
		w.num(sTime, int64(ev.At))
		w.str(sRefund, "1")
		w.str(sInit, ev.Init)
		w.end()
	}
	en.rows = w.buf
	return en, nil
}

// rowWriter is a sink of bytes: table, known, length, then pairs of column and value.
type rowWriter struct {
	known claim.Time
	note  string // of the fee lines that come
	buf   []byte
	head  int // where the row's length stands
}

const rowHead = 1 + 8 + 4

func (w *rowWriter) row(t int) {
	w.head = len(w.buf)
	w.buf = append(w.buf, byte(t))
	w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(w.known))
	w.buf = append(w.buf, 0, 0, 0, 0)
	if t == tFee && w.note != "" {
		w.str(noteCol, w.note)
	}
}

func (w *rowWriter) str(col int, s string) {
	w.buf = append(w.buf, byte(col))
	w.buf = binary.AppendUvarint(w.buf, uint64(len(s)))
	w.buf = append(w.buf, s...)
}

func (w *rowWriter) num(col int, v int64) {
	w.buf = append(w.buf, byte(col))
	w.buf = binary.AppendVarint(w.buf, v)
}

func (w *rowWriter) end() {
	binary.LittleEndian.PutUint32(w.buf[w.head+9:], uint32(len(w.buf)-w.head-rowHead))
}

// deltaRow is one row of bytes.
type deltaRow struct {
	table int
	known claim.Time
	raw   []byte // with its head
	body  []byte
}

// eachRow calls f with the rows of bytes that rowWriter wrote. Bytes that are not are an error.
func eachRow(b []byte, f func(r deltaRow) error) error {
	for len(b) > 0 {
		if len(b) < rowHead || int(b[0]) >= tableCount {
			return errTorn
		}
		n := int(binary.LittleEndian.Uint32(b[9:]))
		if n < 0 || len(b)-rowHead < n {
			return errTorn
		}
		r := deltaRow{table: int(b[0]), known: claim.Time(binary.LittleEndian.Uint64(b[1:])), raw: b[:rowHead+n], body: b[rowHead : rowHead+n]}
		if err := f(r); err != nil {
			return err
		}
		b = b[rowHead+n:]
	}
	return nil
}

var errTorn = errors.New("增量记录不完整")

// values calls f with each value of a row: s of text and coded columns, v of numbers.
func (r *deltaRow) values(f func(col int, s string, v int64)) error {
	cols := callTables[r.table].Columns
	for b := r.body; len(b) > 0; {
		c := int(b[0])
		if c >= len(cols) && c != noteCol {
			return errTorn
		}
		b = b[1:]
		if c == noteCol {
			n, k := binary.Uvarint(b)
			if k <= 0 || uint64(len(b)-k) < n {
				return errTorn
			}
			b = b[k+int(n):]
			continue
		}
		if t := cols[c].Type; t == claim.Str || t == claim.Code {
			n, k := binary.Uvarint(b)
			if k <= 0 || uint64(len(b)-k) < n {
				return errTorn
			}
			f(c, string(b[k:k+int(n)]), 0)
			b = b[k+int(n):]
			continue
		}
		v, k := binary.Varint(b)
		if k <= 0 {
			return errTorn
		}
		f(c, "", v)
		b = b[k:]
	}
	return nil
}

// get returns a text value of a row, the last one given.
func (r *deltaRow) get(col int) (out string) {
	_ = r.values(func(c int, s string, _ int64) {
		if c == col {
			out = s
		}
	})
	return out
}

// visitCol is the column of mdtrt_id by table.
var visitCol = [tableCount]int{-1, vID, dID, oID, sVisit, fVisit}

// fold lays an entry over a person's rows. Rows that are neither replaced nor taken back stay as they are.
func fold(old []byte, en *entry) []byte {
	var visits, diags, ops = map[string]bool{}, map[string]bool{}, map[string]bool{}
	lines, setls := map[string]bool{}, map[string]bool{}
	_ = eachRow(en.rows, func(r deltaRow) error {
		v := r.get(visitCol[r.table])
		switch r.table {
		case tVisit:
			visits[v] = true
		case tDiagnosis:
			diags[v] = true
		case tOperation:
			ops[v] = true
		case tSettlement:
			setls[r.get(sID)] = true
		case tFee:
			lines[lineKey(v, r.get(fID))] = true
		}
		return nil
	})
	chosen := map[string]bool{}
	for _, l := range en.lines {
		chosen[l] = true
	}
	found := false // the settlement that is taken back
	out := make([]byte, 0, len(old)+len(en.rows))
	_ = eachRow(old, func(r deltaRow) error {
		v := r.get(visitCol[r.table])
		switch r.table {
		case tVisit:
			if visits[v] {
				return nil
			}
		case tDiagnosis:
			if diags[v] {
				return nil
			}
		case tOperation:
			if ops[v] {
				return nil
			}
		case tSettlement:
			id := r.get(sID)
			reversed := en.kind == Reversed && id == en.init
			if found = found || reversed; setls[id] || reversed {
				return nil
			}
		case tFee:
			id, setl := r.get(fID), r.get(fSetl)
			if lines[lineKey(v, id)] {
				return nil
			}
			mine := v == en.visit && setl == "" && (en.all || chosen[id])
			switch {
			case en.kind == Withdrawn && mine:
				return nil
			case en.kind == Reversed && setl == en.init && setl != "":
				return nil // the hospital charges it again if it stands
			case en.kind == Settled && mine:
				w := rowWriter{buf: out, head: len(out)}
				w.buf = append(w.buf, r.raw...)
				w.str(fSetl, en.setl)
				w.end()
				out = w.buf
				return nil
			}
		}
		out = append(out, r.raw...)
		return nil
	})
	switch en.kind {
	case Withdrawn:
	case Reversed:
		if !found { // of a month that the lake holds: the refund takes it out
			out = append(out, en.rows...)
		}
	default:
		out = append(out, en.rows...)
	}
	return out
}

func lineKey(visit, line string) string { return strings.Join([]string{visit, line}, "\x1f") }
