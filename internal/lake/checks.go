package lake

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// checkRows counts what looks wrong in rows that land all the same. Codes are still the parser's.
func checkRows(p *parsed, ds *localDicts) {
	switch p.b.Table.Name {
	case "fee":
		checkFee(p)
	case "settlement":
		checkSettlement(p)
	case "person":
		checkPerson(p, ds)
	}
}

func (p *parsed) flag(kind, row int, field, value, note string) {
	p.flags.add(kind, Sample{File: p.in.name, Row: int(p.lines[row]), Field: field, Value: value, Note: note})
}

// wide returns the named columns; a column without values is nil.
func wide(b *claim.Batch, names ...string) [][]int64 {
	out := make([][]int64, len(names))
	for i, n := range names {
		out[i] = b.Cols[b.Table.MustCol(n)].I64
	}
	return out
}

// checkFee: amount = price × quantity within a fen; own pay parts + in-scope = amount where all are given.
func checkFee(p *parsed) {
	c := wide(p.b, "cnt", "pric", "det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
	for i := 0; i < p.b.N; i++ {
		cnt, pric, amt := c[0][i], c[1][i], c[2][i]
		if want := claim.MulDiv(pric, cnt, 100_000_000); want-amt > 1 || amt-want > 1 {
			p.flag(FlagAmount, i, "det_item_fee_sumamt", claim.Money(amt).String(),
				fmt.Sprintf("单价 %s × 数量 %s = %s", claim.Price(pric), claim.Qty(cnt), claim.Money(want)))
		}
		balance(p, i, "det_item_fee_sumamt", amt, c[3:])
	}
}

// balance flags parts that are all present and do not add up to the whole within a fen.
func balance(p *parsed, row int, field string, whole int64, parts [][]int64) {
	var sum int64
	for _, c := range parts {
		if c == nil || c[row] == claim.None64 {
			return
		}
		sum += c[row]
	}
	if sum-whole > 1 || whole-sum > 1 {
		p.flag(FlagBalance, row, field, claim.Money(whole).String(), "各部分之和为 "+claim.Money(sum).String())
	}
}

// checkSettlement: fund + account + cash (+ family account, hospital's part) = total.
func checkSettlement(p *parsed) {
	c := wide(p.b, "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "acct_mulaid_pay", "hosp_part_amt")
	scope := wide(p.b, "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
	for i := 0; i < p.b.N; i++ {
		balance(p, i, "medfee_sumamt", c[0][i], scope)
		if c[2] == nil || c[3] == nil || c[2][i] == claim.None64 || c[3][i] == claim.None64 {
			continue
		}
		base, mul, hosp := c[1][i]+c[2][i]+c[3][i], int64(0), int64(0)
		if c[4] != nil && c[4][i] != claim.None64 {
			mul = c[4][i]
		}
		if c[5] != nil && c[5][i] != claim.None64 {
			hosp = c[5][i]
		}
		even := false
		for _, sum := range [4]int64{base, base + mul, base + hosp, base + mul + hosp} {
			even = even || (sum-c[0][i] <= 1 && c[0][i]-sum <= 1)
		}
		if !even {
			p.flag(FlagBalance, i, "medfee_sumamt", claim.Money(c[0][i]).String(), "基金、账户与现金支付之和为 "+claim.Money(base+mul+hosp).String())
		}
	}
}

// checkPerson: the 17th digit of an identity number is odd for men.
func checkPerson(p *parsed, ds *localDicts) {
	t := p.b.Table
	cert, kind, gend := t.MustCol("certno"), t.MustCol("psn_cert_type"), t.MustCol("gend")
	for i := 0; i < p.b.N; i++ {
		no := p.b.Str(cert, i)
		if len(no) != 18 || no[16] < '0' || no[16] > '9' {
			continue
		}
		if k := string(ds[claim.DictList].at(p.b.I32(kind, i))); k != "" && k != "01" {
			continue
		}
		g := string(ds[claim.DictList].at(p.b.I32(gend, i)))
		if odd := (no[16]-'0')%2 == 1; (g == "1" && !odd) || (g == "2" && odd) {
			p.flag(FlagSex, i, "gend", g, "证件号 "+no[:6]+strings.Repeat("*", 10)+no[16:])
		}
	}
}
