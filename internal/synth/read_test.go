package synth

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// made generates a city into a temporary directory.
func made(t *testing.T, opt Options) (string, Stats) {
	t.Helper()
	opt.Out = t.TempDir()
	st, err := Generate(opt)
	if err != nil {
		t.Fatal(err)
	}
	return opt.Out, st
}

// rows reads a table, all its months, as maps.
func rows(t *testing.T, dir, table string) (all []map[string]string) {
	t.Helper()
	eachRow(t, dir, table, func(_, head, rec []string) {
		m := make(map[string]string, len(head))
		for i, h := range head {
			m[h] = rec[i]
		}
		all = append(all, m)
	})
	return all
}

func eachRow(t *testing.T, dir, table string, do func(file, head, rec []string)) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, table+".csv"))
	months, _ := filepath.Glob(filepath.Join(dir, table+"_2*.csv"))
	for _, name := range append(files, months...) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(f)
		r.ReuseRecord = false
		head, err := r.Read()
		if err != nil {
			t.Fatal(name, err)
		}
		for {
			rec, err := r.Read()
			if err != nil {
				if err.Error() != "EOF" {
					t.Fatal(name, err)
				}
				break
			}
			do([]string{name}, head, rec)
		}
		f.Close()
	}
}

func money(t *testing.T, s string) claim.Money {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := claim.ParseDecimal(s, 2)
	if err != nil {
		t.Fatal(s, err)
	}
	return claim.Money(n)
}

// newest keeps the last version of each key, as the importer does.
func newest(all []map[string]string, key ...string) (out []map[string]string) {
	at := map[string]int{}
	for _, r := range all {
		var k strings.Builder
		for _, c := range key {
			v := r[c]
			if c == "cnt" {
				v = fmt.Sprint(strings.HasPrefix(v, "-"))
			}
			k.WriteString(v + "|")
		}
		i, seen := at[k.String()]
		switch {
		case !seen:
			at[k.String()] = len(out)
			out = append(out, r)
		case r["updt_time"] >= out[i]["updt_time"]:
			out[i] = r
		}
	}
	return out
}
