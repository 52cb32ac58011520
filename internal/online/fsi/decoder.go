package fsi

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/mingjian/mingjian/internal/online"
)

// decoder reads one message under a profile.
type decoder struct {
	scanner
	p       *Profile
	lim     *Limits
	path    []step
	odd     []online.Oddity
	orders  int
	rows    *rows
	flagged bool // some order said whether it is current
	inText  int  // how many strings with JSON inside the reading is in
}

// maxOdd bounds the oddities that are kept: a message full of them is as wrong as one with fifty.
const maxOdd = 50

// maxText bounds JSON in a string in JSON.
const maxText = 3

func newDecoder(text string, p *Profile, lim *Limits) *decoder {
	return &decoder{scanner: scanner{s: text, most: lim.Depth}, p: p, lim: lim, rows: &rows{}, path: make([]step, 0, 8)}
}

func (d *decoder) at() string { return pathOf(d.path) }

// oddly notes a field that could not be read; the rest is judged.
func (d *decoder) oddly(value, why string) {
	if d.err == nil && len(d.odd) < maxOdd {
		d.odd = append(d.odd, online.Oddity{Path: d.at(), Value: short(value), Why: why})
	}
}

// stop ends reading with a fault of the node.
func (d *decoder) stop(f *Fault) {
	f.Path = d.at()
	d.fail(f)
}

// field of a node: how its value is read into a T.
type field[T any] struct {
	index int // in the node, below 64
	read  func(*decoder, *T)
}

// node is a table of fields by the names senders use: exact, and folded (small letters, no underscores).
type node[T any] map[string]field[T]

func (n node[T]) find(key string) (field[T], bool) {
	if f, ok := n[key]; ok {
		return f, true
	}
	f, ok := n[fold(key)]
	return f, ok
}

// fold makes patientDtos, PATIENT_DTOS and patient_dtos one name.
func fold(key string) string {
	for i := 0; i < len(key); i++ {
		if c := key[i]; c == '_' || (c >= 'A' && c <= 'Z') {
			return strings.ToLower(strings.ReplaceAll(key, "_", ""))
		}
	}
	return key
}

// members reads an object at its brace into to. Keys that are not in the table go to other; where that is nil or does
// not want them they are skipped.
func members[T any](d *decoder, n node[T], to *T, other func(key string) bool) {
	rowMembers(d, n, nil, to, other)
}

// row remembers the members of a node by their place, as the last sender wrote them: the next one usually writes the same names in the
// same order, and need not look them up. Half of reading an order was looking up its names.
type row[T any] struct{ cells []cell[T] }

type cell[T any] struct {
	key, quoted string // quoted is the key as it stands in JSON, with the colon
	field       field[T]
}

// A row takes names that senders may mean, no more of them than a node has members.
const (
	maxCells = 64
	maxName  = 64
)

// put notes which name stands at a place. The name is copied: the row outlives the message.
func (r *row[T]) put(i int, key string, f field[T]) {
	if i > len(r.cells) || i >= maxCells || len(key) > maxName {
		return
	}
	quoted := `"` + key + `":`
	c := cell[T]{quoted[1 : len(quoted)-2], quoted, f}
	if i == len(r.cells) {
		r.cells = append(r.cells, c)
		return
	}
	r.cells[i] = c
}

// rows are the rows of the nodes that come in every message or many times in one.
type rows struct {
	patient   row[online.Patient]
	encounter row[online.Encounter]
	diagnosis row[online.Diagnosis]
	order     row[online.Order]
	line      row[billLine]
}

// rowMembers is members with a row; nil has none.
func rowMembers[T any](d *decoder, n node[T], r *row[T], to *T, other func(key string) bool) {
	d.open()
	d.path = append(d.path, step{index: -1})
	top := len(d.path) - 1
	var seen uint64
	i := -1
	for first := true; d.next('}', first); first = false {
		i++
		var key string
		var f field[T]
		if r != nil && i < len(r.cells) && strings.HasPrefix(d.s[d.i:], r.cells[i].quoted) {
			key, f = r.cells[i].key, r.cells[i].field
			d.i += len(r.cells[i].quoted)
		} else {
			if key = d.key(); d.err != nil {
				break
			}
			f, _ = n.find(key)
			if r != nil {
				r.put(i, key, f)
			}
		}
		d.path[top] = step{key, -1}
		if f.read == nil {
			if other == nil || !other(key) {
				d.skip()
			}
			continue
		}
		if seen&(1<<f.index) != 0 {
			d.stop(fault(Twice, "同一个节点里 %q 写了两次，不知道以哪个为准", short(key)))
			break
		}
		seen |= 1 << f.index
		f.read(d, to)
	}
	d.path = d.path[:top]
}

