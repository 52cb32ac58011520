package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// Store keeps the findings of a data directory: per month and bucket one Parquet file, and a manifest that names the
// files in force. A run writes its own folder and takes effect when the manifest is replaced.
type Store struct {
	dir string
}

// OpenStore opens the findings of a data directory.
func OpenStore(dataDir string) *Store { return &Store{dir: filepath.Join(dataDir, "findings")} }

// ledger is the manifest of findings.
type ledger struct {
	Runs   int                   `json:"runs"`
	Months map[string]monthState `json:"months"`
}

// monthState says which run a month's findings come from and what they were judged on.
type monthState struct {
	Facts   string         `json:"facts"`   // hash of the facts the month's judgement read
	Program string         `json:"program"` // hash of cards and points
	Own     string         `json:"own"`     // hash of the month's own facts, to tell why it is stale
	Files   map[int]string `json:"files"`   // by bucket, relative to the store
	Rules   map[string]Sum `json:"rules"`
}

// Sum counts a rule's findings in a month.
type Sum struct {
	Findings int64       `json:"findings"`
	Lines    int64       `json:"lines"` // violating lines
	Vola     claim.Money `json:"vola_fen"`
	Fund     claim.Money `json:"fund_fen"`
	Charged  claim.Money `json:"charged_fen"`
	Hushed   int64       `json:"hushed"`
	Exempted int64       `json:"exempted,omitempty"` // findings that an exemption lets pass
}

func (a *Sum) add(b Sum) {
	a.Findings, a.Lines, a.Hushed = a.Findings+b.Findings, a.Lines+b.Lines, a.Hushed+b.Hushed
	a.Exempted += b.Exempted
	a.Vola, a.Fund, a.Charged = a.Vola+b.Vola, a.Fund+b.Fund, a.Charged+b.Charged
}

func (s *Store) ledger() (*ledger, error) {
	l := &ledger{Months: map[string]monthState{}}
	data, err := os.ReadFile(filepath.Join(s.dir, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, l); err != nil {
		return nil, fmt.Errorf("疑点清单 %s 已损坏：%w", filepath.Join(s.dir, "manifest.json"), err)
	}
	return l, nil
}

func (s *Store) save(l *ledger) error { return writeJSON(filepath.Join(s.dir, "manifest.json"), l) }

func writeJSON(path string, v any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return lake.WriteFileAtomic(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(v)
	})
}

// Months lists the months that have been audited, ascending.
func (s *Store) Months() ([]claim.Month, error) {
	l, err := s.ledger()
	if err != nil {
		return nil, err
	}
	var out []claim.Month
	for k := range l.Months {
		m, err := claim.ParseMonth(k)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	slices.Sort(out)
	return out, nil
}

// Summary returns the sums of a month by rule.
func (s *Store) Summary(m claim.Month) (map[string]Sum, error) {
	l, err := s.ledger()
	if err != nil {
		return nil, err
	}
	return l.Months[m.String()].Rules, nil
}

// Each calls f with the rows of a month, bucket by bucket, sorted within a bucket. It sees one run's findings to the end,
// also when another run replaces and removes them in the meantime.
func (s *Store) Each(m claim.Month, f func(rows []Row) error) error {
	return s.each(m, func(_ int, rows []Row) error { return f(rows) })
}

func (s *Store) each(m claim.Month, f func(bucket int, rows []Row) error) error {
	st, files, err := s.pin(m)
	if err != nil {
		return err
	}
	defer func() {
		for _, h := range files {
			h.Close()
		}
	}()
	for _, b := range sortedKeys(st.Files) {
		rows, err := decodeRows(files[b])
		if err != nil {
			return err
		}
		if err := f(b, rows); err != nil {
			return err
		}
	}
	return nil
}

// maxPins is how often a reader looks for files that a run keeps replacing.
const maxPins = 5

// pin opens all files of a month: an open file stays readable when it is removed.
func (s *Store) pin(m claim.Month) (monthState, map[int]*os.File, error) {
	for try := 1; ; try++ {
		l, err := s.ledger()
		if err != nil {
			return monthState{}, nil, err
		}
		st, files := l.Months[m.String()], map[int]*os.File{}
		for b, name := range st.Files {
			if files[b], err = os.Open(filepath.Join(s.dir, name)); err != nil {
				break
			}
		}
		if err == nil {
			return st, files, nil
		}
		for _, h := range files {
			h.Close()
		}
		if try == maxPins || !errors.Is(err, fs.ErrNotExist) {
			return st, nil, fmt.Errorf("疑点文件无法读取：%w", err)
		}
	}
}

// Rows returns all rows of a month in export order; rules restricts them when not empty.
func (s *Store) Rows(m claim.Month, rules map[string]bool) ([]Row, error) {
	var out []Row
	err := s.Each(m, func(rows []Row) error {
		for i := range rows {
			if !rows[i].Hushed && (len(rules) == 0 || rules[rows[i].RuleID]) {
				out = append(out, rows[i])
			}
		}
		return nil
	})
	sortRows(out)
	return out, err
}

// Find returns the rows of a finding in export order.
func (s *Store) Find(id string) ([]Row, error) {
	rows, _, err := s.locate(id)
	return rows, err
}

// in returns a finding's rows in a month and bucket, none when it is not there.
func (s *Store) in(id string, m claim.Month, bucket int) (out []Row, err error) {
	st, files, err := s.pin(m)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, h := range files {
			h.Close()
		}
	}()
	if st.Files[bucket] == "" {
		return nil, nil
	}
	rows, err := decodeRows(files[bucket])
	for _, r := range rows {
		if r.FindingID == id {
			out = append(out, r)
		}
	}
	return out, err
}

// locate returns a finding's rows and the bucket they lie in.
func (s *Store) locate(id string) (out []Row, bucket int, err error) {
	months, err := s.Months()
	if err != nil {
		return nil, 0, err
	}
	for i := len(months) - 1; i >= 0 && len(out) == 0; i-- {
		err := s.each(months[i], func(b int, rows []Row) error {
			for _, r := range rows {
				if r.FindingID == id {
					out, bucket = append(out, r), b
				}
			}
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(out) == 0 {
		return nil, 0, fmt.Errorf("没有编号为 %q 的疑点：请核对编号（导出文件的 finding_id 列）；若曾经导出过，它已在后来的重审中撤回，原因见数据目录 runs 下的审核报告", id)
	}
	return out, bucket, nil
}

func sortedKeys[V any](m map[int]V) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func summarize(rows []Row) map[string]Sum {
	out := map[string]Sum{}
	last := ""
	for i := range rows {
		r := &rows[i]
		s := out[r.RuleID]
		if r.Hushed {
			switch {
			case r.FindingID == last:
			case r.Exempt != "":
				s.Exempted++
			default:
				s.Hushed++
			}
		} else {
			if r.FindingID != last {
				s.Findings++
			}
			if r.Type == 1 {
				if r.Sn != "" {
					s.Lines++
				}
				s.Vola, s.Fund, s.Charged = s.Vola+r.Vola, s.Fund+r.Fund, s.Charged+r.Charged
			}
		}
		last = r.FindingID
		out[r.RuleID] = s
	}
	return out
}
