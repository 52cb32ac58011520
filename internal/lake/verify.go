package lake

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

// Verify reads every byte of the snapshot's Parquet files and compares with the manifest. The first file that differs
// is a *CorruptError.
func (s *Snapshot) Verify(ctx context.Context) error {
	for _, t := range claim.Tables() {
		ts := s.m.Tables[t.Name]
		if ts == nil {
			continue
		}
		for _, f := range ts.Files {
			for _, st := range []*fileState{f, f.Side} {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if st == nil {
					continue
				}
				if err := verifyFile(filepath.Join(s.l.dir, factsDir, st.Name), st); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func verifyFile(path string, st *fileState) error {
	f, err := os.Open(path)
	if err != nil {
		return corrupt(st.Name, err)
	}
	defer f.Close()
	h := xxh3.New()
	n, err := io.CopyBuffer(h, f, make([]byte, 1<<20))
	if err != nil {
		return corrupt(st.Name, err)
	}
	if n != st.Size || hex64(h.Sum64()) != st.Hash {
		return corrupt(st.Name, fmt.Errorf("共 %d 字节，清单为 %d 字节", n, st.Size))
	}
	return nil
}

// Sweep removes files that no row of the lake needs any more: groups that were rewritten, key files that were joined.
// Call it when nobody reads an older snapshot.
func (w *Writer) Sweep() error {
	m := w.m.clone()
	m.Seq++
	var gone []string
	for _, ts := range m.Tables {
		for _, n := range ts.Retired {
			gone = append(gone, w.path(factsDir, n))
		}
		for _, n := range ts.RetiredKeys {
			gone = append(gone, w.path(keysDir, n))
		}
		ts.Retired, ts.RetiredKeys = nil, nil
	}
	for name, ts := range m.Tables {
		ts.Moves = slices.DeleteFunc(ts.Moves, func(mv moveState) bool {
			for _, t := range claim.Tables() {
				if slices.Contains(parentsOf(t), name) && len(m.table(t.Name).Files) > 0 && m.table(t.Name).Joined < mv.Seq {
					return false
				}
			}
			gone = append(gone, w.path(keysDir, mv.File))
			return true
		})
	}
	if len(gone) == 0 {
		return nil
	}
	if err := w.commit(m); err != nil {
		return err
	}
	for _, p := range gone {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("无法删除 %s：%w", p, err)
		}
	}
	return nil
}
