package index

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
)

// Hollow makes the index of n evenly spread records whose pages are holes: opening it costs what opening n real records
// costs, on a disk that could not hold them. Only a benchmark needs it; nothing can be asked of it.
func Hollow(dir string, n int64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, segName(1)))
	if err != nil {
		return err
	}
	defer f.Close()
	pages := (n + perPage - 1) / perPage
	b := make([]byte, 8*pages+trailer)
	step := ^uint64(0) / uint64(pages)
	for i := range pages {
		binary.LittleEndian.PutUint64(b[8*i:], uint64(i)*step)
	}
	t := b[8*pages:]
	copy(t, magic)
	binary.LittleEndian.PutUint64(t[8:], uint64(n))
	binary.LittleEndian.PutUint64(t[16:], uint64(pages))
	binary.LittleEndian.PutUint32(t[24:], crc32.Checksum(b[:len(b)-8], castagnoli))
	if _, err := f.WriteAt(b, pages*pageSize); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"version":1,"segments":["`+segName(1)+`"],"log":2}`), 0o644)
}
