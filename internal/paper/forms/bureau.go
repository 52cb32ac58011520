package forms

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Bureau is what stands on the paper.
type Bureau struct {
	Name  string `yaml:"name"`  // 九九市医疗保障局
	Short string `yaml:"short"` // as in the numbers of documents: 九医保
	Seal  []byte `yaml:"-"`     // PNG; nil = none, the seal is set by hand
}

// Office is the folder of an installation that holds its paper: bureau.yaml, seal.png, the bureau's own templates (*.md) and fonts/.
type Office struct{ Dir string }

const maxSeal = 2 << 20 // bytes

// Bureau reads who the paper is of.
func (o Office) Bureau() (Bureau, error) {
	b := Bureau{Name: "医疗保障局", Short: "医保"}
	path := filepath.Join(o.Dir, "bureau.yaml")
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return b, err
	default:
		dec := yaml.NewDecoder(bytes.NewReader(text))
		dec.KnownFields(true)
		if err := dec.Decode(&b); err != nil || strings.TrimSpace(b.Name) == "" || strings.TrimSpace(b.Short) == "" {
			return b, fmt.Errorf("%s：应写 name（单位全称）和 short（文号里的简称）两项", path)
		}
	}
	seal := filepath.Join(o.Dir, "seal.png")
	if b.Seal, err = os.ReadFile(seal); errors.Is(err, fs.ErrNotExist) {
		return b, nil
	} else if err != nil {
		return b, err
	}
	if _, err := png.DecodeConfig(bytes.NewReader(b.Seal)); err != nil || len(b.Seal) > maxSeal {
		return b, fmt.Errorf("%s：应为 PNG 图片，不超过 2 MiB", seal)
	}
	return b, nil
}
