package worker

import (
	"context"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
)

// lakeTables are what the approved views are made of.
var lakeTables = []string{"institution", "practitioner", "catalogue", "duty", "person", "visit", "diagnosis", "operation", "settlement", "fee", "medorder", "exec",
	"exam", "lab", "record", "implant", "chronic", "chronic_proof", "prescription", "receipt", "ecode", "sale", "nocode_stock"}

// lakeView makes a view raw_<table> over the live rows of a lake table.
func (e *engine) lakeView(ctx context.Context, s *lake.Snapshot, t *claim.Table) error {
	rows, err := lakesql.Rows(ctx, e.conn, s, t, lakesql.Options{})
	if err != nil {
		return err
	}
	return e.exec(ctx, "CREATE TEMP VIEW raw_"+t.Name+" AS "+rows)
}
