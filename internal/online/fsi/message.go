package fsi

import (
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Message is one transaction as it was read. Of Request, Feedback, Bill, Goods and Pleas at most one is set.
type Message struct {
	Envelope
	National string // the transaction's national number: 3101 for 3660
	Profile  *Profile
	Request  *online.Request // 3101, 3102
	Feedback *Feedback       // 3103
	Bill     *Bill           // settlement and detail shapes
	Goods    []byte          // input of a goods transaction (3501–3507), as JSON
	Pleas    *Pleas          // 3701–3704
	Odd      []online.Oddity // fields that could not be read
}

// Source says how a message came.
type Source struct {
	Infno   string // from the path, "" when the address names none
	Charset string // of the content type, small letters, "" = UTF-8
	Limits  *Limits
	Profile *Profile // nil = chosen by area and transaction
}

var national = sync.OnceValues(func() (*Profiles, error) { return LoadProfiles("") })

// Decode reads a 3101 or 3102 body (3660, 3661 too). p nil picks the shipped profile by area. The error is a *Fault: the
// envelope itself cannot be read. The body must not be changed afterwards: the request's strings are pieces of it. Request.At is absent when the envelope has no inf_time: the caller knows when it came.
func Decode(body []byte, p *Profile) (*online.Request, error) {
	ps, err := national()
	if err != nil {
		return nil, err
	}
	m, err := ps.Read(body, Source{Profile: p})
	if err != nil {
		return nil, err
	}
	if m.Request == nil {
		return nil, fault(UnknownInfno, "交易 %s 不是事前、事中分析", short(m.Infno))
	}
	return m.Request, nil
}

// Read reads a message of any transaction that is served. The error is a *Fault; the message then holds what of the
// envelope was read before it, for the answer. Strings of the message are pieces of the body, which must not be changed afterwards; whoever
// keeps one for long clones it.
func (ps *Profiles) Read(body []byte, from Source) (*Message, error) {
	m := &Message{Envelope: Envelope{At: claim.NoTime}}
	lim := from.Limits
	if lim == nil {
		lim = &DefaultLimits
	}
	if len(body) > lim.Bytes {
		return m, fault(TooBig, "报文 %d 字节，超过上限 %d 字节", len(body), lim.Bytes)
	}
	text, bad := toText(body, from.Charset)
	if bad != nil {
		return m, bad
	}
	d := newDecoder(text, from.Profile, lim)
	if d.peek() != '{' {
		d.notObject()
		return m, d.err
	}
	r := reading{decoder: d, m: m, from: from, later: -1}
	members(d, ps.envelope, &m.Envelope, func(key string) bool { return r.other(ps, key) })
	if d.err == nil && d.peek() != 0 {
		d.broken()
	}
	if d.err == nil {
		r.rest(ps)
	}
	if d.p != nil { // names have another meaning under another profile
		d.p.rows.Put(d.rows)
		d.rows = &rows{}
	}
	if d.err != nil {
		return m, d.err
	}
	if bad := r.finish(); bad != nil {
		return m, bad
	}
	m.Odd = d.odd
	if m.Request != nil {
		m.Request.Odd = d.odd
	}
	return m, nil
}

func (d *decoder) notObject() {
	if d.peek() == 0 {
		d.fail(fault(Truncated, "报文是空的"))
		return
	}
	if d.skip(); d.err == nil {
		d.fail(fault(WrongNode, "报文应为一个 JSON 对象"))
	}
}

// reading is the work on one message.
type reading struct {
	*decoder
	m     *Message
	from  Source
	input bool // the input was read
	later int  // where the input begins that could not be read yet, -1 = nowhere
	out   bool // the input is an answer's output (5203, 5204)
}

// other handles the envelope's members that are not fields: the input, and the output of query answers used as input.
func (r *reading) other(ps *Profiles, key string) bool {
	switch fold(key) {
	case "input", "output":
	default:
		return false
	}
	if r.input || r.later >= 0 {
		if r.out == (key == "output") {
			r.stop(fault(Twice, "同一个节点里 %q 写了两次，不知道以哪个为准", key))
			return true
		}
		return false // an answer that repeats the question: the first counts
	}
	r.out = key == "output"
	if (r.m.Infno == "" && r.from.Infno == "") || (r.m.Admdvs == "" && r.p == nil) {
		r.later = r.i
		return false
	}
	r.read(ps)
	return true
}

// rest reads an input that came before transaction and area.
func (r *reading) rest(ps *Profiles) {
	if r.later >= 0 {
		r.i, r.path = r.later, append(r.path, step{"input", -1})
		r.read(ps)
		r.i, r.path = len(r.s), r.path[:0]
	} else if !r.input {
		r.settleInfno(ps)
	}
}

// settleInfno decides which transaction this is; false has failed.
func (r *reading) settleInfno(ps *Profiles) bool {
	m := r.m
	switch {
	case m.Infno == "" && r.from.Infno == "":
		r.fail(fault(Missing, "没有交易编号 infno"))
	case m.Infno == "":
		m.Infno = r.from.Infno
	case r.from.Infno != "" && r.from.Infno != m.Infno:
		r.fail(fault(WrongInfno, "地址里的交易 %s 与报文的 infno %s 不一致", short(r.from.Infno), short(m.Infno)))
	}
	if r.err != nil {
		return false
	}
	if r.p == nil {
		r.p = ps.choose(m.Admdvs, m.Infno)
	}
	m.Profile = r.p
	if x, ok := r.p.rows.Get().(*rows); ok {
		r.rows = x
	}
	if m.National = r.p.national(m.Infno); m.National == "" {
		r.fail(fault(UnknownInfno, "交易 %s 不在本服务范围，请发往医保信息平台", short(m.Infno)))
	}
	return r.err == nil
}

func (r *reading) read(ps *Profiles) {
	r.input = true
	if !r.settleInfno(ps) {
		return
	}
	if r.m.EncType != "" && r.peek() == '"' {
		if at := r.i; r.str() != "" && r.err == nil {
			r.i = at
			text := r.str()
			if c := firstByte(text); c != '{' && c != '[' {
				r.stop(fault(Encrypted, "报文声明加密（enctype=%s），本服务只收明文，请走网关解密后转发", short(r.m.EncType)))
				return
			}
			r.i = at
		}
	}
	d := r.decoder
	switch n := r.m.National; n {
	case "3101", "3102":
		m := &message{req: &online.Request{}}
		r.m.Request = m.req
		d.one(func() { members(d, rootNode, m, m.inData(d)) })
	case "3103":
		r.m.Feedback = &Feedback{}
		d.one(func() { r.m.Feedback.read(d) })
	case "9001", "9002":
		d.skip()
	case "3501", "3502", "3503", "3504", "3505", "3506", "3507":
		at := d.i
		if d.skip(); d.err == nil {
			r.m.Goods = []byte(d.s[at:d.i])
		}
	case "3701", "3702", "3703", "3704":
		r.m.Pleas = &Pleas{}
		r.m.Pleas.read(d)
	default:
		r.m.Bill = newBill(n)
		r.m.Bill.read(d)
	}
}

func firstByte(s string) byte {
	d := scanner{s: s}
	return d.peek()
}

// message is the data node of a check.
type message struct{ req *online.Request }

var rootNode = node[message]{"data": {0, func(d *decoder, m *message) {
	d.one(func() { members(d, d.p.data, m, nil) })
}}}

// inData handles what stands in the input itself: the data node under a regional name, or its fields without the node.
func (m *message) inData(d *decoder) func(string) bool {
	return func(key string) bool {
		f, ok := d.p.data.find(key)
		if fold(key) == "trigscen" {
			if c := d.peek(); c == '{' || c == '[' {
				rootNode["data"].read(d, m)
				return true
			}
		}
		if ok {
			f.read(d, m)
		}
		return ok
	}
}

func dataFields() reads[message] {
	return reads[message]{
		"task_id":     func(d *decoder, m *message) { d.text(&m.req.TaskID) },
		"rule_ids":    func(d *decoder, m *message) { d.words(&m.req.Rules) },
		"unprmt_flag": func(d *decoder, m *message) { d.flag(&m.req.Late) },
		"trig_scen":   func(d *decoder, m *message) { d.words(&m.req.Scenarios) },
		"patient_dtos": func(d *decoder, m *message) {
			d.nodes(d.lim.Items, func() {
				m.req.Patients = append(m.req.Patients, online.Patient{Birth: claim.NoDay})
				d.patient(&m.req.Patients[len(m.req.Patients)-1])
			})
		},
	}
}

// patient reads a person. Fields of the encounter that stand in the person itself (flat messages) make one encounter.
func (d *decoder) patient(p *online.Patient) {
	flat, used := newEncounter(), false
	rowMembers(d, d.p.patient, &d.rows.patient, p, func(key string) bool {
		f, ok := d.p.encounter.find(key)
		if ok {
			used = true
			f.read(d, &flat)
		}
		return ok
	})
	if used {
		p.Encounters = append(p.Encounters, flat)
	}
}

func decodeGB(body []byte) (string, error) {
	out, _, err := transform.Bytes(simplifiedchinese.GB18030.NewDecoder(), body)
	s := string(out)
	if err == nil {
		for i, r := range s {
			if r == '�' {
				return s[:i], errBytes
			}
		}
	}
	return s, err
}
