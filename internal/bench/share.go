package bench

import "context"

// windowCards read how often an item came within days, months or a course of disease; their points name the items. Cards
// on days of supply read every dispensed drug line besides.
var windowCards = []string{"A015", "A016", "B023", "C002", "C009"}

// doShare counts the month's lines and the part of them that cards with a window read.
func doShare(ctx context.Context, j job) (outcome, error) {
	d, err := openSide(ctx, j)
	if err != nil {
		return outcome{}, err
	}
	defer d.close()
	var o outcome
	err = d.conn.QueryRowContext(ctx, `WITH RECURSIVE `+mustSQL("net")+`
SELECT count(*), avg(CASE WHEN w.item IS NOT NULL
    OR (l.list_type IN (SELECT code FROM drug_101)
        AND (l.take_home OR (coalesce(m.setting, 0) | coalesce(v.extra_setting, 0)) & 1 = 0)) THEN 1.0 ELSE 0.0 END)
FROM line l LEFT JOIN (SELECT DISTINCT item FROM window_item) w ON w.item = l.item
LEFT JOIN visit v USING (visit_key) LEFT JOIN med_type m ON m.code = coalesce(v.med_type, l.setl_med_type)
WHERE l.month = the_month()`).Scan(&o.Rows, &o.Share)
	return o, err
}
