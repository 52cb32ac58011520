package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Dump writes every table within one snapshot: create is asked for a writer for each table by name, and done is called when
// the table is whole. A table is lines of JSON arrays in key order, the values in the order of its columns. The schema
// version returned must be given to Restore.
func (db *DB) Dump(ctx context.Context, create func(table string) (w io.Writer, done func() error, err error)) (version int64, err error) {
	if version, err = db.Version(ctx); err != nil {
		return 0, err
	}
	err = db.View(ctx, func(tx *Tx) error {
		for _, t := range tables {
			w, done, err := create(t.name)
			if err != nil {
				return err
			}
			b := bufio.NewWriterSize(w, 1<<16)
			if err := tx.dump(t, b); err != nil {
				return fmt.Errorf("表 %s：%w", t.name, err)
			}
			if err := b.Flush(); err != nil {
				return err
			}
			if err := done(); err != nil {
				return err
			}
		}
		return nil
	})
	return version, err
}

func (tx *Tx) dump(t *table, w io.Writer) error {
	names := t.names()
	texts, numbers, dest := make([]string, len(names)), make([]int64, len(names)), make([]any, len(names))
	for i, c := range t.columns {
		if dest[i] = &texts[i]; c.kind == number {
			dest[i] = &numbers[i]
		}
	}
	row := make([]any, len(names))
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	return tx.query(func(r *sql.Rows) error {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		for i, c := range t.columns {
			if row[i] = texts[i]; c.kind == number {
				row[i] = numbers[i]
			}
		}
		line.Reset()
		if err := e.Encode(row); err != nil {
			return err
		}
		_, err := w.Write(line.Bytes())
		return err
	}, "SELECT "+strings.Join(names, ", ")+" FROM "+t.name+" ORDER BY "+strings.Join(names[:t.key], ", "))
}

// ErrNotEmpty is returned by Restore for a store that holds something.
var ErrNotEmpty = errors.New("业务库里已有数据，不会覆盖")

// Restore makes a store from a dump of a schema version: open gives the lines of each table; a table unknown to that version
// gives nil. All rows come in with one transaction, then the schema is brought up to date. The store must be empty.
func Restore(ctx context.Context, at Location, version int64, read func(table string) (io.ReadCloser, error)) (*DB, error) {
	if version < 1 || version > SchemaVersion() {
		return nil, fmt.Errorf("%w（备份的版本 %d，程序认得 %d）", ErrNewer, version, SchemaVersion())
	}
	db, err := open(ctx, at, version)
	if err != nil {
		return nil, err
	}
	err = db.Update(ctx, func(tx *Tx) error {
		for _, t := range tables {
			r, err := read(t.name)
			if err != nil {
				return err
			}
			if r == nil {
				continue
			}
			err = tx.restore(t.asOf(version), r)
			r.Close()
			if err != nil {
				return fmt.Errorf("表 %s：%w", t.name, err)
			}
		}
		return nil
	})
	if err == nil {
		err = db.migrate(ctx, 0)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// restoreRows is how many rows are held before they are loaded.
const restoreRows = 5000

func (tx *Tx) restore(t *table, r io.Reader) error {
	var n int
	if err := tx.one([]any{&n}, "SELECT COUNT(*) FROM "+t.name); err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	d := json.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	d.UseNumber()
	held := make([][]any, 0, restoreRows)
	flush := func() error {
		err := tx.load(t.name, t.names(), len(held), func(i int) []any { return held[i] })
		held = held[:0]
		return err
	}
	for {
		var row []any
		err := d.Decode(&row)
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return fmt.Errorf("备份的内容读不了：%w", err)
		}
		if err := t.typed(row); err != nil {
			return err
		}
		if held = append(held, row); len(held) == restoreRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// typed turns decoded values into those of the table's columns.
func (t *table) typed(row []any) error {
	if len(row) != len(t.columns) {
		return fmt.Errorf("备份的内容读不了：应有 %d 列，实有 %d 列", len(t.columns), len(row))
	}
	for i, c := range t.columns {
		switch v := row[i].(type) {
		case string:
			if c.kind == text {
				continue
			}
		case json.Number:
			if n, err := v.Int64(); err == nil && c.kind == number {
				row[i] = n
				continue
			}
		}
		return fmt.Errorf("备份的内容读不了：列 %s 的值 %v", c.name, row[i])
	}
	return nil
}

// Tables names the tables in the order of a dump.
func Tables() []string {
	out := make([]string, len(tables))
	for i, t := range tables {
		out[i] = t.name
	}
	return out
}
