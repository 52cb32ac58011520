package counter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
	"github.com/mingjian/mingjian/internal/trace/upload"
)

// sales takes a 3505: the rows of one document are one slip, which goes whole or not at all.
func (d *Desk) sales(c *Call, u *upload.Upload, r *Receipt) error {
	type group struct {
		rows []*upload.Row
		slip index.Slip
	}
	var order []*group
	by := map[string]*group{}
	for i := range u.Rows {
		row := &u.Rows[i]
		v := row.Values
		name := cmp.Or(v["mdtrt_id"], v["setl_id"], index.RetailDoc(c.Inst, v["rtal_docno"]))
		g := by[name]
		if g == nil {
			at, err := claim.ParseTime(v["sel_retn_time"])
			if err != nil {
				return &Wrong{err.Error()}
			}
			g = &group{slip: index.Slip{Inst: c.Inst, Psn: v["psn_no"], At: at, Docs: docsOf(c.Inst, v), Paid: v["mdtrt_setl_type"] != "2" && (v["setl_id"] != "" || v["mdtrt_id"] != "")}}
			g.slip.Insist = c.Stop == Tell
			by[name] = g
			order = append(order, g)
		}
		g.slip.Insist = g.slip.Insist || (c.Stop == Confirm && row.Confirmed != "")
		g.slip.Boxes = append(g.slip.Boxes, d.boxes(row)...)
		g.rows = append(g.rows, row)
	}
	for _, g := range order {
		answers, ok, err := d.sell(&g.slip)
		if err != nil {
			return err
		}
		var es []entry
		said := told(&g.slip, answers, d.x)
		for _, row := range g.rows {
			o := Outcome{Row: row.No, Taken: ok, Text: cmp.Or(said, odd(row)), Confirm: !ok && c.Stop == Confirm}
			if ok {
				es = d.row(es, c, row, valid(row.Codes), g.slip.Docs[0])
			} else {
				es = append(es, entry{Kind: kindStopped, Values: row.Values, Codes: valid(row.Codes), MsgID: c.MsgID, At: c.At.String(), Inst: c.Inst, Why: said})
			}
			r.Rows = append(r.Rows, o)
		}
		if err := d.write(es); err != nil {
			return err
		}
	}
	return nil
}

// sell asks for a slip; one without boxes is taken.
func (d *Desk) sell(s *index.Slip) ([]index.Answer, bool, error) {
	if len(s.Boxes) == 0 {
		return nil, true, nil
	}
	return d.x.Sell(s)
}

func docsOf(inst string, v map[string]string) (docs []string) {
	for _, n := range []string{v["mdtrt_id"], v["setl_id"]} {
		if n != "" {
			docs = append(docs, n)
		}
	}
	if v["rtal_docno"] != "" {
		docs = append(docs, index.RetailDoc(inst, v["rtal_docno"]))
	}
	return docs
}

// boxes are the boxes of a row that the index can hold.
func (d *Desk) boxes(row *upload.Row) (out []index.Box) {
	for _, k := range row.Codes {
		if !k.Valid() {
			continue
		}
		b := index.Box{Code: k, Qty: claim.None64}
		if row.Values["trdn_flag"] == "1" {
			b.Split, b.Pack = true, d.items(row.Values["med_list_codg"]).Pack
			if n, err := claim.ParseDecimal(row.Values["sel_retn_cnt"], 4); err == nil {
				b.Qty = max(claim.Qty(n), -claim.Qty(n))
			}
		}
		out = append(out, b)
	}
	return out
}

func valid(codes []life.Code) (out []string) {
	for i := range codes {
		if codes[i].Valid() {
			out = append(out, codes[i].Text)
		}
	}
	return out
}

// told says in words what stands against a slip, "" for nothing. Other institutions are not named.
func told(s *index.Slip, as []index.Answer, x *index.Index) string {
	var why []string
	for i := range as {
		if as[i].Stands() {
			continue
		}
		code, a := s.Boxes[as[i].Box].Code.Text, &as[i]
		switch {
		case a.Again.Over:
			why = append(why, fmt.Sprintf("追溯码 %s 拆零累计超出一盒", code))
		case a.Before == nil:
			why = append(why, fmt.Sprintf("追溯码 %s 已售出，%s", code, a.Again.Class))
		default:
			at := "其他机构"
			if x.Institution(a.Before.Inst) == s.Inst {
				at = "本机构"
			}
			why = append(why, fmt.Sprintf("追溯码 %s 已于 %s 在%s售出，%s", code, a.Before.At, at, a.Again.Class))
		}
	}
	const most = 5
	if n := len(why); n > most {
		why = append(why[:most], fmt.Sprintf("另有 %d 盒", n-most))
	}
	return strings.Join(why, "；")
}

