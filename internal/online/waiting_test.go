package online

import (
	"bytes"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// TestWaitingLinesAreWhatWasUploaded: a line read back makes the same row again, so a settlement is judged on what was uploaded.
func TestWaitingLinesAreWhatWasUploaded(t *testing.T) {
	t.Parallel()
	q := Fullest(During)
	p := q.Patients[0]
	e := &p.Encounters[0]
	e.Begin = claim.NoTime
	en, err := entryOf(&Event{Kind: Charged, Inst: e.Inst, At: q.At, Batch: "B1", Patient: p})
	if err != nil {
		t.Fatal(err)
	}
	eng := &Engine{d: newDelta()}
	eng.d.apply(en)
	w := eng.Waiting(e.Inst, p.ID, e.ID, "B1")
	if w == nil || len(w.Orders) != len(e.Orders) || w.MedType != e.MedType || w.MainDiag != e.MainDiag || w.Rescue != e.Rescue {
		t.Fatalf("%+v", w)
	}
	for i := range w.Orders {
		write := func(o *Order) []byte {
			rw := &rowWriter{known: q.At}
			putOrder(rw, &p, e, o, e.Inst, "", q.At)
			return rw.buf
		}
		if !bytes.Equal(write(&w.Orders[i]), write(&e.Orders[i])) {
			t.Errorf("line %d comes back as %+v, was %+v", i, w.Orders[i], e.Orders[i])
		}
	}
	for name, x := range map[string][4]string{"another batch": {e.Inst, p.ID, e.ID, "B2"}, "another institution": {"H2", p.ID, e.ID, "B1"},
		"another visit": {e.Inst, p.ID, "V2", "B1"}, "another person": {e.Inst, "P2", e.ID, "B1"}} {
		if w := eng.Waiting(x[0], x[1], x[2], x[3]); w != nil {
			t.Errorf("%s has %+v", name, w)
		}
	}
	if w := eng.Waiting(e.Inst, p.ID, e.ID, allBatches); w == nil {
		t.Error("0000 is all batches")
	}
	settled, err := entryOf(&Event{Kind: Settled, Inst: e.Inst, At: q.At, Setl: "S1", Patient: Patient{ID: p.ID, Encounters: []Encounter{*w}}})
	if err != nil {
		t.Fatal(err)
	}
	eng.d.apply(settled)
	if w := eng.Waiting(e.Inst, p.ID, e.ID, ""); w != nil {
		t.Errorf("settled lines wait: %+v", w)
	}
}
