package store

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// record is a row of a table: pointers to its values in the order of the table's columns.
type record interface{ fields() []any }

// values are what the pointers point to, as the engines take them.
func values(r record) []any {
	out := r.fields()
	for i, p := range out {
		switch v := p.(type) {
		case *string:
			out[i] = *v
		case *int:
			out[i] = int64(*v)
		case *int64:
			out[i] = *v
		case *bool:
			out[i] = flag(*v)
		default:
			panic(fmt.Sprintf("store: a row holds a %T", p)) // a mistake in this package, found by any test of the table
		}
	}
	return out
}

// insert adds rows; ErrExists when a key is taken.
func insert[R any, P interface {
	*R
	record
}](tx *Tx, t *table, rows ...R) error {
	if len(rows) == 1 {
		_, err := tx.exec(insertText(t.name, t.names(), 1), values(P(&rows[0]))...)
		return err
	}
	return tx.load(t.name, t.names(), len(rows), func(i int) []any { return values(P(&rows[i])) })
}

// replace writes all columns of a row that is of the version read, the last column being the version; ErrConflict.
func (tx *Tx) replace(t *table, r record) error {
	vs := values(r)
	last := len(t.columns) - 1
	var b strings.Builder
	b.WriteString("UPDATE " + t.name + " SET ")
	args := make([]any, 0, len(vs))
	for i := t.key; i < last; i++ {
		args = append(args, vs[i])
		b.WriteString(t.columns[i].name + " = $" + strconv.Itoa(len(args)) + ", ")
	}
	b.WriteString("version = version + 1 WHERE ")
	for i := range t.key {
		args = append(args, vs[i])
		b.WriteString(t.columns[i].name + " = $" + strconv.Itoa(len(args)) + " AND ")
	}
	args = append(args, vs[last])
	b.WriteString("version = $" + strconv.Itoa(len(args)))
	return tx.execOne(b.String(), args...)
}

// put adds a row or writes over the one with its key, for tables without versions.
func (tx *Tx) put(t *table, r record) error {
	var b strings.Builder
	b.WriteString(insertText(t.name, t.names(), 1) + " ON CONFLICT (" + strings.Join(t.names()[:t.key], ", ") + ") DO UPDATE SET ")
	for i, c := range t.columns[t.key:] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name + " = excluded." + c.name)
	}
	_, err := tx.exec(b.String(), values(r)...)
	return err
}

// list reads rows; rest is what follows the table's name: WHERE, ORDER BY, LIMIT.
func list[R any, P interface {
	*R
	record
}](tx *Tx, t *table, rest string, args ...any) ([]R, error) {
	var out []R
	err := tx.query(func(r *sql.Rows) error {
		var x R
		err := r.Scan(P(&x).fields()...)
		out = append(out, x)
		return err
	}, "SELECT "+strings.Join(t.names(), ", ")+" FROM "+t.name+" "+rest, args...)
	return out, err
}

// scanned reads rows of any query; to names where the values of a row go.
func scanned[T any](tx *Tx, to func(*T) []any, query string, args ...any) (out []T, err error) {
	err = tx.query(func(r *sql.Rows) error {
		var x T
		err := r.Scan(to(&x)...)
		out = append(out, x)
		return err
	}, query, args...)
	return out, err
}

// only reads one row; ErrNotFound, with what was looked for before it.
func only[R any, P interface {
	*R
	record
}](tx *Tx, t *table, what, rest string, args ...any) (*R, error) {
	rows, err := list[R, P](tx, t, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s %w", what, ErrNotFound)
	}
	return &rows[0], nil
}
