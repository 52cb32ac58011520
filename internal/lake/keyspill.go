package lake

import (
	"fmt"
	"os"
)

// keySpill collects the keys of a step by partition; beyond a few MiB they wait in a temporary file.
type keySpill struct {
	path   string
	f      *os.File
	at     int64
	buf    [keyParts][]keyRow
	blocks [keyParts][][2]int64 // offset, rows
}

const keyBuffer = 8192

func (k *keySpill) add(r keyRow) error {
	p := keyPart(r.key)
	k.buf[p] = append(k.buf[p], r)
	if len(k.buf[p]) < keyBuffer {
		return nil
	}
	if k.f == nil {
		f, err := os.Create(k.path)
		if err != nil {
			return fmt.Errorf("无法写入临时文件：%w", err)
		}
		k.f = f
	}
	b := bytesOf(k.buf[p])
	if _, err := k.f.WriteAt(b, k.at); err != nil {
		return fmt.Errorf("无法写入临时文件（磁盘是否已满？）：%w", err)
	}
	k.blocks[p] = append(k.blocks[p], [2]int64{k.at, int64(len(k.buf[p]))})
	k.at += int64(len(b))
	k.buf[p] = k.buf[p][:0]
	return nil
}

// load returns a partition in input order.
func (k *keySpill) load(p int) ([]keyRow, error) {
	n := len(k.buf[p])
	for _, b := range k.blocks[p] {
		n += int(b[1])
	}
	out := make([]keyRow, n)
	at := 0
	for _, b := range k.blocks[p] {
		if _, err := k.f.ReadAt(bytesOf(out[at:at+int(b[1])]), b[0]); err != nil {
			return nil, fmt.Errorf("读取临时文件失败：%w", err)
		}
		at += int(b[1])
	}
	copy(out[at:], k.buf[p])
	return out, nil
}

func (k *keySpill) close() {
	if k.f != nil {
		k.f.Close()
		os.Remove(k.path)
	}
}

// bits is a set of row ordinals.
type bits []uint64

func (b *bits) set(i uint32) {
	for int(i>>6) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i>>6] |= 1 << (i & 63)
}

func (b bits) has(i uint32) bool { return int(i>>6) < len(b) && b[i>>6]&(1<<(i&63)) != 0 }
