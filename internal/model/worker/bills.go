package worker

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model"
)

// Of a row so many lines are shown, the dearest; of a job so many in all.
const (
	linesOfRow = 40
	linesOfJob = 200_000
)

// Bills is what a child says of the lines behind rows: in the order of the wants, with the names of what they speak of.
type Bills struct {
	Of    []model.Bills `json:"of"`
	Names *model.Names  `json:"names,omitempty"`
}

// bills reads the lines behind rows of cases. Every want names its institution, and no line of another one answers it.
func bills(ctx context.Context, j *Job, tmp string) (*Bills, error) {
	l, err := lake.Open(j.Data)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	s, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	e, err := open(ctx, j.Views, &j.Limits, tmp, true)
	if err != nil {
		return nil, err
	}
	defer e.close()
	if err := e.want(ctx, s.Dicts(), j.Wants); err != nil {
		return nil, err
	}
	rs, err := e.conn.QueryContext(ctx, billsSQL(j.Wants))
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	out := &Bills{Of: make([]model.Bills, len(j.Wants))}
	for i := range out.Of {
		out.Of[i].Lines = []model.FeeLine{}
	}
	ds := s.Dicts()
	var all []found
	for rs.Next() {
		var k, n, amt int64
		var day, item, doctor sql.NullInt32
		var mdtrt sql.NullString
		var f model.FeeLine
		if err := rs.Scan(&k, &day, &mdtrt, &item, &doctor, &f.Cnt, &f.Price, &f.Amt, &f.Scope, &n, &amt); err != nil {
			return nil, err
		}
		f.Mdtrt = mdtrt.String
		seen := found{}
		if day.Valid {
			f.Day = claim.Day(day.Int32).String()
		}
		if item.Valid {
			f.Item, seen["item"] = ds[claim.DictItem].String(item.Int32), item.Int32
		}
		if doctor.Valid {
			f.Doctor, seen["doctor"] = ds[claim.DictPrac].String(doctor.Int32), doctor.Int32
		}
		b := &out.Of[k]
		b.Lines, b.N, b.Amt = append(b.Lines, f), int(n), amt
		all = append(all, seen)
	}
	if err := rs.Err(); err != nil {
		return nil, err
	}
	rs.Close()
	out.Names, err = e.called(ctx, s, all)
	return out, err
}

// want loads the wants as keys; a code nobody has matches nothing.
func (e *engine) want(ctx context.Context, ds *claim.Dicts, ws []model.Want) error {
	key := func(dict int, code string) driver.Value {
		if code == "" {
			return nil
		}
		if k := ds[dict].Find(code); k > 0 {
			return k
		}
		return int32(-1)
	}
	rows := make([][]driver.Value, 0, len(ws))
	for k, w := range ws {
		first, last := driver.Value(nil), driver.Value(nil)
		switch {
		case w.Day != "":
			d, err := claim.ParseDay(w.Day)
			if err != nil {
				return fmt.Errorf("日期 %q：%w", w.Day, err)
			}
			first, last = int32(d), int32(d)
		case w.Month != "":
			d, err := claim.ParseDay(w.Month + "-01")
			if err != nil {
				return fmt.Errorf("月份 %q：%w", w.Month, err)
			}
			first, last = int32(d), int32(d.Month().Last())
		}
		var mdtrt driver.Value
		if w.Mdtrt != "" {
			mdtrt = w.Mdtrt
		}
		rows = append(rows, []driver.Value{int64(k), key(claim.DictInst, w.Inst), mdtrt, key(claim.DictPerson, w.Psn), key(claim.DictPrac, w.Doctor), key(claim.DictItem, w.Item), first, last})
	}
	return e.load(ctx, "asked_line", "k BIGINT, inst INTEGER, mdtrt VARCHAR, person INTEGER, doctor INTEGER, item INTEGER, first INTEGER, last INTEGER", rows)
}

// billsSQL joins the lines by what each kind of want names, so that no join is by an OR.
func billsSQL(ws []model.Want) string {
	visits, others := false, false
	for _, w := range ws {
		visits, others = visits || w.Mdtrt != "", others || w.Mdtrt == ""
	}
	const cols = "a.k, l.day, l.visit, l.item, coalesce(l.doctor, l.staff) AS doctor, l.cnt, l.price, l.amt, l.inscope"
	var parts []string
	if visits {
		parts = append(parts, "SELECT "+cols+" FROM asked_line a JOIN visit_id i ON i.mdtrt_id = a.mdtrt JOIN line l ON l.visit = i.visit AND l.inst = a.inst WHERE a.mdtrt IS NOT NULL AND (a.item IS NULL OR l.item = a.item)")
	}
	if others {
		parts = append(parts, "SELECT "+cols+` FROM asked_line a JOIN line l ON l.inst = a.inst AND l.day BETWEEN a.first AND a.last WHERE a.mdtrt IS NULL AND (a.item IS NULL OR l.item = a.item)
			AND (a.person IS NULL OR l.person = a.person) AND (a.doctor IS NULL OR l.doctor = a.doctor OR l.staff = a.doctor)`)
	}
	if len(parts) == 0 {
		parts = []string{"SELECT " + cols + " FROM asked_line a JOIN line l ON l.inst = a.inst WHERE false"}
	}
	return fmt.Sprintf(`WITH f AS (%s),
ranked AS (SELECT *, row_number() OVER (PARTITION BY k ORDER BY amt DESC NULLS LAST, item, visit, day, cnt) AS r, count(*) OVER (PARTITION BY k) AS n, CAST(sum(amt) OVER (PARTITION BY k) AS BIGINT) AS total FROM f)
SELECT r.k, r.day, i.mdtrt_id, r.item, r.doctor, coalesce(r.cnt, 0), coalesce(r.price, 0), coalesce(r.amt, 0), coalesce(r.inscope, 0), r.n, coalesce(r.total, 0)
FROM ranked r LEFT JOIN visit_id i ON i.visit = r.visit WHERE r.r <= %d ORDER BY r.k, r.r LIMIT %d`, strings.Join(parts, " UNION ALL "), linesOfRow, linesOfJob)
}
