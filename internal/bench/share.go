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
	err = d.conn.QueryRowContext(ctx, expand(mustSQL("share"))).Scan(&o.Rows, &o.Share)
	return o, err
}
