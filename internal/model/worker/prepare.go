package worker

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
	"github.com/mingjian/mingjian/internal/model"
)

//go:embed views.sql
var viewsSQL string

// viewsFile is where the approved views of a snapshot and scope lie.
func viewsFile(data, snapshot string, s Scope) string {
	h := sha256.Sum256([]byte(snapshot + "\x00" + viewsSQL + "\x00" + strings.Join(s.Areas, ",") + "\x00" + strings.Join(s.Insts, ",")))
	return filepath.Join(Dir(data), "views", hex.EncodeToString(h[:12])+".duckdb")
}

// prepare builds the approved views of the current snapshot for a scope, unless they are there, and removes those of older
// snapshots. It returns the file.
func prepare(ctx context.Context, j *Job, tmp string) (string, error) {
	l, err := lake.Open(j.Data)
	if err != nil {
		return "", err
	}
	defer l.Close()
	s, err := l.Snapshot()
	if err != nil {
		return "", err
	}
	full := viewsFile(j.Data, s.ID(), Scope{})
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return "", err
	}
	if _, err := os.Stat(full); err != nil {
		if err := build(ctx, j, s, full, tmp); err != nil {
			return "", err
		}
		removeOlder(full)
	}
	if len(j.Scope.Areas)+len(j.Scope.Insts) == 0 {
		return full, nil
	}
	part := viewsFile(j.Data, s.ID(), j.Scope)
	if _, err := os.Stat(part); err == nil {
		return part, nil
	}
	return part, narrow(ctx, j, s, full, part, tmp)
}

// removeOlder takes away the views of other snapshots; who has one open keeps reading it.
func removeOlder(keep string) {
	es, _ := os.ReadDir(filepath.Dir(keep))
	for _, e := range es {
		if e.Name() != filepath.Base(keep) && strings.HasSuffix(e.Name(), ".duckdb") {
			os.Remove(filepath.Join(filepath.Dir(keep), e.Name()))
		}
	}
}

// build writes the views of all facts.
func build(ctx context.Context, j *Job, s *lake.Snapshot, out, tmp string) error {
	part := out + fmt.Sprintf(".%d", os.Getpid())
	defer os.Remove(part)
	e, err := open(ctx, part, &j.Limits, tmp, false)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.vocabulary(ctx, s.Dicts()); err != nil {
		return err
	}
	for _, n := range lakeTables {
		if err := e.lakeView(ctx, s, claim.MustTable(n)); err != nil {
			return err
		}
	}
	id := s.ID()
	text := strings.NewReplacer("{salt}", lakesql.Quote(id), "{snapshot}", lakesql.Quote(id)).Replace(viewsSQL)
	for _, q := range strings.Split(text, ";\n") {
		if strings.TrimSpace(q) == "" {
			continue
		}
		q = strings.Replace(q, "CREATE MACRO", "CREATE TEMP MACRO", 1)
		if err := e.exec(ctx, q); err != nil {
			return fmt.Errorf("生成分析视图：%w", err)
		}
	}
	if err := e.exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	e.close()
	return os.Rename(part, out)
}

