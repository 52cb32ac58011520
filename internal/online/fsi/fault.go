package fsi

import (
	"fmt"
	"strconv"
	"strings"
)

// Code is a stable number of an envelope error, for the error table of the guide.
type Code string

// Codes of envelope errors. 1xx: the message cannot be read; 2xx: it may not be answered; 3xx: it was refused; 5xx: ours.
const (
	NotJSON      Code = "101" // not JSON, with the byte at which reading stopped
	Truncated    Code = "102" // ends in the middle
	NotText      Code = "103" // neither UTF-8 nor the declared character set
	TooBig       Code = "104" // more bytes than are taken
	TooDeep      Code = "105" // nested deeper than is read
	TooMany      Code = "106" // an array with more elements than are read
	Twice        Code = "107" // one object names a key twice
	WrongNode    Code = "108" // a node is neither object, array nor empty
	Missing      Code = "109" // something without which nothing can be judged is missing
	UnknownInfno Code = "110" // a transaction that is not served
	WrongInfno   Code = "111" // path and envelope name different transactions
	WrongType    Code = "112" // content type or encoding that is not taken
	Encrypted    Code = "113" // enctype says the input is encrypted
	WrongMethod  Code = "114" // not POST
	Unsigned     Code = "201" // no signature, or half of one
	Forged       Code = "202" // unknown key or wrong signature
	Expired      Code = "203" // timestamp outside of the window
	Replayed     Code = "204" // nonce was used before
	OtherScope   Code = "205" // the key may not speak for this institution
	TooOften     Code = "206" // more calls than the key may make
	Refused      Code = "301" // the settlement is refused
	BadRelease   Code = "302" // a release that does not hold
	SoldTwice    Code = "303" // a box was sold before: refused until the clerk confirms with a reason
	NoFinding    Code = "304" // no finding of this number was sent to the institution
	NotNow       Code = "305" // the finding's state, its deadline or its version does not allow it now
	BadPlea      Code = "306" // what an appeal says, or a file of it, is not taken
	Failed       Code = "501" // ours: nothing was judged, the caller lets pass
)

// Fault is an error that the envelope reports with infcode -1.
type Fault struct {
	Code Code
	Path string // of the node, "" when the message as a whole is meant
	Text string // Chinese: what is wrong and what to do
}

// Error is the err_msg: "[102] 报文不完整……（input.data）".
func (f *Fault) Error() string {
	if f.Path == "" {
		return "[" + string(f.Code) + "] " + f.Text
	}
	return "[" + string(f.Code) + "] " + f.Text + "（" + f.Path + "）"
}

func fault(c Code, format string, a ...any) *Fault {
	return &Fault{Code: c, Text: fmt.Sprintf(format, a...)}
}

// short cuts a value of the sender for an error text.
func short(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			s = s[:i] + "…"
			break
		}
	}
	return strings.ToValidUTF8(s, "�")
}

// step is one step of a path: a key, then an index when the key holds an array.
type step struct {
	key   string
	index int // -1 = not in an array
}

func pathOf(steps []step) string {
	var b strings.Builder
	for i, s := range steps {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(short(s.key))
		if s.index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	return b.String()
}