// returns takes a 3506: the box is free again. A return names its sale by medins_prod_sel_no, or by a document it shares with it; it may
// come without a code. One that names no sale and no code is of the only box that was sold under its batch number. What it takes back and cannot be found is kept for review.
func (d *Desk) returns(c *Call, u *upload.Upload, r *Receipt) error {
	for i := range u.Rows {
		row := &u.Rows[i]
		es := d.row(nil, c, row, nil, "")
		o := Outcome{Row: row.No, Taken: true, Text: odd(row)}
		if len(es) > 0 { // not sent before
			text, err := d.giveBack(c, row)
			if err != nil {
				return err
			}
			o.Text = cmp.Or(text, o.Text)
		}
		if err := d.write(es); err != nil {
			return err
		}
		r.Rows = append(r.Rows, o)
	}
	return nil
}

func (d *Desk) giveBack(c *Call, row *upload.Row) (string, error) {
	v := row.Values
	at, err := claim.ParseTime(v["sel_retn_time"])
	if err != nil {
		return "", &Wrong{err.Error()}
	}
	var names []string
	for _, n := range []string{v["medins_prod_sel_no"], v["setl_id"], v["mdtrt_id"]} {
		if n != "" {
			names = append(names, n, index.RetailDoc(c.Inst, n), batchName(n))
		}
	}
	sold := d.soldUnder(c.Inst, names)
	codes := row.Codes
	if len(valid(codes)) == 0 {
		for _, h := range sold {
			if h.item == v["med_list_codg"] {
				codes = append(codes, life.Parse(h.code))
			}
		}
		if len(names) == 0 { // it names no sale: its batch number says which, if that sold one box only
			for _, h := range d.soldUnder(c.Inst, []string{batchName(v["fixmedins_bchno"])}) {
				if h.item == v["med_list_codg"] {
					sold, codes = append(sold, h), append(codes, life.Parse(h.code))
				}
			}
			if len(codes) > 1 {
				return "退货没有写所退的销售，也没有追溯码，同一批次号售出多盒，不知退的是哪一盒，已记下待核", nil
			}
		}
		if len(codes) > 1 { // fewer come back than were sold: which ones is not known
			if n, err := claim.ParseDecimal(v["sel_retn_cnt"], 4); err == nil && -n < int64(len(codes))*int64(claim.QtyOne) && v["trdn_flag"] != "1" {
				return "退货没有追溯码，所退销售有多盒，不知退的是哪一盒，已记下待核", nil
			}
		}
		if len(codes) == 0 {
			return "退货没有追溯码，也找不到所退的销售，已记下待核", nil
		}
	}
	var lost []string
	for i := range codes {
		k := codes[i]
		if !k.Valid() {
			continue
		}
		q := claim.Qty(claim.None64)
		if n, err := claim.ParseDecimal(v["sel_retn_cnt"], 4); err == nil && v["trdn_flag"] == "1" {
			q = max(claim.Qty(n), -claim.Qty(n))
		}
		docs := slices.Clone(names)
		for _, h := range sold {
			if h.code == k.Text {
				docs = append([]string{h.doc}, docs...)
			}
		}
		if len(docs) == 0 {
			docs = []string{""}
		}
		ok := false
		for _, doc := range docs {
			if ok, err = d.x.Undo(k, c.Inst, doc, q, at); ok || err != nil {
				break
			}
		}
		if err != nil {
			return "", err
		}
		if !ok {
			lost = append(lost, k.Text)
		}
	}
	if len(lost) > 0 {
		return "找不到所退的销售，已记下待核：" + strings.Join(lost, "、"), nil
	}
	return "", nil
}

func (d *Desk) soldUnder(inst string, names []string) (out []held) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range names {
		for _, h := range d.held[inst+"\x1f"+n] {
			if !slices.ContainsFunc(out, func(o held) bool { return o.code == h.code && o.item == h.item && o.doc == h.doc }) {
				out = append(out, h)
			}
		}
	}
	return out
}

