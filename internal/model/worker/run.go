package worker

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model"
)

// names turns keys into the codes they stand for.
type names struct {
	ds     *claim.Dicts
	visits map[int64]string
	called *model.Names
}

// runModel runs one model over the views and names what it found.
func runModel(ctx context.Context, j *Job, tmp string) (*model.Result, error) {
	m := j.Model.model()
	if err := m.Check(""); err != nil {
		return nil, err
	}
	values, err := m.Values(j.Params)
	if err != nil {
		return nil, err
	}
	e, err := open(ctx, j.Views, &j.Limits, tmp, true)
	if err != nil {
		return nil, err
	}
	defer e.close()
	p, snapshot, err := e.period(ctx, j)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	r := &model.Result{Model: m.ID, Name: m.Name, Params: values, First: p.First.String(), Last: p.Last.String(), Snapshot: snapshot, Cases: []model.Case{}}
	if r.Unjudged, err = e.missing(ctx, m); err != nil || r.Unjudged != "" {
		return r, err
	}
	rows, links, err := e.find(ctx, m, values, p)
	if err != nil {
		return nil, fmt.Errorf("模型 %s：%w", m.ID, err)
	}
	n, err := e.names(ctx, j.Data, rows)
	if err != nil {
		return nil, err
	}
	r.Cases = cases(m, rows, links, n)
	r.Finish(m)
	r.Names = n.called
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// period is the days a run looks at: those asked for, else all the snapshot has.
func (e *engine) period(ctx context.Context, j *Job) (model.Period, string, error) {
	var first, last sql.NullInt32
	var id string
	if err := e.conn.QueryRowContext(ctx, "SELECT snapshot, first_day, last_day FROM snapshot_note").Scan(&id, &first, &last); err != nil {
		return model.Period{}, "", fmt.Errorf("读取分析视图：%w", err)
	}
	p := model.Period{First: claim.Day(first.Int32), Last: claim.Day(last.Int32)}
	if j.First != 0 {
		p.First = j.First
	}
	if j.Last != 0 {
		p.Last = j.Last
	}
	return p, id, nil
}

// missing says which facts a model needs and does not have, "" when all are there.
func (e *engine) missing(ctx context.Context, m *model.Model) (string, error) {
	for _, n := range m.Needs {
		view, col, _ := strings.Cut(n, ".")
		q := "SELECT count(*) FROM (SELECT 1 FROM " + view
		if col != "" {
			q += " WHERE " + col + " IS NOT NULL"
		}
		var k int
		if err := e.conn.QueryRowContext(ctx, q+" LIMIT 1)").Scan(&k); err != nil {
			return "", err
		}
		if k == 0 {
			v := model.ViewOf(view)
			title := v.Title
			for _, c := range v.Columns {
				if c.Name == col {
					title += "的" + c.Title
				}
			}
			return "缺少" + title, nil
		}
	}
	return "", nil
}

// found is one row of a result by column name.
type found map[string]any

// find runs a model's statements with the step between them.
func (e *engine) find(ctx context.Context, m *model.Model, values map[string]float64, p model.Period) ([]found, []model.Link, error) {
	first := model.Bind(m.SQL, values, p)
	if m.Step == "" {
		rows, err := e.rows(ctx, first)
		return rows, nil, err
	}
	var links []model.Link
	var err error
	rule := model.GroupRule{Min: int(or(values["group_n"], 2)), Core: int(or(values["core"], 1)), Split: int(values["split_n"])}
	switch m.Step {
	case "groups":
		links, err = e.links(ctx, first)
	case "similar":
		links, err = e.alike(ctx, first, model.LikeRule{Least: or(values["sim"], 0.95), MinLen: int(or(values["min_len"], 60))})
	}
	if err != nil {
		return nil, nil, err
	}
	groups := model.Groups(links, rule)
	var grp, pair [][]driver.Value
	for _, g := range groups {
		for _, n := range g {
			grp = append(grp, []driver.Value{g[0], n})
		}
	}
	for _, l := range links {
		pair = append(pair, []driver.Value{l.A, l.B, int64(math.Round(l.Weight * 10_000))})
	}
	if err := e.load(ctx, "grp", "case_key BIGINT, node BIGINT", grp); err != nil {
		return nil, nil, err
	}
	if err := e.load(ctx, "pair", "a BIGINT, b BIGINT, weight BIGINT", pair); err != nil {
		return nil, nil, err
	}
	rows, err := e.rows(ctx, model.Bind(m.Members, values, p))
	return rows, links, err
}

func or(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}

// links reads the edges of a network: columns a, b, weight.
func (e *engine) links(ctx context.Context, q string) ([]model.Link, error) {
	if err := e.reads(ctx, q); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, "SELECT a, b, CAST(weight AS DOUBLE) FROM ("+q+"\n) WHERE a IS NOT NULL AND b IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []model.Link
	for rs.Next() {
		var l model.Link
		if err := rs.Scan(&l.A, &l.B, &l.Weight); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rs.Err()
}

// alike reads documents (columns node, owner, cell, body) a cell at a time and returns the like pairs.
func (e *engine) alike(ctx context.Context, q string, r model.LikeRule) ([]model.Link, error) {
	if err := e.reads(ctx, q); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, "SELECT node, owner, cell, body FROM ("+q+"\n) ORDER BY cell, node")
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []model.Link
	var cell []model.Text
	for rs.Next() {
		var t model.Text
		if err := rs.Scan(&t.Node, &t.Owner, &t.Cell, &t.Body); err != nil {
			return nil, err
		}
		if len(cell) > 0 && cell[0].Cell != t.Cell {
			out = append(out, model.Alike(cell, r)...)
			cell = cell[:0]
		}
		cell = append(cell, t)
	}
	if err := rs.Err(); err != nil {
		return nil, err
	}
	return append(out, model.Alike(cell, r)...), nil
}

// mostRows bounds a model's result: more rows are no clue but a mistake in the model.
const mostRows = 500_000

func (e *engine) rows(ctx context.Context, q string) ([]found, error) {
	if err := e.reads(ctx, q); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	cols, err := rs.Columns()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(cols, "case_key") {
		return nil, errors.New("结果没有 case_key 列")
	}
	var out []found
	for rs.Next() {
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		if err := rs.Scan(vals...); err != nil {
			return nil, err
		}
		f := found{}
		for i, c := range cols {
			if v := *vals[i].(*any); v != nil {
				f[c] = v
			}
		}
		if out = append(out, f); len(out) > mostRows {
			return nil, fmt.Errorf("结果超过 %d 行：请提高阈值", mostRows)
		}
	}
	return out, rs.Err()
}

// names loads the dictionaries and the numbers of the visits in the rows.
func (e *engine) names(ctx context.Context, data string, rows []found) (*names, error) {
	n := &names{visits: map[int64]string{}}
	var want [][]driver.Value
	for _, f := range rows {
		if v, ok := f["visit"]; ok {
			if k := int64(num(v)); n.visits[k] == "" {
				n.visits[k] = "?"
				want = append(want, []driver.Value{integer(v)})
			}
		}
	}
	clear(n.visits)
	if data == "" {
		return n, nil
	}
	l, err := lake.Open(data)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	s, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	n.ds = s.Dicts()
	if n.called, err = e.called(ctx, s, rows); err != nil {
		return nil, err
	}
	if len(want) == 0 {
		return n, nil
	}
	if err := e.load(ctx, "wanted_visit", "visit BIGINT", want); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, "SELECT w.visit, i.mdtrt_id FROM (SELECT DISTINCT visit FROM wanted_visit) w JOIN visit_id i ON i.visit = w.visit")
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	for rs.Next() {
		var k int64
		var s string
		if err := rs.Scan(&k, &s); err != nil {
			return nil, err
		}
		n.visits[k] = s
	}
	return n, rs.Err()
}

