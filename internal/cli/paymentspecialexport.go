package cli

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/special"
	"github.com/mingjian/mingjian/internal/store"
)

type specialExportCmd struct {
	specialFlags
	Period string `help:"季度，如 2025Q1；缺省全部"`
	Out    string `help:"写到的文件" default:"special_case.csv" placeholder:"文件"`
}

// specialStates are the words of the table special_case for the states of an application.
var specialStates = map[string]string{special.StateGranted: "准予", special.StateRefused: "不准予", special.StateReturned: "退回"}

// Run writes the applications made on the platform as the contract's table, so that the audit judges them like those of other systems.
func (c *specialExportCmd) Run(s *streams) error {
	return c.book(s, func(o *office, _ *special.Book) (err error) {
		var all []store.SpecialCase
		if err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { all, err = tx.SpecialCases(c.Period); return err }); err != nil {
			return err
		}
		f, err := os.Create(c.Out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		zone := time.FixedZone("UTC+8", 8*3600)
		w := csv.NewWriter(f)
		rows := [][]string{{"mdtrt_id", "fixmedins_code", "appy_date", "appy_reason", "materials", "cut_amt", "appy_stas", "updt_time"}}
		for i := range all {
			x := &all[i]
			have := map[string]string{}
			if x.Materials != "[]" {
				if err := json.Unmarshal([]byte(x.Materials), &have); err != nil {
					return err
				}
			}
			var kinds []string
			for k, name := range have {
				if name != "" {
					kinds = append(kinds, k)
				}
			}
			slices.Sort(kinds)
			state, cut := specialStates[x.State], ""
			if state == "" {
				state = "待评审"
			}
			if x.State == special.StateGranted {
				cut = pay.Fen(x.Cut).String()
			}
			made := store.Moment(x.MadeAt).In(zone)
			rows = append(rows, []string{x.Visit, x.Inst, made.Format("2006-01-02"), x.Reason, strings.Join(kinds, ";"), cut, state, store.Moment(max(x.MadeAt, x.DecidedAt)).In(zone).Format("2006-01-02 15:04:05")})
		}
		if err := w.WriteAll(rows); err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"out": c.Out, "rows": len(all)})
		}
		s.printf("%s：%d 例\n", c.Out, len(all))
		return nil
	})
}
