// Package synth writes a synthetic city: the tables of the contract for some months of a county's health insurance, with
// violations planted on purpose and labelled in truth.csv. It knows the tables (claim) and the knowledge points
// (knowledge); it may not know how a rule is coded. Its labels follow docs/规则口径.md, so that they can contradict the
// engine.
package synth

import (
	"errors"
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// Options of a city. Equal options give byte-identical files.
type Options struct {
	Out     string      // directory, created when missing
	Persons int         // insured persons, default 100,000
	Months  int         // months of data, default 12
	Seed    uint64      // stream of all chance
	End     claim.Month // last month, default 2025-12
	Lines   int         // fee lines a month to aim at; overrides Persons when > 0
	Gzip    bool        // write .csv.gz
	Workers int         // default: number of CPUs; never changes the bytes
	// Clean leaves out all scenarios: a city in which nothing may be found.
	Clean bool
}

// linesPerPersonMonth is what one insured person causes on average; it turns Options.Lines into persons.
const linesPerPersonMonth = 4.7

// blockPersons is the unit of generation and of scenario assignment.
const blockPersons = 1000

func (o *Options) fill() error {
	if o.Out == "" {
		return errors.New("输出目录不能为空：请用 --out 指定")
	}
	if o.Lines > 0 {
		o.Persons = int(float64(o.Lines) / linesPerPersonMonth)
	}
	if o.Persons == 0 {
		o.Persons = 100_000
	}
	if o.Months == 0 {
		o.Months = 12
	}
	if o.End == 0 {
		o.End = claim.Month(2025*12 + 11)
	}
	if o.Persons < 200 || o.Persons > 5_000_000 {
		return fmt.Errorf("人数 %d 超出范围：应在 200 到 5000000 之间", o.Persons)
	}
	if o.Months < 1 || o.Months > 60 {
		return fmt.Errorf("月数 %d 超出范围：应在 1 到 60 之间", o.Months)
	}
	return nil
}

// first and last civil day of the window.
func (o *Options) first() claim.Day { return (o.End - claim.Month(o.Months) + 1).First() }
func (o *Options) last() claim.Day  { return o.End.Last() }

// Stats counts what was written.
type Stats struct {
	Persons, Institutions int
	Visits, Stays         int64
	Settlements, Lines    int64
	Rows                  map[string]int64 // rows by table
	Truth                 map[string]int64 // truth rows by "rule kind"
	Bytes                 int64
	// Skipped names scenarios that the window is too short for.
	Skipped []string
	// Unhosted counts performances, by "rule scenario", that found no fitting knowledge point; nothing is labelled then.
	Unhosted map[string]int64
}
