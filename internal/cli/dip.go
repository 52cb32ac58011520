package cli

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

type dipCmd struct {
	Group dipGroupCmd `cmd:"" help:"给病例表分病种：一例一行，带入组过程和结算分值"`
}

type dipGroupCmd struct {
	jsonFlag
	Catalogue string `help:"DIP 病种目录；缺省用自带的示例目录" placeholder:"目录"`
	ICD       string `name:"icd" help:"医保版编码表和对照表目录（zd_info、ss_info、zd_map、ss_map）；不给时编码只看形状" placeholder:"目录"`
	In        string `help:"病例表（csv 或 csv.gz），费用列 medfee_sumamt；- 为标准输入" required:"" placeholder:"文件"`
	Out       string `help:"结果（csv 或 csv.gz）；- 为标准输出" required:"" placeholder:"文件"`
}

func (c *dipGroupCmd) Run(s *streams) error {
	if c.JSON && c.Out == "-" {
		return usageError{errors.New("--json 和 --out - 都要用标准输出，只能选一个")}
	}
	cat, err := dip.Shipped()
	if c.Catalogue != "" {
		cat, err = dip.Open(c.Catalogue)
	}
	if err != nil {
		return err
	}
	if c.ICD != "" {
		codes, err := casemix.OpenCodebook(c.ICD)
		if err != nil {
			return err
		}
		cat.Use(codes)
	}
	cases, err := s.openCases(c.In)
	if err != nil {
		return err
	}
	defer cases.Close()
	counts := map[string]int{}
	err = writeFile(s, c.Out, func(w io.Writer) error { return groupDIP(cat, cases, w, counts) })
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(struct {
			Catalogue string         `json:"catalogue"`
			Counts    map[string]int `json:"counts"`
		}{cat.ID, counts})
	}
	for _, k := range sortedKeys(counts) {
		s.note("%s %d 例\n", k, counts[k])
	}
	return nil
}

func groupDIP(cat *dip.Catalogue, cases *metered, w io.Writer, counts map[string]int) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"case_id", "status", "code", "name", "kind", "score", "aux", "deviation", "settle_score", "trace"}}
	for {
		var k dip.Case
		err := cases.Next(&k.Case)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		k.Inst, k.Level = cases.Cell("fixmedins_code"), cases.Cell("hosp_lv")
		if cost := cases.Cell("medfee_sumamt"); cost != "" {
			if k.Cost, err = pay.ParseFen(cost); err != nil {
				k.Case.Problem = &casemix.Problem{Code: "COST", Text: "费用" + err.Error()}
			} else if k.Cost < 0 {
				k.Case.Problem = &casemix.Problem{Code: "COST", Text: "费用 " + cost + " 是负数"}
			}
		}
		r := cat.Group(&k)
		counts[r.Status()]++
		row := []string{k.ID, r.Status(), "", "", "", "", "", "", "", strings.Join(r.Trace, ";")}
		if r.Row != nil {
			aux := ""
			if r.Aux != nil {
				aux = r.Aux.Kind + " " + r.Aux.Grade + " " + r.Aux.Coefficient.String()
			}
			row = []string{k.ID, r.Status(), r.Row.Code, r.Row.Name, r.Row.Kind.String(), r.Row.Score.String(), aux, r.Deviation.FloatString(6), r.Score.String(), row[9]}
		}
		rows = append(rows, row)
		if len(rows) >= 4096 {
			if err := out.WriteAll(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}
