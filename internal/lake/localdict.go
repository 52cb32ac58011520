package lake

import (
	"unsafe"

	"github.com/cespare/xxhash/v2"
	"github.com/mingjian/mingjian/internal/claim"
)

// localDict is one parser's view of a dictionary: it numbers strings as that parser meets them, without a lock. The
// merger turns its numbers into the lake's codes, in the order of the input, so that codes do not depend on which
// parser was faster.
type localDict struct {
	slots []uint32 // id+1
	hash  []uint64 // by id: xxhash of the string, which content hashes need too
	off   []uint32
	data  []byte
	told  int // ids below it were handed to the merger
}

func newLocalDict() *localDict {
	return &localDict{slots: make([]uint32, 1024), hash: []uint64{0}, off: []uint32{0, 0}, told: 1}
}

func (d *localDict) at(id int32) []byte { return d.data[d.off[id]:d.off[id+1]] }

// put returns the number of b.
func (d *localDict) put(b []byte) int32 {
	h := xxhash.Sum64(b)
	mask := uint64(len(d.slots) - 1)
	i := h & mask
	for ; d.slots[i] != 0; i = (i + 1) & mask {
		id := int32(d.slots[i] - 1)
		if d.hash[id] == h && string(d.at(id)) == string(b) {
			return id
		}
	}
	id := int32(len(d.hash))
	d.slots[i] = uint32(id) + 1
	d.hash = append(d.hash, h)
	d.data = append(d.data, b...)
	d.off = append(d.off, uint32(len(d.data)))
	if len(d.hash)*2 > len(d.slots) {
		d.grow()
	}
	return id
}

func (d *localDict) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	mask := uint64(len(d.slots) - 1)
	for id := 1; id < len(d.hash); id++ {
		i := d.hash[id] & mask
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = uint32(id) + 1
	}
}

// fresh copies the strings met since the last call.
func (d *localDict) fresh() (out []string) {
	for ; d.told < len(d.hash); d.told++ {
		out = append(out, string(d.at(int32(d.told))))
	}
	return out
}

// localDicts are a parser's dictionaries.
type localDicts [claim.DictCount]*localDict

func newLocalDicts() *localDicts {
	var ds localDicts
	for i := range ds {
		ds[i] = newLocalDict()
	}
	return &ds
}

// hashes are the string hashes by code, for contentHashes and keyHashes.
func (ds *localDicts) hashes() *codeHashes {
	var h codeHashes
	for i, d := range ds {
		h[i] = d.hash
	}
	return &h
}

// str views bytes as a string for parsers that do not keep it.
func str(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
