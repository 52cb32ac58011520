package lake

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"unsafe"
)

// keyRow is what the lake remembers of a row's key: enough to tell whether the row was there before, which version is
// newer, and in which group it lies. For visits and settlements also the person and institution, so that the sidecar
// is the index by which children find their parent.
type keyRow struct {
	key     uint64
	content uint64
	updt    int64 // updt_time; None64 sorts first
	ref     ref
	psn     int32
	inst    int32
	ord     uint32 // position in the step; not stored
}

const (
	keyParts  = 64 // partitions by the key's top bits
	keyMagic  = "MJKEYS1\n"
	keyFields = 8 + 8 + 8 + 4 + 4 + 4
)

func keyPart(k uint64) int { return int(k >> 58) }

// cmpKeys orders versions of one key from old to new.
func cmpKeys(a, b keyRow) int {
	switch {
	case a.key != b.key:
		if a.key < b.key {
			return -1
		}
		return 1
	case a.updt != b.updt:
		if a.updt < b.updt {
			return -1
		}
		return 1
	case a.ref&refWithdrawn != b.ref&refWithdrawn:
		if a.ref&refWithdrawn == 0 {
			return -1
		}
		return 1
	}
	return int(int64(a.ord) - int64(b.ord))
}

// sidecarWriter writes the partitions one after the other, each as arrays (keys first), so that probing touches only
// the keys.
type sidecarWriter struct {
	f    *os.File
	path string
	dir  [keyParts][2]uint64 // offset, rows
	at   uint64
	next int
	n    int64
}

func newSidecarWriter(path string) (*sidecarWriter, error) {
	f, err := os.Create(path + tmpSuffix)
	if err != nil {
		return nil, fmt.Errorf("无法写入键索引：%w", err)
	}
	_, err = f.WriteString(keyMagic)
	return &sidecarWriter{f: f, path: path, at: uint64(len(keyMagic))}, err
}

// part writes the next partition; rows are sorted by key, versions of a key from old to new.
func (w *sidecarWriter) part(rows []keyRow) error {
	n := len(rows)
	b := make([]byte, 0, n*keyFields+8)
	for i := range rows {
		b = binary.LittleEndian.AppendUint64(b, rows[i].key)
	}
	for i := range rows {
		b = binary.LittleEndian.AppendUint64(b, rows[i].content)
	}
	for i := range rows {
		b = binary.LittleEndian.AppendUint64(b, uint64(rows[i].updt))
	}
	for i := range rows {
		b = putU32(b, uint32(rows[i].ref))
	}
	for i := range rows {
		b = putU32(b, uint32(rows[i].psn))
	}
	for i := range rows {
		b = putU32(b, uint32(rows[i].inst))
	}
	if len(b)%8 != 0 { // partitions stay aligned, the reader views them in place
		b = append(b, 0, 0, 0, 0)
	}
	w.dir[w.next] = [2]uint64{w.at, uint64(n)}
	w.next++
	w.at += uint64(len(b))
	w.n += int64(n)
	_, err := w.f.Write(b)
	return err
}

func (w *sidecarWriter) close() error {
	var b []byte
	for _, d := range w.dir {
		b = binary.LittleEndian.AppendUint64(b, d[0])
		b = binary.LittleEndian.AppendUint64(b, d[1])
	}
	_, err := w.f.Write(b)
	if err == nil {
		err = w.f.Sync()
	}
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(w.path+tmpSuffix, w.path)
	}
	if err != nil {
		return fmt.Errorf("无法写入键索引：%w", err)
	}
	return syncDir(filepath.Dir(w.path))
}

// sidecar is one key file, mapped.
type sidecar struct {
	parts [keyParts]sidecarPart
	unmap func() error
}

type sidecarPart struct {
	key, content []uint64
	updt         []int64
	ref          []ref
	psn, inst    []int32
}

