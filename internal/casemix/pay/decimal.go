package pay

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Fen is money in fen (分).
type Fen int64

// Decimal is a weight, rate, coefficient or score in 1/1 000 000: the tables publish at most six decimals.
type Decimal int64

// One is the decimal 1.
const One Decimal = 1_000_000

// ParseDecimal reads "1.0532"; more than six decimals are refused, not rounded.
func ParseDecimal(s string) (Decimal, error) {
	n, err := fixed(s, 6)
	return Decimal(n), err
}

// ParseFen reads yuan with at most two decimals.
func ParseFen(s string) (Fen, error) {
	n, err := fixed(s, 2)
	return Fen(n), err
}

// fixed reads a decimal number with at most digits decimals as an integer of its smallest unit.
func fixed(s string, digits int) (int64, error) {
	t := strings.TrimSpace(s)
	neg := strings.HasPrefix(t, "-")
	whole, frac, _ := strings.Cut(strings.TrimPrefix(t, "-"), ".")
	if trimmed := strings.TrimRight(frac, "0"); len(trimmed) <= digits {
		frac = trimmed
	}
	if whole == "" && frac == "" || len(frac) > digits || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, fmt.Errorf("“%s”不是最多 %d 位小数的数", s, digits)
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", digits-len(frac)), 10, 64)
	if err != nil || n > 1<<53 {
		return 0, fmt.Errorf("“%s”太大", s)
	}
	if neg {
		n = -n
	}
	return n, nil
}

// String of a decimal without trailing zeros.
func (d Decimal) String() string {
	s := format(int64(d), 6)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// String of money: yuan with two decimals.
func (f Fen) String() string { return format(int64(f), 2) }

func format(n int64, digits int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n, 10)
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// UnmarshalText lets parameters be written as 0.95 or "0.95": the digits are read, never a float.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDecimal(string(b))
	return err
}

// MarshalText writes the decimal.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads yuan.
func (f *Fen) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFen(string(b))
	return err
}

// MarshalText writes yuan.
func (f Fen) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Product multiplies money by decimals exactly and rounds once, half away from zero, to the fen (四舍五入到分).
func (f Fen) Product(ds ...Decimal) Fen { return Round(f.exact(ds...)) }

func (f Fen) exact(ds ...Decimal) *big.Rat {
	r := new(big.Rat).SetInt64(int64(f))
	for _, d := range ds {
		r.Mul(r, big.NewRat(int64(d), int64(One)))
	}
	return r
}

// Round is a number of fen rounded half away from zero.
func Round(r *big.Rat) Fen {
	n, d := new(big.Int).Abs(r.Num()), r.Denom()
	n.Mul(n, big.NewInt(2)).Add(n, d)
	n.Quo(n, new(big.Int).Mul(d, big.NewInt(2)))
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return Fen(n.Int64())
}

// Ratio a/b as a decimal, rounded half up at the sixth place; 0 when b is 0.
func Ratio(a, b int64) Decimal {
	if b == 0 {
		return 0
	}
	r := big.NewRat(a, b)
	return Decimal(Round(r.Mul(r, new(big.Rat).SetInt64(int64(One)))))
}

// Percent writes a ratio as "93.80%".
func (d Decimal) Percent() string {
	return format(int64(Round(big.NewRat(int64(d), 100))), 2) + "%"
}