// of is the code behind a key of a column.
func (n *names) of(column string, v any) string {
	k := integer(v)
	if column == "day" {
		return claim.Day(k).String()
	}
	if column == "visit" {
		return n.visits[k]
	}
	if n.ds == nil {
		return fmt.Sprint(k)
	}
	dict, ok := dictOf[column]
	if !ok {
		return fmt.Sprint(k)
	}
	return n.ds[dict].String(int32(k))
}

// dictOf names the dictionary of a key column.
var dictOf = map[string]int{"person": claim.DictPerson, "inst": claim.DictInst, "other": claim.DictInst, "doctor": claim.DictPrac, "item": claim.DictItem, "area": claim.DictList, "dept": claim.DictDept}

func integer(v any) int64 {
	switch x := v.(type) {
	case int32:
		return int64(x)
	case int64:
		return x
	}
	return int64(num(v))
}

// num reads any number a result may hold.
func num(v any) float64 {
	switch x := v.(type) {
	case int32:
		return float64(x)
	case int64:
		return float64(x)
	case float64:
		return x
	case interface{ Float64() float64 }:
		return x.Float64()
	}
	var f float64
	fmt.Sscan(fmt.Sprint(v), &f)
	return f
}

// columns a case row has a place for.
var subjectColumn = map[model.Subject]string{model.OfInst: "inst", model.OfPerson: "person", model.OfDoctor: "doctor", model.OfVisit: "visit", model.OfArea: "area", model.OfGroup: "person"}

