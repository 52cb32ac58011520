// Package calendar counts working days as Chinese law does: weekends are free, public holidays are free, and the
// make-up days (调休上班) that the State Council's notice puts on weekends are worked.
//
// The days are data (days.csv), not code: a bureau replaces a year by a file of its own as soon as the notice for it
// is out. It knows civil days only: no clock, no time zone, no deadline's name.
package calendar

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

//go:embed days.csv
var days string

// Status says how far a year's table can be trusted.
type Status int8

// A year without a table has weekends only; a projected one holds the statutory holidays (with the days given back for
// those on a weekend) but not yet the exchanges that the year's notice will bring.
const (
	Unknown Status = iota
	Projected
	Announced
)

func (s Status) String() string {
	return [...]string{"无表", "推算", "已公布"}[s]
}

// Calendar is immutable.
type Calendar struct {
	work  map[claim.Day]bool // only the days that differ from their weekday's habit, and holidays on weekends
	names map[claim.Day]string
	years map[int]Status
}

// shipped is the table that ships with the program: 2024–2026 as announced, 2027 projected.
var shipped = sync.OnceValue(func() *Calendar {
	c, err := Read(strings.NewReader(days))
	if err != nil {
		panic(err) // the embedded file is part of the program
	}
	return c
})

// Read reads a table: 日期,休或班,名称,来源 with one row for each holiday (休) and each make-up day (班); 来源 is 已公布 or 推算.
// A year in which any row is 推算 is Projected. Errors are Chinese and name the line.
func Read(r io.Reader) (*Calendar, error) {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = 4
	rows, err := cr.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("读取放假安排: %w", err)
	}
	if len(rows) == 0 || strings.TrimPrefix(rows[0][0], "\ufeff") != "日期" {
		return nil, errors.New("放假安排的首行应为：日期,休或班,名称,来源")
	}
	c := &Calendar{work: map[claim.Day]bool{}, names: map[claim.Day]string{}, years: map[int]Status{}}
	for i, row := range rows[1:] {
		if err := c.put(row); err != nil {
			return nil, fmt.Errorf("放假安排第 %d 行: %w", i+2, err)
		}
	}
	return c, nil
}

func (c *Calendar) put(row []string) error {
	d, err := claim.ParseDay(row[0])
	if err != nil {
		return err
	}
	if !d.Has() {
		return errors.New("日期为空")
	}
	var work bool
	switch row[1] {
	case "休":
	case "班":
		if work = true; !weekend(d) {
			return fmt.Errorf("%s 不是周末，不必写作“班”", row[0])
		}
	default:
		return fmt.Errorf("第二列 %q 应为“休”或“班”", row[1])
	}
	s := Announced
	switch row[3] {
	case "已公布":
	case "推算":
		s = Projected
	default:
		return fmt.Errorf("来源 %q 应为“已公布”或“推算”", row[3])
	}
	if _, twice := c.work[d]; twice {
		return fmt.Errorf("%s 出现两次", row[0])
	}
	c.work[d], c.names[d] = work, row[2]
	y, _, _ := d.Civil()
	if was, ok := c.years[y]; !ok || s < was {
		c.years[y] = s
	}
	return nil
}

// With is c with every year that newer holds taken from newer.
func (c *Calendar) With(newer *Calendar) *Calendar {
	out := &Calendar{work: map[claim.Day]bool{}, names: map[claim.Day]string{}, years: map[int]Status{}}
	for _, from := range []*Calendar{c, newer} {
		for d, w := range from.work {
			y, _, _ := d.Civil()
			if _, replaced := newer.years[y]; from == c && replaced {
				continue
			}
			out.work[d], out.names[d] = w, from.names[d]
		}
		for y, s := range from.years {
			out.years[y] = s
		}
	}
	return out
}

// Working tells whether offices work on the day.
func (c *Calendar) Working(d claim.Day) bool {
	if w, ok := c.work[d]; ok {
		return w
	}
	return !weekend(d)
}

// Name of the holiday or of the make-up day, "" for other days.
func (c *Calendar) Name(d claim.Day) string { return c.names[d] }

// Status of a year's table.
func (c *Calendar) Status(year int) Status { return c.years[year] }

// Add is the n-th working day after d (before it when n is negative); d itself for 0, worked or not. The day itself
// never counts: what arrives on Monday and is due in five working days is due on the next Monday.
func (c *Calendar) Add(d claim.Day, n int) claim.Day {
	step := claim.Day(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d += step; c.Working(d) {
			n--
		}
	}
	return d
}

// Between counts the working days after from, up to and including to; negative when to is earlier.
func (c *Calendar) Between(from, to claim.Day) int {
	if to < from {
		return -c.Between(to, from)
	}
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.Working(d) {
			n++
		}
	}
	return n
}

func weekend(d claim.Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
