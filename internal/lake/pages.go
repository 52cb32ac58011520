package lake

import (
	binary "math/bits"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// pages lends the Parquet decoder its buffers. A column's pages are of one size and live no longer than the next one's
// reading, so a scan needs few buffers but would otherwise leave a third of all garbage of an audit behind.
var pages memory.Allocator = &pagePool{}

// pagePool keeps buffers by size class: powers of two from 4 KiB to 16 MiB. Anything else is left to the collector.
type pagePool struct {
	free [maxPage + 1]sync.Pool
}

const (
	minPage = 12
	maxPage = 24
)

// class is the smallest class that holds size bytes, 0 when none does or it is not worth keeping.
func class(size int) int {
	if size < 1<<(minPage-1) || size > 1<<maxPage {
		return 0
	}
	return max(minPage, binary.Len(uint(size-1)))
}

func (p *pagePool) Allocate(size int) []byte {
	k := class(size)
	if k == 0 {
		return make([]byte, size)
	}
	if b, ok := p.free[k].Get().(*[]byte); ok {
		return (*b)[:size]
	}
	return make([]byte, 1<<k)[:size]
}

func (p *pagePool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	more := p.Allocate(size)
	copy(more, b)
	p.Free(b)
	return more
}

func (p *pagePool) Free(b []byte) {
	if n := cap(b); n > 0 && class(n) != 0 && n == 1<<class(n) {
		b = b[:n]
		p.free[class(n)].Put(&b)
	}
}
