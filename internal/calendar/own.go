package calendar

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/mingjian/mingjian/internal/claim"
)

// FileName is the bureau's own table in the data directory; its years replace those that ship.
const FileName = "calendar.csv"

// current is the table that ships with the years of this process's data directory; nil = none were loaded.
var current atomic.Pointer[Calendar]

// Default is the table that ships with the program with the years of the bureau's own table, where one was loaded.
func Default() *Calendar {
	if c := current.Load(); c != nil {
		return c
	}
	return shipped()
}

// Load makes the table of a data directory the process's own; without a file there is none. A table that cannot be read is an error and
// changes nothing.
func Load(dir string) error {
	c, err := ReadOwn(dir)
	if err != nil {
		return err
	}
	if c != nil {
		c = shipped().With(c)
	}
	current.Store(c)
	return nil
}

// ReadOwn reads the table of a data directory; nil without a file.
func ReadOwn(dir string) (*Calendar, error) {
	f, err := os.Open(filepath.Join(dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s：%w", FileName, err)
	}
	return c, nil
}

// Entry is a day that differs from its weekday's habit.
type Entry struct {
	Day  claim.Day
	Work bool // a weekend that is worked; else a day off
	Name string
}

// Year lists the entries of a year, in order.
func (c *Calendar) Year(year int) []Entry {
	var out []Entry
	for _, d := range slices.Sorted(maps.Keys(c.work)) {
		if y, _, _ := d.Civil(); y == year {
			out = append(out, Entry{d, c.work[d], c.names[d]})
		}
	}
	return out
}

// Of is the announced table of a year. Errors are Chinese and name the day.
func Of(year int, entries []Entry) (*Calendar, error) {
	c := &Calendar{work: map[claim.Day]bool{}, names: map[claim.Day]string{}, years: map[int]Status{}}
	for _, e := range entries {
		if y, _, _ := e.Day.Civil(); y != year {
			return nil, fmt.Errorf("%s 不在 %d 年", e.Day, year)
		}
		if err := c.put(e.row(Announced)); err != nil {
			return nil, err
		}
	}
	c.years[year] = Announced
	return c, nil
}

func (e Entry) row(s Status) []string {
	kind := "休"
	if e.Work {
		kind = "班"
	}
	return []string{e.Day.String(), kind, e.Name, s.String()}
}

// Write writes the table as Read reads it.
func (c *Calendar) Write(w io.Writer) error {
	cw := csv.NewWriter(w)
	rows := [][]string{{"日期", "休或班", "名称", "来源"}}
	for _, y := range slices.Sorted(maps.Keys(c.years)) {
		for _, e := range c.Year(y) {
			rows = append(rows, e.row(c.years[y]))
		}
	}
	return cw.WriteAll(rows)
}
