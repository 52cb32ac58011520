package cli

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/casemix"
)

type drgCmd struct {
	Group   drgGroupCmd   `cmd:"" help:"给病例表分组：一例一行，带入组过程"`
	Explain drgExplainCmd `cmd:"" help:"说明一个病例为什么入这一组、改什么会变组"`
	Schemes drgSchemesCmd `cmd:"" help:"自带和本地的分组方案"`
	Check   drgCheckCmd   `cmd:"" help:"检查一个分组方案：表是否齐全、有没有永远不会入组的组"`
}

// schemeFlags choose a grouping scheme.
type schemeFlags struct {
	Scheme string `help:"分组方案目录；缺省用自带的示例方案" placeholder:"目录"`
	ICD    string `name:"icd" help:"医保版编码表和对照表目录（zd_info、ss_info、zd_map、ss_map）；缺省找方案目录里或旁边的 icd" placeholder:"目录"`
	Splits string `help:"本地细分组文件" placeholder:"文件"`
	Region string `help:"本地细分组的地区版本，如 suzhou_2023" placeholder:"版本"`
}

func (c *schemeFlags) open() (*casemix.Scheme, error) {
	if c.Scheme == "" {
		if c.Splits != "" || c.Region != "" {
			return nil, usageError{errors.New("--splits、--region 要和 --scheme 一起用")}
		}
		return casemix.Shipped()
	}
	return casemix.Open(c.Scheme, casemix.LoadOptions{ICD: c.ICD, Splits: c.Splits, Region: c.Region})
}

type drgGroupCmd struct {
	jsonFlag
	schemeFlags
	In      string `help:"病例表（csv 或 csv.gz）；- 为标准输入" placeholder:"文件"`
	Data    string `help:"不用病例表，分数据目录里已结算的住院" placeholder:"目录"`
	From    string `help:"起始结算月，缺省全部" placeholder:"yyyy-MM"`
	To      string `help:"终止结算月" placeholder:"yyyy-MM"`
	Out     string `help:"结果（csv 或 csv.gz）；- 为标准输出" required:"" placeholder:"文件"`
	NoTrace bool   `name:"no-trace" help:"不写入组过程，更快"`
	Workers int    `help:"工作线程；0 为每个处理器一个" default:"0"`
}

func (c *drgGroupCmd) Run(s *streams) error {
	if (c.In == "") == (c.Data == "") {
		return usageError{errors.New("--in（病例表）和 --data（数据目录）给且只给一个")}
	}
	if c.JSON && c.Out == "-" {
		return usageError{errors.New("--json 和 --out - 都要用标准输出，只能选一个")}
	}
	scheme, err := c.open()
	if err != nil {
		return err
	}
	var cases interface {
		casemix.CaseSource
		io.Closer
	}
	switch c.In {
	case "":
		cases, err = lakeCases(c.Data, c.From, c.To)
	default:
		cases, err = s.openCases(c.In)
	}
	if err != nil {
		return err
	}
	defer cases.Close()
	begun := time.Now()
	var tally casemix.Tally
	err = writeFile(s, c.Out, func(w io.Writer) (err error) {
		tally, err = scheme.Batch(s.ctx, cases, w, !c.NoTrace, c.Workers)
		return err
	})
	if err != nil {
		return err
	}
	spent := time.Since(begun)
	if c.JSON {
		return s.json(struct {
			Scheme string `json:"scheme"`
			casemix.Tally
		}{scheme.ID, tally})
	}
	s.note("方案 %s：%s 例，分组成功 %s（其中歧义组 %s），无法入组 %s，数据错误 %s；%.2f 秒\n", scheme, thousands(int64(tally.Cases)), thousands(int64(tally.Grouped)),
		thousands(int64(tally.Ambiguous)), thousands(int64(tally.Ungrouped)), thousands(int64(tally.Bad)), spent.Seconds())
	for _, k := range sortedKeys(tally.Problems) {
		s.note("  数据错误:%s %d 例\n", k, tally.Problems[k])
	}
	return nil
}

// metered is a case list that shows how far it has been read.
type metered struct {
	*casemix.CaseReader
	m    *meter
	rows int64
}

// openCases opens a case list, "-" for standard input, and shows on the error stream how far it has been read.
func (s *streams) openCases(path string) (*metered, error) {
	open := func() (*casemix.CaseReader, error) { return casemix.OpenCases(path) }
	if path == "-" {
		open = func() (*casemix.CaseReader, error) { return casemix.ReadCases(s.in) }
	}
	r, err := open()
	if err != nil {
		return nil, err
	}
	return &metered{CaseReader: r, m: s.meter()}, nil
}