// nodes calls each at the brace of every object of a list node. Senders write lists as an array, a single object, null,
// "", "-", "[]", {} or as JSON in a string.
func (d *decoder) nodes(most int, each func()) {
	switch d.peek() {
	case '{':
		d.object(each)
	case '[':
		d.open()
		top := len(d.path) - 1
		was := d.path[top].index
		for first := true; d.next(']', first); first = false {
			if d.path[top].index++; d.path[top].index >= most {
				d.stop(fault(TooMany, "数组超过 %d 个元素", most))
				break
			}
			d.element(each)
		}
		if d.err == nil {
			d.path[top].index = was
		}
	case 'n':
		d.word("null")
	case '"':
		d.within(d.str(), func() { d.nodes(most, each) })
	default:
		d.strange()
	}
}

func (d *decoder) element(each func()) {
	switch d.peek() {
	case '{':
		d.object(each)
	case 'n':
		d.word("null")
	case '"':
		d.within(d.str(), func() { d.element(each) })
	default:
		d.strange()
	}
}

// object calls each unless the object is empty.
func (d *decoder) object(each func()) {
	at := d.i
	d.i++
	if d.peek() == '}' {
		d.i++
		return
	}
	d.i = at
	each()
}

// one reads a node of one object; of an array the first.
func (d *decoder) one(each func()) {
	n := 0
	d.nodes(d.lim.Items, func() {
		if n++; n == 1 {
			each()
			return
		}
		if n == 2 {
			d.oddly("", "这个节点只应有一个，取第一个")
		}
		d.skip()
	})
}

// strange stops at a node of a wrong type, or at what is no JSON.
func (d *decoder) strange() {
	at := d.i
	d.skip()
	if d.err == nil {
		d.stop(fault(WrongNode, "应为对象或数组，收到 %s", short(d.s[at:d.i])))
	}
}

// blank tells that a string stands for nothing.
func blank(s string) bool { return s == "" || s == "-" || s == "null" || s == "NULL" }

// within reads the JSON in a string as if it stood there.
func (d *decoder) within(text string, read func()) {
	if d.err != nil {
		return
	}
	text = strings.TrimSpace(text)
	switch {
	case blank(text):
		return
	case text[0] != '{' && text[0] != '[':
		d.stop(fault(WrongNode, "应为对象或数组，收到文本 %q", short(text)))
		return
	case d.inText == maxText:
		d.stop(fault(TooDeep, "字符串里套 JSON 超过 %d 层", maxText))
		return
	}
	s, i := d.s, d.i
	d.s, d.i = text, 0
	d.inText++
	read()
	if d.err == nil && d.peek() != 0 {
		d.broken()
	}
	if d.err != nil {
		if d.err.Path == "" {
			d.err.Path = d.at()
			d.err.Text = "字符串里的 " + d.err.Text
		}
		d.s, d.i = s, len(s)
		return
	}
	d.inText--
	d.s, d.i = s, i
}

// toText makes a string of a body: UTF-8 as it is, without a copy, GB18030 when it was declared.
func toText(body []byte, charset string) (string, *Fault) {
	if strings.HasPrefix(charset, "gb") {
		out, err := decodeGB(body)
		if err != nil {
			return "", fault(NotText, "报文声明为 %s，但第 %d 字节不是该编码", charset, len(out)+1)
		}
		return out, nil
	}
	s := unsafe.String(unsafe.SliceData(body), len(body)) // nobody writes to a body that was read
	s = strings.TrimPrefix(s, "\ufeff")
	if !utf8.ValidString(s) {
		return s, fault(NotText, "报文第 %d 字节不是 UTF-8；若是 GB18030 编码，请在 Content-Type 写 charset=GB18030", badByte(s)+1)
	}
	return s, nil
}

func badByte(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}