// deletes takes a 3507: what a batch number uploaded did not happen. The boxes it sold are free again.
func (d *Desk) deletes(c *Call, u *upload.Upload, r *Receipt) error {
	for i := range u.Deletes {
		x := &u.Deletes[i]
		e := entry{Kind: kindDelete, Batch: x.Batch, Table: tables[x.Kind], MsgID: c.MsgID, At: c.At.String(), Inst: c.Inst}
		if x.Kind == 4 {
			for _, h := range d.soldUnder(c.Inst, []string{batchName(x.Batch)}) {
				if _, err := d.x.Undo(life.Parse(h.code), c.Inst, h.doc, claim.None64, c.At); err != nil {
					return err
				}
			}
		}
		if err := d.write([]entry{e}); err != nil {
			return err
		}
		r.Rows = append(r.Rows, Outcome{Row: i + 1, Taken: true})
	}
	return nil
}

// tables of inv_data_type.
var tables = [...]string{"", "stock", "stock_change", "purchase", "sale"}

// Settlement is a settlement with the codes of its lines.
type Settlement struct {
	index.Slip
	MsgID string
	Lines []SettledLine
	Stop  Stop
}

// SettledLine is a fee line with the codes on it.
type SettledLine struct {
	Sn, Item string
	Cnt      claim.Qty
	Split    bool
	Codes    []life.Code
}

// Settle asks for the boxes of a settlement and records them, or only asks. why says what stands against it, "" for nothing.
func (d *Desk) Settle(s *Settlement, record bool) (why string, recorded bool, err error) {
	s.Boxes = nil
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, k := range l.Codes {
			if k.Valid() {
				b := index.Box{Code: k, Qty: claim.None64, Split: l.Split}
				if l.Split {
					b.Qty, b.Pack = l.Cnt, d.items(l.Item).Pack
				}
				s.Boxes = append(s.Boxes, b)
			}
		}
	}
	if len(s.Boxes) == 0 {
		return "", true, nil
	}
	if !record {
		as, err := d.x.Check(&s.Slip)
		return told(&s.Slip, as, d.x), false, err
	}
	s.Insist = s.Insist || s.Stop == Tell
	as, ok, err := d.x.Sell(&s.Slip)
	if err != nil {
		return "", false, err
	}
	why = told(&s.Slip, as, d.x)
	c := &Call{Inst: s.Inst, MsgID: s.MsgID, At: s.At}
	if !ok {
		return why, false, d.write([]entry{{Kind: kindStopped, Codes: s.codes(), Doc: s.Docs[0], MsgID: s.MsgID, At: s.At.String(), Inst: s.Inst, Why: why}})
	}
	var es []entry
	for i := range s.Lines {
		l := &s.Lines[i]
		if len(valid(l.Codes)) == 0 {
			continue
		}
		if l.Item == "" { // the line was not uploaded here: the lake learns the code elsewhere
			es = append(es, entry{Kind: kindSold, Codes: valid(l.Codes), Doc: s.Docs[0], MsgID: s.MsgID, At: s.At.String(), Inst: s.Inst})
			continue
		}
		v := map[string]string{"fixmedins_code": s.Inst, "rtal_docno": s.Docs[0], "line_no": upload.LineNo(l.Sn), "med_list_codg": l.Item, "mdtrt_id": s.Docs[0],
			"psn_no": s.Psn, "sel_retn_cnt": l.Cnt.String(), "sel_retn_time": s.At.String(), "drug_trac_codg": strings.Join(valid(l.Codes), "|"), "trdn_flag": "0", "mdtrt_setl_type": "1"}
		if l.Split {
			v["trdn_flag"] = "1"
		}
		if l.Cnt == claim.None64 {
			v["sel_retn_cnt"] = fmt.Sprint(len(valid(l.Codes)))
		}
		es = d.row(es, c, &upload.Row{Table: "sale", Values: v}, valid(l.Codes), s.Docs[0])
	}
	return why, true, d.write(es)
}

func (s *Settlement) codes() (out []string) {
	for i := range s.Boxes {
		out = append(out, s.Boxes[i].Code.Text)
	}
	return out
}

// Reverse takes back the boxes that were sold under a visit or settlement of an institution (2208, 2305).
func (d *Desk) Reverse(inst string, docs []string, at claim.Time) error {
	for _, h := range d.soldUnder(inst, docs) {
		if _, err := d.x.Undo(life.Parse(h.code), inst, h.doc, claim.None64, at); err != nil {
			return err
		}
	}
	return nil
}