func openSidecar(path string) (*sidecar, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("键索引缺失，请从备份恢复：%w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b, unmap, err := mapFile(f, int(st.Size()))
	if err != nil {
		return nil, err
	}
	s := &sidecar{unmap: unmap}
	if len(b) < len(keyMagic)+16*keyParts || string(b[:len(keyMagic)]) != keyMagic {
		return nil, fmt.Errorf("键索引 %s 已损坏，请从备份恢复", path)
	}
	dir := b[len(b)-16*keyParts:]
	for i := range s.parts {
		off, n := binary.LittleEndian.Uint64(dir[16*i:]), binary.LittleEndian.Uint64(dir[16*i+8:])
		if n == 0 {
			continue
		}
		if off+n*keyFields > uint64(len(b)) || off%8 != 0 {
			return nil, fmt.Errorf("键索引 %s 已损坏，请从备份恢复", path)
		}
		s.parts[i] = sidecarPart{
			key: view[uint64](b, off, n), content: view[uint64](b, off+8*n, n), updt: view[int64](b, off+16*n, n),
			ref: view[ref](b, off+24*n, n), psn: view[int32](b, off+28*n, n), inst: view[int32](b, off+32*n, n)}
	}
	return s, nil
}

// view looks at little-endian numbers in place: the lake is written and read on little-endian machines only.
func view[T any](b []byte, off, n uint64) []T { return unsafe.Slice((*T)(unsafe.Pointer(&b[off])), n) }

// bytesOf views numbers as bytes.
func bytesOf[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}

// find returns the rows [lo,hi) of a key. Keys are hashes, so the place can be guessed from the value.
func (p *sidecarPart) find(k uint64) (lo, hi int) {
	n := len(p.key)
	if n == 0 {
		return 0, 0
	}
	g := int((k << 6) >> 32 * uint64(n) >> 32)
	step := 8
	lo, hi = g, g
	for lo > 0 && p.key[lo-1] >= k {
		lo = max(0, lo-step)
		step *= 2
	}
	for hi < n && p.key[hi] < k {
		hi = min(n, hi+step)
		step *= 2
	}
	lo += sort.Search(hi-lo, func(i int) bool { return p.key[lo+i] >= k })
	for hi = lo; hi < n && p.key[hi] == k; hi++ {
	}
	return lo, hi
}

func (p *sidecarPart) row(i int) keyRow {
	return keyRow{key: p.key[i], content: p.content[i], updt: p.updt[i], ref: p.ref[i], psn: p.psn[i], inst: p.inst[i]}
}

// keyIndex is all sidecars of a table, oldest first.
type keyIndex []*sidecar

func openIndex(dir string, names []string) (keyIndex, error) {
	var x keyIndex
	for _, n := range names {
		s, err := openSidecar(filepath.Join(dir, keysDir, n))
		if err != nil {
			x.close()
			return nil, err
		}
		x = append(x, s)
	}
	return x, nil
}

func (x keyIndex) close() {
	for _, s := range x {
		s.unmap()
	}
}

// live returns the newest version of a key; false when there is none or it was withdrawn.
func (x keyIndex) live(k uint64) (keyRow, bool) {
	if k == 0 {
		return keyRow{}, false
	}
	p := keyPart(k)
	for i := len(x) - 1; i >= 0; i-- {
		part := &x[i].parts[p]
		if lo, hi := part.find(k); hi > lo {
			r := part.row(hi - 1)
			return r, !r.ref.gone()
		}
	}
	return keyRow{}, false
}

// versions appends all versions of a key, oldest first.
func (x keyIndex) versions(k uint64, out []keyRow) []keyRow {
	p := keyPart(k)
	for _, s := range x {
		part := &s.parts[p]
		for lo, hi := part.find(k); lo < hi; lo++ {
			out = append(out, part.row(lo))
		}
	}
	return out
}

// mergeSidecars writes one sidecar that says the same as the given ones in their order.
func mergeSidecars(path string, x keyIndex) error {
	w, err := newSidecarWriter(path)
	if err != nil {
		return err
	}
	for p := 0; p < keyParts; p++ {
		var rows []keyRow
		for age, s := range x {
			for i := range s.parts[p].key {
				r := s.parts[p].row(i)
				r.ord = uint32(age)<<24 | uint32(min(i, 1<<24-1))
				rows = append(rows, r)
			}
		}
		slices.SortStableFunc(rows, func(a, b keyRow) int {
			if a.key != b.key {
				if a.key < b.key {
					return -1
				}
				return 1
			}
			return int(int64(a.ord) - int64(b.ord))
		})
		if err := w.part(rows); err != nil {
			return err
		}
	}
	return w.close()
}
