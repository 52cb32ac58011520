package oracle

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// City is one data directory's facts, and the parameters to judge them by.
type City struct {
	// Params are the cards' parameters (card → name → value), factory values unless a test changes them.
	Params map[string]map[string]string
	// Rejected counts the rows the contract turns away.
	Rejected int

	tables map[string][]row
	index  map[string]map[string][]row // table.column → value → rows
	setls  []*setl
	visits map[string]*visit
	// registered are the psn_no and mdtrt_id of every visit, void ones included: what happened at them happened.
	registered [][2]string
	// discharged counts, by institution, the visits that wrote how one left, void ones included, as their orders are.
	discharged map[string]int
	lines      []*line
	persons    map[string]*person
	memo       memo
	book       map[string][]Finding // by card, of the day book
	whole      bool                 // everything is in view, as in a case; else reports are read some months back only
	batch      map[string]bool      // institution|item|month whose times are batch-booked
	fill       map[string]float64   // institution|fee column → share of rows that have it
}

// Load reads every contract table of a folder (plain or gzip CSV, UTF-8) and settles what counts: validity,
// corrections, refunds, net quantities, persons, visits.
func Load(dir string) (*City, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	c := &City{Params: factory(), tables: map[string][]row{}}
	seen := map[string]map[string]int{}
	for _, f := range files {
		t := tableOf(f.Name())
		if t == nil || f.IsDir() {
			continue
		}
		if seen[t.Name] == nil {
			seen[t.Name] = map[string]int{}
		}
		if err := c.readFile(filepath.Join(dir, f.Name()), t, seen[t.Name]); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	c.assemble()
	return c, nil
}

// tableOf tells a file's table by its name: fee.csv, fee_2025-03.csv.gz.
func tableOf(file string) *claim.Table {
	name, isCSV := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(file), ".gz"), ".csv")
	if !isCSV {
		return nil
	}
	var best *claim.Table
	for _, t := range claim.Tables() {
		rest, ok := strings.CutPrefix(name, t.Name)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], "_-.")) && (best == nil || len(t.Name) > len(best.Name)) {
			best = t
		}
	}
	return best
}

func (c *City) readFile(path string, t *claim.Table, seen map[string]int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	cr := csv.NewReader(in)
	cr.FieldsPerRecord = -1
	cr.LazyQuotes = true
	head, err := cr.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff")))
	}
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		raw := row{}
		for i, v := range rec {
			if i < len(head) {
				raw[head[i]] = strings.TrimSpace(v)
			}
		}
		c.land(t, raw, seen)
	}
}

// land brings one row in, or counts it as rejected: same content twice = once, newer updt_time corrects.
func (c *City) land(t *claim.Table, raw row, seen map[string]int) {
	r, ok := canonical(t, raw)
	if !ok {
		c.Rejected++
		return
	}
	k := keyOf(t, r)
	i, exists := seen[k]
	if !exists {
		seen[k] = len(c.tables[t.Name])
		c.tables[t.Name] = append(c.tables[t.Name], r)
		return
	}
	old := c.tables[t.Name][i]
	switch {
	case same(old, r):
	case newer(r, old):
		c.tables[t.Name][i] = r
	default:
		c.Rejected++
	}
}

func newer(r, old row) bool {
	n, o := r.time("updt_time"), old.time("updt_time")
	if n != o {
		return n.Has() && (!o.Has() || n.Clock() > o.Clock())
	}
	return r.is("vali_flag", "0") && !old.is("vali_flag", "0")
}

func same(a, b row) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// keyOf is the natural key; a fee line's is bkkp_sn, else its four columns and the sign of cnt.
func keyOf(t *claim.Table, r row) string {
	var parts []string
	for _, k := range t.Key {
		parts = append(parts, r[k])
	}
	if t.Name == "fee" {
		if r["bkkp_sn"] != "" {
			return "bkkp\x00" + r["bkkp_sn"]
		}
		parts = append(parts, strconv.FormatBool(r.qty("cnt") < 0))
	}
	return strings.Join(parts, "\x00")
}

// canonical keeps the table's own columns in one spelling; false when a required one is absent or unreadable or a
// closed list is violated. An unreadable optional value is absent.
func canonical(t *claim.Table, raw row) (row, bool) {
	r := row{}
	for _, col := range t.Columns {
		v := raw[col.Name]
		if oneOf(v, "", "-", "NULL", `\N`) {
			v = ""
		}
		if v != "" {
			v = spell(col.Type, v)
		}
		if v == "" {
			if col.Required {
				return nil, false
			}
			continue
		}
		if len(col.Values) > 0 && !oneOf(v, col.Values...) {
			return nil, false
		}
		r[col.Name] = v
	}
	return r, true
}

func spell(ty claim.Type, v string) string {
	decimal := func(scale int) string {
		n, err := claim.ParseDecimal(v, scale)
		if err != nil {
			return ""
		}
		return claim.FormatDecimal(n, scale, 0)
	}
	switch ty {
	case claim.Int:
		n, err := strconv.Atoi(v)
		if err != nil {
			return ""
		}
		return strconv.Itoa(n)
	case claim.Date:
		d, err := claim.ParseDay(v)
		if err != nil {
			return ""
		}
		return d.String()
	case claim.Tm:
		tm, err := claim.ParseTime(v)
		if err != nil {
			return ""
		}
		return tm.String()
	case claim.Mny:
		return decimal(2)
	case claim.Num:
		return decimal(4)
	case claim.Prc:
		return decimal(6)
	}
	return v
}
