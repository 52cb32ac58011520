package store

import (
	"encoding/binary"
	"errors"
)

// Rows as bytes, for logs that are written thousands of times a second and read once: the number of fields, then each field in the
// order of fields(). Text is its length and bytes, numbers are varints, truth is a byte.

// ErrRow is returned for bytes that are no row.
var ErrRow = errors.New("store: bytes are no row")

func appendRow(b []byte, fields []any) []byte {
	b = binary.AppendUvarint(b, uint64(len(fields)))
	for _, f := range fields {
		switch p := f.(type) {
		case *string:
			b = binary.AppendUvarint(b, uint64(len(*p)))
			b = append(b, *p...)
		case *int64:
			b = binary.AppendVarint(b, *p)
		case *int:
			b = binary.AppendVarint(b, int64(*p))
		case *bool:
			b = append(b, byte(flag(*p)))
		}
	}
	return b
}

// readRow fills fields and returns what follows. Fields that a newer program added at the end stay empty in rows of an older one.
func readRow(b []byte, fields []any) ([]byte, error) {
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(fields)) {
		return nil, ErrRow
	}
	b = b[k:]
	for _, f := range fields[:n] {
		switch p := f.(type) {
		case *string:
			n, k := binary.Uvarint(b)
			if k <= 0 || n > uint64(len(b)-k) {
				return nil, ErrRow
			}
			*p, b = string(b[k:k+int(n)]), b[k+int(n):]
		case *bool:
			if len(b) == 0 || b[0] > 1 {
				return nil, ErrRow
			}
			*p, b = b[0] == 1, b[1:]
		default:
			v, k := binary.Varint(b)
			if k <= 0 {
				return nil, ErrRow
			}
			b = b[k:]
			switch p := f.(type) {
			case *int64:
				*p = v
			case *int:
				*p = int(v)
			}
		}
	}
	return b, nil
}

// AppendRow writes the call as bytes that ReadRow reads.
func (c *Call) AppendRow(b []byte) []byte { return appendRow(b, c.fields()) }

// ReadRow reads what AppendRow wrote and returns what follows it; ErrRow.
func (c *Call) ReadRow(b []byte) ([]byte, error) { return readRow(b, c.fields()) }

// AppendRow writes the visit as bytes that ReadRow reads.
func (v *CallVisit) AppendRow(b []byte) []byte { return appendRow(b, v.fields()) }

// ReadRow reads what AppendRow wrote and returns what follows it; ErrRow.
func (v *CallVisit) ReadRow(b []byte) ([]byte, error) { return readRow(b, v.fields()) }

// AppendRow writes the reminder as bytes that ReadRow reads.
func (r *Reminder) AppendRow(b []byte) []byte { return appendRow(b, r.fields()) }

// ReadRow reads what AppendRow wrote and returns what follows it; ErrRow.
func (r *Reminder) ReadRow(b []byte) ([]byte, error) { return readRow(b, r.fields()) }

// AppendRow writes the silence as bytes that ReadRow reads.
func (s *Silence) AppendRow(b []byte) []byte { return appendRow(b, []any{&s.ID, &s.Text}) }

// ReadRow reads what AppendRow wrote and returns what follows it; ErrRow.
func (s *Silence) ReadRow(b []byte) ([]byte, error) { return readRow(b, []any{&s.ID, &s.Text}) }