// cases gathers rows by case_key.
func cases(m *model.Model, rows []found, links []model.Link, n *names) []model.Case {
	var keys []int64
	byKey := map[int64]*model.Case{}
	nodes := map[int64]map[int64]string{} // the nodes of a case's network, as persons
	node := "person"
	if m.Node != "" {
		node = m.Node
	}
	for _, f := range rows {
		k := integer(f["case_key"])
		c := byKey[k]
		if c == nil {
			c = &model.Case{}
			byKey[k], nodes[k] = c, map[int64]string{}
			keys = append(keys, k)
		}
		row := model.Row{Num: map[string]float64{}, Text: map[string]string{}}
		for col, v := range f {
			switch col {
			case "case_key":
			case "person":
				row.Psn = n.of(col, v)
				if f[node] != nil {
					nodes[k][integer(f[node])] = row.Psn
				}
			case "inst":
				row.Inst = n.of(col, v)
			case "doctor":
				row.Doctor = n.of(col, v)
			case "item":
				row.Item = n.of(col, v)
			case "visit":
				row.Mdtrt = n.of(col, v)
			case "other":
				row.Other = n.of(col, v)
			case "area":
				row.Area = n.of(col, v)
			case "day":
				row.Day = n.of(col, v)
			case "money":
				row.Money = integer(v)
			default:
				if s, ok := v.(string); ok {
					row.Text[col] = s
				} else {
					row.Num[col] = num(v)
				}
			}
		}
		if s, ok := f[subjectColumn[m.Subject]]; ok && (c.Subject == "" || n.of(subjectColumn[m.Subject], s) < c.Subject) {
			c.Subject = n.of(subjectColumn[m.Subject], s)
		}
		c.Rows = append(c.Rows, row)
	}
	slices.Sort(keys)
	out := make([]model.Case, 0, len(keys))
	for _, k := range keys {
		c := byKey[k]
		sortRows(c.Rows)
		if m.Step == "groups" {
			network(c, links, nodes[k])
		}
		out = append(out, *c)
	}
	return out
}

func sortRows(rows []model.Row) {
	slices.SortFunc(rows, func(a, b model.Row) int {
		for _, d := range []int{strings.Compare(a.Day, b.Day), strings.Compare(a.Psn, b.Psn), strings.Compare(a.Inst, b.Inst), strings.Compare(a.Doctor, b.Doctor),
			strings.Compare(a.Mdtrt, b.Mdtrt), strings.Compare(a.Item, b.Item), strings.Compare(a.Other, b.Other)} {
			if d != 0 {
				return d
			}
		}
		return int(a.Money - b.Money)
	})
}

// mostEdges of a case are kept: a picture with more shows nothing.
const mostEdges = 400

// network adds the edges among a case's persons and who stands in the middle.
func network(c *model.Case, links []model.Link, who map[int64]string) {
	weight := map[string]float64{}
	for _, l := range links {
		a, b := who[l.A], who[l.B]
		if a == "" || b == "" {
			continue
		}
		weight[a] += l.Weight
		weight[b] += l.Weight
		if len(c.Edges) < mostEdges {
			c.Edges = append(c.Edges, model.Edge{A: a, B: b, Weight: l.Weight})
		}
	}
	best := 0.0
	for p, w := range weight {
		if w > best || w == best && p < c.Central {
			best, c.Central = w, p
		}
	}
}
