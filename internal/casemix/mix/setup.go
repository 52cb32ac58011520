// Package mix tells the rule engine what case groups say of stays (rule.MixBook): it groups and prices the stays of a lake by
// the scheme, catalogue and parameters that an installation has chosen, and compares hospitals with the area.
//
// It judges nothing: which weight is too much is a card's business. It does not know findings, months to judge or the
// operational store.
package mix

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// The files of a setup in a data directory's folder casemix. Scheme and catalogue are folders; where one is missing, the
// sample that comes with the project is taken.
const (
	Dir         = "casemix"
	paramsFile  = "params.yaml"
	schemeDir   = "scheme"
	icdDir      = "icd"
	catalogDir  = "catalogue"
	optionsFile = "use.yaml"
)

// Setup is what an installation groups and pays by.
type Setup struct {
	ID       string // hash of all its files: equal ids, equal groups and payments
	Params   *pay.Params
	Grouping *area.Grouping
	Options  Options
}

// Options of loading the scheme.
type Options struct {
	Region string `yaml:"region,omitempty"` // of the local splits
	Splits string `yaml:"splits,omitempty"` // file name of the local splits in the folder
	Sample bool   `yaml:"sample,omitempty"` // the project's own sample: nobody is paid by it
}

// Open reads the setup of a data directory; nil when it has none.
func Open(data string) (*Setup, error) {
	dir := filepath.Join(data, Dir)
	text, err := os.ReadFile(filepath.Join(dir, paramsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := &Setup{}
	if s.Params, err = pay.ParseParams(text); err != nil {
		return nil, fmt.Errorf("%s：%w", filepath.Join(dir, paramsFile), err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, optionsFile)); err == nil {
		if err := yaml.Unmarshal(b, &s.Options); err != nil {
			return nil, fmt.Errorf("%s：%w", filepath.Join(dir, optionsFile), err)
		}
	}
	if s.Grouping, err = s.grouping(dir); err != nil {
		return nil, err
	}
	if err = s.Grouping.Fits(s.Params); err != nil {
		return nil, err
	}
	s.ID, err = hashOf(dir)
	return s, err
}

// ParamsText is the parameter file of a data directory's setup as it was chosen.
func ParamsText(data string) ([]byte, error) {
	return os.ReadFile(filepath.Join(data, Dir, paramsFile))
}

func (s *Setup) grouping(dir string) (*area.Grouping, error) {
	g := &area.Grouping{}
	for _, i := range s.Params.Insurance {
		var err error
		switch {
		case i.Mode == "DIP" && g.Catalogue == nil:
			if d := filepath.Join(dir, catalogDir); isDir(d) {
				g.Catalogue, err = dip.Open(d)
			} else {
				g.Catalogue, err = dip.Shipped()
			}
			if icd := filepath.Join(dir, icdDir); err == nil && isDir(icd) {
				err = useCodes(g.Catalogue, icd)
			}
		case i.Mode == "DRG" && g.Scheme == nil:
			tables := casemix.ShippedTables()
			if d := filepath.Join(dir, schemeDir); isDir(d) {
				tables = os.DirFS(d)
				opt := casemix.LoadOptions{Region: s.Options.Region}
				if s.Options.Splits != "" {
					opt.Splits = filepath.Join(dir, s.Options.Splits)
				}
				if icd := filepath.Join(dir, icdDir); isDir(icd) {
					opt.ICD = icd
				}
				g.Scheme, err = casemix.Open(d, opt)
			} else {
				g.Scheme, err = casemix.Shipped()
			}
			if err == nil {
				g.Weights, err = pay.ReadWeights(tables)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}

func useCodes(c *dip.Catalogue, dir string) error {
	codes, err := casemix.OpenCodebook(dir)
	if err == nil {
		c.Use(codes)
	}
	return err
}

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

func hashOf(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintln(h, filepath.ToSlash(rel))
		_, err = io.Copy(h, f)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:8]), err
}

// Chosen are the files a setup is made of; "" = the project's sample.
type Chosen struct {
	Params, Scheme, ICD, Splits, Region, Weights, Catalogue string
}

// Choose copies the chosen tables into the data directory, so that nothing outside it changes what was decided, and returns
// the setup. The one before stays when the new one cannot be read.
func Choose(data string, c Chosen) (*Setup, error) {
	if !isDir(data) {
		return nil, fmt.Errorf("数据目录 %s 不存在", data)
	}
	tmp, err := os.MkdirTemp(data, ".casemix-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, Dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	params := pay.Example()
	if c.Params != "" {
		if params, err = os.ReadFile(c.Params); err != nil {
			return nil, err
		}
	}
	opt := Options{Region: c.Region, Sample: c.Params == ""}
	if c.Splits != "" {
		opt.Splits = filepath.Base(c.Splits)
	}
	use, err := yaml.Marshal(opt)
	if err != nil {
		return nil, err
	}
	for name, b := range map[string][]byte{paramsFile: params, optionsFile: use} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return nil, err
		}
	}
	icd := c.ICD
	if icd == "" && c.Scheme != "" {
		for _, p := range []string{filepath.Join(c.Scheme, icdDir), filepath.Join(filepath.Dir(filepath.Clean(c.Scheme)), icdDir)} {
			if icd == "" && isDir(p) {
				icd = p
			}
		}
	}
	for _, t := range [][2]string{{c.Scheme, schemeDir}, {icd, icdDir}, {c.Catalogue, catalogDir}} {
		if t[0] == "" {
			continue
		}
		if err := copyTables(t[0], filepath.Join(dir, t[1])); err != nil {
			return nil, err
		}
	}
	if c.Splits != "" {
		if err := copyFile(c.Splits, filepath.Join(dir, opt.Splits)); err != nil {
			return nil, err
		}
	}
	if c.Weights != "" && c.Scheme != "" {
		if err := copyWeights(c.Weights, filepath.Join(dir, schemeDir)); err != nil {
			return nil, err
		}
	}
	s, err := Open(tmp)
	if err != nil {
		return nil, err
	}
	old := filepath.Join(data, Dir)
	aside := filepath.Join(tmp, "old")
	if err := os.Rename(old, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Rename(dir, old); err != nil {
		return nil, errors.Join(err, os.Rename(aside, old))
	}
	return s, nil
}

// copyTables copies the files of a folder, not its folders.
func copyTables(from, to string) error {
	es, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, e := range es {
		if !e.Type().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyWeights(from, to string) error {
	for _, name := range []string{"weights.csv", "weights.csv.gz"} {
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("%s 里没有 weights.csv", from)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// Insured are the insurance types with parameters, sorted.
func (s *Setup) Insured() []string {
	var out []string
	for k := range s.Params.Insurance {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
