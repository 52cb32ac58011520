package casemix

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Codebook is the national code lists and the maps from other code versions to them, for what groups without a scheme
// (DIP). Codes in it are folded.
type Codebook struct {
	valid [2]map[string]bool
	maps  [2]map[string]string
}

// OpenCodebook reads zd_info, ss_info, zd_map and ss_map from a directory. A list that is not there holds nothing
// back; at least one table must be there.
func OpenCodebook(dir string) (*Codebook, error) {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("编码表目录 %s 不存在", dir)
	}
	b := &Codebook{}
	fsys := os.DirFS(dir)
	for kind, prefix := range [2]string{"zd", "ss"} {
		b.valid[kind], b.maps[kind] = map[string]bool{}, map[string]string{}
		if err := b.list(fsys, kind, prefix); err != nil {
			return nil, err
		}
		if err := b.mapping(fsys, kind, prefix); err != nil {
			return nil, err
		}
	}
	if len(b.valid[0])+len(b.valid[1])+len(b.maps[0])+len(b.maps[1]) == 0 {
		return nil, fmt.Errorf("编码表目录 %s 里没有 zd_info、ss_info、zd_map、ss_map", dir)
	}
	return b, nil
}

func (b *Codebook) list(fsys fs.FS, kind int, prefix string) error {
	var code int
	return each(fsys, prefix+"_info", false, func(t *table) (err error) {
		code, err = t.need("icd10_yb", "icd9cm3_yb", "code")
		return err
	}, func(t *table) error {
		b.valid[kind][strings.Clone(Fold(t.at(code)))] = true
		return nil
	})
}

func (b *Codebook) mapping(fsys fs.FS, kind int, prefix string) error {
	var src, dst int
	return each(fsys, prefix+"_map", false, func(t *table) (err error) {
		if src, err = t.need("source_code"); err == nil {
			dst, err = t.need("yb_code")
		}
		return err
	}, func(t *table) error {
		if from, to := Fold(t.at(src)), Fold(t.at(dst)); from != to && to != "" {
			b.maps[kind][strings.Clone(from)] = strings.Clone(to)
		}
		return nil
	})
}

// Diagnosis is a code as the lists write it, folded, and whether it is one. Without a book its shape decides.
func (b *Codebook) Diagnosis(code string) (string, bool) { return b.look(diagnoses, code) }

// Procedure is Diagnosis for an operation or procedure.
func (b *Codebook) Procedure(code string) (string, bool) { return b.look(procedures, code) }

func (b *Codebook) look(kind int, code string) (string, bool) {
	code = Fold(code)
	if b != nil {
		if len(b.valid[kind]) > 0 && b.valid[kind][code] {
			return code, true
		}
		if to, ok := b.maps[kind][code]; ok {
			return to, true
		}
		if len(b.valid[kind]) > 0 {
			return code, false
		}
	}
	return code, shaped(kind, code)
}

// shaped tells whether a folded code could be one of its kind at all.
func shaped(kind int, code string) bool {
	if kind == diagnoses {
		return diagnosisShaped(code)
	}
	return len(code) >= 2 && digit(code[0]) && digit(code[1])
}
