package selfcheck

import (
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/lake"
)

// Result is what a check says in sums. Money is in fen.
type Result struct {
	Inst      string            `json:"fixmedins_code"`
	Months    []string          `json:"months"`
	Persons   int64             `json:"persons"`
	Lines     int64             `json:"lines"`
	Open      int               `json:"open" doc:"还没有结算的就诊：按结算前判"`
	Files     []lake.FileReport `json:"files"`
	Foreign   int               `json:"foreign" doc:"别家机构的疑点，没有列出"`
	Sum       Part              `json:"sum"`
	Rules     []Part            `json:"rules"`
	Depts     []Part            `json:"depts"`
	Doctors   []Part            `json:"doctors"`
	NotJudged []Missing         `json:"not_judged"`
	Absent    []string          `json:"absent" doc:"没有给出、而规则会看的表：看它们的规则可能少判，也可能看不到豁免"`
}

// Part is what was found under a name.
type Part struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Severity int    `json:"sev_deg,omitempty"`
	Findings int    `json:"findings"`
	Vola     int64  `json:"vola_fen"`
	Fund     int64  `json:"fund_fen"`
	Charged  int64  `json:"charged_fen" doc:"同一笔钱只算一次"`
}

// Missing is what a rule could not judge, and why.
type Missing struct {
	Rule   string `json:"rule_id"`
	Name   string `json:"rule_name"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Finding is one finding with its lines.
type Finding struct {
	ID         string `json:"finding_id"`
	Rule       string `json:"rule_id"`
	Name       string `json:"rule_name"`
	Severity   int    `json:"sev_deg"`
	Month      string `json:"month"`
	Psn        string `json:"psn_no"`
	Mdtrt      string `json:"mdtrt_id"`
	Setl       string `json:"setl_id" doc:"还没有结算的为空"`
	Open       bool   `json:"open" doc:"还没有结算：改好再结，没有要退的"`
	Dept       string `json:"dept"`
	Doctor     string `json:"doctor"`
	DoctorName string `json:"doctor_name"`
	Vola       int64  `json:"vola_fen"`
	Fund       int64  `json:"fund_fen"`
	Charged    int64  `json:"charged_fen"`
	Text       string `json:"vola_cont"`
	Basis      string `json:"vola_bas"`
	Lines      []Line `json:"lines"`
}

// Line is a fee line of a finding.
type Line struct {
	Sn      string `json:"feedetl_sn"`
	Setl    string `json:"setl_id"`
	Type    int    `json:"type" doc:"1 违规行，2 涉及行"`
	Item    string `json:"hilist_code"`
	Name    string `json:"name"`
	At      string `json:"fee_ocur_time"`
	Cnt     string `json:"cnt"`
	Vola    int64  `json:"vola_fen"`
	Charged int64  `json:"charged_fen"`
}

// Names of the files in a check's folder.
const (
	resultName   = "result.json"
	findingsName = "findings.json"
)

// ReadResult reads the sums of a check; fs.ErrNotExist when it has not ended.
func ReadResult(dir string) (*Result, error) {
	var r Result
	return &r, read(filepath.Join(dir, resultName), &r)
}

// ReadFindings reads what a check found, dearest first.
func ReadFindings(dir string) ([]Finding, error) {
	var fs []Finding
	return fs, read(filepath.Join(dir, findingsName), &fs)
}

func read(name string, to any) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}

// write leaves a check's outcome in its folder: the sums last, for they say that it is whole.
func write(dir string, r *Result, found []Finding) error {
	for _, f := range []struct {
		name string
		v    any
	}{{findingsName, found}, {resultName, r}} {
		err := lake.WriteFileAtomic(filepath.Join(dir, f.name), func(w io.Writer) error { return json.NewEncoder(w).Encode(f.v) })
		if err != nil {
			return err
		}
	}
	return nil
}

// tally adds findings up by a key.
func tally(found []Finding, key func(*Finding) (key, name string, severity int)) []Part {
	by := map[string]*Part{}
	for i := range found {
		f := &found[i]
		k, name, sev := key(f)
		p := by[k]
		if p == nil {
			p = &Part{Key: k, Name: name, Severity: sev}
			by[k] = p
		}
		p.add(f)
	}
	out := []Part{}
	for _, p := range by {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Charged, a.Charged), cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.Key, b.Key))
	})
	return out
}

func (p *Part) add(f *Finding) {
	p.Findings, p.Vola, p.Fund, p.Charged = p.Findings+1, p.Vola+f.Vola, p.Fund+f.Fund, p.Charged+f.Charged
}
