package knowledge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// FirstDay is the day from which a point holds when its source names none: 1900-01-01.
var FirstDay = claim.DayOf(1900, 1, 1)

// PointColumns are the columns of points.csv in the order they are written.
var PointColumns = []string{
	"point_id", "rule_id", "subject_code", "subject2_code", "scope", "limit_value", "unit", "window_d", "sex", "age_min", "age_max",
	"diag_set", "allow", "params", "basis", "source", "applies_on", "valid_from", "valid_to", "admdvs",
}

// scopes are the words a scope column may hold; "" is one of them.
var scopes = []string{"", "单日", "单次就诊", "6小时", "同一小时", "同一切口", "同台", "单次住院", "疾病过程", "自然年",
	"同组", "同处方", "途径", "频次", "单次"}

var appliesOn = []string{"", "fee", "admission", "discharge", "settlement"}

// RowError is a row that was not taken in. It names file, row, field and value; Row counts the header as row 1.
type RowError struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

func (e *RowError) Error() string {
	return fmt.Sprintf("%s 第 %d 行 %s=%q：%s", e.File, e.Row, e.Field, e.Value, e.Reason)
}

// pointRow reads one row of points.csv; the first field that cannot be read ends it.
type pointRow struct {
	cells map[string]string
	err   *RowError
}

func (r *pointRow) fail(field, reason string) {
	if r.err == nil {
		r.err = &RowError{Field: field, Value: r.cells[field], Reason: reason}
	}
}

func (r *pointRow) must(field string) string {
	v := r.cells[field]
	if v == "" {
		r.fail(field, "必填，不能为空")
	}
	return v
}

func (r *pointRow) oneOf(field string, allowed []string) string {
	v := r.cells[field]
	for _, a := range allowed {
		if v == a {
			return v
		}
	}
	r.fail(field, "只能是 "+strings.Join(allowed[1:], "、")+" 或空")
	return ""
}

func (r *pointRow) int(field string, absent, low, high int) int {
	v := r.cells[field]
	if v == "" {
		return absent
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		r.fail(field, fmt.Sprintf("应为 %d 到 %d 的整数", low, high))
		return absent
	}
	return n
}

func (r *pointRow) qty(field string) claim.Qty {
	v := r.cells[field]
	if v == "" {
		return claim.None64
	}
	n, err := claim.ParseDecimal(v, 4)
	if err != nil {
		r.fail(field, err.Error())
		return claim.None64
	}
	if n < 0 {
		r.fail(field, "不能小于 0")
	}
	return claim.Qty(n)
}

func (r *pointRow) day(field string, absent claim.Day) claim.Day {
	v := r.cells[field]
	if v == "" || (field == "valid_to" && strings.HasPrefix(v, "9999")) {
		return absent
	}
	d, err := claim.ParseDay(v)
	if err != nil {
		r.fail(field, err.Error())
	}
	return d
}

// point reads the row; from is the day of validity when the row names none.
func (r *pointRow) point(from claim.Day) Point {
	p := Point{
		RuleID: r.must("rule_id"), Subject: r.must("subject_code"), Second: r.cells["subject2_code"],
		Scope: r.oneOf("scope", scopes), Limit: r.qty("limit_value"), Unit: r.cells["unit"],
		WindowD: r.int("window_d", 0, 1, 36600), Sex: r.oneOf("sex", []string{"", "男", "女"}),
		AgeMin: r.int("age_min", -1, 0, 150), AgeMax: r.int("age_max", -1, 0, 150),
		DiagSet: r.cells["diag_set"], Allow: r.cells["allow"], Basis: r.must("basis"), Source: r.cells["source"],
		AppliesOn: r.oneOf("applies_on", appliesOn), Area: r.cells["admdvs"],
		From: r.day("valid_from", from), To: r.day("valid_to", claim.OpenDay),
	}
	var err error
	if p.Params, err = ParseParams(r.cells["params"]); err != nil {
		r.fail("params", err.Error())
	}
	if p.AgeMin >= 0 && p.AgeMax >= 0 && p.AgeMin > p.AgeMax {
		r.fail("age_max", "小于 age_min")
	}
	if p.From > p.To {
		r.fail("valid_to", "早于 valid_from")
	}
	if p.ID = r.cells["point_id"]; p.ID == "" {
		p.ID = stableID(p.RuleID, p.Subject, p.Second, p.Scope, "points", p.Area)
	}
	return p
}

// readPoints reads a points table. Rows that cannot be read are errors, the others are points; the columns it does
// not know are named.
func readPoints(t *sheet.Table, from claim.Day) (points []Point, lines []int, bad []RowError, unknown []string) {
	known := map[string]bool{}
	for _, c := range PointColumns {
		known[c] = true
	}
	for _, h := range t.Header {
		if h != "" && !known[strings.ToLower(h)] {
			unknown = append(unknown, h)
		}
	}
	for i, row := range t.Rows {
		r := pointRow{cells: t.Cells(row)}
		p := r.point(from)
		if r.err != nil {
			r.err.File, r.err.Row = t.Name(), t.Lines[i]
			bad = append(bad, *r.err)
			continue
		}
		points, lines = append(points, p), append(lines, t.Lines[i])
	}
	return points, lines, bad, unknown
}

// pointCells writes a point in the order of PointColumns.
func pointCells(p *Point) []string {
	num := func(n, absent int) string {
		if n == absent {
			return ""
		}
		return strconv.Itoa(n)
	}
	to := ""
	if p.To != claim.OpenDay {
		to = p.To.String()
	}
	return []string{
		p.ID, p.RuleID, p.Subject, p.Second, p.Scope, p.Limit.String(), p.Unit, num(p.WindowD, 0), p.Sex, num(p.AgeMin, -1),
		num(p.AgeMax, -1), p.DiagSet, p.Allow, p.Params.String(), p.Basis, p.Source, p.AppliesOn, p.From.String(), to, p.Area,
	}
}

// ParsePoints reads a points table (.csv or .xlsx; columns PointColumns). All rows that cannot be read are reported together, and so
// are columns nobody knows: a set of points is taken whole or not at all.
func ParsePoints(name string, data []byte) ([]Point, error) {
	sheets, err := sheet.Read(name, data)
	if err != nil {
		return nil, err
	}
	var out []Point
	var errs []error
	for _, t := range sheets {
		if !t.Has("rule_id", "subject_code", "basis") {
			errs = append(errs, fmt.Errorf("%s 缺少列 rule_id、subject_code 或 basis", t.Name()))
			continue
		}
		points, _, bad, unknown := readPoints(t, FirstDay)
		for i := range bad {
			errs = append(errs, &bad[i])
		}
		for _, u := range unknown {
			errs = append(errs, fmt.Errorf("%s 有不认识的列 %q", t.Name(), u))
		}
		out = append(out, points...)
	}
	return out, errors.Join(errs...)
}
