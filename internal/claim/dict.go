package claim

import (
	"sync"
	"sync/atomic"
)

// Dict maps strings to dense codes, append-only: code 0 is the empty string, a code once given never changes.
// One writer may Put while others read with Find and String.
type Dict struct {
	mu    sync.RWMutex
	all   Text      // the string of code i is all.At(i)
	index codeTable // of the codes that loaded does not hold
	// loaded is what LoadDict gave: it never changes, so String and Find need no lock for its codes.
	loaded Text
	early  atomic.Pointer[codeTable] // index of loaded, built when first asked for
	// base holds the codes below from; nil for a dictionary that stands alone.
	base *Dict
	from int32
}

// NewDict returns a dictionary that holds only the empty string.
func NewDict() *Dict {
	return &Dict{all: Text{Off: []uint32{0, 0}}}
}

// LoadDict restores a dictionary from what Bytes returned: the strings' bytes and their offsets. The slices are kept.
// The lookup index is built on the first Find or Put, so that readers who only need String pay nothing for it.
func LoadDict(data []byte, off []uint32) *Dict {
	t := Text{Off: off, Data: data}
	return &Dict{all: t, loaded: t}
}

// Over returns a dictionary that knows the codes d has now and gives further ones of its own, which d never learns of:
// what a stranger says must not grow what everybody shares. It belongs to one goroutine.
func (d *Dict) Over() *Dict {
	return &Dict{base: d, from: int32(d.Len()), all: Text{Off: []uint32{0}}}
}

// Over lays dictionaries over all of them.
func (ds *Dicts) Over() *Dicts {
	var out Dicts
	for i, d := range ds {
		out[i] = d.Over()
	}
	return &out
}

// Own is the number of codes a dictionary laid over another gave itself.
func (d *Dict) Own() int { return len(d.all.Off) - 1 }

// Len is the number of codes, the empty string included.
func (d *Dict) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return int(d.from) + len(d.all.Off) - 1
}

// String of a code. It shares the dictionary's memory, which never changes.
func (d *Dict) String(code int32) string {
	if code <= 0 {
		return ""
	}
	if d.base != nil {
		if code < d.from {
			return d.base.String(code)
		}
		if code -= d.from; int(code) < len(d.all.Off)-1 {
			return d.all.At(int(code))
		}
		return ""
	}
	if int(code) < len(d.loaded.Off)-1 {
		return d.loaded.At(int(code))
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if int(code) >= len(d.all.Off)-1 {
		return ""
	}
	return d.all.At(int(code))
}

// ofLoaded is the index of what was loaded.
func (d *Dict) ofLoaded() *codeTable {
	if c := d.early.Load(); c != nil {
		return c
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.early.Load(); c != nil {
		return c
	}
	c := newCodeTable(&d.loaded, max(0, len(d.loaded.Off)-1))
	d.early.Store(c)
	return c
}

// Find returns the code of s, or −1.
func (d *Dict) Find(s string) int32 {
	if s == "" {
		return 0
	}
	if b := d.base; b != nil {
		if int(d.from) < len(b.loaded.Off) { // what b was given since is not known here
			if c := b.ofLoaded().find(&b.loaded, s); c >= 0 && c < d.from {
				return c
			}
		} else if c := b.Find(s); c >= 0 && c < d.from {
			return c
		}
		return d.own(s)
	}
	if len(d.loaded.Off) > 0 {
		if c := d.ofLoaded().find(&d.loaded, s); c >= 0 {
			return c
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.own(s)
}

// own is the code of s among those given since d was loaded or laid over its base, or −1.
func (d *Dict) own(s string) int32 {
	if c := d.index.find(&d.all, s); c >= 0 {
		return d.from + c
	}
	return -1
}

// Put returns the code of s, giving it the next free one when new.
func (d *Dict) Put(s string) int32 {
	if c := d.Find(s); c >= 0 {
		return c
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.own(s); c >= 0 {
		return c
	}
	n := len(d.all.Off) - 1
	d.all.Append(s)
	d.index.add(s, n)
	return d.from + int32(n)
}

// Bytes returns what LoadDict takes, for saving. The slices must not be changed.
func (d *Dict) Bytes() (data []byte, off []uint32) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.all.Data, d.all.Off
}

// Dicts are the dictionaries of one data directory, by DictPerson, DictInst …
type Dicts [DictCount]*Dict

// NewDicts returns empty dictionaries.
func NewDicts() *Dicts {
	var ds Dicts
	for i := range ds {
		ds[i] = NewDict()
	}
	return &ds
}
