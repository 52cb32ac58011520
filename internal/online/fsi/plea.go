package fsi

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/claim"
)

// Plea is what an institution says of one finding: an answer (3702), a request for a panel (3703), a file (3704), or what it asks to see (3701).
type Plea struct {
	Finding  string
	Version  int64 // the version it saw; 0 = as it stands
	Accepts  bool  // 3702: accepts instead of appealing
	Reason   string
	Lines    []string // numbers of the lines appealed against; none = all
	Files    []string // ids from 3704
	FileName string
	Content  string // of the file, Base64

	// what a 3701 looks for
	State, Rule, Month, Visit string
	Cursor                    string
	Limit                     int
}

// Pleas is the input of a 3701–3704.
type Pleas struct{ List []Plea }

var pleaNode = func() node[Plea] {
	n, i := node[Plea]{}, 0
	add := func(read func(*decoder, *Plea), names ...string) {
		for _, name := range names {
			n[name] = field[Plea]{i, read}
		}
		i++
	}
	text := func(of func(*Plea) *string, names ...string) {
		add(func(d *decoder, p *Plea) { d.text(of(p)) }, names...)
	}
	text(func(p *Plea) *string { return &p.Finding }, "finding_id", "vola_id")
	add(func(d *decoder, p *Plea) {
		var v int
		d.integer(&v)
		p.Version = int64(v)
	}, "ver")
	add(func(d *decoder, p *Plea) { d.flag(&p.Accepts) }, "acpt_flag")
	text(func(p *Plea) *string { return &p.Reason }, "appl_rea", "appeal_rea", "memo")
	add(func(d *decoder, p *Plea) { d.words(&p.Lines) }, "line_no")
	add(func(d *decoder, p *Plea) { d.words(&p.Files) }, "file_id")
	text(func(p *Plea) *string { return &p.FileName }, "file_name")
	text(func(p *Plea) *string { return &p.Content }, "file_cont", "file_content")
	text(func(p *Plea) *string { return &p.State }, "node")
	text(func(p *Plea) *string { return &p.Rule }, "rule_id")
	text(func(p *Plea) *string { return &p.Month }, "setl_ym")
	text(func(p *Plea) *string { return &p.Visit }, "mdtrt_id")
	text(func(p *Plea) *string { return &p.Cursor }, "cursor")
	add(func(d *decoder, p *Plea) { d.integer(&p.Limit) }, "page_size")
	return folded(n)
}()

// read reads the input: the data node as a list or one object, or its fields without the node.
func (p *Pleas) read(d *decoder) {
	one := func(d *decoder) {
		var x Plea
		members(d, pleaNode, &x, nil)
		p.List = append(p.List, x)
	}
	var bare Plea
	used := false
	root := node[Pleas]{"data": {0, func(d *decoder, p *Pleas) { d.nodes(maxPleas, func() { one(d) }) }}}
	d.nodes(1, func() {
		members(d, root, p, func(key string) bool {
			f, ok := pleaNode.find(key)
			if ok {
				used = true
				f.read(d, &bare)
			}
			return ok
		})
	})
	if used && len(p.List) == 0 {
		p.List = append(p.List, bare)
	}
}

// maxPleas bounds the findings of one message: each is a decision of its own.
const maxPleas = 200

// maxPlea is the length of appl_rea in characters, as in the console.
const maxPlea = 4000

// check refuses what cannot be an answer, whole: half of it taken would look as if the rest had been said.
func (p *Pleas) check(m *Message) *Fault {
	if m.National == "3701" {
		if len(p.List) == 0 {
			p.List = []Plea{{}}
		}
		if q := &p.List[0]; q.Limit < 0 || q.Limit > 200 {
			return &Fault{Code: BadPlea, Path: "input.data.page_size", Text: "一页 1 到 200 条"}
		} else if q.Month != "" {
			if _, err := claim.ParseMonth(q.Month); err != nil {
				return &Fault{Code: BadPlea, Path: "input.data.setl_ym", Text: "月份写作 yyyy-MM"}
			}
		}
		return nil
	}
	if m.Operator == "" {
		return &Fault{Code: Missing, Path: "opter", Text: "申诉、申请合议、上传附件要写经办人编号"}
	}
	if len(p.List) == 0 {
		return &Fault{Code: Missing, Path: "input.data", Text: "没有申诉内容"}
	}
	for i := range p.List {
		x, at := &p.List[i], fmt.Sprintf("input.data[%d]", i)
		switch {
		case x.Finding == "":
			return &Fault{Code: Missing, Path: at + ".finding_id", Text: "没有疑点编号（3701 返回的 finding_id）"}
		case m.National == "3704" && (x.FileName == "" || x.Content == ""):
			return &Fault{Code: Missing, Path: at + ".file_cont", Text: "附件要写文件名和内容（Base64）"}
		case m.National != "3704" && !x.Accepts && utf8.RuneCountInString(strings.TrimSpace(x.Reason)) < 2:
			return &Fault{Code: Missing, Path: at + ".appl_rea", Text: "请写明申诉理由"}
		case utf8.RuneCountInString(x.Reason) > maxPlea:
			return &Fault{Code: TooBig, Path: at + ".appl_rea", Text: fmt.Sprintf("理由超过 %d 字", maxPlea)}
		}
	}
	return nil
}

// unpack is a file's content: Base64 in either alphabet, with or without padding, line breaks and a data: head.
func unpack(s string) ([]byte, bool) {
	if head, body, ok := strings.Cut(s, ","); ok && strings.HasPrefix(head, "data:") {
		s = body
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\n', '\r', '\t', '=':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, s)
	b, err := base64.RawStdEncoding.DecodeString(s)
	return b, err == nil && len(b) > 0
}
