package counter

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
	"github.com/mingjian/mingjian/internal/trace/upload"
)

// InboxDir is the folder of the inbox in the folder of the index.
const InboxDir = "inbox"

// KeepDays is how many days a row is remembered after it came, and its file kept after it was imported: so long a return without
// codes, a deletion (3507) and a cancelled settlement find the boxes they name.
const KeepDays = 90

// Stop is what a second sale does to the call.
type Stop int8

// Stops.
const (
	Tell    Stop = iota // it is recorded and told
	Confirm             // it is recorded only with a reason (trac_cfm_flag 1 and memo)
	Block               // it is not recorded
)

// Desk takes goods messages and answers for boxes. Safe for concurrent use.
type Desk struct {
	x     *index.Index
	in    *spool
	items func(code string) Item

	mu   sync.Mutex
	held map[string][]held    // what a document of an institution sold
	seen map[uint64]claim.Day // rows that are kept already, by hash, and when they came
	day  claim.Day            // the latest on which something came
}

// Item is what the desk must know of a drug or material.
type Item struct {
	Name string
	Pack claim.Qty // smallest units in a pack, 0 unknown
}

// held is a box that a document sold.
type held struct {
	code, item, doc string
	day             claim.Day
}

// Open opens the desk over an index it owns from now on. items tells of an item; nil = nothing is known.
func Open(dir string, x *index.Index, items func(code string) Item) (*Desk, error) {
	d := &Desk{x: x, items: items, held: map[string][]held{}, seen: map[uint64]claim.Day{}, day: claim.NoDay}
	if d.items == nil {
		d.items = func(string) Item { return Item{} }
	}
	in, err := openSpool(filepath.Join(dir, InboxDir), d.remember)
	if err != nil {
		return nil, err
	}
	d.in = in
	return d, nil
}

// Close makes everything durable; the inbox waits for an import.
func (d *Desk) Close() error { return errors.Join(d.in.close(), d.x.Close()) }

// Seal lets what was taken so far wait for an import.
func (d *Desk) Seal() { d.in.sealNow() }

// Call is a goods message.
type Call struct {
	Infno, Inst, MsgID string
	At                 claim.Time
	Input              []byte
	Stop               Stop // what a second sale does
}

// Outcome is what became of one row.
type Outcome struct {
	Row     int // from 1
	Taken   bool
	Confirm bool   // it would be taken with a reason
	Text    string // why not, or what is worth knowing
}

// Receipt answers a goods message: a row each.
type Receipt struct {
	Batch bool
	Rows  []Outcome
}

// Wrong is an error of the message: nothing of it was taken.
type Wrong struct{ Text string }

func (w *Wrong) Error() string { return w.Text }

// Receive takes a 3501–3507. A single message is taken whole or not at all; of a batch the good rows are taken. It returns when what it
// reports taken is on disk. The error is a *Wrong, or the disk's.
func (d *Desk) Receive(c *Call) (*Receipt, error) {
	u, err := upload.Parse(c.Infno, c.Inst, c.Input)
	if err != nil {
		return nil, &Wrong{err.Error()}
	}
	r := &Receipt{Batch: u.Batch}
	if !u.Batch && len(u.Bad) > 0 {
		return nil, &Wrong{u.Bad[0].Text}
	}
	for _, b := range u.Bad {
		r.Rows = append(r.Rows, Outcome{Row: b.Row, Text: b.Text})
	}
	switch strings.TrimRight(strings.ToUpper(c.Infno), "A") {
	case "3505":
		err = d.sales(c, u, r)
	case "3506":
		err = d.returns(c, u, r)
	case "3507":
		err = d.deletes(c, u, r)
	default:
		err = d.keep(c, u, r)
	}
	return r, err
}

// keep takes rows that concern no sale.
func (d *Desk) keep(c *Call, u *upload.Upload, r *Receipt) error {
	var es []entry
	for i := range u.Rows {
		es = d.row(es, c, &u.Rows[i], nil, "")
		r.Rows = append(r.Rows, Outcome{Row: u.Rows[i].No, Taken: true, Text: odd(&u.Rows[i])})
	}
	return d.write(es)
}

// odd says which codes of a row are none.
func odd(row *upload.Row) string {
	for i := range row.Codes {
		if k := &row.Codes[i]; !k.Valid() {
			return fmt.Sprintf("追溯码 %q %s", k.Text, k.Reason)
		}
	}
	return ""
}

