package runs

import (
	"bytes"
	"cmp"
	"fmt"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/model"
)

// mostSheets bounds an export: a case a sheet, the rest only in the overview.
const mostSheets = 200

// Workbook writes a result as XLSX: an overview, then a sheet for each case. The model may be nil when it is gone.
func Workbook(m *model.Model, r *model.Result) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	titles := map[string]string{}
	if m != nil {
		titles = m.Titles
	}
	names := r.Names
	if names == nil {
		names = &model.Names{}
	}
	const first = "总览"
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return nil, err
	}
	rows := [][]any{{r.Model + " " + r.Name}, {fmt.Sprintf("数据 %s 至 %s，%d 例；金额为涉及金额，不是拟拒付", r.First, r.Last, len(r.Cases))}, {}, {"表", "案例", "对象", "名称", "人数", "机构数", "明细", "涉及金额（元）"}}
	for i, c := range r.Cases {
		rows = append(rows, []any{sheetName(i), c.GroupID, c.Subject, subjectName(names, c.Subject), len(c.Members), len(c.Insts), len(c.Rows), float64(c.Money) / 100})
	}
	if err := put(f, first, rows); err != nil {
		return nil, err
	}
	for i := range r.Cases[:min(len(r.Cases), mostSheets)] {
		c, name := &r.Cases[i], sheetName(i)
		if _, err := f.NewSheet(name); err != nil {
			return nil, err
		}
		cols := figures(c)
		head := []any{"日期", "人员编号", "机构", "机构名称", "医师", "医师姓名", "就诊", "项目", "项目名称", "去向", "去向名称", "涉及金额（元）"}
		for _, k := range cols {
			head = append(head, inYuan(cmp.Or(titles[k], k)))
		}
		rows := [][]any{{"案例 " + c.GroupID + "　对象 " + c.Subject}, {}, head}
		for _, x := range c.Rows {
			line := []any{x.Day, x.Psn, x.Inst, names.Insts[x.Inst], x.Doctor, names.Doctors[x.Doctor], x.Mdtrt, x.Item, names.Items[x.Item], x.Other, names.Insts[x.Other], float64(x.Money) / 100}
			for _, k := range cols {
				v, has := x.Num[k]
				switch t, ok := x.Text[k]; {
				case ok:
					line = append(line, t)
				case !has:
					line = append(line, nil)
				case strings.HasSuffix(titles[k], inFen):
					line = append(line, v/100)
				default:
					line = append(line, v)
				}
			}
			rows = append(rows, line)
		}
		if err := put(f, name, rows); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

// inFen ends the titles of figures that are money in fen; people read yuan.
const inFen = "（分）"

func inYuan(title string) string {
	if t, ok := strings.CutSuffix(title, inFen); ok {
		return t + "（元）"
	}
	return title
}

func sheetName(i int) string { return fmt.Sprintf("案例%d", i+1) }

func put(f *excelize.File, sheet string, rows [][]any) error {
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return nil
}

// figures are the result's own columns of a case, in order.
func figures(c *model.Case) []string {
	set := map[string]bool{}
	for _, r := range c.Rows {
		for k := range r.Num {
			set[k] = true
		}
		for k := range r.Text {
			set[k] = true
		}
	}
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// subjectName is what the subject of a case is called, where it is an institution or a doctor.
func subjectName(n *model.Names, code string) string { return cmp.Or(n.Insts[code], n.Doctors[code]) }
