package lake

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

var dictNames = [claim.DictCount]string{"person", "inst", "item", "dept", "prac", "diag", "oprn", "list", "text"}

func dictPath(dir string, i int) string { return filepath.Join(dir, dictDir, dictNames[i]+".dict") }

// loadDict reads the part of a dictionary file that the manifest vouches for: strings behind their lengths.
func loadDict(dir string, i int, st dictState) (*claim.Dict, *xxh3.Hasher, error) {
	h := xxh3.New()
	if st.Count == 0 {
		return claim.NewDict(), h, nil
	}
	f, err := os.Open(dictPath(dir, i))
	if err != nil {
		return nil, nil, fmt.Errorf("字典文件缺失，请从备份恢复：%w", err)
	}
	defer f.Close()
	b := make([]byte, st.Bytes)
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, nil, fmt.Errorf("字典文件 %s 不完整，请从备份恢复：%w", f.Name(), err)
	}
	h.Write(b)
	if hex64(h.Sum64()) != st.Hash {
		return nil, nil, fmt.Errorf("字典文件 %s 的内容与清单不符，已被改动或损坏，请从备份恢复", f.Name())
	}
	data, off := make([]byte, 0, len(b)), make([]uint32, 2, st.Count+2)
	for len(b) > 0 {
		n, k := binary.Uvarint(b)
		if k <= 0 || uint64(len(b)-k) < n {
			return nil, nil, fmt.Errorf("字典文件 %s 已损坏，请从备份恢复", f.Name())
		}
		data = append(data, b[k:k+int(n)]...)
		off = append(off, uint32(len(data)))
		b = b[k+int(n):]
	}
	return claim.LoadDict(data, off), h, nil
}

// appendDict makes the strings from code st.Count+1 on durable and returns the new state. Bytes behind st.Bytes are
// left from a crash and overwritten.
func appendDict(dir string, i int, d *claim.Dict, h *xxh3.Hasher, st dictState) (dictState, error) {
	n := d.Len() - 1 // code 0 is not stored
	if n == st.Count {
		return st, nil
	}
	var b []byte
	for c := st.Count + 1; c <= n; c++ {
		s := d.String(int32(c))
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	f, err := os.OpenFile(dictPath(dir, i), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return st, fmt.Errorf("无法写入字典：%w", err)
	}
	defer f.Close()
	if err = f.Truncate(st.Bytes); err == nil {
		if _, err = f.WriteAt(b, st.Bytes); err == nil {
			err = f.Sync()
		}
	}
	if err != nil {
		return st, fmt.Errorf("无法写入字典：%w", err)
	}
	h.Write(b)
	return dictState{Bytes: st.Bytes + int64(len(b)), Count: n, Hash: hex64(h.Sum64())}, nil
}

func hex64(v uint64) string { return fmt.Sprintf("%016x", v) }
