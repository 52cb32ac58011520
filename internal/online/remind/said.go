package remind

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Said is what a call said of a visit, as store.CallVisit.Orders keeps it: when, in civil time, and which orders. One line each,
// fields parted by tabs, for a call has twenty orders and there are thousands of calls a second.
type Said struct {
	At     claim.Time
	Orders []SaidOrder
}

// SaidOrder is an order as it was sent.
type SaidOrder struct {
	ID, Rxno, Item string
	Cnt            claim.Qty
	Amount, Own    claim.Money
	Day            claim.Day // it begins
	List           string
	Context        bool // not judged in this call
}

// Text writes what ReadSaid reads.
func (s *Said) Text() string {
	b := strconv.AppendInt(nil, int64(s.At), 10)
	for i := range s.Orders {
		b = s.Orders[i].append(b)
	}
	return string(b)
}

// append writes the order's line.
func (o *SaidOrder) append(b []byte) []byte {
	b = append(b, '\n')
	for _, s := range []string{o.ID, o.Rxno, o.Item} {
		b = append(appendField(b, s), '\t')
	}
	b = append(strconv.AppendInt(b, int64(o.Cnt), 10), '\t')
	b = append(strconv.AppendInt(b, int64(o.Amount), 10), '\t')
	b = append(strconv.AppendInt(b, int64(o.Own), 10), '\t')
	b = append(strconv.AppendInt(b, int64(o.Day), 10), '\t')
	b = append(appendField(b, o.List), '\t')
	if o.Context {
		return append(b, '0')
	}
	return append(b, '1')
}

func appendField(b []byte, s string) []byte {
	if strings.ContainsAny(s, "\t\n\x00") {
		s = strings.NewReplacer("\t", " ", "\n", " ", "\x00", "").Replace(s)
	}
	return append(b, s...)
}

// ReadSaid reads store.CallVisit.Orders.
func ReadSaid(text string) (s Said, err error) {
	head, rest, _ := strings.Cut(text, "\n")
	at, err := strconv.ParseInt(head, 10, 64)
	if err != nil {
		return s, fmt.Errorf("提醒留痕的医嘱读不了：%w", err)
	}
	s.At = claim.Time(at)
	for line := range strings.SplitSeq(rest, "\n") {
		if line == "" {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			return s, fmt.Errorf("提醒留痕的医嘱有 %d 项，应为 9 项", len(f))
		}
		var n [4]int64
		for i := range n {
			if n[i], err = strconv.ParseInt(f[3+i], 10, 64); err != nil {
				return s, err
			}
		}
		s.Orders = append(s.Orders, SaidOrder{f[0], f[1], f[2], claim.Qty(n[0]), claim.Money(n[1]), claim.Money(n[2]), claim.Day(n[3]), f[7], f[8] == "0"})
	}
	return s, nil
}
