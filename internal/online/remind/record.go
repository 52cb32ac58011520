package remind

import (
	"encoding/binary"
	"encoding/json"

	"github.com/mingjian/mingjian/internal/store"
)

// Records of the journal. A call is rows as bytes behind a mark that no JSON begins with: there are thousands a second. An answer is
// JSON; so were calls once, and still are read.

// callMark begins the record of a call.
const callMark = 0x02

// record is the entry of a call as bytes.
func (e *entry) record() []byte {
	n := 512
	for i := range e.Visits {
		n += 256 + len(e.Visits[i].Orders)
	}
	for i := range e.Reminders {
		n += 512 + len(e.Reminders[i].Cont) + len(e.Reminders[i].Lines)
	}
	b := append(make([]byte, 0, n), callMark)
	b = e.Call.AppendRow(b)
	b = binary.AppendUvarint(b, uint64(len(e.Visits)))
	for i := range e.Visits {
		b = e.Visits[i].AppendRow(b)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Reminders)))
	for i := range e.Reminders {
		b = e.Reminders[i].AppendRow(b)
	}
	if e.Silence != nil {
		b = e.Silence.AppendRow(b)
	}
	return b
}

// readRecord reads a record; false for one of a newer program, or damaged.
func readRecord(b []byte) (e *entry, ok bool) {
	e = &entry{}
	if len(b) == 0 || b[0] != callMark {
		return e, json.Unmarshal(b, e) == nil && e.V == entryVersion
	}
	e.V, e.Call = entryVersion, &store.Call{}
	b, err := e.Call.ReadRow(b[1:])
	each := func(row func() error) {
		if err != nil {
			return
		}
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)) {
			err = store.ErrRow
			return
		}
		for b = b[k:]; n > 0 && err == nil; n-- {
			err = row()
		}
	}
	each(func() (err error) {
		var v store.CallVisit
		b, err = v.ReadRow(b)
		e.Visits = append(e.Visits, v)
		return err
	})
	each(func() (err error) {
		var r store.Reminder
		b, err = r.ReadRow(b)
		e.Reminders = append(e.Reminders, r)
		return err
	})
	if err == nil && len(b) > 0 {
		e.Silence = &store.Silence{}
		b, err = e.Silence.ReadRow(b)
	}
	return e, err == nil && len(b) == 0
}
