package claim

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParseTime: what is read is written back, and reads the same again; a day is read as ParseDay reads it.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2025-03-10 08:09:10", "2025-03-10T08:09", "2025/03/10", "20250310", "2024-02-29", "0001-01-01", "9999-12-31 23:59:59",
		"2025-03-10 08:09:10.999", "2025-03-10 ", "", "1969-12-31 23:59:59", "2023-02-29", "２０２５-03-10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseTime(s)
		d, derr := ParseDay(s)
		if err != nil {
			if v != NoTime || !chinese(err.Error()) {
				t.Errorf("%q: %v, %v", s, v, err)
			}
			return
		}
		if derr != nil || d != v.Day() || d < -719162 || d > OpenDay {
			t.Errorf("%q: day %v, %v", s, d, derr)
		}
		if again, err := ParseTime(v.String()); err != nil || again != v {
			t.Errorf("%q is written %q and read as %v, %v", s, v, again, err)
		}
	})
}

// FuzzParseDecimal: what is read is written back and reads the same again.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1", "-1.05", "+.5", "5.", "0.000001", "23058430092136939.51", "99999999999999999999", "1e5", "", "-", ".", "1.500000", "１"} {
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, s string, scale uint8) {
		scale %= 7
		n, err := ParseDecimal(s, int(scale))
		if err != nil {
			if n != 0 || !chinese(err.Error()) {
				t.Errorf("%q: %d, %v", s, n, err)
			}
			return
		}
		if again, err := ParseDecimal(FormatDecimal(n, int(scale), 0), int(scale)); err != nil || again != n {
			t.Errorf("%q: %d is written %q and read as %d, %v", s, n, FormatDecimal(n, int(scale), 0), again, err)
		}
	})
}

// FuzzAppend adds rows of arbitrary values to tables that hold every type of column: a row lands whole or not at all,
// an error is Chinese and names its field, and what landed can be written and read again.
func FuzzAppend(f *testing.F) {
	f.Add(uint8(0), "1|p1|h1|2025-03-10 08:00:00\n1|p1")
	f.Add(uint8(1), "f1|m1|s1|p1|h1|2025-03-10|A|1|2|3\nf2|m1||p1|h1|x|A|1.00005|2|3")
	f.Add(uint8(2), "p1|1|2000-02-29\np2|3|2000-02-30\np3|0|-")
	f.Add(uint8(3), "\\N|NULL|-||\n\x00|\xff")
	names := [][2]string{
		{"visit", "mdtrt_id psn_no fixmedins_code begntime med_type endtime fetus_cnt"},
		{"fee", "feedetl_sn mdtrt_id setl_id psn_no fixmedins_code fee_ocur_time hilist_code cnt pric det_item_fee_sumamt prd_days"},
		{"person", "psn_no gend brdy psn_name begndate"},
		{"benefit_limit", "admdvs insutype year amount dise_codg"},
	}
	f.Fuzz(func(t *testing.T, table uint8, text string) {
		which := names[int(table)%len(names)]
		tab := MustTable(which[0])
		var cols []int
		for _, n := range strings.Fields(which[1]) {
			cols = append(cols, tab.MustCol(n))
		}
		ds := NewDicts()
		b := NewBatch(tab)
		for _, row := range strings.Split(text, "\n") {
			n, badly := b.N, 0
			fields := strings.Split(row, "|")
			err := b.Append(ds, cols, fields, func(col int, e *FieldError) {
				badly++
				if tab.Columns[col].Required || !chinese(e.Error()) {
					t.Errorf("%q: %v", row, e)
				}
			})
			var fe *FieldError
			if err != nil {
				if !errors.As(err, &fe) || tab.Col(fe.Field) < 0 || !chinese(err.Error()) || b.N != n {
					t.Errorf("%q: %v, %d rows", row, err, b.N)
				}
				continue
			}
			if b.N != n+1 {
				t.Fatalf("%q: %d rows after %d", row, b.N, n)
			}
			for k, c := range cols {
				v := b.Format(ds, c, n)
				if k >= len(fields) || Absent(fields[k]) {
					if v != "" {
						t.Errorf("%q: %s is %q", row, tab.Columns[c].Name, v)
					}
					continue
				}
				if badly == 0 && v == "" {
					t.Errorf("%q: %s was lost", row, tab.Columns[c].Name)
				}
				if n1, w1, err := tab.Columns[c].Parse(ds, v); v != "" && (err != nil || (tab.Columns[c].Type.Wide() && w1 != b.I64(c, n)) ||
					(!tab.Columns[c].Type.Wide() && tab.Columns[c].Type != Str && n1 != b.I32(c, n))) {
					t.Errorf("%q: %s is written %q, which is not read back: %v", row, tab.Columns[c].Name, v, err)
				}
			}
		}
		for i, c := range b.Cols {
			if (c.I32 != nil && len(c.I32) != b.N) || (c.I64 != nil && len(c.I64) != b.N) || (c.Text.Off != nil && len(c.Text.Off) != b.N+1) {
				t.Errorf("column %s does not have %d rows", tab.Columns[i].Name, b.N)
			}
		}
	})
}

// chinese tells whether a message is for people here.
func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}
