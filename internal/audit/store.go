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
}

func (a *Sum) add(b Sum) {
	a.Findings, a.Lines, a.Hushed = a.Findings+b.Findings, a.Lines+b.Lines, a.Hushed+b.Hushed
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

// Each calls f with the rows of a month, bucket by bucket, sorted within a bucket.
func (s *Store) Each(m claim.Month, f func(rows []Row) error) error {
	l, err := s.ledger()
	if err != nil {
		return err
	}
	st := l.Months[m.String()]
	for _, b := range sortedKeys(st.Files) {
		rows, err := readRows(filepath.Join(s.dir, st.Files[b]))
		if err != nil {
			return err
		}
		if err := f(rows); err != nil {
			return err
		}
	}
	return nil
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

// Find returns the rows of a finding and its month.
func (s *Store) Find(id string) ([]Row, error) {
	months, err := s.Months()
	if err != nil {
		return nil, err
	}
	var out []Row
	for i := len(months) - 1; i >= 0 && len(out) == 0; i-- {
		err := s.Each(months[i], func(rows []Row) error {
			for _, r := range rows {
				if r.FindingID == id {
					out = append(out, r)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("没有编号为 %q 的疑点：请从疑点导出文件的 finding_id 列复制完整编号", id)
	}
	return out, nil
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
			if r.FindingID != last {
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
