package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model"
)

// query answers one SELECT of an analyst over the views.
func query(ctx context.Context, j *Job, tmp string) (*Table, error) {
	if err := model.CheckQuery(j.SQL); err != nil {
		return nil, err
	}
	if _, err := os.Stat(j.Views); errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("分析视图还没有生成")
	}
	e, err := open(ctx, j.Views, &j.Limits, tmp, true)
	if err != nil {
		return nil, err
	}
	defer e.close()
	if j.SQL, err = e.bound(ctx, j); err != nil {
		return nil, err
	}
	if err := e.reads(ctx, j.SQL); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, fmt.Sprintf("SELECT * FROM (%s\n) AS asked LIMIT %d", strings.TrimRight(strings.TrimSpace(j.SQL), ";"), j.Limits.Rows+1))
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	t := &Table{Rows: [][]any{}}
	if t.Columns, err = rs.Columns(); err != nil {
		return nil, err
	}
	var all []found
	for rs.Next() {
		if len(t.Rows) == j.Limits.Rows {
			t.Cut = true
			break
		}
		row, at := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rs.Scan(at...); err != nil {
			return nil, err
		}
		f := found{}
		for i, c := range t.Columns {
			switch x := row[i].(type) {
			case nil:
			case string:
				row[i] = short(x)
			default:
				if slices.Contains(named, c) {
					f[c] = x
				}
			}
		}
		t.Rows = append(t.Rows, row)
		all = append(all, f)
	}
	if err := rs.Err(); err != nil {
		return nil, err
	}
	rs.Close()
	n, err := e.names(ctx, j.Data, all)
	if err != nil {
		return nil, err
	}
	for _, row := range t.Rows {
		for i, c := range t.Columns {
			row[i] = shown(n, c, row[i])
		}
	}
	t.Names = n.called
	return t, nil
}

// named are the columns of an answer whose keys have names or, of a visit, a number in the lake.
var named = []string{"visit", "inst", "other", "doctor", "item"}

// mostCell is how many bytes of a text a cell of an answer shows.
const mostCell = 4000

// short cuts a text between two characters.
func short(s string) string {
	if len(s) <= mostCell {
		return s
	}
	n := mostCell
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "……"
}

// bound puts the numbers of a query's parameters, the keys of its codes and its period into the statement, where it has any.
func (e *engine) bound(ctx context.Context, j *Job) (string, error) {
	if len(j.Bind) == 0 && len(j.Params) == 0 {
		return j.SQL, nil
	}
	p, _, err := e.period(ctx, j)
	if err != nil {
		return "", err
	}
	values := map[string]float64{}
	if j.Year {
		p.First = max(p.First, p.Last-366)
		whole := p.Last.Month()
		if whole.Last() > p.Last { // under way
			whole--
		}
		values["month"] = float64(whole)
	}
	for k, v := range j.Params {
		values[k] = v
	}
	if len(j.Bind) > 0 {
		l, err := lake.Open(j.Data)
		if err != nil {
			return "", err
		}
		defer l.Close()
		s, err := l.Snapshot()
		if err != nil {
			return "", err
		}
		for k, c := range j.Bind {
			dict, ok := dictOf[c.Column]
			if !ok {
				return "", fmt.Errorf("列 %q 没有编码", c.Column)
			}
			values[k] = -1 // a code that nobody has matches nothing
			if n := s.Dicts()[dict].Find(c.Text); n > 0 {
				values[k] = float64(n)
			}
		}
	}
	return model.Bind(j.SQL, values, p), nil
}

// shown is a value as an analyst sees it: keys as codes, numbers that JavaScript holds, text.
func shown(n *names, column string, v any) any {
	if v == nil {
		return nil
	}
	if column == "dept" || slices.Contains(model.Keys, column) {
		if _, isText := v.(string); !isText {
			return n.of(column, v)
		}
	}
	switch x := v.(type) {
	case string:
		return short(x)
	case bool, int32, float64:
		return x
	case time.Time:
		return x.Format("2006-01-02 15:04:05")
	case []any, map[string]any, duckdb.Map, []byte:
		return short(fmt.Sprint(x))
	case int64:
		if x > 1<<53 || x < -(1<<53) {
			return fmt.Sprint(x)
		}
		return x
	}
	return num(v)
}
