package lake

import "github.com/mingjian/mingjian/internal/claim"

// ref names a group of rows: a bucket and a month, and whether the row is hidden. Order by ref is order by bucket, month.
type ref uint32

const (
	refWithdrawn ref = 1 << 31 // the newest version says vali_flag 0
	refSuper     ref = 1 << 30 // an older version, kept but never read
	refGroup     ref = refSuper - 1
	monthBits        = 20 // months up to the year 87 000

	bucketWaiting = -1 // rows whose person is not known yet
	bucketHidden  = -2 // older versions and withdrawn rows: kept, never read
)

func makeRef(bucket int, m claim.Month) ref { return ref(bucket+2)<<monthBits | ref(m) }

func (r ref) group() ref         { return r & refGroup }
func (r ref) bucket() int        { return int(r.group()>>monthBits) - 2 }
func (r ref) month() claim.Month { return claim.Month(r & (1<<monthBits - 1)) }
func (r ref) gone() bool         { return r&(refWithdrawn|refSuper) != 0 }

// bucketOf spreads persons over a power of two of buckets. The code is multiplied because codes are dense and in file
// order, and a plain remainder would put the persons of one town into step with the bucket count.
func bucketOf(pers int32, buckets int) int {
	return int(mix(uint64(uint32(pers))) & uint64(buckets-1))
}
