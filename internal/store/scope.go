package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Scope is whose rows a caller may see; empty fields see all. It is applied here and nowhere else: a list or a row that is asked
// for within a scope does not hold what lies outside, so that nothing above can forget to look.
type Scope struct {
	Admdvs string // prefix of the administrative division
	Inst   string // institution
}

// Page asks for a part of a list that is ordered by a key, newest first.
type Page struct {
	Before string // key of the last row of the page before; "" = from the newest
	Limit  int    // at least 1
}

// conditions of a query, with what they bind.
type conditions struct {
	all  []string
	args []any
}

func (p Page) where(key string) *conditions {
	w := &conditions{}
	if p.Before != "" {
		w.add(key+" < "+w.bind(p.Before), true)
	}
	return w
}

func (w *conditions) bind(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *conditions) add(c string, when bool) {
	if when {
		w.all = append(w.all, c)
	}
}

// equal asks for a column to have a value, unless the value is "".
func (w *conditions) equal(column, value string) {
	if value != "" {
		w.add(column+" = "+w.bind(value), true)
	}
}

func (w *conditions) text() string {
	if len(w.all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.all, " AND ")
}

func (w *conditions) limit(p Page) string { return " LIMIT " + w.bind(max(1, p.Limit)) }

// ofInst keeps rows of institutions within the scope. An institution whose division is not known is in no division.
func (w *conditions) ofInst(column string, s Scope) {
	w.equal(column, s.Inst)
	if s.Admdvs != "" {
		b := w.bind(s.Admdvs)
		w.add("EXISTS (SELECT 1 FROM institution i WHERE i.fixmedins_code = "+column+" AND SUBSTR(i.admdvs, 1, LENGTH("+b+")) = "+b+")", true)
	}
}

// trimmed is a division without the zeros that complete it: 990100 → 9901. "" is the nation.
func trimmed(area string) string {
	switch {
	case len(area) == 6 && strings.HasSuffix(area, "0000"):
		return area[:2]
	case len(area) == 6 && strings.HasSuffix(area, "00"):
		return area[:4]
	}
	return area
}

// related keeps rows of areas (complete divisions, "" = the nation) that lie within the scope's division or hold it: what is decided for a wider area holds in
// it too. An institution's scope keeps none: what is decided of rules concerns bureaus until it is announced.
func (w *conditions) related(column string, s Scope) {
	if s.Inst != "" {
		w.add("1 = 0", true)
		return
	}
	if s.Admdvs == "" {
		return
	}
	own := w.bind(trimmed(s.Admdvs))
	parts := []string{column + " = ''", "SUBSTR(" + column + ", 1, LENGTH(" + own + ")) = " + own}
	for _, area := range holding(s.Admdvs) {
		parts = append(parts, column+" = "+w.bind(area))
	}
	w.add("("+strings.Join(parts, " OR ")+")", true)
}

// holding lists the complete divisions that hold a division, itself included.
func holding(admdvs string) []string {
	var out []string
	for n := 2; n <= min(6, len(admdvs)); n += 2 {
		out = append(out, (admdvs[:n] + "0000")[:6])
	}
	return out
}

// holds keeps rows of areas that hold a division: what is announced for it.
func (w *conditions) holds(column, admdvs string) {
	parts := []string{column + " = ''"}
	for _, area := range holding(admdvs) {
		parts = append(parts, column+" = "+w.bind(area))
	}
	w.add("("+strings.Join(parts, " OR ")+")", true)
}

// Institution is an institution as the newest reference data names it.
type Institution struct {
	Code   string
	Name   string
	Admdvs string
}

// SetInstitutions writes institutions that are new or have changed, and tells how many.
func (tx *Tx) SetInstitutions(list []Institution) (changed int, err error) {
	have := map[string]Institution{}
	err = tx.query(func(r *sql.Rows) error {
		var i Institution
		err := r.Scan(&i.Code, &i.Name, &i.Admdvs)
		have[i.Code] = i
		return err
	}, "SELECT fixmedins_code, name, admdvs FROM institution")
	for _, i := range list {
		if err != nil {
			return changed, err
		}
		if have[i.Code] == i {
			continue
		}
		changed++
		_, err = tx.exec("INSERT INTO institution (fixmedins_code, name, admdvs) VALUES ($1, $2, $3) ON CONFLICT (fixmedins_code) DO UPDATE SET name = excluded.name, admdvs = excluded.admdvs",
			i.Code, i.Name, i.Admdvs)
	}
	return changed, err
}

// InstitutionArea is the division of an institution; "" when it is not known.
func (tx *Tx) InstitutionArea(code string) (string, error) {
	var area string
	err := tx.one([]any{&area}, "SELECT admdvs FROM institution WHERE fixmedins_code = $1", code)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return area, err
}

// hidden is the error for what lies outside a scope: the same as for what is not there.
func hidden(what, id string) error { return fmt.Errorf("%s %s %w", what, id, ErrNotFound) }
