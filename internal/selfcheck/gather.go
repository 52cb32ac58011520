package selfcheck

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// gather reads what an audit found of an institution, with the departments and doctors of the lines, dearest first. Findings of other
// institutions are counted.
func gather(snap *lake.Snapshot, st *audit.Store, inst string, foreign *int) ([]Finding, error) {
	bill, err := readBill(snap, inst)
	if err != nil {
		return nil, err
	}
	ms, err := st.Months()
	if err != nil {
		return nil, err
	}
	by := map[string]*Finding{}
	others := map[string]bool{}
	for _, m := range ms {
		rows, err := st.Rows(m, nil)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			r := &rows[i]
			if r.Inst != inst {
				others[r.FindingID] = true
				continue
			}
			f := by[r.FindingID]
			if f == nil {
				f = &Finding{ID: r.FindingID, Rule: r.RuleID, Name: r.RuleName, Severity: r.Severity, Month: r.Month.String(), Psn: r.Psn, Mdtrt: r.Mdtrt, Setl: r.Setl,
					Text: r.Cont, Basis: r.Basis, Lines: []Line{}}
				by[r.FindingID] = f
			}
			f.take(r, bill)
		}
	}
	*foreign = len(others)
	out := make([]Finding, 0, len(by))
	for _, f := range by {
		if f.Open = before(f.Setl); f.Open {
			f.Setl = ""
		}
		v := bill.visits[f.Mdtrt]
		f.Dept, f.Doctor = cmp.Or(f.Dept, v.dept), cmp.Or(f.Doctor, v.doctor)
		f.DoctorName = bill.names[f.Doctor]
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(b.Charged, a.Charged), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// take adds a row of the finding. Department and doctor are those of its first violating line.
func (f *Finding) take(r *audit.Row, bill *bill) {
	if r.Sn == "" {
		f.Vola, f.Fund, f.Charged = f.Vola+int64(r.Vola), f.Fund+int64(r.Fund), f.Charged+int64(r.Charged)
		return
	}
	b := bill.lines[lineKey{r.Mdtrt, r.Setl, r.Sn}]
	setl := r.Setl
	if before(setl) {
		setl = ""
	}
	f.Lines = append(f.Lines, Line{Sn: r.Sn, Setl: setl, Type: r.Type, Item: b.item, Name: b.name, At: b.at, Cnt: b.cnt, Vola: int64(r.Vola), Charged: int64(r.Charged)})
	if r.Type != 1 {
		return
	}
	f.Vola, f.Fund, f.Charged = f.Vola+int64(r.Vola), f.Fund+int64(r.Fund), f.Charged+int64(r.Charged)
	f.Dept, f.Doctor = cmp.Or(f.Dept, b.dept), cmp.Or(f.Doctor, b.doctor)
}

type lineKey struct{ mdtrt, setl, sn string }

type billed struct{ item, name, at, cnt, dept, doctor string }

// bill is what the institution billed, to name what findings only number.
type bill struct {
	lines  map[lineKey]billed
	visits map[string]struct{ dept, doctor string }
	names  map[string]string // of practitioners
}

func readBill(snap *lake.Snapshot, inst string) (*bill, error) {
	out := &bill{map[lineKey]billed{}, map[string]struct{ dept, doctor string }{}, map[string]string{}}
	staff, err := snap.Reference("practitioner")
	if err != nil {
		return nil, err
	}
	if staff != nil {
		code, name := staff.Table.MustCol("prac_psn_code"), staff.Table.MustCol("prac_psn_name")
		for i := range staff.N {
			out.names[staff.Format(snap.Dicts(), code, i)] = staff.Format(snap.Dicts(), name, i)
		}
	}
	err = each(snap, "fee", []string{"mdtrt_id", "setl_id", "feedetl_sn", "fixmedins_code", "hilist_code", "hilist_name", "medins_list_name", "fee_ocur_time", "cnt",
		"bilg_dept_codg", "bilg_dept_name", "bilg_dr_codg", "orders_dr_code"}, func(at func(string) string) {
		if at("fixmedins_code") == inst {
			out.lines[lineKey{at("mdtrt_id"), at("setl_id"), at("feedetl_sn")}] = billed{item: at("hilist_code"), name: cmp.Or(at("medins_list_name"), at("hilist_name")),
				at: at("fee_ocur_time"), cnt: at("cnt"), dept: cmp.Or(at("bilg_dept_name"), at("bilg_dept_codg")), doctor: cmp.Or(at("bilg_dr_codg"), at("orders_dr_code"))}
		}
	})
	if err != nil {
		return nil, err
	}
	err = each(snap, "visit", []string{"mdtrt_id", "fixmedins_code", "adm_dept_codg", "adm_dept_name", "dscg_dept_codg", "dscg_dept_name", "atddr_no"},
		func(at func(string) string) {
			if at("fixmedins_code") == inst {
				out.visits[at("mdtrt_id")] = struct{ dept, doctor string }{cmp.Or(at("dscg_dept_name"), at("adm_dept_name"), at("dscg_dept_codg"), at("adm_dept_codg")), at("atddr_no")}
			}
		})
	return out, err
}

// each reads the rows of a table; at gives a column's value.
func each(snap *lake.Snapshot, table string, cols []string, f func(at func(string) string)) error {
	ds := snap.Dicts()
	t := claim.MustTable(table)
	for _, m := range snap.TableMonths(table) {
		for k := range snap.Buckets() {
			b, err := snap.Read(table, m, k, cols)
			if err != nil {
				return err
			}
			row := 0
			at := func(name string) string { return b.Format(ds, t.MustCol(name), row) }
			for row = range b.N {
				f(at)
			}
		}
	}
	return nil
}
