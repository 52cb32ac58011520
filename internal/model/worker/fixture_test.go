package worker

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/model"
)

// fixtureEngine is a DuckDB in memory with empty views and the fixture's rows.
func fixtureEngine(t *testing.T, m *model.Model) *engine {
	t.Helper()
	ctx := context.Background()
	l := Limits{MemoryMiB: 512}
	l.fill()
	e, err := open(ctx, "", &l, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	for _, s := range append(tables(), statements(m.Rows)...) {
		if err := e.exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", m.ID, err)
		}
	}
	return e
}

func tables() (out []string) {
	for _, v := range model.Views() {
		out = append(out, v.CreateTable())
	}
	return out
}

func statements(text string) (out []string) {
	for _, s := range strings.Split(text, ";\n") {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}

var whole = model.Period{First: -100_000, Last: 100_000}

func TestFixtures(t *testing.T) {
	lib, err := model.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lib.All {
		t.Run(m.ID, func(t *testing.T) {
			e := fixtureEngine(t, m)
			values, err := m.Values(nil)
			if err != nil {
				t.Fatal(err)
			}
			rows, _, err := e.find(context.Background(), m, values, whole)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int64]bool{}
			for _, f := range rows {
				got[integer(f["case_key"])] = true
				for c, v := range f {
					if _, text := v.(string); !text && c != "case_key" && c != "money" && !slices.Contains(model.Keys, c) && m.Titles[c] == "" {
						t.Errorf("column %s has no title", c)
					}
				}
			}
			for _, k := range m.Fixture.Hit {
				if !got[k] {
					t.Errorf("the positive %d is not found; found %v", k, got)
				}
				delete(got, k)
			}
			for k := range got {
				t.Errorf("%d is found and is no positive", k)
			}
		})
	}
}

// lines are the rows of a result as text, sorted, to compare two engines.
func lines(cols []string, rows [][]any) []string {
	var out []string
	for _, r := range rows {
		var b strings.Builder
		for i, v := range r {
			switch s, ok := v.(string); {
			case v == nil:
				fmt.Fprintf(&b, "%s=- ", cols[i])
			case ok && !numeric(s):
				fmt.Fprintf(&b, "%s=%s ", cols[i], s)
			default:
				fmt.Fprintf(&b, "%s=%.6g ", cols[i], num(v))
			}
		}
		out = append(out, b.String())
	}
	sort.Strings(out)
	return out
}

func numeric(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.-e+") == ""
}
