package lake

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Report is what an import did, for people and as JSON.
type Report struct {
	Files    []FileReport  `json:"files"`
	Tables   []string      `json:"tables"`  // tables whose live rows changed
	Months   []string      `json:"months"`  // settlement months to be audited again, yyyy-MM, ascending
	Rejects  []string      `json:"rejects"` // CSV files with the rejected rows, relative to the data directory
	Flags    []Flag        `json:"flags"`
	Skipped  []string      `json:"skipped"` // paths left alone, each with the reason
	Persons  int           `json:"persons_united"`
	Seconds  float64       `json:"seconds"`
	Snapshot string        `json:"snapshot"`
	Changed  []claim.Month `json:"-"`
}

// FileReport counts the rows of one file.
type FileReport struct {
	File      string   `json:"file"`
	Table     string   `json:"table"`
	Rows      int64    `json:"rows"`
	Landed    int64    `json:"landed"`    // new rows and corrections
	Known     int64    `json:"known"`     // already there
	Corrected int64    `json:"corrected"` // of landed: replaced an earlier row of the same key
	Withdrawn int64    `json:"withdrawn"` // of landed: vali_flag 0
	Rejected  int64    `json:"rejected"`
	Waiting   int64    `json:"waiting"` // of landed: their person is not known yet
	Unknown   []string `json:"unknown_columns,omitempty"`
	Note      string   `json:"note,omitempty"`
	Error     string   `json:"error,omitempty"`

	err error
}

// Err is the fault because of which the file did not land, or nil.
func (f *FileReport) Err() error { return f.err }

// Failed lists the files that did not land.
func (r *Report) Failed() (out []FileReport) {
	for _, f := range r.Files {
		if f.Error != "" {
			out = append(out, f)
		}
	}
	return out
}

// Reject is a row that did not land, with its text.
type Reject struct {
	File   string
	Row    int
	Field  string
	Value  string
	Reason string
	Raw    string
}

// Quality flags: the row landed, somebody should look.
const (
	FlagUnreadable = iota // an optional field could not be read and is taken as absent
	FlagAmount            // amount is not price × quantity within a fen
	FlagBalance           // pay identities of a settlement or line do not balance
	FlagPerson            // psn_no is in no person row
	FlagInst              // fixmedins_code is in no institution row
	FlagSex               // sex against the 17th digit of the certificate
	flagCount
)

var flagNames = [flagCount]string{"可选字段无法识别，按空值处理", "金额与单价乘数量相差超过一分", "金额各项之和不平", "参保人不在人员表中",
	"机构不在机构表中", "性别与证件号第 17 位不符"}

// Flag is a quality flag with its count and a few samples.
type Flag struct {
	Kind    int      `json:"kind"`
	Name    string   `json:"name"`
	Table   string   `json:"table"`
	Count   int64    `json:"count"`
	Samples []Sample `json:"samples"`
}

// Sample points at one flagged value.
type Sample struct {
	File  string `json:"file"`
	Row   int    `json:"row"`
	Field string `json:"field"`
	Value string `json:"value"`
	Note  string `json:"note,omitempty"`
}

const maxSamples = 5

// flagSet collects flags in input order.
type flagSet [flagCount]struct {
	n       int64
	samples []Sample
}

func (f *flagSet) add(kind int, s Sample) {
	f[kind].n++
	if len(f[kind].samples) < maxSamples {
		f[kind].samples = append(f[kind].samples, s)
	}
}

// merge adds g behind f.
func (f *flagSet) merge(g *flagSet) {
	for k := range f {
		f[k].n += g[k].n
		for _, s := range g[k].samples {
			if len(f[k].samples) < maxSamples {
				f[k].samples = append(f[k].samples, s)
			}
		}
	}
}

func (f *flagSet) list(table string) (out []Flag) {
	for k := range f {
		if f[k].n > 0 {
			out = append(out, Flag{Kind: k, Name: flagNames[k], Table: table, Count: f[k].n, Samples: f[k].samples})
		}
	}
	return out
}

// Progress is told now and then while importing.
type Progress struct {
	Table      string
	Phase      string // 读取 or 写入
	Rows       int64  // of the table, so far
	Bytes      int64  // of all input files, so far
	TotalBytes int64
}

func join(s []string) string { return strings.Join(s, "、") }
func lower(s string) string  { return strings.ToLower(strings.TrimSpace(s)) }
