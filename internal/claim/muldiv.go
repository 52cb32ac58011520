package claim

import (
	"math"
	"math/bits"
)

// mulDiv rounds half away from zero, which is what 四舍五入 means for negative money too.
func mulDiv(m, a, b int64) int64 {
	if b == 0 {
		return 0
	}
	neg := (m < 0) != (a < 0) != (b < 0)
	hi, lo := bits.Mul64(abs(m), abs(a))
	d := abs(b)
	lo, carry := bits.Add64(lo, d/2, 0)
	hi += carry
	if hi >= d { // the quotient would not fit; callers stay far below
		return 0
	}
	q, _ := bits.Div64(hi, lo, d)
	if q > math.MaxInt64 {
		return 0
	}
	if neg {
		return -int64(q)
	}
	return int64(q)
}

func abs(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
