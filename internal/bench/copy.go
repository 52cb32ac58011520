package bench

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
)

// doCopy copies fee files to one Parquet file with every column typed: what a plain import into DuckDB costs.
func doCopy(ctx context.Context, j job) (outcome, error) {
	d, err := openDuck(ctx, max(1, j.Workers), os.TempDir())
	if err != nil {
		return outcome{}, err
	}
	defer d.close()
	head, err := headerOf(j.Paths[0])
	if err != nil {
		return outcome{}, err
	}
	t := claim.MustTable("fee")
	var cols, files []string
	for _, h := range head {
		ty := "VARCHAR"
		if c := t.Col(h); c >= 0 {
			ty = csvType(t.Columns[c].Type)
		}
		cols = append(cols, lakesql.Quote(h)+": "+lakesql.Quote(ty))
	}
	for _, p := range j.Paths {
		files = append(files, lakesql.Quote(p))
	}
	q := "SELECT * FROM read_csv([" + strings.Join(files, ", ") + "], header=true, auto_detect=false, delim=',', quote='\"', escape='\"', columns={" +
		strings.Join(cols, ", ") + "})"
	start := startClock()
	if err := d.copyTo(ctx, q, j.Out); err != nil {
		return outcome{}, fmt.Errorf("DuckDB 复制 CSV：%w", err)
	}
	return start.stop(), nil
}

func headerOf(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(b[:min(len(b), 1<<16)]), "\n")
	return strings.Split(strings.TrimSpace(line), ","), nil
}

// csvType is the SQL type that holds what the contract lets a column hold.
func csvType(t claim.Type) string {
	switch t {
	case claim.Int:
		return "INTEGER"
	case claim.Date:
		return "DATE"
	case claim.Tm:
		return "TIMESTAMP"
	case claim.Mny:
		return "DECIMAL(16,2)"
	case claim.Num:
		return "DECIMAL(16,4)"
	case claim.Prc:
		return "DECIMAL(16,6)"
	}
	return "VARCHAR"
}
