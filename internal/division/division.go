// Package division says what administrative divisions are called: the office's own list in the data directory, for the tables of the contract hold codes only.
//
// It knows no store and no HTTP; a code without a name is called by its code by whoever shows it.
package division

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// FileName is the list in a data directory: 区划代码,名称 with a division a row. Codes have two, four or six digits; 990100 and 9901 are the same.
const FileName = "divisions.csv"

// Names are what divisions are called, by code without completing zeros.
type Names map[string]string

var code = regexp.MustCompile(`^([0-9]{2}){1,3}$`)

// Load reads the list; an empty one when there is none. Errors are Chinese and name the line.
func Load(dir string) (Names, error) {
	path := filepath.Join(dir, FileName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Names{}, nil
	}
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.FieldsPerRecord = 2
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("区划名称 %s：%w", path, err)
	}
	out := Names{}
	for i, row := range rows {
		c, name := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
		if i == 0 && c == "区划代码" {
			continue
		}
		if !code.MatchString(c) || name == "" {
			return nil, fmt.Errorf("区划名称 %s 第 %d 行 %q：应为两位、四位或六位代码和名称", path, i+1, strings.Join(row, ","))
		}
		out[short(c)] = name
	}
	return out, nil
}

// Name is what a division is called; "" when the list does not say.
func (n Names) Name(code string) string { return n[short(code)] }

// short is a code without the pairs of zeros that complete it.
func short(code string) string {
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}
