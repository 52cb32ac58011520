package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/synth"
)

// city is a synthetic city on disk: its files and data directories with the knowledge starter pack.
type city struct {
	dir   string
	month claim.Month // the last one, which is audited
	Made  cityMark
}

// cityMark says what a directory was made with and what it holds; it is written last.
type cityMark struct {
	Lines, Persons, Months int
	Seed                   uint64
	FeeLines               int64 // of all months
	Program                string
}

const markName = "bench.json"

// lastMonth is the last month of every city.
const lastMonth = claim.Month(2025*12 + 11)

func (c *city) files() string { return filepath.Join(c.dir, "files") }
func (c *city) full() string  { return filepath.Join(c.dir, "data") }

// bare holds everything but fee lines: into a copy of it the fee lines are imported for measuring.
func (c *city) bare() string { return filepath.Join(c.dir, "bare") }

// month1 holds only the last month.
func (c *city) month1() string { return filepath.Join(c.dir, "month") }

// makeCity makes a city of about so many fee lines a month, or takes the one that is already there.
func makeCity(ctx context.Context, dir string, lines, persons, months int, seed uint64, version string) (*city, error) {
	c := &city{dir: dir, month: lastMonth}
	want := cityMark{Lines: lines, Persons: persons, Months: months, Seed: seed, Program: version}
	if b, err := os.ReadFile(filepath.Join(dir, markName)); err == nil && json.Unmarshal(b, &c.Made) == nil {
		have := c.Made
		have.FeeLines = 0
		if have == want {
			return c, nil
		}
	}
	for _, d := range []string{c.files(), c.full(), c.bare(), c.month1()} {
		if err := os.RemoveAll(d); err != nil {
			return nil, err
		}
	}
	made, err := c.generate(ctx, lines, persons, months, seed)
	if err != nil {
		return nil, err
	}
	for _, d := range []struct {
		dir  string
		keep func(name string) bool
	}{{c.full(), func(string) bool { return true }}, {c.bare(), func(n string) bool { return !strings.HasPrefix(n, "fee") }}} {
		if err := c.load(ctx, d.dir, d.keep); err != nil {
			return nil, err
		}
	}
	c.Made = want
	c.Made.FeeLines = made
	return c, lake.WriteFileAtomic(filepath.Join(dir, markName), func(w io.Writer) error { return json.NewEncoder(w).Encode(c.Made) })
}

// generate writes the city's files and returns the number of fee lines. Where lines are asked for, the number of persons is
// corrected until they come within a tenth: what a person causes depends on how many labelled violations the city has.
func (c *city) generate(ctx context.Context, lines, persons, months int, seed uint64) (int64, error) {
	write := func(persons int) (int64, error) {
		if err := os.RemoveAll(c.files()); err != nil {
			return 0, err
		}
		o, err := measure(ctx, job{Kind: "city", City: &synth.Options{Out: c.files(), Persons: persons, Months: months, Seed: seed, End: lastMonth}})
		return o.Rows, err
	}
	if persons > 0 {
		return write(persons)
	}
	want := int64(lines) * int64(months)
	few, fewLines := 0, int64(0) // the last try below the mark
	persons = max(minPersons, lines/20)
	for try := 0; ; try++ {
		got, err := write(persons)
		if err != nil || try == maxTries || (got-want)*10 < want && (want-got)*10 < want {
			return got, err
		}
		if got < want {
			each := float64(got-fewLines) / float64(persons-few)
			few, fewLines = persons, got
			persons += int(float64(want-got) / max(each, 0.1))
			continue
		}
		persons = max(minPersons, few+int(float64(persons-few)*float64(want-fewLines)/float64(got-fewLines)))
	}
}

const (
	// minPersons is the smallest city there is.
	minPersons = 200
	maxTries   = 5
)

// load imports the starter knowledge and the files that keep chooses into a new data directory.
func (c *city) load(ctx context.Context, data string, keep func(name string) bool) error {
	ks, err := knowledge.Open(filepath.Join(data, "knowledge"))
	if err != nil {
		return err
	}
	if _, err := ks.ImportStarter(); err != nil {
		return err
	}
	paths, err := c.tables(keep)
	if err != nil {
		return err
	}
	_, err = measure(ctx, job{Kind: "import", Data: data, Paths: paths})
	return err
}

// tables lists the city's input files, without the labels.
func (c *city) tables(keep func(name string) bool) ([]string, error) {
	es, err := os.ReadDir(c.files())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range es {
		if n := e.Name(); strings.HasSuffix(n, ".csv") && n != "truth.csv" && keep(n) {
			out = append(out, filepath.Join(c.files(), n))
		}
	}
	if len(out) == 0 {
		return nil, errors.New("示例城市没有生成文件")
	}
	return out, nil
}

// onlyLastMonth makes the data directory that knows no history.
func (c *city) onlyLastMonth(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.month1(), "manifest.json")); err == nil {
		return nil
	}
	return c.load(ctx, c.month1(), func(n string) bool {
		_, month, monthly := strings.Cut(strings.TrimSuffix(n, ".csv"), "_2")
		return !monthly || "2"+month == c.month.String()
	})
}

// copyTree copies a data directory.
func copyTree(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("无法复制 %s：%w", filepath.Base(from), err)
	}
	return nil
}
