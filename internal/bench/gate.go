package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
)

// found is one violation as checks compare it.
type found struct{ Rule, Mdtrt, Sn string }

// Difference is what one side found and the other did not.
type Difference struct {
	Rule  string `json:"rule_id"`
	Side  string `json:"side"` // engine or sql: the only one to have it
	Mdtrt string `json:"mdtrt_id"`
	Sn    string `json:"feedetl_sn"`
}

// gate compares the engine's violating lines of the month with the ten result files, rule by rule. B001 refines B021:
// what the narrower rule says is not reported under the wider one, so lines of B001 are left out of both sides of B021.
func (c *city) gate(ctx context.Context, sqlDir string) (map[string]int, []Difference, string, error) {
	engine, sql := map[found]bool{}, map[found]bool{}
	narrower := map[found]bool{}
	err := audit.OpenStore(c.full()).Each(c.month, func(rows []audit.Row) error {
		for i := range rows {
			r := &rows[i]
			if r.Hushed || r.Type != 1 {
				continue
			}
			if r.RuleID == "B001" {
				narrower[found{"B021", r.Mdtrt, r.Sn}] = true
			}
			if slices.Contains(Rules, r.RuleID) {
				engine[found{r.RuleID, r.Mdtrt, r.Sn}] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, "", err
	}
	if err := readFound(ctx, sqlDir, sql); err != nil {
		return nil, nil, "", err
	}
	for f := range narrower {
		delete(engine, f)
		delete(sql, f)
	}
	counts := map[string]int{}
	for f := range engine {
		counts[f.Rule]++
	}
	return counts, differences(engine, sql), hashOf(engine), nil
}

// readFound reads what the statements wrote.
func readFound(ctx context.Context, dir string, into map[found]bool) error {
	d, err := openDuck(ctx, 1, dir)
	if err != nil {
		return err
	}
	defer d.close()
	rows, err := d.conn.QueryContext(ctx, "SELECT rule_id, mdtrt_id, feedetl_sn FROM read_parquet("+lakesql.Quote(filepath.Join(dir, "*.parquet"))+")")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.Rule, &f.Mdtrt, &f.Sn); err != nil {
			return err
		}
		into[f] = true
	}
	return rows.Err()
}

func differences(engine, sql map[found]bool) []Difference {
	var out []Difference
	for _, s := range []struct {
		name     string
		has, not map[found]bool
	}{{"engine", engine, sql}, {"sql", sql, engine}} {
		for f := range s.has {
			if !s.not[f] {
				out = append(out, Difference{f.Rule, s.name, f.Mdtrt, f.Sn})
			}
		}
	}
	slices.SortFunc(out, func(a, b Difference) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return out
}

// hashOf is a hash of a set, independent of order.
func hashOf(set map[found]bool) string {
	var lines []string
	for f := range set {
		lines = append(lines, f.Rule+"\x1f"+f.Mdtrt+"\x1f"+f.Sn)
	}
	slices.Sort(lines)
	h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:])
}