// vocabulary makes the tables by which coded values are read.
func (e *engine) vocabulary(ctx context.Context, ds *claim.Dicts) error {
	var list, med, text, diag, items, days [][]driver.Value
	for c := int32(1); int(c) < ds[claim.DictList].Len(); c++ {
		s := ds[claim.DictList].String(c)
		list = append(list, []driver.Value{c, number(s), strings.Contains(s, "互联网"), s == "未通过"})
		med = append(med, []driver.Value{c, settingOf(s)})
	}
	levels := make([][]driver.Value, 0, len(list))
	for c := int32(1); int(c) < ds[claim.DictList].Len(); c++ {
		levels = append(levels, []driver.Value{c, int32(claim.TierOf(ds[claim.DictList].String(c)))})
	}
	for c := int32(1); int(c) < ds[claim.DictText].Len(); c++ {
		s := ds[claim.DictText].String(c)
		text = append(text, []driver.Value{c, s, strings.Contains(s, "注射") || strings.Contains(s, "静脉") || strings.Contains(s, "静滴")})
	}
	threes := map[string]int32{}
	for c := int32(1); int(c) < ds[claim.DictDiag].Len(); c++ {
		s := ds[claim.DictDiag].String(c)
		course := courseOf(s)
		if len(s) > 3 {
			s = s[:3]
		}
		if threes[s] == 0 {
			threes[s] = int32(len(threes) + 1)
		}
		diag = append(diag, []driver.Value{c, threes[s], course})
	}
	for c := int32(1); int(c) < ds[claim.DictItem].Len(); c++ {
		if head, _, ok := strings.Cut(ds[claim.DictItem].String(c), "-"); ok {
			if to := ds[claim.DictItem].Find(head); to > 0 && to != c {
				items = append(items, []driver.Value{c, to})
			}
		}
	}
	cal := calendar.Default()
	for d := claim.DayOf(2018, 1, 1); d <= claim.DayOf(2032, 12, 31); d++ {
		holiday := int32(0)
		if cal.Name(d) != "" {
			holiday = 1
		}
		rest := int32(1)
		if cal.Working(d) {
			rest = 0
		}
		days = append(days, []driver.Value{int32(d), int32(d.Weekday()), rest, holiday})
	}
	for _, t := range []struct {
		name, cols string
		rows       [][]driver.Value
	}{{"code_list", "code INTEGER, n INTEGER, internet BOOLEAN, failed BOOLEAN", list}, {"med", "code INTEGER, setting INTEGER", med}, {"level_code", "code INTEGER, level INTEGER", levels},
		{"code_text", "code INTEGER, text VARCHAR, shot BOOLEAN", text}, {"code_diag", "diag INTEGER, diag3 INTEGER, course BOOLEAN", diag}, {"code_item", "code INTEGER, item INTEGER", items},
		{"days", "day INTEGER, dow INTEGER, rest INTEGER, holiday INTEGER", days}} {
		if err := e.load(ctx, t.name, t.cols, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// courses are diagnoses whose patients come again and again by plan: malignancy and its chemotherapy and radiation, renal failure and dialysis,
// rehabilitation, schizophrenia, haemophilia, transplants.
var courses = []string{"C", "Z51", "N18", "N19", "Z49", "Z50", "F20", "D66", "D67", "Z94"}

func courseOf(code string) bool {
	for _, p := range courses {
		if strings.HasPrefix(code, p) {
			return true
		}
	}
	return false
}

// number is a code's value as a number, nil when it is none.
func number(s string) driver.Value {
	if s == "" || len(s) > 6 {
		return nil
	}
	n := int32(0)
	for _, r := range s {
		if r < '0' || r > '9' {
			return nil
		}
		n = n*10 + r - '0'
	}
	return n
}

// settingOf maps med_type: 1 out-patient, 2 in-patient, 3 pharmacy, 4 chronic out-patient, 5 emergency.
func settingOf(s string) int32 {
	switch {
	case s == "52" || strings.HasPrefix(s, "2"):
		return 2
	case s == "41":
		return 3
	case strings.HasPrefix(s, "14"):
		return 4
	case strings.HasPrefix(s, "13"):
		return 5
	}
	return 1
}

// narrow writes the views of a scope: what belongs to its institutions and to the persons seen there, nothing else.
func narrow(ctx context.Context, j *Job, s *lake.Snapshot, full, out, tmp string) error {
	part := out + fmt.Sprintf(".%d", os.Getpid())
	defer os.Remove(part)
	e, err := open(ctx, part, &j.Limits, tmp, false)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.exec(ctx, "ATTACH "+lakesql.Quote(full)+" AS whole (READ_ONLY)"); err != nil {
		return err
	}
	keep, err := e.scoped(ctx, s.Dicts(), j.Scope)
	if err != nil {
		return err
	}
	if err := e.load(ctx, "keep", "inst INTEGER", keep); err != nil {
		return err
	}
	where := map[string]string{"place": "true", "calendar": "true", "item": "true", "item_name": "true", "person": "person IN (SELECT person FROM visit UNION SELECT person FROM setl)",
		"diag": "visit IN (SELECT visit FROM visit)", "oper": "visit IN (SELECT visit FROM visit)", "visit_id": "visit IN (SELECT visit FROM visit)",
		"chronic": "person IN (SELECT person FROM person)", "proof": "person IN (SELECT person FROM person)", "ecode": "person IN (SELECT person FROM person)",
		"pickup": "shop IN (SELECT inst FROM keep)"}
	order := []string{"inst", "visit", "setl", "person", "visit_id", "item_name"}
	for _, v := range model.Views() {
		if v.Name != "inst" && v.Name != "visit" && v.Name != "setl" && v.Name != "person" {
			order = append(order, v.Name)
		}
	}
	for _, v := range order {
		w := where[v]
		if w == "" {
			w = "inst IN (SELECT inst FROM keep)"
		}
		if err := e.exec(ctx, "CREATE TABLE "+v+" AS SELECT * FROM whole."+v+" WHERE "+w); err != nil {
			return err
		}
	}
	if err := e.exec(ctx, "CREATE TABLE snapshot_note AS SELECT * FROM whole.snapshot_note"); err != nil {
		return err
	}
	if err := e.exec(ctx, "DETACH whole"); err != nil {
		return err
	}
	if err := e.exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	e.close()
	return os.Rename(part, out)
}

// scoped lists the institutions of a scope.
func (e *engine) scoped(ctx context.Context, ds *claim.Dicts, s Scope) (keep [][]driver.Value, err error) {
	rows, err := e.conn.QueryContext(ctx, "SELECT inst, area FROM whole.inst")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var inst, area int32
		if err := rows.Scan(&inst, &area); err != nil {
			return nil, err
		}
		in := false
		for _, a := range s.Areas {
			in = in || strings.HasPrefix(ds[claim.DictList].String(area), a)
		}
		for _, i := range s.Insts {
			in = in || ds[claim.DictInst].String(inst) == i
		}
		if in {
			keep = append(keep, []driver.Value{inst})
		}
	}
	return keep, rows.Err()
}