// row appends a row unless it is kept already.
func (d *Desk) row(es []entry, c *Call, row *upload.Row, codes []string, doc string) []entry {
	e := entry{Kind: kindRow, Table: row.Table, Values: row.Values, Codes: codes, Doc: doc, MsgID: c.MsgID, At: c.At.String(), Inst: c.Inst}
	d.mu.Lock()
	_, have := d.seen[e.hash()]
	d.mu.Unlock()
	if have {
		return es
	}
	return append(es, e)
}

// write makes entries durable and known.
func (d *Desk) write(es []entry) error {
	if err := d.in.add(es); err != nil {
		return err
	}
	for i := range es {
		d.remember(&es[i])
	}
	return nil
}

// hash names a row by its content: the same row sent again is the same.
func (e *entry) hash() uint64 {
	var b strings.Builder
	t := claim.TableOf(e.Table)
	b.WriteString(e.Kind + "\x1f" + e.Table + "\x1f" + e.Batch + "\x1f" + e.Inst)
	if t != nil {
		for i := range t.Columns {
			b.WriteByte('\x1f')
			b.WriteString(e.Values[t.Columns[i].Name])
		}
	}
	return xxh3.HashString(b.String())
}

// remember keeps what later messages name: the boxes of a document.
func (d *Desk) remember(e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	day := claim.NoDay
	if at, err := claim.ParseTime(e.At); err == nil {
		day = at.Day()
	}
	if !d.day.Has() || day > d.day {
		d.day = day
		d.forget(day - KeepDays)
	}
	if e.Kind == kindDelete { // the same rows may come again; a row kept twice is one in the lake
		clear(d.seen)
		delete(d.held, e.Inst+"\x1f"+batchName(e.Batch))
		return
	}
	if e.Kind == kindRow {
		d.seen[e.hash()] = day
	}
	v := e.Values
	if e.Kind != kindSold && (e.Kind != kindRow || e.Table != "sale" || strings.HasPrefix(v["sel_retn_cnt"], "-")) {
		return
	}
	names := []string{v["setl_id"], v["mdtrt_id"], batchName(v["fixmedins_bchno"])}
	if e.Kind == kindSold {
		names = append(names, e.Doc)
	}
	if v["rtal_docno"] != "" {
		names = append(names, index.RetailDoc(e.Inst, v["rtal_docno"]))
	}
	for _, n := range names {
		if n == "" {
			continue
		}
		k := e.Inst + "\x1f" + n
		for _, code := range e.Codes {
			d.held[k] = append(d.held[k], held{code, v["med_list_codg"], e.Doc, day})
		}
	}
}

// forget drops what came before a day: once a day, so that memory does not grow with the years.
func (d *Desk) forget(before claim.Day) {
	for h, day := range d.seen {
		if day < before {
			delete(d.seen, h)
		}
	}
	for k, hs := range d.held {
		if hs = slices.DeleteFunc(hs, func(h held) bool { return h.day < before }); len(hs) == 0 {
			delete(d.held, k)
		} else {
			d.held[k] = hs
		}
	}
}

// batchName sets a batch number apart from documents of the same text.
func batchName(no string) string {
	if no == "" {
		return ""
	}
	return "\x1e" + no
}

// Look answers whether an institution may sell a box now, without recording anything.
func (d *Desk) Look(inst, raw string, at claim.Time) (life.Code, *index.Answer, error) {
	k := life.Parse(raw)
	if !k.Valid() {
		return k, nil, nil
	}
	as, err := d.x.Check(&index.Slip{Inst: inst, At: at, Docs: []string{"\x00look"}, Boxes: []index.Box{{Code: k, Qty: claim.None64}}})
	if err != nil {
		return k, nil, err
	}
	return k, &as[0], nil
}

// Undo takes back the institution's latest sale of a box: the clerk scanned by mistake. It tells whether there was one.
func (d *Desk) Undo(inst, raw string, at claim.Time) (bool, error) {
	k := life.Parse(raw)
	if !k.Valid() {
		return false, &Wrong{fmt.Sprintf("追溯码 %q %s", raw, k.Reason)}
	}
	return d.x.Undo(k, inst, "", claim.None64, at)
}

// Institution is the fixmedins_code of a record of the index.
func (d *Desk) Institution(n uint32) string { return d.x.Institution(n) }

// Size tells how many records the index holds and how many bytes it takes.
func (d *Desk) Size() (records, bytes int64) { return d.x.Size() }
