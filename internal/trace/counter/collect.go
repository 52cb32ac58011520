package counter

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// Taken is what an import of the inbox takes.
type Taken struct {
	Files   []string // CSV files by table, in the folder given
	Rows    int
	Deleted int
	Unable  []string // deletions that could not be carried out, in words
	names   []string
	dir     string
}

// Collect writes what waits in the inbox of an index folder as files of the input tables into out. It may run beside the server: what the
// server is writing is left for the next time. A deletion removes rows that wait; of rows imported earlier sales, purchases and changes
// are taken back by a row with the opposite quantity.
func Collect(dir, out string) (*Taken, error) {
	t := &Taken{dir: filepath.Join(dir, InboxDir)}
	t.names = files(t.dir, waitPre)
	var rows []*entry
	for _, name := range t.names {
		err := readFile(filepath.Join(t.dir, name), func(e *entry) {
			switch e.Kind {
			case kindRow:
				rows = append(rows, e)
			case kindDelete:
				n := len(rows)
				rows = slices.DeleteFunc(rows, func(r *entry) bool { return e.deletes(r) })
				t.Deleted += n - len(rows)
				if n == len(rows) {
					rows = append(rows, t.undo(e)...)
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	byTable := map[string][]*entry{}
	for _, e := range rows {
		byTable[e.Table] = append(byTable[e.Table], e)
		t.Rows++
	}
	for _, name := range slices.Sorted(maps.Keys(byTable)) {
		path := filepath.Join(out, name+".csv")
		if err := writeTable(path, name, byTable[name]); err != nil {
			return nil, err
		}
		t.Files = append(t.Files, path)
	}
	return t, nil
}

// Done notes that what was collected has been imported; files are kept from then on (see Sweep).
func (t *Taken) Done() error {
	now := time.Now()
	for _, name := range t.names {
		done := filepath.Join(t.dir, donePre+strings.TrimPrefix(name, waitPre))
		if err := os.Rename(filepath.Join(t.dir, name), done); err != nil {
			return err
		}
		if err := os.Chtimes(done, now, now); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes the inbox's files that were imported before a time; what waits for an import is never removed. It may run
// beside the server. It tells how many files it removed and how many bytes that freed.
func Sweep(dir string, before time.Time) (removed int, freed int64, err error) {
	dir = filepath.Join(dir, InboxDir)
	for _, name := range files(dir, donePre) {
		path := filepath.Join(dir, name)
		i, err := os.Stat(path)
		if err != nil {
			return removed, freed, err
		}
		if i.ModTime().Before(before) {
			if err := os.Remove(path); err != nil {
				return removed, freed, err
			}
			removed, freed = removed+1, freed+i.Size()
		}
	}
	return removed, freed, nil
}

func (e *entry) deletes(r *entry) bool {
	return r.Inst == e.Inst && r.Table == e.Table && r.Values["fixmedins_bchno"] == e.Batch
}

// undo finds the rows of a batch that were imported earlier and writes their opposite.
func (t *Taken) undo(e *entry) (out []*entry) {
	unable := func(why string) {
		t.Unable = append(t.Unable, fmt.Sprintf("%s 的批次 %s（%s）：%s", e.Inst, e.Batch, claim.TableTitles[e.Table], why))
	}
	found := false
	for _, name := range files(t.dir, donePre) {
		err := readFile(filepath.Join(t.dir, name), func(r *entry) {
			if r.Kind != kindRow || !e.deletes(r) {
				return
			}
			found = true
			v := maps.Clone(r.Values)
			neg := func(col string) {
				if s, ok := strings.CutPrefix(v[col], "-"); ok {
					v[col] = s
				} else {
					v[col] = "-" + v[col]
				}
			}
			switch e.Table {
			case "sale":
				v["medins_prod_sel_no"], v["rtal_docno"] = v["rtal_docno"], v["rtal_docno"]+"-D"
				neg("sel_retn_cnt")
			case "purchase":
				v["purc_no"] += "-D"
				neg("purc_retn_cnt")
			case "stock_change":
				v["chg_no"] += "-D"
				neg("cnt")
			default:
				return
			}
			out = append(out, &entry{Kind: kindRow, Table: e.Table, Values: v, Inst: e.Inst})
		})
		if err != nil {
			unable(err.Error())
		}
	}
	switch {
	case !found:
		unable(fmt.Sprintf("没有找到，可能不是从接口上传的，或导入已过保留期（缺省 %d 日）", KeepDays))
	case e.Table == "stock":
		unable("盘存已经入库，请上传当日正确的盘存")
	}
	t.Deleted += len(out)
	return out
}

func writeTable(path, name string, rows []*entry) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	cols := claim.MustTable(name).Columns
	rec := make([]string, len(cols))
	for i := range cols {
		rec[i] = cols[i].Name
	}
	w.Write(rec) //nolint:errcheck // Flush tells
	for _, e := range rows {
		for i := range cols {
			rec[i] = e.Values[cols[i].Name]
		}
		w.Write(rec) //nolint:errcheck // Flush tells
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}
