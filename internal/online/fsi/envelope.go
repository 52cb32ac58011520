package fsi

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Envelope is what every transaction is wrapped in.
type Envelope struct {
	Infno        string // as sent
	MsgID        string
	Admdvs       string // mdtrtarea_admvs
	Insured      string // insuplc_admdvs
	Inst         string // fixmedins_code
	InstName     string
	Operator     string // opter
	OperatorName string
	OperatorType string
	SignNo       string
	Version      string
	SignType     string
	EncType      string
	At           claim.Time // inf_time; NoTime when absent or unreadable
}

func envelopeFields() reads[Envelope] {
	type E = Envelope
	return reads[E]{
		"infno":           func(d *decoder, e *E) { d.text(&e.Infno) },
		"msgid":           func(d *decoder, e *E) { d.text(&e.MsgID) },
		"mdtrtarea_admvs": func(d *decoder, e *E) { d.text(&e.Admdvs) },
		"insuplc_admdvs":  func(d *decoder, e *E) { d.text(&e.Insured) },
		"fixmedins_code":  func(d *decoder, e *E) { d.text(&e.Inst) },
		"fixmedins_name":  func(d *decoder, e *E) { d.text(&e.InstName) },
		"opter":           func(d *decoder, e *E) { d.text(&e.Operator) },
		"opter_name":      func(d *decoder, e *E) { d.text(&e.OperatorName) },
		"opter_type":      func(d *decoder, e *E) { d.text(&e.OperatorType) },
		"sign_no":         func(d *decoder, e *E) { d.text(&e.SignNo) },
		"infver":          func(d *decoder, e *E) { d.text(&e.Version) },
		"signtype":        func(d *decoder, e *E) { d.text(&e.SignType) },
		"enctype":         func(d *decoder, e *E) { d.text(&e.EncType) },
		"inf_time":        func(d *decoder, e *E) { d.moment(&e.At) },
	}
}
