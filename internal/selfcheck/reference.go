package selfcheck

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// shared are the reference tables that an institution is judged with and that it cannot know better than the bureau; of those that name
// an institution only its own rows are taken.
var shared = []string{"institution", "practitioner", "catalogue", "price_limit", "code_map", "benefit_limit", "agreement", "credential", "device", "recog", "pilot"}

// reference writes the bureau's reference tables as files into a folder, own rows only, and returns their paths.
func reference(home, inst, dir string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(home, "manifest.json")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the bureau has no data yet: knowledge alone judges
	}
	l, err := lake.Open(home)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	snap, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	staff := map[string]bool{}
	var out []string
	for _, name := range shared {
		b, err := snap.Reference(name)
		if err != nil {
			return nil, err
		}
		if b == nil || b.N == 0 {
			continue
		}
		path := filepath.Join(dir, name+".csv")
		err = lake.WriteFileAtomic(path, func(w io.Writer) error { return writeTable(w, b, snap.Dicts(), inst, staff) })
		if err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}

// writeTable writes the rows of a table that are the institution's or nobody's; practitioners met are noted in staff, and credentials are
// written of those.
func writeTable(w io.Writer, b *claim.Batch, ds *claim.Dicts, inst string, staff map[string]bool) error {
	c := csv.NewWriter(w)
	row := make([]string, len(b.Table.Columns))
	for i := range b.Table.Columns {
		row[i] = b.Table.Columns[i].Name
	}
	if err := c.Write(row); err != nil {
		return err
	}
	owner, person := b.Table.Col("fixmedins_code"), b.Table.Col("prac_psn_code")
	for r := range b.N {
		if owner >= 0 && b.Format(ds, owner, r) != inst {
			continue
		}
		if person >= 0 {
			code := b.Format(ds, person, r)
			if owner < 0 && !staff[code] {
				continue
			}
			staff[code] = true
		}
		for i := range row {
			row[i] = b.Format(ds, i, r)
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