// silent is how long a list may take before anything is shown of it.
const silent = 2 * time.Second

func (r *metered) Next(c *casemix.Case) error {
	if r.rows++; r.rows%1024 == 0 && time.Since(r.m.start) > silent {
		done, size := r.Progress()
		r.m.show("分组", min(done, size), size, r.rows)
	}
	err := r.CaseReader.Next(c)
	if err != nil {
		r.m.end()
	}
	return err
}

func (r *metered) Close() error {
	r.m.end()
	return r.CaseReader.Close()
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// writeFile writes a file beside its place and renames it when it is whole; "-" is standard output, .gz is packed.
func writeFile(s *streams, path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		b := bufio.NewWriter(s.out)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	var broken *fs.PathError
	if errors.As(err, &broken) { // named as it was asked for, not by the temporary name
		return &fs.PathError{Op: broken.Op, Path: path, Err: broken.Err}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	var w io.Writer = f
	var z *gzip.Writer
	if strings.HasSuffix(path, ".gz") {
		z = gzip.NewWriter(f)
		w = z
	}
	if err = write(w); err != nil {
		return err
	}
	if z != nil {
		if err = z.Close(); err != nil {
			return err
		}
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

type drgExplainCmd struct {
	jsonFlag
	schemeFlags
	In   string   `help:"病例表；与 --case 一起用，取其中一例" placeholder:"文件"`
	Case string   `help:"病例号" placeholder:"号"`
	Dx   []string `help:"诊断编码，第一个为主要诊断" sep:","`
	Proc []string `help:"手术操作编码，第一个为主要手术" sep:","`
	Sex  int8     `help:"1 男 2 女"`
	Age  int32    `help:"周岁" default:"-1"`
	Days int32    `help:"日龄（0 岁时）" default:"-1"`

	Weight    int32  `help:"出生或入院体重（克）" default:"-1"`
	LOS       int32  `name:"los" help:"住院天数" default:"-1"`
	Discharge int8   `help:"离院方式 1–9"`
	ICUHours  int32  `name:"icu-hours" help:"监护小时" default:"-1"`
	Dept      string `help:"科室"`
}

func (c *drgExplainCmd) Run(s *streams) error {
	scheme, err := c.open()
	if err != nil {
		return err
	}
	cs := casemix.Case{ID: "手工", Sex: c.Sex, Age: c.Age, AgeDays: c.Days, Weight: c.Weight, LOS: c.LOS, Discharge: c.Discharge, ICUHours: c.ICUHours, Dept: c.Dept,
		Dx: c.Dx, Proc: c.Proc}
	if c.In != "" {
		if c.Case == "" {
			return usageError{errors.New("--in 要和 --case 一起用")}
		}
		if cs, err = findCase(c.In, c.Case); err != nil {
			return err
		}
	} else if len(c.Dx) == 0 {
		return usageError{errors.New("给 --dx、--proc、--sex、--age，或给 --in 和 --case")}
	}
	r, t := scheme.NewGrouper().Explain(&cs, true, true)
	if c.JSON {
		return s.json(struct {
			Scheme string         `json:"scheme"`
			CaseID string         `json:"case_id"`
			Status string         `json:"status"`
			MDC    string         `json:"mdc"`
			ADRG   string         `json:"adrg"`
			DRG    string         `json:"drg"`
			Name   string         `json:"name"`
			Steps  []casemix.Step `json:"steps"`
		}{scheme.ID, cs.ID, r.String(), r.MDC, r.ADRG, r.DRG, r.Name, t.Steps})
	}
	s.printf("方案 %s，病例 %s：%s", scheme, cs.ID, r.String())
	if r.Status == casemix.Grouped {
		s.printf("，%s / %s / %s %s", r.MDC, r.ADRG, r.DRG, r.Name)
	}
	s.printf("\n\n")
	for _, list := range []struct {
		word  string
		codes []string
		proc  bool
	}{{"诊断", cs.Dx, false}, {"手术", cs.Proc, true}} {
		for i, code := range list.codes {
			word := list.word
			if i == 0 {
				word = "主要" + word
			}
			s.printf("  %s %s %s\n", word, code, scheme.Title(list.proc, code))
		}
	}
	s.printf("\n")
	for i, st := range t.Steps {
		s.printf("%2d. [%s] %s\n", i+1, st.Kind, st.Text)
	}
	return nil
}

func findCase(path, id string) (casemix.Case, error) {
	r, err := casemix.OpenCases(path)
	if err != nil {
		return casemix.Case{}, err
	}
	defer r.Close()
	for {
		var c casemix.Case
		if err := r.Next(&c); err == io.EOF {
			return c, fmt.Errorf("%s 里没有病例 %s", path, id)
		} else if err != nil {
			return c, err
		}
		if c.ID == id {
			return c, nil
		}
	}
}

type drgSchemesCmd struct {
	jsonFlag
	Dir string `help:"放各分组方案的目录：其中每个子目录一个方案" placeholder:"目录"`
}

// schemeInfo is one scheme as lists show it.
type schemeInfo struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Where string `json:"where"`
	MDCs  int    `json:"mdcs"`
	ADRGs int    `json:"adrgs"`
	DRGs  int    `json:"drgs"`
	MCC   int    `json:"mcc"`
	CC    int    `json:"cc"`
	Error string `json:"error,omitempty"`
}

func (c *drgSchemesCmd) Run(s *streams) error {
	shipped, err := casemix.Shipped()
	if err != nil {
		return err
	}
	list := []schemeInfo{infoOf(shipped, "自带")}
	if c.Dir != "" {
		entries, err := os.ReadDir(c.Dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			dir := filepath.Join(c.Dir, e.Name())
			if !hasTable(dir, "mdc") && !hasTable(dir, "scheme") {
				continue
			}
			sc, err := casemix.Open(dir, casemix.LoadOptions{})
			if err != nil {
				list = append(list, schemeInfo{ID: e.Name(), Where: dir, Error: err.Error()})
				s.failed = true
				continue
			}
			list = append(list, infoOf(sc, dir))
		}
	}
	if c.JSON {
		return s.json(list)
	}
	var rows [][]string
	for _, i := range list {
		if i.Error != "" {
			rows = append(rows, []string{i.ID, "装不上：" + i.Error, i.Where, "", "", ""})
			continue
		}
		rows = append(rows, []string{i.ID, i.Name, i.Where, fmt.Sprint(i.MDCs), fmt.Sprint(i.ADRGs), fmt.Sprint(i.DRGs)})
	}
	table(s.out, []string{"方案", "名称", "位置", ">MDC", ">ADRG", ">DRG"}, rows)
	return nil
}

func hasTable(dir, name string) bool {
	for _, ext := range []string{".csv", ".csv.gz", ".yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name+ext)); !errors.Is(err, fs.ErrNotExist) && err == nil {
			return true
		}
	}
	return false
}

func infoOf(sc *casemix.Scheme, where string) schemeInfo {
	i := schemeInfo{ID: sc.ID, Name: sc.Name, Where: where}
	i.MDCs, i.ADRGs, i.DRGs, i.MCC, i.CC, _, _ = sc.Size()
	return i
}

type drgCheckCmd struct {
	jsonFlag
	schemeFlags
}

func (c *drgCheckCmd) Run(s *streams) error {
	scheme, err := c.open()
	if err != nil {
		return err
	}
	i := infoOf(scheme, c.Scheme)
	_, _, _, _, _, dx, proc := scheme.Size()
	if c.JSON {
		return s.json(struct {
			schemeInfo
			Options casemix.Options `json:"options"`
			Dx      int             `json:"diagnoses"`
			Proc    int             `json:"procedures"`
			Notes   []string        `json:"notes"`
		}{i, scheme.Options, dx, proc, append([]string{}, scheme.Notes...)})
	}
	s.printf("方案 %s：%d 个 MDC，%d 个 ADRG，%d 个 DRG；MCC %s，CC %s；认得 %s 个诊断、%s 个手术操作编码或前缀\n", scheme, i.MDCs, i.ADRGs, i.DRGs,
		thousands(int64(i.MCC)), thousands(int64(i.CC)), thousands(int64(dx)), thousands(int64(proc)))
	o := scheme.Options
	s.printf("选项：主要手术按%s；HIV 按%s；多发创伤按%s；歧义组 QY %s；新生儿不超过 %d 天\n", map[string]string{"main": "第一手术", "any": "任一手术"}[o.Procedure],
		anyWord(o.HIV), anyWord(o.Trauma), map[string]string{"table": "按 MDC 表", "on": "全开", "off": "不用"}[o.QY], o.Newborn)
	if len(scheme.Notes) == 0 {
		s.printf("没有要留意的地方\n")
	}
	for _, n := range scheme.Notes {
		s.printf("留意：%s\n", n)
	}
	return nil
}

func anyWord(o string) string {
	if o == "any" {
		return "任一诊断"
	}
	return "主要诊断"
}
